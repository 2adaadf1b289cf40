// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <random>

#include <reckon/control_flow.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "ops/shape/same_shape.h"
#include "passes/pipeline.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace simplify_test {

/// Switches off every optional pass but `kept`.
std::string all_but(const std::string& kept) {
  std::string names;
  for (const Pass& pass : pipeline()) {
    if (pass.is_optional && kept != pass.name)
      names += std::string(names.empty() ? "" : ",") + pass.name;
  }
  return names;
}

/// [2, 12] with zeros of both signs, infinities, NaN, extremes and random numbers.
Array special_floats() {
  const float inf = std::numeric_limits<float>::infinity(), max = std::numeric_limits<float>::max();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> values = {0.0f, -0.0f, inf,  -inf,  nan,    -nan,
                               max,  -max,  1.0f, -1.0f, 1e-37f, -1e-37f};
  std::mt19937 random(7);
  while (values.size() < 24) values.push_back(std::normal_distribution<float>(0, 1e3)(random));
  return testing::floats(values, {2, 12});
}

using Operator = std::function<Tensor(const Tensor&)>;

/// A constant, as folding leaves them.
Array ones_of(const Shape& shape) {
  return testing::floats(std::vector<float>(static_cast<size_t>(shape.num_elements()), 1.0f),
                         shape);
}

struct RuleCase {
  const char* name;
  const char* op;    ///< what is left out
  Operator traced;   ///< of float32[2, 12], or bool[2, 12] if is_logical
  int64_t left = 0;  ///< nodes of that op after the pass
  bool is_logical = false;
};

const RuleCase kFiring[] = {
    {"Identity", "Identity", [](const Tensor& x) { return identity(x); }},
    {"StopGradient", "StopGradient", [](const Tensor& x) { return stop_gradient(x); }},
    {"CustomGradient", "CustomGradient",
     [](const Tensor& x) {
       return custom_gradient(
           {x}, [](const Tensors& in) { return Tensors{in[0] * 2}; },
           [](const Tensors&, const Tensors&, const Tensors& grads) { return grads; })[0];
     }},
    {"ReshapeToItsOwnShape", "Reshape",
     [](const Tensor& x) {
       return reshape(x, {2, 12});
     }},
    {"BroadcastToItsOwnShape", "BroadcastTo",
     [](const Tensor& x) {
       return broadcast_to(x, {2, 12});
     }},
    {"TimesOne", "Multiply", [](const Tensor& x) { return x * 1; }},
    {"OneTimes", "Multiply", [](const Tensor& x) { return 1 * x; }},
    {"TimesOneOfOneRow", "Multiply",
     [](const Tensor& x) {
       return x * ones_of({1, 1});
     }},
    {"DividedByOne", "Divide", [](const Tensor& x) { return x / 1; }},
    {"MinusZero", "Subtract", [](const Tensor& x) { return x - 0; }},
    {"NegativeTwice", "Negative", [](const Tensor& x) { return -(-x); }},
    {"NotTwice", "LogicalNot", [](const Tensor& x) { return !!x; }, 0, true},
    {"WhereTrue", "Where", [](const Tensor& x) { return where(Array::scalar(true), x, x * 2); }},
    {"WhereFalse", "Where", [](const Tensor& x) { return where(Array::scalar(false), x, x * 2); }},
    {"TransposeTwice", "Transpose", [](const Tensor& x) { return transpose(transpose(x)); }},
};

const RuleCase kKept[] = {
    {"ReshapeToAnotherShape", "Reshape",
     [](const Tensor& x) {
       return reshape(x, {12, 2});
     },
     1},
    {"BroadcastToAnotherShape", "BroadcastTo",
     [](const Tensor& x) {
       return broadcast_to(x, {3, 2, 12});
     },
     1},
    {"TimesTwo", "Multiply", [](const Tensor& x) { return x * 2; }, 1},
    {"TimesOneThatAddsADimension", "Multiply",
     [](const Tensor& x) {
       return x * ones_of({1, 1, 1});
     },
     1},
    {"TimesManyOnes", "Multiply", [](const Tensor& x) { return x * ones_of({12}); }, 1},
    {"OneDividedBy", "Divide", [](const Tensor& x) { return 1 / x; }, 1},
    {"PlusZero", "Add", [](const Tensor& x) { return x + 0; }, 1},
    {"MinusMinusZero", "Subtract", [](const Tensor& x) { return x - Array::scalar(-0.0f); }, 1},
    {"ZeroMinus", "Subtract", [](const Tensor& x) { return 0 - x; }, 1},
    {"NegativeOnce", "Negative", [](const Tensor& x) { return -x; }, 1},
    {"WhereOfManyFlags", "Where", [](const Tensor& x) { return where(x > 0, x, x * 2); }, 1},
    {"WhereThatBroadcasts", "Where",
     [](const Tensor& x) {
       return where(Array::scalar(true), ones_of({1, 12}), x);
     },
     1},
    {"TransposeOnce", "Transpose", [](const Tensor& x) { return transpose(x); }, 1},
    {"TransposeOfThreeAxesTwice", "Transpose",
     [](const Tensor& x) {
       return transpose(transpose(reshape(x, {2, 3, 4}), std::vector<int>{1, 2, 0}),
                        std::vector<int>{1, 2, 0});
     },
     2},
};

