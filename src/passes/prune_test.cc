// SPDX-License-Identifier: Apache-2.0
// Nodes that no result needs go; parameters, effects of order and all that is needed stay.
#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/shape_ops.h>
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace prune_test {

class Prune : public PassTest {};

TEST_F(Prune, DropsWhatNoResultNeedsAndKeepsParameters) {
  const Tensor x = placeholder(kFloat32, {4}, "x"), y = placeholder(kFloat32, {4}, "y");
  Plan plan = plan_of({exp(x), sin(y)});
  plan.function.results.pop_back();
  plan.fetch_count = 1;
  prune(plan, {});
  EXPECT_EQ(count(plan, "Exp"), 1);
  EXPECT_EQ(count(plan, "Sin"), 0);
  ASSERT_EQ(plan.function.parameters.size(), 2u);
  EXPECT_EQ(plan.function.node(plan.function.parameters[1]).name, "y");
}

TEST_F(Prune, DropsNothingThatAResultNeeds) {
  const Tensor x = placeholder(kFloat32, {4}, "x");
  Plan plan = plan_of({exp(sin(x)) + x});
  const int32_t size = plan.function.size();
  prune(plan, {});
  EXPECT_EQ(plan.function.size(), size);
}

// Whole chains go, from their end.
TEST_F(Prune, DropsChainsOfWhatNobodyReads) {
  const Tensor x = placeholder(kFloat32, {4}, "x");
  Plan plan = plan_of({exp(x), sin(cos(tanh(x)))});
  plan.function.results.pop_back();
  plan.fetch_count = 1;
  prune(plan, {});
  EXPECT_EQ(plan.function.size(), 2) << plan.function.text();
}

// A node is kept whole: its outputs keep their numbers.
TEST_F(Prune, KeepsANodeForOneOfItsOutputs) {
  const Tensor x = placeholder(kFloat32, {6}, "x");
  const Tensors parts = split(x, 3);
  Plan plan = plan_of({parts[2], parts[0]});
  plan.function.results.pop_back();
  plan.fetch_count = 1;
  prune(plan, {});
  EXPECT_EQ(plan.function.results[0].output, 2);
  EXPECT_EQ(plan.function.node(plan.function.results[0]).outputs.size(), 3u);
}

TEST_F(Prune, KeepsWhatUpdatesNeed) {
  const Tensor v = variable("v", zeros({4}));
  Plan plan = plan_of({}, {assign_add(v, exp(placeholder(kFloat32, {4}, "x")))});
  const int32_t size = plan.function.size();
  prune(plan, {});
  EXPECT_EQ(plan.function.size(), size);
  EXPECT_EQ(plan.updates, std::vector<int32_t>{0});
}

TEST_F(Prune, LeavesNothingButParametersOfAFunctionWithoutResults) {
  Plan plan = plan_of({exp(placeholder(kFloat32, {4}, "x"))});
  plan.function.results.clear();
  plan.fetch_count = 0;
  prune(plan, {});
  EXPECT_EQ(plan.function.size(), 1);
  EXPECT_EQ(plan.function.parameters.size(), 1u);
}

}  // namespace prune_test
}  // namespace reckon::passes
