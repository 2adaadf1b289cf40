// SPDX-License-Identifier: Apache-2.0
// Which loops may become one, and what the one then is. Joining never makes a cycle.
#include "passes/fusion_groups.h"

#include <algorithm>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "check_op.h"
#include "graph/core_ops.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace fusion_groups_test {

using graph::Node;
using graph::ValueId;

class FusionGroupsTest : public PassTest {
 protected:
  /// The node of the plan that traced `tensor`, by its name.
  static int32_t node(const Plan& plan, const Tensor& tensor) {
    for (int32_t i = 0; i < plan.function.size(); ++i) {
      if (plan.function.nodes[i].name == tensor.name()) return i;
    }
    ADD_FAILURE() << tensor.name() << " is not in the plan";
    return 0;
  }
  /// Joins each loop with those it reads, the last first: no path then leads around one.
  static void join_all(const Plan& plan, FusionGroups& groups) {
    for (int32_t i = plan.function.size(); i-- > 0;) {
      for (ValueId input : plan.function.nodes[i].inputs) groups.try_join(i, input.node);
    }
  }
  Tensor x_ = placeholder(kFloat32, {4, 6}, "x");
  Tensor row_ = placeholder(kFloat32, {6}, "row");
};

TEST_F(FusionGroupsTest, StartAsOneForEachNode) {
  const Tensor a = exp(x_), b = sin(a);
  const Plan plan = loops_of({b});
  const FusionGroups groups(plan.function);
  for (int32_t i = 0; i < plan.function.size(); ++i) {
    EXPECT_EQ(groups.group(i), i);
    EXPECT_EQ(groups.members(i), std::vector<int32_t>{i});
  }
}

TEST_F(FusionGroupsTest, WithoutJoinsBuildTheSameFunction) {
  const Plan plan = loops_of({sin(exp(x_)) * row_, reduce_sum(x_, 1)});
  const graph::Function built = FusionGroups(plan.function).build();
  graph::verify(built, "a test");
  EXPECT_EQ(graph::structural_hash(built), graph::structural_hash(plan.function));
}

TEST_F(FusionGroupsTest, JoinTheirMembersInOrder) {
  const Tensor a = exp(x_), b = sin(a), c = b * 2;
  const Plan plan = loops_of({c});
  FusionGroups groups(plan.function);
  const int32_t first = node(plan, a), second = node(plan, b), third = node(plan, c);
  EXPECT_TRUE(groups.try_join(third, second));
  EXPECT_TRUE(groups.try_join(second, first));
  EXPECT_TRUE(groups.try_join(first, third)) << "they are joined already";
  EXPECT_EQ(groups.group(first), groups.group(third));
  EXPECT_EQ(groups.members(groups.group(first)), (std::vector<int32_t>{first, second, third}));
  const graph::Function built = groups.build();
  EXPECT_EQ(std::count_if(built.nodes.begin(), built.nodes.end(), is_loop), 1);
  EXPECT_EQ(loop_options(built.node(built.results[0])).program.instructions.size(), 4u);
}

TEST_F(FusionGroupsTest, TakeLoopsOverOneSpaceOnly) {
  const Tensor a = exp(row_), b = a * x_, square = placeholder(kFloat32, {4, 4}, "square");
  const Tensor c = matmul(square, x_), d = exp(c);
  const Plan plan = loops_of({b, d});
  FusionGroups groups(plan.function);
  EXPECT_FALSE(groups.try_join(node(plan, a), node(plan, b))) << "[6] and [4, 6]";
  EXPECT_FALSE(groups.try_join(node(plan, c), node(plan, d))) << "a product is no loop";
  EXPECT_FALSE(groups.try_join(node(plan, x_), node(plan, b))) << "a parameter is none";
}

TEST_F(FusionGroupsTest, TakeTheReaderOfAReductionNever) {
  const Tensor column = placeholder(kFloat32, {4, 1}, "column");
  const Tensor sum = reduce_sum(column, 1, {.keep_dims = true}), ratio = column / sum;
  const Plan plan = loops_of({ratio});
  FusionGroups groups(plan.function);
  EXPECT_FALSE(groups.try_join(node(plan, sum), node(plan, ratio)));
}

// before -> product -> after, and before -> after: one loop would have to run around the product.
TEST_F(FusionGroupsTest, NeverGoAroundANodeBetween) {
  const Tensor square = placeholder(kFloat32, {4, 4}, "square");
  const Tensor before = exp(square), product = matmul(before, square), after = before + product;
  const Plan plan = loops_of({after});
  FusionGroups groups(plan.function);
  EXPECT_FALSE(groups.try_join(node(plan, before), node(plan, after)));
}

// Neither pair alone makes a cycle: the second join would close it through the first group.
TEST_F(FusionGroupsTest, SeePathsThroughOtherGroups) {
  const Tensor p = placeholder(kFloat32, {4, 4}, "p"), q = placeholder(kFloat32, {4, 4}, "q");
  const Tensor a = exp(p), b = sin(q);
  const Tensor from_a = matmul(a, a), from_b = matmul(b, b);
  const Tensor c = from_a * 2, d = from_b * 3;
  const Plan plan = loops_of({a, b, c, d});
  FusionGroups groups(plan.function);
  EXPECT_TRUE(groups.try_join(node(plan, a), node(plan, d))) << "a and d are not on one path";
  EXPECT_FALSE(groups.try_join(node(plan, b), node(plan, c)))
      << "b leads to d's group, and a's group leads to c";
  const graph::Function built = groups.build();
  graph::verify(built, "a test");
  EXPECT_EQ(built.results.size(), 4u);
}

