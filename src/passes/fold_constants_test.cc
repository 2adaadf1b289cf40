// SPDX-License-Identifier: Apache-2.0
#include <reckon/math.h>
#include <reckon/random.h>
#include <reckon/reduce.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "graph/core_ops.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace fold_constants_test {

/// Stands for the runtime: gives `value` and notes what it was asked.
struct FakeEvaluator {
  Array value;
  std::vector<std::string> asked;

  Evaluator function() {
    return [this](const graph::Function& function) {
      asked.push_back(function.nodes.back().op->name);
      return std::vector<Array>(function.results.size(), value);
    };
  }
};

class FoldConstants : public PassTest {
 protected:
  /// Folds the plan of `fetch` and returns the ops that were evaluated.
  std::vector<std::string> fold(const Tensor& fetch, Array value) {
    plan_ = std::make_unique<Plan>(plan_of({fetch}));
    FakeEvaluator evaluator{std::move(value), {}};
    PassContext context = context_of(*plan_);
    specialise(*plan_, context);
    context.evaluate = evaluator.function();
    fold_constants(*plan_, context);
    return evaluator.asked;
  }
  using Names = std::vector<std::string>;
  std::unique_ptr<Plan> plan_;
};

Tensor numbers() { return Operand(Array::from<float>({1, 2, 3}, {3})).resolve(); }

TEST_F(FoldConstants, ComputesWhatDependsOnConstantsAlone) {
  const Array value = Array::from<float>({5, 5, 5}, {3});
  EXPECT_EQ(fold(exp(numbers()), value), Names{"Exp"});
  const graph::Node& folded = result_node(*plan_, 0);
  ASSERT_TRUE(graph::is_constant(folded));
  EXPECT_TRUE(graph::constant_value(folded).same_bits(value));
}

TEST_F(FoldConstants, GoesOnFromWhatItFolded) {
  EXPECT_EQ(fold(exp(numbers()) * 2, Array::from<float>({5, 5, 5}, {3})),
            (Names{"Exp", "Multiply"}));
}

TEST_F(FoldConstants, LeavesParametersVariablesAndRandomOps) {
  const Array value = Array::from<float>({5, 5, 5}, {3});
  EXPECT_EQ(fold(exp(placeholder(kFloat32, {3}, "x")), value), Names{});
  EXPECT_EQ(fold(exp(variable("v", numbers())), value), Names{});
  EXPECT_EQ(fold(random::uniform({3}) + numbers(), value), Names{});
}

TEST_F(FoldConstants, LeavesLargeResultsToTheProgram) {
  EXPECT_EQ(fold(range(0.0f, 2000000.0f), Array()), Names{});
}

TEST_F(FoldConstants, DoesNothingWithoutAnEvaluator) {
  Plan plan = plan_of({exp(numbers())});
  fold_constants(plan, context_of(plan));
  EXPECT_EQ(count(plan, "Exp"), 1);
}

TEST_F(FoldConstants, GivesTheBitsOfTheStep) {
  const auto op = [](const Tensor& x) {
    const Tensor table = sin(range(0.0f, 40.0f)) / 3 + exp(range(0.0f, 4.0f, 0.1f));
    return x + reduce_sum(table) * table;
  };
  const std::vector<Array> inputs = {Array::from(std::vector<float>(40, 0.5f), {40})};
  const Array folded = testing::run_op(op, inputs)[0];
  const testing::PassesDisabled none("fold_constants");
  EXPECT_TRUE(folded.same_bits(testing::run_op(op, inputs)[0]));
}

TEST_F(FoldConstants, LeavesAFaultToTheStepThatShowsIt) {
  const Tensor x = placeholder(kInt32, {}, "x");
  const Tensor quotient = floordiv(Operand(1).resolve(), Operand(0).resolve());
  Plan plan = plan_of({x + quotient});
  PassContext context = context_of(plan);
  specialise(plan, context);
  context.evaluate = [](const graph::Function&) -> std::vector<Array> {
    throw Error(ErrorCode::kInvalidArgument, "floor_div", "an integer was divided by zero");
  };
  fold_constants(plan, context);
  EXPECT_FALSE(graph::is_constant(plan.function.node(result_node(plan, 0).inputs[1])));
}

}  // namespace fold_constants_test
}  // namespace reckon::passes
