// SPDX-License-Identifier: Apache-2.0
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace fuse_loops_test {

class FuseLoops : public PassTest {
 protected:
  /// Loops that are left by the two fusing passes.
  static std::vector<int64_t> loops_after(const Tensors& fetches,
                                          const std::vector<Operation>& targets = {}) {
    Plan plan = loops_of(fetches, targets);
    std::vector<int64_t> counts = {count(plan, "Loop")};
    fuse_elementwise(plan, {});
    graph::verify(plan.function, "fuse_elementwise");
    counts.push_back(count(plan, "Loop"));
    fuse_reductions(plan, {});
    graph::verify(plan.function, "fuse_reductions");
    counts.push_back(count(plan, "Loop"));
    return counts;
  }
  using Counts = std::vector<int64_t>;
  Tensor x_ = placeholder(kFloat32, {4, 6}, "x");
  Tensor row_ = placeholder(kFloat32, {6}, "row");
};

TEST_F(FuseLoops, MakesOneLoopOfAChain) {
  EXPECT_EQ(loops_after({exp(sin(x_) * row_) + 1}), (Counts{4, 1, 1}));
}

TEST_F(FuseLoops, JoinsAReductionToWhatItReduces) {
  EXPECT_EQ(loops_after({reduce_sum(exp(x_), 1)}), (Counts{2, 2, 1}));
  EXPECT_EQ(loops_after({reduce_sum(exp(x_), 0)}), (Counts{2, 2, 1}));
}

TEST_F(FuseLoops, JoinsReadersOfOneArray) {
  EXPECT_EQ(loops_after({sin(x_), cos(x_)}), (Counts{2, 1, 1}));
  EXPECT_EQ(loops_after({reduce_sum(x_, 1), reduce_max(x_, 0)}), (Counts{2, 2, 1}));
}

TEST_F(FuseLoops, KeepsUnrelatedLoopsApart) {
  EXPECT_EQ(loops_after({sin(x_), cos(placeholder(kFloat32, {4, 6}, "y"))}), (Counts{2, 2, 2}));
}

TEST_F(FuseLoops, KeepsLoopsOfOtherExtentsApart) {
  EXPECT_EQ(loops_after({exp(row_) * x_}), (Counts{2, 2, 2}));
}

TEST_F(FuseLoops, KeepsTheReaderOfAReductionApart) {
  EXPECT_EQ(loops_after({x_ / reduce_sum(x_, 1, {.keep_dims = true})}), (Counts{2, 2, 2}));
}

TEST_F(FuseLoops, NeverJoinsAroundANodeBetween) {
  const Tensor square = placeholder(kFloat32, {4, 4}, "square");
  const Tensor before = exp(square);
  EXPECT_EQ(loops_after({sin(matmul(before, square)) + before}), (Counts{3, 2, 2}));
}

TEST_F(FuseLoops, KeepsWhatIsUsedOutsideAsAnOutput) {
  const Tensor inner = exp(x_);
  Plan plan = loops_of({sin(inner), inner, matmul(inner, transpose(x_))});
  fuse_elementwise(plan, {});
  ASSERT_EQ(count(plan, "Loop"), 1);
  const graph::ValueId outer = plan.function.results[0], kept = plan.function.results[1];
  EXPECT_EQ(outer.node, kept.node);
  EXPECT_NE(outer.output, kept.output);
  EXPECT_EQ(plan.function.node(outer).outputs.size(), 2u);
}

TEST_F(FuseLoops, StopsAtALoopThatIsLargeEnough) {
  Tensor sum = x_;
  for (int i = 0; i < 200; ++i) sum = sum + row_ * static_cast<float>(i);
  const Counts counts = loops_after({sum});
  EXPECT_GT(counts[1], 2);
  EXPECT_LT(counts[1], counts[0]);
}

TEST_F(FuseLoops, StopsAtALoopOfManyOperands) {
  Tensors inputs;
  for (int i = 0; i < 60; ++i) inputs.push_back(placeholder(kFloat32, {4, 6}, "many"));
  Tensor total = inputs[0];
  for (const Tensor& input : inputs) total = total + sin(input);
  Plan plan = loops_of({total});
  fuse_elementwise(plan, {});
  int loops = 0;
  for (const graph::Node& node : plan.function.nodes) {
    if (!is_loop(node)) continue;
    EXPECT_LE(node.inputs.size(), 24u);
    ++loops;
  }
  EXPECT_EQ(loops, 3) << "60 inputs and two sums so far, 24 in each";
}

TEST_F(FuseLoops, JoinsOnlyLoopsOverOneExtentOfTheData) {
  const Tensor flags = placeholder(kBool, {4}, "flags"), others = placeholder(kBool, {4}, "others");
  const Tensor a = boolean_mask(x_, flags), b = boolean_mask(x_, others);
  EXPECT_EQ(loops_after({exp(a) * 2}), (Counts{2, 1, 1}));
  EXPECT_EQ(loops_after({exp(a), exp(b)}), (Counts{2, 2, 2}));
}

TEST_F(FuseLoops, KeepsParametersInTheirPlaces) {
  Plan plan = loops_of({sin(exp(row_)), exp(x_)});
  fuse_elementwise(plan, {});
  ASSERT_EQ(plan.function.parameters.size(), 2u);
  EXPECT_EQ(plan.function.node(plan.function.parameters[0]).name, "x");
  EXPECT_EQ(plan.function.node(plan.function.parameters[1]).name, "row");
}

}  // namespace fuse_loops_test
}  // namespace reckon::passes
