// SPDX-License-Identifier: Apache-2.0
// Views share memory with their input; writing over it is allowed only element for element.
#include "passes/alias.h"

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "graph/core_ops.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace alias_test {

using graph::Node;
using graph::ValueId;

class Alias : public PassTest {
 protected:
  const Node& node(const Plan& plan, int32_t result = 0) { return result_node(plan, result); }
  /// Whether result 0 of the plan may lie where its node's input number `input` does.
  static bool overwrites(const Plan& plan, int32_t input = 0) {
    return may_overwrite(plan.function, result_node(plan, 0), plan.function.results[0].output,
                         input);
  }
  Tensor x_ = placeholder(kFloat32, {4, 6}, "x");
  Tensor row_ = placeholder(kFloat32, {6}, "row");
};

TEST_F(Alias, RootOfAViewIsWhatItLooksAt) {
  const Plan plan = loops_of({reshape(reshape(x_, {24}), {2, 12}), exp(x_)});
  const ValueId view = plan.function.results[0];
  EXPECT_NE(plan.function.node(view).op, &graph::parameter_op) << "a node of its own";
  EXPECT_EQ(alias_root(plan.function, view), plan.function.parameters[0]);
  const ValueId made = plan.function.results[1];
  EXPECT_EQ(alias_root(plan.function, made), made);
}

TEST_F(Alias, VariableOfAViewIsTheVariable) {
  const Tensor a = variable("a", zeros({4})), b = variable("b", zeros({6}));
  const Plan plan = loops_of({reshape(b, {2, 3}), b, exp(b), a});
  EXPECT_EQ(aliased_variable(plan.function, plan.function.results[0]), 1);
  EXPECT_EQ(aliased_variable(plan.function, plan.function.results[1]), 1);
  EXPECT_EQ(aliased_variable(plan.function, plan.function.results[2]), -1) << "a new value";
  EXPECT_EQ(aliased_variable(plan.function, plan.function.results[3]), 0);
}

TEST_F(Alias, ALoopWritesOverWhatItReadsInStep) {
  EXPECT_TRUE(overwrites(loops_of({exp(x_)})));
  const Plan sum = loops_of({x_ * row_});
  EXPECT_TRUE(overwrites(sum, 0));
  EXPECT_FALSE(overwrites(sum, 1)) << "a broadcast row is read again";
}

TEST_F(Alias, ALoopWritesOverNoOtherElementSize) {
  EXPECT_FALSE(overwrites(loops_of({cast(x_, kFloat64)})));
  EXPECT_FALSE(overwrites(loops_of({x_ > 0})));
  EXPECT_TRUE(overwrites(loops_of({cast(x_, kInt32)}))) << "four bytes each";
}

TEST_F(Alias, AReductionWritesOverNothing) {
  EXPECT_FALSE(overwrites(loops_of({reduce_sum(x_, 1)})));
  const Tensor column = placeholder(kFloat32, {4, 1}, "column");
  EXPECT_FALSE(overwrites(loops_of({reduce_sum(column, 1)}))) << "not even of one element";
}

TEST_F(Alias, OtherOpsWriteOverNothingUnlessTheySaySo) {
  const Tensor square = placeholder(kFloat32, {4, 4}, "square");
  EXPECT_FALSE(overwrites(loops_of({matmul(square, square)})));
  EXPECT_FALSE(overwrites(loops_of({transpose(square)})));
}

// Segment s of a table writes over its own arrays, never over another's or a shared scalar.
TEST_F(Alias, ATableWritesOverItsOwnSegments) {
  const Tensor rate = placeholder(kFloat32, {}, "rate");
  std::vector<Operation> steps;
  for (int64_t size : {3, 7}) {
    const std::string name = "v" + std::to_string(size);
    const Tensor v = variable(name, zeros({size}));
    steps.push_back(assign_sub(v, rate * placeholder(kFloat32, {size}, "grad")));
  }
  Plan plan = loops_of({}, steps);
  fuse_elementwise(plan, {});
  fuse_updates(plan, {});
  ASSERT_EQ(count(plan, "LoopTable"), 1);
  const Node& table = result_node(plan, 0);
  const auto& options = table.as<LoopTableOptions>();
  ASSERT_EQ(options.arrays, 2);
  ASSERT_EQ(options.scalars, 1);
  for (int32_t output = 0; output < 2; ++output) {
    for (int32_t input = 0; input < 5; ++input) {
      EXPECT_EQ(may_overwrite(plan.function, table, output, input), input / 2 == output)
          << output << " over " << input;
    }
  }
}

}  // namespace alias_test
}  // namespace reckon::passes
