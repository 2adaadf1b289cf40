// SPDX-License-Identifier: Apache-2.0
// Runs one traced function with feeds: programs by what is asked and by concrete shapes. Session
// and evaluate_now stand on it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <reckon/session.h>
#include "runtime/program_cache.h"
#include "runtime/variable_store.h"

namespace reckon::runtime {

class GraphRunner {
 public:
  GraphRunner(std::shared_ptr<graph::Module> module, const graph::Function* function, uint64_t seed)
      : function_(function), seed_(seed), store_(std::move(module)) {}

  /// What one run asks for, resolved once.
  struct Call {
    std::vector<std::pair<int32_t, int32_t>> fetches;
    std::vector<int32_t> effects;
    bool operator==(const Call&) const = default;
  };
  using ParameterFeeds = std::vector<std::optional<Array>>;  ///< by parameter

  /// The program that a caller's last run took, so that the next one with the same shapes looks
  /// nothing up.
  struct Recent {
    std::vector<std::optional<Shape>> shapes;  ///< by parameter; unset if it was not fed
    std::shared_ptr<Execution> execution;
  };

  Call resolve(const std::vector<Tensor>& fetches, const std::vector<Operation>& targets) const;
  /// Throws Error, kInvalidArgument, if that is no placeholder of this graph.
  void check_placeholder(const Tensor& tensor) const;
  /// Puts `value` where the parameter that `placeholder` is gets it from.
  /// Throws Error, kInvalidArgument, if it is no placeholder, fed already, or `value` does not fit.
  void feed(const Tensor& placeholder, const Array& value, ParameterFeeds& feeds) const;
  size_t parameter_count() const { return function_->parameters.size(); }
  std::vector<Array> run(const Call& call, const ParameterFeeds& feeds, Recent* recent = nullptr);

  VariableStore& store() { return store_; }
  const ProgramCache& cache() const { return cache_; }
  uint64_t seed() const { return seed_; }

 private:
  struct Key {
    Call call;
    std::vector<std::optional<Shape>> shapes;  ///< by parameter; unset if it is not fed
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  std::shared_ptr<Execution> execution(const Call& call, const ParameterFeeds& feeds);
  std::shared_ptr<Execution> compile(const Call& call, const ParameterFeeds& feeds);
  std::shared_ptr<Execution> recent_execution(const Call& call, const ParameterFeeds& feeds,
                                              Recent& recent);
  void check_sized(const Call& call, const ParameterFeeds& feeds) const;
  void check_fed(const Program& program, const ParameterFeeds& feeds) const;
  [[noreturn]] void refuse_unfed(const graph::Node& parameter) const;
  void check_owner(const graph::Function* function, const std::string& what) const;

  const graph::Function* function_;
  uint64_t seed_;
  VariableStore store_;
  ProgramCache cache_;
  base::Recent<Key, std::shared_ptr<Execution>, KeyHash> executions_{kKeptShapes};
  uint64_t runs_ = 0;
};

}  // namespace reckon::runtime
