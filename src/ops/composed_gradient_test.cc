// SPDX-License-Identifier: Apache-2.0
// Gradients by way of a composition: inputs that depend on each other, and inputs that need none.
#include "ops/composed_gradient.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include "check_op.h"

namespace reckon::ops {
namespace composed_gradient_test {

using namespace testing;
using graph::NoOptions;

/// x^2 y in one op, whose gradient is that of the same in plain ops.
const DefinedOp<NoOptions> product_op = define<NoOptions>({
    .name = "TestComposedProduct",
    .inputs = {{"x", kFloating}, {"y", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient =
        [](const NoOptions&, const Backward& b) {
          const Tensors grads = composed_gradient(
              b, [](const Tensors& in) { return Tensors{square(in[0]) * in[1]}; });
          for (size_t i = 0; i < grads.size(); ++i) EXPECT_EQ(grads[i].valid(), b.needs(i));
          return grads;
        },
    .forward = [](const NoOptions&, expr::Expr x, expr::Expr y) { return x * x * y; },
});

/// x times a whole number, which has no gradient.
const DefinedOp<NoOptions> scaled_op = define<NoOptions>({
    .name = "TestComposedScale",
    .inputs = {{"x", kFloating}, {"count", {kInt32}, 'c'}},
    .infer = [](const NoOptions&, const graph::InferContext& context) -> graph::Types {
      return {context.inputs[0]};
    },
    .gradient =
        [](const NoOptions&, const Backward& b) {
          return composed_gradient(
              b, [](const Tensors& in) { return Tensors{in[0] * cast(in[1], in[0].dtype())}; });
        },
    .kernel = [](const NoOptions&, const KernelSpec&) -> Kernel {
      return {[](const KernelCall& call) {
        const auto factor = *call.in<int32_t>(1);
        for (int64_t i = 0; i < call.outputs[0].elements; ++i)
          call.out<float>(0)[i] = call.in<float>(0)[i] * static_cast<float>(factor);
        return kernels::Fault();
      }};
    },
});

TEST(ComposedGradient, IsThatOfTheComposition) {
  check_op({.op =
                [](const Tensor& x, const Tensor& y) {
                  return product_op({x, y});
                },
            .inputs = {{2, 3}, {5, -1}},
            .expect = {20, -9},
            .has_second_gradient = true});
}

TEST(ComposedGradient, CountsThePathBetweenInputsOnce) {
  // y = x^3 beside x: the walk over the outer graph follows that path, the composition must not.
  check_op({.op =
                [](const Tensor& x) {
                  return product_op({x, x * x * x});
                },
            .inputs = {{2, -1}},
            .expect = {32, -1},
            .has_second_gradient = true});
  check_op({.op =
                [](const Tensor& x) {
                  return product_op({x, x});
                },
            .inputs = {{2, -1}},
            .expect = {8, -1}});
}

TEST(ComposedGradient, LeavesOutWhatIsNotNeeded) {
  const auto slope = [](const Tensor& x, const Tensor& y) {
    return Tensors{gradients(product_op({x, stop_gradient(y)}), {x})[0],
                   gradients(product_op({stop_gradient(x), y}), {y})[0]};
  };
  const std::vector<Array> got = run_op(slope, {floats({2, 3}, {2}), floats({5, 7}, {2})});
  expect_near(got[0], floats({20, 42}, {2}), 0, "d x");
  expect_near(got[1], floats({4, 9}, {2}), 0, "d y");
}

TEST(ComposedGradient, PassesIntegersThrough) {
  check_op({.op =
                [](const Tensor& x, const Tensor& count) {
                  return scaled_op({x, count});
                },
            .inputs = {{1, 2}, ints({3}, {})},
            .expect = {3, 6},
            .has_gradient = false,
            .has_float64 = false});
  const auto slope = [](const Tensor& x, const Tensor& count) {
    return gradients(scaled_op({x, count}), {x})[0];
  };
  expect_near(run_op(slope, {floats({1, 2}, {2}), ints({3}, {})})[0], floats({3, 3}, {2}), 0,
              "d x");
}

}  // namespace composed_gradient_test
}  // namespace reckon::ops
