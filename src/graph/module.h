// SPDX-License-Identifier: Apache-2.0
// A module: variables by name, and one function per trace. All traces of an Estimator share one
// module, and meet in the variables of the same name.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graph/function.h"

namespace reckon::reckon_internal::graph {

/// What kind of state a variable is; decides who saves, trains and resets it.
enum class VariableKind { kWeight, kStatistic, kSlot, kStep };

struct VariableDecl {
  std::string name;
  TensorType type;
  VariableKind kind = VariableKind::kWeight;
  bool trainable = true;
  /// A function without parameters whose single result is the initial value.
  std::shared_ptr<Function> initializer;
  Place place;
};

/// "model.cc:12", or "an unknown place".
std::string place_text(const Place& place);

class Module : public std::enable_shared_from_this<Module> {
 public:
  Function* add_function(std::string name);
  /// Keeps a subgraph as long as the module, also where an error left no node that owns it: a
  /// Tensor of it may have got out.
  void keep(std::shared_ptr<Function> subgraph) { subgraphs_.push_back(std::move(subgraph)); }
  /// The index of the variable; declares it on first sight.
  /// Throws Error, kInvalidArgument, naming both places, if it exists with another dtype or shape.
  int32_t declare(VariableDecl variable);
  /// Forgets what was declared after the first `count` variables: of a trace that an error ended,
  /// whose variables nothing else knows yet.
  void forget_variables_after(int32_t count);
  /// -1 if there is none of that name.
  int32_t find(const std::string& name) const;
  /// As find, for a name that a user gave.
  /// Throws Error, kNotFound, at `where`, naming the variables that there are.
  int32_t index_of(const char* where, const std::string& name) const;
  const VariableDecl& variable(int32_t index) const { return *variables_[index]; }
  int32_t variable_count() const { return static_cast<int32_t>(variables_.size()); }
  std::vector<std::string> variable_names() const;
  const std::vector<std::unique_ptr<Function>>& functions() const { return functions_; }

 private:
  std::vector<std::unique_ptr<VariableDecl>> variables_;
  std::map<std::string, int32_t> by_name_;
  std::vector<std::unique_ptr<Function>> functions_;
  std::vector<std::shared_ptr<Function>> subgraphs_;
};

}  // namespace reckon::reckon_internal::graph
