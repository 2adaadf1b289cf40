// SPDX-License-Identifier: Apache-2.0
// Every dimension becomes a number or a run-time extent, the mode a constant.
#include <reckon/control_flow.h>
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "graph/core_ops.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace specialise_test {

class Specialise : public PassTest {};

TEST_F(Specialise, GivesEveryDimensionANumber) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  Plan plan = plan_of({reduce_sum(exp(x), 1), flatten(x)});
  specialise(plan, context_of(plan, 7));
  EXPECT_EQ(plan.function.type(plan.function.results[0]).shape, Shape({7}));
  EXPECT_EQ(plan.function.type(plan.function.results[1]).shape, Shape({7, 2}));
}

TEST_F(Specialise, GivesSizesThatOnlyTheDataKnowsABound) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  Plan plan = plan_of({boolean_mask(x, placeholder(kBool, {kUnknown}, "mask"))});
  specialise(plan, context_of(plan, 7));
  const Shape& shape = plan.function.type(plan.function.results[0]).shape;
  ASSERT_TRUE(graph::is_extent(shape[0]));
  EXPECT_EQ(plan.function.bound(shape), Shape({7, 2}));
}

TEST_F(Specialise, LeavesNoShapeAsAnInput) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  const Tensor loss = reduce_mean(square(x + placeholder(kFloat32, {2}, "b")));
  Plan plan = plan_of(gradients(loss, {x}));
  EXPECT_GT(count(plan, "BroadcastLike") + count(plan, "SumToLike") + count(plan, "ReshapeLike"),
            0);
  specialise(plan, context_of(plan, 7));
  EXPECT_EQ(count(plan, "BroadcastLike") + count(plan, "SumToLike") + count(plan, "ReshapeLike"),
            0);
}

TEST_F(Specialise, MakesIsTrainingAConstant) {
  for (bool training : {true, false}) {
    Plan plan = plan_of({is_training()});
    PassContext context = context_of(plan);
    context.is_training = training;
    specialise(plan, context);
    ASSERT_TRUE(graph::is_constant(result_node(plan, 0)));
    EXPECT_EQ(graph::constant_value(result_node(plan, 0)).item<bool>(), training);
  }
}

TEST_F(Specialise, RefusesIsTrainingWhereNoStepRuns) {
  Plan plan = plan_of({is_training()});
  PassContext context = context_of(plan);
  context.is_training.reset();
  try {
    specialise(plan, context);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("[is_training] is used where no step runs"),
              std::string::npos);
    EXPECT_NE(std::string(error.what()).find("specialise_test.cc:"), std::string::npos);
  }
}

TEST_F(Specialise, NamesTheLineWhoseShapesDoNotFit) {
  const Tensor x = placeholder(kFloat32, {kUnknown}, "x");
  const Tensor y = placeholder(kFloat32, {kUnknown}, "y");
  Plan plan = plan_of({x + y});
  PassContext context = context_of(plan);
  context.parameters[1].shape = Shape{5};
  try {
    specialise(plan, context);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("[broadcast] shapes [4] and [5] do not broadcast"),
              std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("specialise_test.cc:"), std::string::npos)
        << error.what();
  }
}

TEST_F(Specialise, FollowsProductsOfSizesThatOnlyTheDataKnows) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  const Tensor kept = boolean_mask(x, placeholder(kBool, {kUnknown}, "mask"));
  Plan plan = plan_of({reshape(kept, {-1})});
  specialise(plan, context_of(plan, 7));
  const Shape& shape = plan.function.type(plan.function.results[0]).shape;
  ASSERT_TRUE(graph::is_extent(shape[0]));
  EXPECT_EQ(plan.function.bound(shape), Shape({14}));
}

// Two masks of one length keep extents of their own: their data differ.
TEST_F(Specialise, GivesEachMaskAnExtentOfItsOwn) {
  const Tensor x = placeholder(kFloat32, {5}, "x");
  const Tensor a = boolean_mask(x, x > 0), b = boolean_mask(x, x < 0);
  Plan plan = plan_of({a, b});
  specialise(plan, context_of(plan));
  EXPECT_NE(plan.function.type(plan.function.results[0]).shape,
            plan.function.type(plan.function.results[1]).shape);
  EXPECT_EQ(plan.function.extents.size(), 2u);
}

TEST_F(Specialise, KeepsOpsThatReadValues) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  Plan plan = plan_of({exp(x), matmul(x, transpose(x))});
  const int32_t size = plan.function.size();
  specialise(plan, context_of(plan, 3));
  EXPECT_EQ(plan.function.size(), size);
  EXPECT_EQ(plan.function.type(plan.function.results[1]).shape, Shape({3, 3}));
}

TEST_F(Specialise, LeavesTheModeOutOfPlansThatDoNotAsk) {
  Plan plan = plan_of({exp(placeholder(kFloat32, {2}, "x"))});
  PassContext context = context_of(plan);
  context.is_training.reset();
  EXPECT_NO_THROW(specialise(plan, context));
}

TEST_F(Specialise, TakesAnEmptyBatch) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  Plan plan = plan_of({reduce_sum(x, 0), x * 2});
  specialise(plan, context_of(plan, 0));
  EXPECT_EQ(plan.function.type(plan.function.results[0]).shape, Shape({2}));
  EXPECT_EQ(plan.function.type(plan.function.results[1]).shape, Shape({0, 2}));
}

TEST_F(Specialise, MayBeRunAgain) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  Plan plan = plan_of({reduce_mean(square(x), 0)});
  specialise(plan, context_of(plan, 3));
  const std::string once = plan.function.text();
  specialise(plan, context_of(plan, 3));
  EXPECT_EQ(plan.function.text(), once);
}

}  // namespace specialise_test
}  // namespace reckon::passes
