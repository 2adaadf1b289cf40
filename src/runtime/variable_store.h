// SPDX-License-Identifier: Apache-2.0
// The values of a module's variables: at stable addresses, in a store that grows and never moves.
// Slots and weights get memory when they are first needed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <reckon/array.h>
#include "graph/module.h"
#include "tensor/arena.h"

namespace reckon::runtime {

/// The version of what never changes, as a View has it.
constexpr uint64_t kConstantVersion = 1;

class VariableStore {
 public:
  explicit VariableStore(std::shared_ptr<graph::Module> module);
  VariableStore(const VariableStore&) = delete;
  VariableStore& operator=(const VariableStore&) = delete;

  const std::shared_ptr<graph::Module>& module() const { return module_; }
  /// Different for every store of this process, and after `clear`: what an Execution remembers of
  /// the one it is bound to.
  uint64_t id() const { return id_; }
  bool is_initialized(int32_t variable) const;
  /// Throws Error, kFailedPrecondition, unless it is.
  void require_initialized(int32_t variable) const;
  /// The variable's memory, allocated at the first call; the address stays.
  void* data(int32_t variable);
  /// A copy of the present value. Throws Error, kFailedPrecondition, if there is none.
  Array value(int32_t variable) const;
  /// Throws Error, kInvalidArgument, showing both, if dtype or shape differ.
  void set(int32_t variable, const Array& value);
  void mark_initialized(int32_t variable);
  /// The number of the variable's present contents: no others, in any store, have it. Who changes
  /// them in place counts it up. The address stays.
  uint64_t* version(int32_t variable);
  /// Forgets all values; the memory stays.
  void clear();
  /// A store with copies of the initialised ones among `variables`.
  std::unique_ptr<VariableStore> snapshot(const std::vector<int32_t>& variables) const;
  /// Bytes of all variables that have memory.
  size_t bytes() const;

 private:
  struct Entry {
    std::unique_ptr<tensor::Arena> memory;
    bool is_initialized = false;
    uint64_t version = first_version();
  };
  const Entry* find(int32_t variable) const;
  /// Of 2^36 that only one entry has.
  static uint64_t first_version();

  std::shared_ptr<graph::Module> module_;
  uint64_t id_;
  std::map<int32_t, Entry> entries_;
};

}  // namespace reckon::runtime
