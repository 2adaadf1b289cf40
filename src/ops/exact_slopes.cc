// SPDX-License-Identifier: Apache-2.0
#include "ops/exact_slopes.h"

#include <reckon/math.h>
#include "ops/define.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> tanh_slope_op = define<NoOptions>({
    .name = "TanhSlope",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), -2 * tanh(b.input(0)) * b.output())};
    },
    .forward =
        [](const NoOptions&, Expr x) {
          // exp(-2 |x|) alone would be subnormal where the slope is not.
          const Expr e = exp(-abs(x));
          return square(2 * e / (1 + e * e));
        },
});

const DefinedOp<NoOptions> sigmoid_slope_op = define<NoOptions>({
    .name = "SigmoidSlope",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), -tanh(b.input(0) * 0.5) * b.output())};
    },
    .forward =
        [](const NoOptions&, Expr x) {
          const Expr e = exp(-abs(x));
          return e / square(1 + e);
        },
});

const DefinedOp<NoOptions> sigmoid_excess_op = define<NoOptions>({
    .name = "SigmoidExcess",
    .inputs = {{"x", kFloating}, {"label", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {b.needs(0) ? flow_times(b.grad(), sigmoid_slope(b.input(0))) : Tensor(),
              b.needs(1) ? -b.grad() : Tensor()};
    },
    // sigmoid(x) (1 - label) - sigmoid(-x) label: where one share is all but 1, the other is exact.
    .forward =
        [](const NoOptions&, Expr x, Expr label) {
          const Expr e = exp(-abs(x)), is_left = x < 0;
          return (select(is_left, e, 1) * (1 - label) - select(is_left, 1, e) * label) / (1 + e);
        },
});

struct BellOptions {
  double factor = 1;
};

const DefinedOp<BellOptions> bell_op = define<BellOptions>({
    .name = "Bell",
    .inputs = {{"x", kFloating}},
    .attributes = {{"factor", &BellOptions::factor}},
    .infer = rule<BellOptions>(infer_elementwise),
    .gradient = [](const BellOptions& options, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), -2 * options.factor * b.input(0) * b.output())};
    },
    .forward =
        [](const BellOptions& options, Expr x) {
          // Beyond 64 the result is 0; the limit keeps infinity out of the difference.
          const Expr near = min(abs(x), 64), rounded = near * near;
          const Expr lost = fma(near, near, -rounded) * -options.factor;
          const Expr e = exp(rounded * -options.factor);
          return fma(e, lost, e);
        },
});

const DefinedOp<NoOptions> one_minus_square_op = define<NoOptions>({
    .name = "OneMinusSquare",
    .inputs = {{"x", kFloating}},
    .infer = rule(infer_elementwise),
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {flow_times(b.grad(), b.input(0)) * -2};
    },
    .forward = [](const NoOptions&, Expr x) { return (1 - x) * (1 + x); },
});

}  // namespace

Tensor tanh_slope(const Tensor& x) { return tanh_slope_op({x}); }
Tensor sigmoid_slope(const Tensor& x) { return sigmoid_slope_op({x}); }
Tensor sigmoid_excess(const Tensor& x, const Tensor& label) {
  return sigmoid_excess_op({x, label});
}
Tensor bell(const Tensor& x, double factor) { return bell_op({x}, {factor}); }
Tensor one_minus_square(const Tensor& x) { return one_minus_square_op({x}); }

}  // namespace reckon::ops
