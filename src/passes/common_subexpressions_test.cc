// SPDX-License-Identifier: Apache-2.0
#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/random.h>
#include <reckon/reduce.h>
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace common_subexpressions_test {

class CommonSubexpressions : public PassTest {
 protected:
  static Plan merged(const Tensors& fetches) {
    Plan plan = plan_of(fetches);
    common_subexpressions(plan, context_of(plan));
    return plan;
  }
  static bool become_one(const Tensor& a, const Tensor& b) {
    const Plan plan = merged({a, b});
    return plan.function.results[0] == plan.function.results[1];
  }
  Tensor x_ = placeholder(kFloat32, {4}, "x");
  Tensor y_ = placeholder(kFloat32, {4}, "y");
};

TEST_F(CommonSubexpressions, MergesEqualNodesOfEqualInputs) {
  EXPECT_TRUE(become_one(exp(x_), exp(x_)));
  EXPECT_TRUE(become_one(sin(exp(x_)) * 2, sin(exp(x_)) * 2));
  EXPECT_TRUE(become_one(reduce_sum(x_, 0), reduce_sum(x_, 0)));
  EXPECT_TRUE(become_one(Operand(Array::from<float>({1}, {1})).resolve(),
                         Operand(Array::from<float>({1}, {1})).resolve()));
}

TEST_F(CommonSubexpressions, MergesCommutativeOpsInEitherOrder) {
  EXPECT_TRUE(become_one(x_ + y_, y_ + x_));
  EXPECT_TRUE(become_one(x_ * y_, y_ * x_));
  EXPECT_FALSE(become_one(x_ - y_, y_ - x_));
  EXPECT_FALSE(become_one(maximum(x_, y_), maximum(y_, x_)));  // of two zeros it gives the first
}

TEST_F(CommonSubexpressions, MergesEveryOutput) {
  const TopK first = top_k(x_, 2), second = top_k(x_, 2);
  EXPECT_TRUE(become_one(first.values, second.values));
  EXPECT_TRUE(become_one(first.indices, second.indices));
  EXPECT_FALSE(become_one(top_k(x_, 2).values, top_k(x_, 3).values));
}

TEST_F(CommonSubexpressions, KeepsWhatDiffers) {
  EXPECT_FALSE(become_one(exp(x_), exp(y_)));
  EXPECT_FALSE(become_one(x_ * 2, x_ * 3));
  EXPECT_FALSE(become_one(reduce_sum(x_, 0), reduce_sum(x_, 0, {.keep_dims = true})));
  EXPECT_FALSE(become_one(Operand(0.0f).resolve(), Operand(-0.0f).resolve()));
  EXPECT_FALSE(become_one(Operand(1.0f).resolve(), Operand(1).resolve()));
  EXPECT_FALSE(become_one(placeholder(kFloat32, {4}, "a"), placeholder(kFloat32, {4}, "b")));
}

TEST_F(CommonSubexpressions, KeepsRandomOpsApart) {
  EXPECT_FALSE(become_one(random::uniform({4}), random::uniform({4})));
  EXPECT_FALSE(become_one(nn::dropout(x_), nn::dropout(x_)));
}

TEST_F(CommonSubexpressions, KeepsBranchesApart) {
  const Tensor flag = placeholder(kBool, {}, "flag");
  const auto choose = [&] {
    return cond(
        flag, [&] { return sin(x_); }, [&] { return cos(x_); });
  };
  EXPECT_FALSE(become_one(choose(), choose()));
}

}  // namespace common_subexpressions_test
}  // namespace reckon::passes
