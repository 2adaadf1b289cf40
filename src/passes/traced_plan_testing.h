// SPDX-License-Identifier: Apache-2.0
// For tests of passes: plans of what was just traced, and what they hold.
#pragma once

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include "passes/loop.h"
#include "passes/passes.h"
#include "passes/plan.h"

namespace reckon::passes {

/// A test with a graph of its own, in which its body traces.
class PassTest : public ::testing::Test {
 private:
  Graph graph_;
  GraphScope scope_{graph_};
};

inline Plan plan_of(const Tensors& fetches, const std::vector<Operation>& targets = {}) {
  Request request;
  for (const Tensor& fetch : fetches) {
    request.function = fetch.function();
    request.fetches.push_back(fetch.id());
  }
  for (const Operation& target : targets) {
    request.function = target.function();
    request.effects.insert(request.effects.end(), target.nodes().begin(), target.nodes().end());
  }
  return make_plan(request);
}

/// The parameters' own types, with `batch` where a dimension is unknown.
inline PassContext context_of(const Plan& plan, int64_t batch = 4) {
  PassContext context;
  context.is_training = true;
  for (graph::ValueId parameter : plan.function.parameters) {
    graph::TensorType type = plan.function.type(parameter);
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      if (type.shape[axis] == kUnknown) type.shape.set(axis, batch);
    }
    context.parameters.push_back(type);
  }
  return context;
}

/// How many nodes of that op the plan has.
inline int64_t count(const Plan& plan, const std::string& op) {
  int64_t found = 0;
  for (const graph::Node& node : plan.function.nodes) found += node.op->name == op;
  return found;
}

/// The node that makes a result.
inline const graph::Node& result_node(const Plan& plan, int32_t result) {
  return plan.function.node(plan.function.results[result]);
}

/// Loops as make_loops leaves them, without any optional pass.
inline Plan loops_of(const Tensors& fetches, const std::vector<Operation>& targets = {}) {
  Plan plan = plan_of(fetches, targets);
  const PassContext context = context_of(plan);
  specialise(plan, context);
  make_loops(plan, context);
  return plan;
}

}  // namespace reckon::passes
