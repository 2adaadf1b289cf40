// SPDX-License-Identifier: Apache-2.0
// H17: functions, their slopes and the slopes' slopes keep their digits near limits, against values
// of 20 digits: ops/golden/slopes.txt, made by make_slopes.py.
#include "ops/exact_slopes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include <reckon/graph.h>
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include "check_op.h"

namespace reckon {
namespace exact_slopes_test {

using namespace testing;

using Function = std::function<Tensor(const Tensor&)>;

/// Logits x, 0 and -1, of which x is the right one's.
Tensor three_logits(const Tensor& x) { return stack({x, zeros_like(x), zeros_like(x) - 1}, 1); }
Tensor first_of(const Tensor& rows) { return squeeze(slice(rows, {0, 0}, {-1, 1}), {1}); }

const std::map<std::string, Function> kFunctions = {
    {"sigmoid", [](const Tensor& x) { return nn::sigmoid(x); }},
    {"log_sigmoid", [](const Tensor& x) { return nn::log_sigmoid(x); }},
    {"softplus", [](const Tensor& x) { return nn::softplus(x); }},
    {"tanh", [](const Tensor& x) { return tanh(x); }},
    {"softsign", [](const Tensor& x) { return nn::softsign(x); }},
    {"silu", [](const Tensor& x) { return nn::silu(x); }},
    {"mish", [](const Tensor& x) { return nn::mish(x); }},
    {"elu", [](const Tensor& x) { return nn::elu(x); }},
    {"selu", [](const Tensor& x) { return nn::selu(x); }},
    {"expm1", [](const Tensor& x) { return expm1(x); }},
    {"log1p", [](const Tensor& x) { return log1p(x); }},
    {"erf", [](const Tensor& x) { return erf(x); }},
    {"erfc", [](const Tensor& x) { return erfc(x); }},
    {"gelu", [](const Tensor& x) { return nn::gelu(x); }},
    {"sinh", [](const Tensor& x) { return sinh(x); }},
    {"cosh", [](const Tensor& x) { return cosh(x); }},
    {"asin", [](const Tensor& x) { return asin(x); }},
    {"acos", [](const Tensor& x) { return acos(x); }},
    {"atanh", [](const Tensor& x) { return atanh(x); }},
    {"acosh", [](const Tensor& x) { return acosh(x); }},
    {"asinh", [](const Tensor& x) { return asinh(x); }},
    {"atan", [](const Tensor& x) { return atan(x); }},
    {"sigmoid_cross_entropy_of_1",
     [](const Tensor& x) { return nn::sigmoid_cross_entropy_with_logits(ones_like(x), x); }},
    {"sigmoid_cross_entropy_of_0",
     [](const Tensor& x) { return nn::sigmoid_cross_entropy_with_logits(zeros_like(x), x); }},
    {"softmax_cross_entropy",
     [](const Tensor& x) {
       const Tensor one = ones_like(x), zero = zeros_like(x);
       return nn::softmax_cross_entropy_with_logits(stack({one, zero, zero}, 1), three_logits(x));
     }},
    {"sparse_softmax_cross_entropy",
     [](const Tensor& x) {
       return nn::sparse_softmax_cross_entropy_with_logits(cast(zeros_like(x), kInt32),
                                                           three_logits(x));
     }},
    {"softmax", [](const Tensor& x) { return first_of(nn::softmax(three_logits(x))); }},
    {"log_softmax", [](const Tensor& x) { return first_of(nn::log_softmax(three_logits(x))); }},
    {"logsumexp",
     [](const Tensor& x) {
       return reduce_logsumexp(stack({x, zeros_like(x)}, 1), 1);
     }},
};

/// One line of the file: NaN where there is no value to compare with.
struct Truth {
  double x = 0, numbers[3] = {};
};

std::map<std::string, std::vector<Truth>> read_truths() {
  std::ifstream file("src/ops/golden/slopes.txt");
  std::map<std::string, std::vector<Truth>> truths;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name, word;
    Truth truth;
    words >> name >> truth.x;
    for (double& number : truth.numbers) {
      words >> word;
      number = word == "-" ? NAN : std::strtod(word.c_str(), nullptr);
    }
    truths[name].push_back(truth);
  }
  return truths;
}

/// Where a float32, or what it is made of, would be below the smallest normal number or above the
/// largest.
bool is_out_of_float32(double truth) { return std::abs(truth) < 1e-35 || std::abs(truth) > 3e38; }

void expect_digits(const std::string& name, const std::vector<Truth>& truths, DType dtype) {
  std::vector<double> xs;
  for (const Truth& truth : truths) xs.push_back(truth.x);
  const auto size = static_cast<int64_t>(xs.size());
  const Array x = dtype == kFloat64 ? doubles(xs, {size})
                                    : floats(std::vector<float>(xs.begin(), xs.end()), {size});
  const auto derivatives = [&](const Tensor& in) {
    Tensors found = {kFunctions.at(name)(in)};
    for (int i = 0; i < 2; ++i) found.push_back(gradients(found.back(), {in})[0]);
    return found;
  };
  const std::vector<Array> got = run_op(derivatives, {x});
  // Units in the last place that the value and each further derivative may be off.
  const double epsilon = dtype == kFloat64 ? 0x1p-52 : 0x1p-23, allowed[] = {4, 6, 60};
  for (size_t order = 0; order < 3; ++order) {
    for (int64_t i = 0; i < size; ++i) {
      const double truth = truths[static_cast<size_t>(i)].numbers[order];
      if (std::isnan(truth) || (dtype == kFloat32 && is_out_of_float32(truth))) continue;
      EXPECT_NEAR(got[order].at<double>(i) / truth, 1, allowed[order] * epsilon)
          << name << " of " << x.text() << ", derivative " << order << " at " << x.at<double>(i);
    }
  }
}

TEST(ExactSlopes, KeepTheirDigitsNearLimits) {
  const auto truths = read_truths();
  EXPECT_EQ(truths.size(), kFunctions.size());
  for (const auto& [name, points] : truths) {
    for (const DType dtype : {kFloat64, kFloat32}) expect_digits(name, points, dtype);
  }
}

// The words of the report: the slope of sigmoid at 7.4, and wherever it is a normal number.
TEST(ExactSlopes, SigmoidHasAllDigitsOfItsSlopeOnBothSides) {
  std::vector<double> xs;
  for (double x = -700; x <= 700; x += 0.7) xs.push_back(x);
  xs.push_back(7.4);
  const auto size = static_cast<int64_t>(xs.size());
  const auto slope = [](const Tensor& x) { return gradients(nn::sigmoid(x), {x}); };
  const Array got = run_op(slope, {doubles(xs, {size})})[0];
  for (int64_t i = 0; i < size; ++i) {
    const long double e = std::exp(-std::abs(static_cast<long double>(xs[i])));
    const long double truth = e / ((1 + e) * (1 + e));
    EXPECT_NEAR(static_cast<double>(got.at<double>(i) / truth), 1, 1e-15) << xs[i];
  }
}

TEST(ExactSlopes, TheSlopeOfSigmoidCrossEntropyKeepsItsDigitsBesideAnyLabel) {
  const auto slope = [](const Tensor& label, const Tensor& x) {
    return gradients(nn::sigmoid_cross_entropy_with_logits(label, x), {x});
  };
  const std::vector<double> labels = {0, 1, 0.5, 1 - 0x1p-20, 0x1p-40, 1, 0.25};
  const std::vector<double> xs = {-30, 30, 30, -30, 20, 40, 50};
  const Array got = run_op(slope, {doubles(labels, {7}), doubles(xs, {7})})[0];
  for (int64_t i = 0; i < 7; ++i) {
    const long double e = std::exp(-static_cast<long double>(xs[i]));
    const long double truth = (1 - static_cast<long double>(labels[i]) - labels[i] * e) / (1 + e);
    EXPECT_NEAR(static_cast<double>(got.at<double>(i) / truth), 1, 1e-15) << i;
  }
}

// The square of a far x, or of a small one, is no number; the slope is.
TEST(ExactSlopes, HaveNoSquaresThatOverflowOnTheWay) {
  const auto of_gelu = [](const Tensor& x) {
    return gradients(nn::Gelu{.approximate = true}(x), {x});
  };
  expect_near(run_op(of_gelu, {floats({1e20f, -1e20f, 3e38f, -3e38f}, {4})})[0],
              floats({1, 0, 1, 0}, {4}), 0, "gelu");
  const auto of_angle = [](const Tensor& y, const Tensor& x) {
    return gradients(atan2(y, x), {y, x});
  };
  const std::vector<Array> got =
      run_op(of_angle, {floats({1e-25f, 1e25f, 3}, {3}), floats({1e-25f, 1e25f, 4}, {3})});
  for (int64_t i : {0, 1}) {
    const double want = i == 0 ? 5e24 : 5e-26;
    EXPECT_NEAR(got[0].at<double>(i) / want, 1, 1e-6) << i;
    EXPECT_NEAR(got[1].at<double>(i) / -want, 1, 1e-6) << i;
  }
  EXPECT_NEAR(got[0].at<double>(2), 0.16, 1e-7);
  EXPECT_NEAR(got[1].at<double>(2), -0.12, 1e-7);
}

}  // namespace exact_slopes_test
}  // namespace reckon
