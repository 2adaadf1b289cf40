// SPDX-License-Identifier: Apache-2.0
// H13: a gradient of exactly 0 that arrives at an element-wise op leaves as 0, wherever the slope
// is infinite or NaN, in every order and for every op; and it is not cut off from second gradients.
#include "ops/gradient_flow.h"

#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace gradient_flow_test {

using namespace testing;

using Unary = Tensor (*)(Operand);
using Binary = Tensor (*)(Operand, Operand);

const std::vector<double> kPoints = {0,    -0.0,  1,    -1,       2,        -2,   0.5,
                                     1000, -1000, 1e30, -1e30,    1e-30,    3e38, -3e38,
                                     7.25, -0.25, NAN,  INFINITY, -INFINITY};

Array points_of(DType dtype) {
  const auto size = static_cast<int64_t>(kPoints.size());
  return dtype == kFloat64 ? doubles(kPoints, {size})
                           : floats(std::vector<float>(kPoints.begin(), kPoints.end()), {size});
}

/// The first three derivatives of where(false, y, 0) to each x: the condition is fed, so that no
/// pass knows it.
void expect_no_flow(const std::function<Tensor(const Tensors&)>& function,
                    const std::vector<Array>& inputs, const std::string& what) {
  const auto derivatives = [&](const Tensors& in) {
    const Tensors xs(in.begin() + 1, in.end());
    Tensors found;
    Tensor y = reduce_sum(where(in[0], function(xs), 0));
    for (int order = 1; order <= 3; ++order) {
      const Tensors grads = gradients(y, xs);
      found.insert(found.end(), grads.begin(), grads.end());
      y = reduce_sum(grads[0]);
      for (size_t i = 1; i < grads.size(); ++i) y = y + reduce_sum(grads[i]);
    }
    return found;
  };
  std::vector<Array> all = {Array::scalar(false)};
  all.insert(all.end(), inputs.begin(), inputs.end());
  for (const Array& found : run_op(derivatives, all)) {
    for (int64_t i = 0; i < found.num_elements(); ++i) {
      if (found.at<double>(i) == 0) continue;
      ADD_FAILURE() << what << ": element " << i << " of " << found.text() << " is "
                    << found.at<double>(i);
      break;
    }
  }
}

TEST(GradientFlow, AZeroStaysZeroThroughEveryFunction) {
  const std::pair<const char*, Unary> functions[] = {
      {"abs", abs},
      {"square", square},
      {"reciprocal", reciprocal},
      {"sqrt", sqrt},
      {"rsqrt", rsqrt},
      {"exp", exp},
      {"expm1", expm1},
      {"log", log},
      {"log1p", log1p},
      {"erf", erf},
      {"erfc", erfc},
      {"sin", sin},
      {"cos", cos},
      {"tan", tan},
      {"asin", asin},
      {"acos", acos},
      {"atan", atan},
      {"sinh", sinh},
      {"cosh", cosh},
      {"tanh", tanh},
      {"asinh", asinh},
      {"acosh", acosh},
      {"atanh", atanh},
      {"relu", nn::relu},
      {"relu6", nn::relu6},
      {"leaky_relu", nn::leaky_relu},
      {"elu", nn::elu},
      {"selu", nn::selu},
      {"softsign", nn::softsign},
      {"sigmoid", nn::sigmoid},
      {"log_sigmoid", nn::log_sigmoid},
      {"softplus", nn::softplus},
      {"silu", nn::silu},
      {"mish", nn::mish},
      {"gelu", nn::gelu},
      {"gelu_approximate", [](Operand x) { return nn::Gelu{.approximate = true}(x); }},
      {"hard_sigmoid", nn::hard_sigmoid},
      {"x log x", [](Operand x) { return x.resolve() * log(x); }},
      {"sqrt of square", [](Operand x) { return sqrt(square(x)); }},
      {"square of log", [](Operand x) { return square(log(x)); }},
      {"log of exp", [](Operand x) { return log(exp(x)); }},
      {"1 / x", [](Operand x) { return 1 / x.resolve(); }},
      {"exp / exp", [](Operand x) { return exp(x) / exp(x); }},
      {"sum of logs", [](Operand x) { return reduce_sum(log(x)); }},
      {"mean of roots", [](Operand x) { return reduce_mean(sqrt(x)); }},
      {"reduce_prod", [](Operand x) { return reduce_prod(x); }},
      {"reduce_max", [](Operand x) { return reduce_max(x); }},
      {"reduce_min", [](Operand x) { return reduce_min(x); }},
      {"reduce_logsumexp", [](Operand x) { return reduce_logsumexp(x); }},
      {"reduce_variance", [](Operand x) { return reduce_variance(x); }},
      {"reduce_std", [](Operand x) { return reduce_std(x); }},
      {"reduce_euclidean_norm", [](Operand x) { return reduce_euclidean_norm(x); }},
      {"softmax", nn::softmax},
      {"log_softmax", nn::log_softmax},
      {"l2_loss", nn::l2_loss},
  };
  for (const auto& [name, function] : functions) {
    for (const DType dtype : {kFloat32, kFloat64}) {
      const auto call = [f = function](const Tensors& xs) { return f(xs[0]); };
      expect_no_flow(call, {points_of(dtype)}, name);
    }
  }
}

