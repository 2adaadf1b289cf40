// SPDX-License-Identifier: Apache-2.0
// cond and while_loop inside each other, n deep: what gradients and compiling cost grows no faster
// than the square of n, counted in shape rules and kernels, not in time.
#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "graph/trace.h"
#include "ops/define.h"
#include "runtime/compile.h"

namespace reckon::runtime {
namespace nested_subgraphs_test {

int64_t infer_calls = 0, kernels_made = 0;

/// x, which counts how often something is asked of it.
const ops::DefinedOp<graph::NoOptions>& counted_op() {
  static const auto op = ops::define<graph::NoOptions>({
      .name = "CountedForTest",
      .inputs = {{"x", ops::kAnything}},
      .infer = [](const graph::NoOptions&, const graph::InferContext& context) -> graph::Types {
        ++infer_calls;
        return {context.inputs[0]};
      },
      .gradient = [](const graph::NoOptions&, const ops::Backward& b) -> Tensors {
        return {counted_op()({b.grad()})};
      },
      .kernel = [](const graph::NoOptions&, const ops::KernelSpec& spec) -> ops::Kernel {
        ++kernels_made;
        const auto bytes = static_cast<size_t>(spec.outputs[0].shape.num_elements()) * 4;
        return {[bytes](const ops::KernelCall& call) -> kernels::Fault {
          std::copy_n(call.in<char>(0), bytes, call.out<char>(0));
          return {};
        }};
      },
  });
  return op;
}

using Nest = Tensor (*)(int depth, const Tensor& x, const Tensor& flag);

Tensor conds(int depth, const Tensor& x, const Tensor& flag) {
  if (depth == 0) return counted_op()({x});
  return cond(
      flag, [&] { return conds(depth - 1, counted_op()({x}), flag); },
      [&] { return counted_op()({x}) * 2.0f; });
}

/// Its gradient needs what the inner branch gave.
Tensor conds_of_sines(int depth, const Tensor& x, const Tensor& flag) {
  if (depth == 0) return counted_op()({x});
  return cond(
      flag, [&] { return sin(counted_op()({conds_of_sines(depth - 1, x, flag)})); },
      [&] { return x; });
}

Tensor once(const Tensor& x, const std::function<Tensor(const Tensor&)>& body) {
  return while_loop([](const Tensors& v) { return v[0] < 1; },
                    [&](const Tensors& v) {
                      return Tensors{v[0] + 1, body(v[1])};
                    },
                    {Array::scalar<int32_t>(0), x})[1];
}

Tensor loops(int depth, const Tensor& x, const Tensor& flag) {
  if (depth == 0) return counted_op()({x});
  return once(
      x, [&](const Tensor& inner) { return sin(counted_op()({loops(depth - 1, inner, flag)})); });
}

Tensor conds_in_loops(int depth, const Tensor& x, const Tensor& flag) {
  if (depth == 0) return counted_op()({x});
  return once(x, [&](const Tensor& inner) {
    return cond(
        flag, [&] { return conds_in_loops(depth - 1, counted_op()({inner}), flag); },
        [&] { return inner * 2.0f; });
  });
}

struct Cost {
  int64_t trace_infers, compile_infers, kernels;
};

Cost cost_of_gradient(Nest nest, int depth) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown}), flag = placeholder(kBool, {});
  infer_calls = kernels_made = 0;
  const Tensor grad = gradients(reduce_sum(nest(depth, x, flag)), {x})[0];
  Cost cost{infer_calls, 0, 0};
  (void)compile({{grad.function(), {grad.id()}, {}}, {{kFloat32, {3}}, {kBool, {}}}, true});
  cost.compile_infers = infer_calls - cost.trace_infers;
  cost.kernels = kernels_made;
  return cost;
}

// H15: gradients of cond 80 deep took more than 12 s; it grew as the fourth power and faster.
TEST(NestedSubgraphs, CostNoMoreThanTheSquareOfTheirDepth) {
  for (const Nest nest : {conds, conds_of_sines, loops, conds_in_loops}) {
    const Cost half = cost_of_gradient(nest, 10), whole = cost_of_gradient(nest, 20);
    EXPECT_LE(whole.trace_infers, 5 * half.trace_infers);
    EXPECT_LE(whole.compile_infers, 5 * half.compile_infers);
    EXPECT_LE(whole.kernels, 5 * half.kernels);
    EXPECT_GT(whole.kernels, 0);
  }
}

TEST(NestedSubgraphs, CostOfPlainCondsGrowsWithTheirDepth) {
  const Cost half = cost_of_gradient(conds, 20), whole = cost_of_gradient(conds, 40);
  EXPECT_LE(whole.trace_infers, 5 * half.trace_infers / 2);
  EXPECT_LE(whole.kernels, 5 * half.kernels / 2);
}

// The rule that is remembered is that of the types asked about: one trace, two sizes.
TEST(NestedSubgraphs, GiveWhatTheyShouldForEachSizeOfTheirInput) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown}), flag = placeholder(kBool, {});
  const Tensor y = conds_in_loops(3, x, flag);
  const Tensor grad = gradients(reduce_sum(y), {x})[0];
  Session session(graph);
  session.initialize_variables();
  for (const int64_t size : {2, 5, 0, 2, 7}) {
    for (const bool value : {true, false}) {
      const auto got = session.run(
          {.fetches = {y, grad},
           .feeds = {{x, Array::zeros(kFloat32, {size})}, {flag, Array::scalar(value)}}});
      ASSERT_EQ(got[0].shape(), Shape({size}));
      ASSERT_EQ(got[1].shape(), Shape({size}));
      if (size == 0) continue;
      EXPECT_EQ(got[1].at<float>(size - 1), value ? 1 : 2);
    }
  }
}

}  // namespace nested_subgraphs_test
}  // namespace reckon::runtime
