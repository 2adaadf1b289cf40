// SPDX-License-Identifier: Apache-2.0
// Element-wise ops and reductions as loops: their programs, dims and strides, and what stays as it
// is.
#include "passes/loop.h"

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "expr/builder.h"
#include "graph/core_ops.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace loop_test {

using graph::Node;

class MakeLoops : public PassTest {
 protected:
  Tensor x_ = placeholder(kFloat32, {4, 6}, "x");
  Tensor row_ = placeholder(kFloat32, {6}, "row");
};

TEST_F(MakeLoops, RecordsTheProgramOfAnElementwiseOp) {
  const Plan plan = loops_of({x_ + row_});
  const Node& node = result_node(plan, 0);
  ASSERT_TRUE(is_loop(node));
  const LoopOptions& loop = loop_options(node);
  EXPECT_EQ(loop.dims, Shape({4, 6}));
  EXPECT_EQ(loop.program.text(), "%0:f32 = input\n%1:f32 = input\n%2:f32 = add %0 %1\nreturn %2\n");
  EXPECT_EQ(loop.outputs.size(), 1u);
  EXPECT_FALSE(loop.has_reduction());
  EXPECT_EQ(node.outputs, (graph::Types{{kFloat32, {4, 6}}}));
  EXPECT_TRUE(node.place.known());
}

TEST_F(MakeLoops, TakesSingleNumbersIntoTheProgram) {
  const Plan plan = loops_of({x_ * 2.5f, x_ * Array::from<float>({3}, {1})});
  for (int32_t result : {0, 1}) {
    EXPECT_EQ(result_node(plan, result).inputs.size(), 1u);
    EXPECT_EQ(loop_options(result_node(plan, result)).program.inputs.size(), 1u);
  }
  EXPECT_NE(loop_options(result_node(plan, 0)).program.text().find("constant 2.5"),
            std::string::npos);
}

TEST_F(MakeLoops, LeavesArraysOfNumbersOutside) {
  const Plan plan = loops_of({x_ * Array::from<float>({1, 2, 3, 4, 5, 6}, {6})});
  EXPECT_EQ(result_node(plan, 0).inputs.size(), 2u);
}

TEST_F(MakeLoops, GivesNumbersTheOutputsDtype) {
  const Tensor n = placeholder(kInt64, {3}, "n"), flag = placeholder(kBool, {3}, "flag");
  const Plan plan = loops_of({n + (int64_t{1} << 40), cast(flag, kInt32)});
  EXPECT_NE(loop_options(result_node(plan, 0)).program.text().find("constant 1099511627776"),
            std::string::npos)
      << "not by way of a double";
  EXPECT_EQ(loop_options(result_node(plan, 1)).program.output_lane(0), expr::Lane::kInt32);
}

TEST_F(MakeLoops, RecordsAReductionOverItsAxes) {
  const Plan plan = loops_of({reduce_sum(x_, 1), reduce_max(x_, 0, {.keep_dims = true})});
  const LoopOptions& sum = loop_options(result_node(plan, 0));
  EXPECT_EQ(sum.dims, Shape({4, 6}));
  EXPECT_EQ(sum.outputs[0].kind, kernels::ReduceKind::kSum);
  EXPECT_EQ(sum.outputs[0].reduced, (std::vector<bool>{false, true}));
  EXPECT_TRUE(sum.is_reduced(0));
  EXPECT_TRUE(sum.has_reduction());
  const LoopOptions& most = loop_options(result_node(plan, 1));
  EXPECT_EQ(most.outputs[0].kind, kernels::ReduceKind::kMax);
  EXPECT_EQ(most.outputs[0].reduced, (std::vector<bool>{true, false}));
  EXPECT_EQ(result_node(plan, 1).outputs[0].shape, Shape({1, 6})) << "kept dims are of the type";
}

TEST_F(MakeLoops, LeavesOtherOpsAndLeavesAsTheyAre) {
  const Plan plan = loops_of({matmul(x_, transpose(x_)), reshape(x_, {24}), x_});
  EXPECT_EQ(count(plan, "Loop"), 0);
  EXPECT_EQ(count(plan, "Matmul"), 1);
}

