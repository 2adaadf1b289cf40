// SPDX-License-Identifier: Apache-2.0
// gelu(x) = x P(N <= x) for a normally distributed N; the approximation takes a logistic curve for
// P. Source: Hendrycks, Gimpel 2016.
#include <reckon/activations.h>

#include <reckon/math_ops.h>
#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;

constexpr double kRootHalf = 0.70710678118654752440;       // sqrt(1 / 2)
constexpr double kNormalDensity = 0.39894228040143267794;  // 1 / sqrt(2 pi)
constexpr double kSlope = 1.5957691216057307117;           // 2 sqrt(2 / pi)
constexpr double kCubic = 0.044715;

Tensor exact_slope(const Tensor& x) {
  return erfc(x * -kRootHalf) * 0.5 + x * kNormalDensity * exp(square(x) * -0.5);
}

Tensor approximate_slope(const Tensor& x) {
  const Tensor square_x = square(x);
  const Tensor gate = nn::sigmoid(kSlope * x * (1 + kCubic * square_x));
  return gate + x * gate * (1 - gate) * (kSlope + 3 * kSlope * kCubic * square_x);
}

const DefinedOp<nn::Gelu> gelu_op = define<nn::Gelu>({
    .name = "Gelu",
    .inputs = {{"x", kFloating}},
    .attributes = {{"approximate", &nn::Gelu::approximate}},
    .infer = rule<nn::Gelu>(infer_elementwise),
    .gradient = [](const nn::Gelu& options, const Backward& b) -> Tensors {
      const Tensor& x = b.input(0);
      return {b.grad() * (options.approximate ? approximate_slope(x) : exact_slope(x))};
    },
    .forward =
        [](const nn::Gelu& options, Expr x) {
          // (1 + tanh(u)) / 2 = sigmoid(2 u), and 1 + erf(u) = erfc(-u): neither cancels for
          // negative x.
          if (options.approximate) return x * sigmoid(kSlope * x * (1 + kCubic * square(x)));
          return 0.5 * x * erfc(x * -kRootHalf);
        },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor gelu(Operand x) { return ops::gelu_op({x}); }
Tensor Gelu::operator()(Operand x) const { return ops::gelu_op({x}, *this); }

}  // namespace reckon::nn
