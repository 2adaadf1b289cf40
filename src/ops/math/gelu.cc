// SPDX-License-Identifier: Apache-2.0
// gelu(x) = x P(N <= x) for a normally distributed N; the approximation takes a logistic curve for
// P. Source: Hendrycks, Gimpel 2016.
#include <reckon/activations.h>

#include <reckon/math.h>
#include "ops/define.h"
#include "ops/exact_slopes.h"
#include "ops/gradient_flow.h"

namespace reckon::ops {
namespace {

using expr::Expr;

constexpr double kRootHalf = 0.70710678118654752440;       // sqrt(1 / 2)
constexpr double kRootHalfRest = -4.8336466567264567e-17;  // what the double above leaves out
constexpr double kNormalDensity = 0.39894228040143267794;  // 1 / sqrt(2 pi)
constexpr double kSlope = 1.5957691216057307117;           // 2 sqrt(2 / pi)
constexpr double kCubic = 0.044715;
constexpr double kGateEnd = 100;

Tensor exact_slope(const Tensor& x) {
  return 0.5 * (erfc(x * -kRootHalf) + 2 * kNormalDensity * x * bell(x, 0.5));
}

Tensor approximate_slope(const Tensor& x) {
  // Where the gate is all open or shut its slope is 0: the square of a far x would be infinite.
  const Tensor near = clip_by_value(x, -kGateEnd, kGateEnd), square_x = square(near);
  const Tensor lean = kSlope * near * (1 + kCubic * square_x);
  return nn::sigmoid(lean) + x * sigmoid_slope(lean) * (kSlope + 3 * kSlope * kCubic * square_x);
}

/// erfc(-x sqrt(1 / 2)). Far left, where erfc(a + d) = erfc(a) (1 - 2 a d), the rounding d of the
/// product counts a times.
Expr erfc_of_product(Expr x) {
  const double root = x.lane() == expr::Lane::kFloat32
                          ? static_cast<double>(static_cast<float>(kRootHalf))
                          : kRootHalf;
  const double rest = (kRootHalf - root) + kRootHalfRest;
  const Expr a = x * -root;
  const Expr lost = fma(x, -root, -a) - x * rest;
  return erfc(a) * select(a > 1 && a < 64, 1 - 2 * a * lost, 1);
}

const DefinedOp<nn::Gelu> gelu_op = define<nn::Gelu>({
    .name = "Gelu",
    .inputs = {{"x", kFloating}},
    .attributes = {{"approximate", &nn::Gelu::approximate}},
    .infer = rule<nn::Gelu>(infer_elementwise),
    .gradient = [](const nn::Gelu& options, const Backward& b) -> Tensors {
      const Tensor& x = b.input(0);
      return {flow_times(b.grad(), options.approximate ? approximate_slope(x) : exact_slope(x))};
    },
    .forward =
        [](const nn::Gelu& options, Expr x) {
          // (1 + tanh(u)) / 2 = sigmoid(2 u), and 1 + erf(u) = erfc(-u): neither cancels for
          // negative x.
          if (options.approximate) return x * sigmoid(kSlope * x * (1 + kCubic * square(x)));
          return 0.5 * x * erfc_of_product(x);
        },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor gelu(Operand x) { return ops::gelu_op({x}); }
Tensor Gelu::operator()(Operand x) const { return ops::gelu_op({x}, *this); }

}  // namespace reckon::nn