int64_t left_by(const RuleCase& rule) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(rule.is_logical ? kBool : kFloat32, {2, 12}, "x");
  Plan plan = plan_of({rule.traced(x)});
  const PassContext context = context_of(plan);
  specialise(plan, context);
  const graph::TensorType before = plan.function.type(plan.function.results[0]);
  simplify(plan, context);
  prune(plan, context);
  EXPECT_EQ(plan.function.type(plan.function.results[0]), before) << rule.name;
  return count(plan, rule.op);
}

/// Both sides of the rule, on special values. NaN has one meaning, whatever its sign.
void expect_equal_sides(const RuleCase& rule) {
  const Array x = special_floats();
  std::vector<bool> flags;
  for (int i = 0; i < 24; ++i) flags.push_back(i % 3 == 0);
  const std::vector<Array> inputs = {rule.is_logical ? testing::bools(flags, {2, 12}) : x};
  Array with, without;
  {
    const testing::PassesDisabled others(all_but("simplify"));
    with = testing::run_op(rule.traced, inputs)[0];
  }
  {
    const testing::PassesDisabled all("all");
    without = testing::run_op(rule.traced, inputs)[0];
  }
  ASSERT_EQ(with.shape(), without.shape()) << rule.name;
  for (int64_t i = 0; i < with.num_elements(); ++i) {
    const double a = with.at<double>(i), b = without.at<double>(i);
    const bool is_same =
        (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
    EXPECT_TRUE(is_same) << rule.name << ": element " << i << " is " << a << " and " << b;
  }
}

TEST(Simplify, LeavesOutWhatChangesNothing) {
  for (const RuleCase& rule : kFiring) EXPECT_EQ(left_by(rule), rule.left) << rule.name;
}

TEST(Simplify, KeepsWhatChangesAValueADtypeOrAShape) {
  for (const RuleCase& rule : kKept) EXPECT_EQ(left_by(rule), rule.left) << rule.name;
}

TEST(Simplify, KeepsEveryBit) {
  for (const RuleCase& rule : kFiring) expect_equal_sides(rule);
  for (const RuleCase& rule : kKept) expect_equal_sides(rule);
}

class SimplifyShapes : public PassTest {};

TEST_F(SimplifyShapes, ThatThePlanComparedAreNotComparedAgain) {
  const auto left = [](const Tensor& x, const Tensor& like) {
    Plan plan = plan_of({ops::same_shape("test", "x", x, "like", like, "reshape x") * 2.0});
    const PassContext context = context_of(plan);
    specialise(plan, context);
    simplify(plan, context);
    prune(plan, context);
    return count(plan, "SameShape");
  };
  const Tensor x = placeholder(kFloat32, {kUnknown, 3}),
               like = placeholder(kFloat32, {kUnknown, 3});
  EXPECT_EQ(left(x, like), 0);
  const Tensor mask = placeholder(kBool, {kUnknown});
  EXPECT_EQ(left(boolean_mask(x, mask), boolean_mask(like, mask)), 1)
      << "sizes that only the data know";
}

class SimplifyBranches : public PassTest {};

TEST_F(SimplifyBranches, AreChosenByAConstant) {
  const Tensor x = placeholder(kFloat32, {4}, "x");
  const auto chosen = [&](const Tensor& predicate) {
    Plan plan = plan_of({cond(
        predicate, [&] { return sin(x); }, [&] { return cos(x); })});
    const PassContext context = context_of(plan);
    specialise(plan, context);
    simplify(plan, context);
    prune(plan, context);
    return std::vector<int64_t>{count(plan, "Cond"), count(plan, "Sin"), count(plan, "Cos")};
  };
  EXPECT_EQ(chosen(Operand(true).resolve()), (std::vector<int64_t>{0, 1, 0}));
  EXPECT_EQ(chosen(Operand(false).resolve()), (std::vector<int64_t>{0, 0, 1}));
  EXPECT_EQ(chosen(is_training()), (std::vector<int64_t>{0, 1, 0}));
  EXPECT_EQ(chosen(placeholder(kBool, {}, "flag")), (std::vector<int64_t>{1, 0, 0}));
}

}  // namespace simplify_test
}  // namespace reckon::passes
