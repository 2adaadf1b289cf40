// SPDX-License-Identifier: Apache-2.0
// For tests: what was just traced, compiled and run with a pool of one's choice, which a Session
// does not offer.
#pragma once

#include <memory>
#include <vector>

#include <reckon/session.h>
#include "graph/core_ops.h"
#include "runtime/compile.h"
#include "runtime/initialize.h"

namespace reckon::runtime {

/// The request for a program of traced values. Unknown dimensions take those of the feeds.
inline CompileRequest request_for(const Tensors& fetches, const std::vector<Operation>& targets,
                                  const Feeds& feeds, bool is_training = true) {
  CompileRequest request;
  request.is_training = is_training;
  for (const Tensor& fetch : fetches) {
    request.request.function = fetch.function();
    request.request.fetches.push_back(fetch.id());
  }
  for (const Operation& target : targets) {
    request.request.function = target.function();
    request.request.effects.insert(request.request.effects.end(), target.nodes().begin(),
                                   target.nodes().end());
  }
  const graph::Function& function = *request.request.function;
  for (graph::ValueId parameter : function.parameters)
    request.parameters.push_back(function.type(parameter));
  for (const auto& [tensor, value] : feeds) {
    const auto index = function.node(tensor.id()).as<graph::ParameterOptions>().index;
    request.parameters[static_cast<size_t>(index)].shape = value.shape();
  }
  return request;
}

class TracedProgram {
 public:
  TracedProgram(const Tensors& fetches, const std::vector<Operation>& targets, Feeds feeds,
                bool is_training = true)
      : feeds_(std::move(feeds)),
        fetch_count_(fetches.size()),
        module_(fetches.empty() ? targets.at(0).module() : fetches[0].module()),
        store_(module_),
        execution_(compile(request_for(fetches, targets, feeds_, is_training))) {
    initialize_missing(store_, kSeed);
    for (const auto& [tensor, value] : feeds_) {
      const graph::Node& node = tensor.function()->node(tensor.id());
      execution_.feed(static_cast<int32_t>(node.as<graph::ParameterOptions>().index), value.raw());
    }
  }

  /// One step, without fetching.
  void step(base::Pool& pool) {
    execution_.bind(store_);
    execution_.run({.seed = kSeed, .step = steps_++}, pool);
  }
  std::vector<Array> run(base::Pool& pool) {
    step(pool);
    std::vector<Array> values;
    for (size_t i = 0; i < fetch_count_; ++i)
      values.push_back(execution_.fetch(static_cast<int32_t>(i)));
    return values;
  }
  Array variable(const Tensor& variable) const {
    const graph::Node& node = variable.function()->node(variable.id());
    return store_.value(static_cast<int32_t>(node.as<graph::VariableOptions>().variable));
  }
  std::vector<Array> all_variables() const {
    std::vector<Array> values;
    for (int32_t i = 0; i < module_->variable_count(); ++i) values.push_back(store_.value(i));
    return values;
  }
  const Program& program() const { return execution_.program(); }
  Execution& execution() { return execution_; }
  VariableStore& store() { return store_; }

 private:
  static constexpr uint64_t kSeed = 5;
  Feeds feeds_;
  size_t fetch_count_;
  std::shared_ptr<graph::Module> module_;
  VariableStore store_;
  Execution execution_;
  uint64_t steps_ = 0;
};

}  // namespace reckon::runtime