TEST_F(FusionGroupsTest, PutGroupsInAnOrderThatDataAllow) {
  const Tensor p = placeholder(kFloat32, {4, 4}, "p");
  const Tensor late = matmul(p, p), a = exp(p), b = a * late;
  const Plan plan = loops_of({b, a});
  FusionGroups groups(plan.function);
  ASSERT_TRUE(groups.try_join(node(plan, a), node(plan, b)));
  const graph::Function built = groups.build();
  graph::verify(built, "a test");
  EXPECT_GT(built.results[0].node, built.node(built.results[0]).inputs[0].node);
  EXPECT_EQ(built.results[0].node, built.results[1].node);
  EXPECT_NE(built.results[0].output, built.results[1].output);
}

TEST_F(FusionGroupsTest, GiveOutWhatIsReadOutsideAndNothingElse) {
  const Tensor a = exp(x_), b = sin(a), c = cos(b);
  const Plan plan = loops_of({c, matmul(b, transpose(x_))});
  FusionGroups groups(plan.function);
  groups.try_join(node(plan, a), node(plan, b));
  groups.try_join(node(plan, b), node(plan, c));
  const graph::Function built = groups.build();
  const Node& loop = built.node(built.results[0]);
  EXPECT_EQ(loop.outputs.size(), 2u) << "sin for the product, cos for the caller; exp for no one";
  EXPECT_EQ(loop.inputs, std::vector<ValueId>{built.parameters[0]});
}

TEST_F(FusionGroupsTest, ReadASharedInputOnce) {
  const Tensor a = exp(x_) + row_, b = a * row_ + x_;
  const Plan plan = loops_of({b});
  FusionGroups groups(plan.function);
  join_all(plan, groups);
  const graph::Function built = groups.build();
  EXPECT_EQ(built.node(built.results[0]).inputs.size(), 2u);
}

TEST_F(FusionGroupsTest, JoinSiblingReductionsOfOneArray) {
  const Tensor sum = reduce_sum(x_, 1), most = reduce_max(x_, 0);
  const Plan plan = loops_of({sum, most});
  FusionGroups groups(plan.function);
  ASSERT_TRUE(groups.try_join(node(plan, sum), node(plan, most)));
  const graph::Function built = groups.build();
  const Node& loop = built.node(built.results[0]);
  EXPECT_EQ(loop.inputs.size(), 1u);
  EXPECT_EQ(loop.outputs, (graph::Types{{kFloat32, {4}}, {kFloat32, {6}}}));
  EXPECT_TRUE(loop_options(loop).is_reduced(0));
  EXPECT_TRUE(loop_options(loop).is_reduced(1));
}

// The line of what may fault is the one that an error must name.
TEST_F(FusionGroupsTest, TakeTheNameOfTheMemberThatMayFault) {
  const Tensor m = placeholder(kInt32, {5}, "m"), n = placeholder(kInt32, {5}, "n");
  const Tensor quotient = floordiv(m, n), after = quotient * 2 + 1;
  const Plan plan = loops_of({after});
  FusionGroups groups(plan.function);
  join_all(plan, groups);
  const graph::Function built = groups.build();
  EXPECT_EQ(built.node(built.results[0]).name, quotient.name());
  EXPECT_EQ(built.node(built.results[0]).place.line, quotient.place().line);
}

TEST_F(FusionGroupsTest, StopAtALoopThatIsLargeEnough) {
  Tensor sum = x_;
  Tensors parts;
  for (int i = 0; i < 100; ++i) parts.push_back(sum = sum + row_ * static_cast<float>(i + 2));
  const Plan plan = loops_of({sum});
  FusionGroups groups(plan.function);
  bool is_refused = false;
  for (const Tensor& part : parts) {
    is_refused = is_refused || !groups.try_join(node(plan, parts[0]), node(plan, part));
  }
  EXPECT_TRUE(is_refused);
  EXPECT_LE(groups.members(groups.group(node(plan, parts[0]))).size(), 48u);
}

// Fusion changes no bit: the joined program runs the members' arithmetic.
TEST(FusedGroups, GiveTheBitsOfSingleLoops) {
  const auto op = [](const Tensor& x, const Tensor& row) {
    const Tensor e = exp(x * 0.1f) + row;
    return Tensors{e, reduce_sum(e * row, 1), sin(e) / (x + 20), reduce_max(e, 0)};
  };
  std::vector<float> values;
  for (int i = 0; i < 60; ++i) values.push_back(static_cast<float>(i % 17) - 8.25f);
  const std::vector<Array> inputs = {Array::from(values, {10, 6}),
                                     Array::from<float>({1, -2, 3, 0.5f, 7, -0.25f}, {6})};
  const std::vector<Array> fused = testing::run_op(op, inputs);
  const testing::PassesDisabled none("fuse_elementwise,fuse_reductions");
  const std::vector<Array> single = testing::run_op(op, inputs);
  for (size_t i = 0; i < fused.size(); ++i) EXPECT_TRUE(fused[i].same_bits(single[i])) << i;
}

}  // namespace fusion_groups_test
}  // namespace reckon::passes