// Two loops with one text are merged; the text must hold all that tells them apart.
TEST_F(MakeLoops, HaveOptionsThatDifferByProgramDimsAndAxes) {
  const Plan plan =
      loops_of({x_ * 2, x_ * 3, row_ * 2, reduce_sum(x_, 0), reduce_sum(x_, 1), reduce_max(x_, 1)});
  for (int32_t a = 0; a < 6; ++a) {
    for (int32_t b = 0; b < 6; ++b) {
      const Node &first = result_node(plan, a), &second = result_node(plan, b);
      EXPECT_EQ(loop_op().equal_options(first.options, second.options), a == b)
          << loop_op().options_text(first.options) << "\n"
          << loop_op().options_text(second.options);
    }
  }
  const auto copy = std::make_shared<const LoopOptions>(loop_options(result_node(plan, 0)));
  EXPECT_TRUE(loop_op().equal_options(copy, result_node(plan, 0).options));
  base::Hasher one, other;
  loop_op().hash_options(copy, one);
  loop_op().hash_options(result_node(plan, 0).options, other);
  EXPECT_EQ(one.value(), other.value());
}

TEST_F(MakeLoops, HaveTypesOfTheirPassOnly) {
  base::expect_error([] { loop_op().infer(nullptr, {}); }, ErrorCode::kInternal,
                     "[loop] types are set by the pass; please report this");
  base::expect_error([] { loop_table_op().infer(nullptr, {}); }, ErrorCode::kInternal, "[loop]");
}

TEST(LoopTable, TellsLengthsAndProgramsApart) {
  const auto options = [](std::vector<int64_t> lengths, double factor) {
    expr::Builder b;
    const expr::Expr x = b.input(expr::Lane::kFloat32);
    return std::make_shared<const LoopTableOptions>(
        LoopTableOptions{b.finish({x * factor}), 1, 0, std::move(lengths)});
  };
  const graph::Op& op = loop_table_op();
  EXPECT_TRUE(op.equal_options(options({3, 5}, 2), options({3, 5}, 2)));
  EXPECT_FALSE(op.equal_options(options({3, 5}, 2), options({5, 3}, 2)));
  EXPECT_FALSE(op.equal_options(options({3, 5}, 2), options({3, 5}, 4)));
  EXPECT_TRUE(op.options_text(options({3, 5}, 2)).starts_with("loop=[3, 5] {"));
}

using Strides = std::vector<int64_t>;

TEST(LoopStrides, AreZeroWhereAnInputIsBroadcast) {
  EXPECT_EQ(loop_strides({4, 6}, {4, 6}), (Strides{6, 1}));
  EXPECT_EQ(loop_strides({6}, {4, 6}), (Strides{0, 1}));
  EXPECT_EQ(loop_strides({4, 1}, {4, 6}), (Strides{1, 0}));
  EXPECT_EQ(loop_strides({1, 6}, {4, 6}), (Strides{0, 1}));
  EXPECT_EQ(loop_strides({}, {4, 6}), (Strides{0, 0}));
  EXPECT_EQ(loop_strides({}, {}), Strides{});
  EXPECT_EQ(loop_strides({2, 1, 3}, {5, 2, 7, 3}), (Strides{0, 3, 0, 1}));
}

// An extent of one in the middle has no stride, but those outside it step over its element.
TEST(LoopStrides, StepOverDimensionsOfOne) {
  EXPECT_EQ(loop_strides({4, 1, 6}, {4, 1, 6}), (Strides{6, 0, 1}));
  EXPECT_EQ(loop_strides({1, 1}, {1, 1}), (Strides{0, 0}));
}

TEST(LoopStrides, TakeAnOutermostExtentThatOnlyTheDataKnows) {
  EXPECT_EQ(loop_strides({graph::extent_dim(0), 6}, {graph::extent_dim(0), 6}), (Strides{6, 1}));
}

TEST(LoopStrides, RefuseAnInputOfMoreDimensions) {
  base::expect_error([] { loop_strides({2, 3}, {3}); }, ErrorCode::kInternal, "target >= 0");
}

TEST(IsIdentity, IsOneElementForOne) {
  EXPECT_TRUE(is_identity({4, 6}, {4, 6}));
  EXPECT_TRUE(is_identity({6}, {1, 6})) << "leading ones count for nothing";
  EXPECT_TRUE(is_identity({}, {}));
  EXPECT_FALSE(is_identity({6}, {4, 6}));
  EXPECT_FALSE(is_identity({1, 6}, {4, 6}));
  EXPECT_FALSE(is_identity({4, 1}, {4, 6}));
  EXPECT_FALSE(is_identity({1, 6}, {6})) << "more dimensions than the loop";
  EXPECT_FALSE(is_identity({}, {1, 2}));
  EXPECT_TRUE(is_identity({graph::extent_dim(1)}, {graph::extent_dim(1)}));
  EXPECT_FALSE(is_identity({graph::extent_dim(0)}, {graph::extent_dim(1)}));
}

}  // namespace loop_test
}  // namespace reckon::passes
