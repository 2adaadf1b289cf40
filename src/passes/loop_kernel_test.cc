// SPDX-License-Identifier: Apache-2.0
// Kernels of loops and tables, called as the executor calls them: sizes that only the data knows,
// faults, and chunks.
#include "passes/loop_kernel.h"

#include <numeric>

#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "expr/builder.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace loop_kernel_test {

using graph::Node;
using ops::KernelCall;
using ops::View;

/// Buffers as views with present dims.
class Views {
 public:
  void add(void* data, Shape dims, DType dtype = kFloat32) {
    dims_.push_back(std::make_unique<std::vector<int64_t>>(dims.dims()));
    views_.push_back({.data = data,
                      .dims = dims_.back()->data(),
                      .elements = dims.num_elements(),
                      .rank = dims.rank(),
                      .dtype = dtype});
  }
  const View* data() const { return views_.data(); }

 private:
  std::vector<std::unique_ptr<std::vector<int64_t>>> dims_;
  std::vector<View> views_;
};

/// The kernel of a plan's result, which is a loop.
class LoopKernelTest : public PassTest {
 protected:
  static ops::Kernel kernel_of(const Plan& plan, int32_t result = 0) {
    const Node& node = result_node(plan, result);
    EXPECT_TRUE(is_loop(node)) << plan.function.text();
    graph::Types inputs;
    for (graph::ValueId input : node.inputs) inputs.push_back(plan.function.type(input));
    const ops::KernelSpec spec{node, plan.function, inputs, node.outputs, {}};
    return loop_kernel(node.options.get(), spec);
  }
  Tensor x_ = placeholder(kFloat32, {4, 3}, "x");
  Tensor row_ = placeholder(kFloat32, {3}, "row");
};

TEST_F(LoopKernelTest, ReadsOperandsWhereTheyAre) {
  const Plan plan = loops_of({x_ * row_});
  const ops::Kernel kernel = kernel_of(plan);
  EXPECT_EQ(kernel.scratch_bytes, 0u);
  std::vector<float> x(12), row = {1, 10, 100}, out(13, 77);
  std::iota(x.begin(), x.end(), 0.0f);
  Views in, result;
  in.add(x.data(), {4, 3});
  in.add(row.data(), {3});
  result.add(out.data(), {4, 3});
  ASSERT_FALSE(kernel.run({.inputs = in.data(), .outputs = result.data()}));
  for (size_t i = 0; i < 12; ++i) EXPECT_EQ(out[i], x[i] * row[i % 3]);
  EXPECT_EQ(out[12], 77);
}