TEST(GradientFlow, AZeroStaysZeroThroughEveryFunctionOfTwo) {
  const std::pair<const char*, Binary> functions[] = {
      {"add", add},
      {"subtract", subtract},
      {"multiply", multiply},
      {"divide", divide},
      {"pow", pow},
      {"hypot", hypot},
      {"atan2", atan2},
      {"maximum", maximum},
      {"minimum", minimum},
      {"squared_difference", squared_difference},
      {"floordiv", floordiv},
      {"floormod", floormod},
      {"truncatediv", truncatediv},
      {"truncatemod", truncatemod},
      {"divide_no_nan", divide_no_nan},
      {"multiply_no_nan", multiply_no_nan},
      {"xdivy", xdivy},
      {"xlogy", xlogy},
      {"xlog1py", xlog1py},
      {"prelu", nn::prelu},
      {"sigmoid_cross_entropy",
       [](Operand a, Operand b) { return nn::sigmoid_cross_entropy_with_logits(a, b); }},
      {"softmax_cross_entropy",
       [](Operand a, Operand b) { return nn::softmax_cross_entropy_with_logits(a, b); }},
  };
  const auto size = static_cast<int64_t>(kPoints.size());
  for (const auto& [name, function] : functions) {
    for (const DType dtype : {kFloat32, kFloat64}) {
      const auto pairs = [&, f = function](const Tensors& xs) {
        const Shape all{size, size};
        return f(broadcast_to(reshape(xs[0], {size, 1}), all), broadcast_to(xs[1], all));
      };
      expect_no_flow(pairs, {points_of(dtype), points_of(dtype)}, name);
    }
  }
}

TEST(GradientFlow, WhatIsNotChosenPassesNothing) {
  // The words of the report: sum(where(x > 0, sqrt(x), 0)) at 0 and -1.
  const auto slope_of = [](Unary function) {
    return [function](const Tensor& x) {
      return gradients(reduce_sum(where(x > 0, function(x), 0)), {x})[0];
    };
  };
  const Array x = floats({0, -1, 4}, {3});
  expect_near(run_op(slope_of(sqrt), {x})[0], floats({0, 0, 0.25f}, {3}), 1e-6, "sqrt");
  expect_near(run_op(slope_of(rsqrt), {x})[0], floats({0, 0, -0.0625f}, {3}), 1e-6, "rsqrt");
  expect_near(run_op(slope_of(reciprocal), {x})[0], floats({0, 0, -0.0625f}, {3}), 1e-6,
              "reciprocal");
  expect_near(run_op(slope_of(log), {x})[0], floats({0, 0, 0.25f}, {3}), 1e-6, "log");
}

TEST(GradientFlow, AnInfiniteSlopeStaysWhereAGradientArrives) {
  const auto slope = [](const Tensor& x) { return gradients(reduce_sum(sqrt(x)), {x})[0]; };
  expect_near(run_op(slope, {floats({0, -1, 4}, {3})})[0], floats({INFINITY, NAN, 0.25f}, {3}), 0,
              "sqrt");
  const auto of_log = [](const Tensor& x) { return gradients(reduce_sum(log(x)), {x})[0]; };
  expect_near(run_op(of_log, {floats({0, -0.0f, NAN}, {3})})[0],
              floats({INFINITY, -INFINITY, NAN}, {3}), 0, "log");
}

// At x the distance from f(x) is 0, and so is what arrives at f; but (f - c)^2 has the second
// derivative 2 f'(x)^2 there.
TEST(GradientFlow, ASecondGradientIsNotLostWhereAZeroArrives) {
  const std::pair<const char*, Unary> functions[] = {
      {"square", square},
      {"reciprocal", reciprocal},
      {"sqrt", sqrt},
      {"rsqrt", rsqrt},
      {"exp", exp},
      {"log", log},
      {"erf", erf},
      {"sin", sin},
      {"tan", tan},
      {"asin", asin},
      {"atan", atan},
      {"sinh", sinh},
      {"tanh", tanh},
      {"asinh", asinh},
      {"atanh", atanh},
      {"sigmoid", nn::sigmoid},
      {"gelu", nn::gelu},
      {"softplus", nn::softplus},
      {"elu", nn::elu},
      {"pow", [](Operand x) { return pow(x, 2.5); }},
      {"3 / x", [](Operand x) { return 3 / x.resolve(); }},
      {"divide_no_nan", [](Operand x) { return divide_no_nan(x, square(x)); }},
      {"logsumexp", [](Operand x) { return reduce_logsumexp(x); }},
      {"norm", [](Operand x) { return reduce_euclidean_norm(x); }},
  };
  for (const auto& [name, f] : functions) {
    const auto both = [f = f](const Tensor& x) {
      const Tensor y = f(x), squared = square(y - stop_gradient(y));
      const Tensor first = gradients(squared, {x})[0];
      return Tensors{gradients(y, {x})[0], first, gradients(first, {x})[0]};
    };
    const std::vector<Array> got = run_op(both, {doubles({0.7}, {1})});
    const double slope = got[0].at<double>(0);
    EXPECT_EQ(got[1].at<double>(0), 0) << name;
    EXPECT_NEAR(got[2].at<double>(0) / (2 * slope * slope), 1, 1e-12) << name;
  }
}

}  // namespace gradient_flow_test
}  // namespace reckon