TEST_F(LoopKernelTest, AsksForTheScratchOfItsReductions) {
  const Tensor large = placeholder(kFloat32, {100, 1000}, "large");
  const Plan plan = loops_of({reduce_sum(large)});
  const ops::Kernel kernel = kernel_of(plan);
  EXPECT_GT(kernel.scratch_bytes, 0u);
  std::vector<float> x(100'000, 1.0f);
  std::vector<char> memory(kernel.scratch_bytes + 64);
  float out = 0;
  Views in, result;
  in.add(x.data(), {100, 1000});
  result.add(&out, {});
  void* scratch =
      reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  ASSERT_FALSE(kernel.run({.inputs = in.data(), .outputs = result.data(), .scratch = scratch}));
  EXPECT_EQ(out, 100'000.0f);
}

TEST_F(LoopKernelTest, ReturnsTheFaultOfItsData) {
  const Tensor m = placeholder(kInt32, {3}, "m"), n = placeholder(kInt32, {3}, "n");
  const Plan plan = loops_of({floordiv(m, n)});
  const ops::Kernel kernel = kernel_of(plan);
  std::vector<int32_t> a = {4, 5, 6}, b = {2, 0, 3}, out(3);
  Views in, result;
  in.add(a.data(), {3}, kInt32);
  in.add(b.data(), {3}, kInt32);
  result.add(out.data(), {3}, kInt32);
  const kernels::Fault fault = kernel.run({.inputs = in.data(), .outputs = result.data()});
  ASSERT_TRUE(fault);
  EXPECT_NE(fault.text().find("an integer is divided by zero"), std::string::npos) << fault.text();
  EXPECT_EQ(out, (std::vector<int32_t>{2, 0, 2})) << "the others are computed";
}

/// Loops over the rows that a mask keeps.
class DataExtents : public LoopKernelTest {
 protected:
  Tensor kept(const char* name) { return boolean_mask(x_, placeholder(kBool, {4}, name)); }
};

TEST_F(DataExtents, RunOverTheRowsThatThereAre) {
  const Plan plan = loops_of({kept("mask") * 2});
  const ops::Kernel kernel = kernel_of(plan);
  std::vector<float> x(12, 1.5f), out(12, 77);
  std::vector<int64_t> extents = {2};
  Views in, result;
  in.add(x.data(), {2, 3});
  result.add(out.data(), {2, 3});
  const KernelCall call{.inputs = in.data(), .outputs = result.data(), .extents = extents.data()};
  ASSERT_FALSE(kernel.run(call));
  for (size_t i = 0; i < 12; ++i) EXPECT_EQ(out[i], i < 6 ? 3.0f : 77.0f) << i;
  extents[0] = 0;
  std::fill(out.begin(), out.end(), 77.0f);
  ASSERT_FALSE(kernel.run(call));
  EXPECT_EQ(out, std::vector<float>(12, 77.0f)) << "no row, nothing is written";
}

TEST_F(DataExtents, OfTwoOperandsMustBeEqual) {
  const Tensor a = kept("a"), b = kept("b");
  const Plan plan = loops_of({a + b});
  const ops::Kernel kernel = kernel_of(plan);
  std::vector<float> x(12, 1), y(12, 2), out(12, 77);
  std::vector<int64_t> extents = {2, 3};
  Views in, result;
  in.add(x.data(), {2, 3});
  in.add(y.data(), {3, 3});
  result.add(out.data(), {2, 3});
  const kernels::Fault fault =
      kernel.run({.inputs = in.data(), .outputs = result.data(), .extents = extents.data()});
  ASSERT_TRUE(fault) << plan.function.text();
  EXPECT_NE(fault.text().find("operands have 2 and 3 rows in this batch"), std::string::npos)
      << fault.text();
  EXPECT_EQ(out[0], 77) << "nothing is computed";
}

TEST_F(DataExtents, MayBeBroadcastOverByOneRow) {
  const Tensor one_row = placeholder(kFloat32, {1, 3}, "one_row");
  const Plan plan = loops_of({kept("mask") + one_row});
  const ops::Kernel kernel = kernel_of(plan);
  std::vector<float> x(12, 1), row = {1, 2, 3}, out(12, 77);
  std::vector<int64_t> extents = {3};
  Views in, result;
  in.add(x.data(), {3, 3});
  in.add(row.data(), {1, 3});
  result.add(out.data(), {3, 3});
  ASSERT_FALSE(
      kernel.run({.inputs = in.data(), .outputs = result.data(), .extents = extents.data()}));
  for (size_t i = 0; i < 9; ++i) EXPECT_EQ(out[i], 1 + row[i % 3]);
  EXPECT_EQ(out[9], 77);
}

TEST_F(DataExtents, ReduceOverTheRowsThatThereAre) {
  const Plan plan = loops_of({reduce_sum(kept("mask"), 0)});
  const ops::Kernel kernel = kernel_of(plan);
  std::vector<float> x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, out(3, 77);
  std::vector<int64_t> extents = {2};
  Views in, result;
  in.add(x.data(), {2, 3});
  result.add(out.data(), {3});
  const KernelCall call{.inputs = in.data(), .outputs = result.data(), .extents = extents.data()};
  ASSERT_FALSE(kernel.run(call));
  EXPECT_EQ(out, (std::vector<float>{5, 7, 9}));
  extents[0] = 0;
  ASSERT_FALSE(kernel.run(call));
  EXPECT_EQ(out, (std::vector<float>{0, 0, 0})) << "the sum of nothing";
}

TEST_F(DataExtents, MayNotBeInsideALoop) {
  const Tensor turned = transpose(kept("mask"));
  const Plan plan = loops_of({turned * 2});
  base::expect_error([&] { kernel_of(plan); }, ErrorCode::kInvalidArgument,
                     "dimension 1 of multiply has a size that only the data knows; only the "
                     "outermost may: transpose or flatten first");
}

/// One rule over segments: out = x - rate * grad, and a second output, of int32.
class TableKernel : public ::testing::Test {
 protected:
  static LoopTableOptions table(std::vector<int64_t> lengths) {
    expr::Builder b;
    const expr::Expr x = b.input(expr::Lane::kFloat32), grad = b.input(expr::Lane::kFloat64);
    const expr::Expr rate = b.input(expr::Lane::kFloat32);
    const expr::Expr step = x - rate * convert(grad, expr::Lane::kFloat32);
    return {b.finish({step, convert(step, expr::Lane::kInt32)}), 2, 1, std::move(lengths)};
  }
  /// Runs the table over segments of counted numbers and compares every element.
  static void expect_updates(const std::vector<int64_t>& lengths, base::Pool* pool) {
    const LoopTableOptions options = table(lengths);
    const Node node;
    const graph::Function function("main", nullptr);
    const ops::Kernel kernel = loop_table_kernel(&options, {node, function, {}, {}, {}});
    std::vector<std::vector<float>> xs, outs;
    std::vector<std::vector<double>> grads;
    std::vector<std::vector<int32_t>> wholes;
    for (int64_t length : lengths) {
      const auto size = static_cast<size_t>(length);
      xs.emplace_back(size, 0.0f);
      std::iota(xs.back().begin(), xs.back().end(), 1.0f);
      grads.emplace_back(size, static_cast<double>(xs.size()));
      outs.emplace_back(size + 1, 77.0f);
      wholes.emplace_back(size + 1, 77);
    }
    float rate = 0.5f;
    Views in, out;
    for (size_t s = 0; s < lengths.size(); ++s) {
      in.add(xs[s].data(), {lengths[s]});
      in.add(grads[s].data(), {lengths[s]}, kFloat64);
      out.add(outs[s].data(), {lengths[s]});
      out.add(wholes[s].data(), {lengths[s]}, kInt32);
    }
    in.add(&rate, {});
    ASSERT_FALSE(kernel.run({.inputs = in.data(), .outputs = out.data(), .pool = pool}));
    for (size_t s = 0; s < lengths.size(); ++s) {
      for (size_t i = 0; i < xs[s].size(); ++i) {
        const float want = xs[s][i] - 0.5f * static_cast<float>(s + 1);
        ASSERT_EQ(outs[s][i], want) << s << ", " << i;
        ASSERT_EQ(wholes[s][i], static_cast<int32_t>(want)) << s << ", " << i;
      }
      ASSERT_EQ(outs[s].back(), 77.0f) << s;
      ASSERT_EQ(wholes[s].back(), 77) << s;
    }
  }
};

TEST_F(TableKernel, RunsOneRuleOverArraysOfAnyLength) {
  expect_updates({3, 1, 100}, nullptr);
  expect_updates({5}, nullptr);
  expect_updates({0, 4, 0}, nullptr);
}

// Chunks are of 8192 elements; a pool takes them where there are many.
TEST_F(TableKernel, CutsLongArraysIntoChunks) {
  base::Pool pool(3);
  for (base::Pool* threads : {static_cast<base::Pool*>(nullptr), &pool}) {
    expect_updates({8192, 8193, 3}, threads);
    expect_updates({50'000, 7, 20'000}, threads);
  }
}

}  // namespace loop_kernel_test
}  // namespace reckon::passes
