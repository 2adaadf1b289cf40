// SPDX-License-Identifier: Apache-2.0
// The dense and the sparse loss: values, both gradients, long rows, labels outside, shapes.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/graph.h>
#include <reckon/nn.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"

namespace reckon {
namespace softmax_cross_entropy_test {

using namespace testing;

const float kLog3 = std::log(3.0f);

OpUnderTest dense(int axis = -1) {
  return [axis](const Tensor& labels, const Tensor& logits) {
    return nn::softmax_cross_entropy_with_logits(labels, logits, axis);
  };
}

OpUnderTest sparse() {
  return [](const Tensor& labels, const Tensor& logits) {
    return nn::sparse_softmax_cross_entropy_with_logits(labels, logits);
  };
}

TEST(SoftmaxCrossEntropy, MatchesTheFormula) {
  check_op({.op = dense(),
            .inputs = {floats({1, 0, 0.5f, 0.5f}, {2, 2}), floats({0, kLog3, 1, 1}, {2, 2})},
            .expect = {std::log(4.0), std::log(2.0)},
            .has_second_gradient = true});
  check_op({.op = dense(), .inputs = {{1, 0}, {0, kLog3}}, .expect = floats({std::log(4.0f)}, {})});
}

TEST(SoftmaxCrossEntropy, TakesLabelsThatDoNotSumToOne) {
  check_op({.op = dense(),
            .inputs = {floats({2, 1}, {1, 2}), floats({0, kLog3}, {1, 2})},
            .expect = {2 * std::log(4.0) + std::log(4.0 / 3)},
            .has_second_gradient = true});
}

TEST(SoftmaxCrossEntropy, RunsAlongAnotherAxis) {
  check_op({.op = dense(0),
            .inputs = {floats({1, 0}, {2, 1}), floats({0, kLog3}, {2, 1})},
            .expect = {std::log(4.0)}});
  check_op({.op = dense(1),
            .inputs = {floats({1, 0, 0, 1}, {1, 2, 2}), floats({0, 1, kLog3, 1}, {1, 2, 2})},
            .expect = floats({std::log(4.0f), std::log(2.0f)}, {1, 2})});
}

/// Loss, its gradients to logits and labels and the second one to logits.
Tensors derivatives(const Tensor& labels, const Tensor& logits) {
  const Tensor loss = nn::softmax_cross_entropy_with_logits(labels, logits);
  const Tensors grads = gradients(loss, {logits, labels});
  return {loss, grads[0], grads[1], gradients(reduce_sum(square(grads[0])), {logits})[0]};
}

// H14: a masked class, of logit -inf and label 0, adds 0 log 0 = 0; TensorFlow has NaN here.
TEST(SoftmaxCrossEntropy, AMaskedClassCostsNothing) {
  const auto both = [](DType dtype) {
    const Array labels = floats({0, 1, 0, 0.25f, 0, 0.75f}, {2, 3});
    const Array logits = floats({1, 2, -INFINITY, 1, -INFINITY, 2}, {2, 3});
    return dtype == kFloat32 ? std::vector{labels, logits}
                             : std::vector{doubles({0, 1, 0, 0.25, 0, 0.75}, {2, 3}),
                                           doubles({1, 2, -INFINITY, 1, -INFINITY, 2}, {2, 3})};
  };
  const double rest = std::log1p(std::exp(-1.0)), p = 1 / (1 + std::exp(-1.0));
  for (const DType dtype : {kFloat32, kFloat64}) {
    const std::vector<Array> got = run_op(derivatives, both(dtype));
    EXPECT_NEAR(got[0].at<double>(0), rest, 1e-6);
    EXPECT_NEAR(got[0].at<double>(1), rest + 0.25, 1e-6);
    const double want[] = {1 - p, p - 1, 0, 0.75 - p, 0, p - 0.75};
    for (int64_t i = 0; i < 6; ++i) {
      EXPECT_NEAR(got[1].at<double>(i), want[i], 1e-6) << i;
      EXPECT_TRUE(std::isfinite(got[3].at<double>(i))) << i;
    }
    EXPECT_EQ(got[2].at<double>(2), INFINITY);
  }
}

TEST(SoftmaxCrossEntropy, InfinityAndNaNStayNaN) {
  const auto loss_of = [](const std::vector<float>& labels, const std::vector<float>& logits) {
    return run_op(dense(), {floats(labels, {1, 3}), floats(logits, {1, 3})})[0].at<double>(0);
  };
  EXPECT_TRUE(std::isnan(loss_of({0, 1, 0}, {INFINITY, 0, 1})));
  EXPECT_TRUE(std::isnan(loss_of({0, 1, 0}, {INFINITY, 0, -INFINITY})));
  EXPECT_TRUE(std::isnan(loss_of({0, 1, 0}, {NAN, 0, 1})));
  EXPECT_TRUE(std::isnan(loss_of({0, 0, 0}, {NAN, 0, -INFINITY})));
  EXPECT_TRUE(std::isnan(loss_of({0, 0, 0}, {-INFINITY, -INFINITY, -INFINITY})));
  EXPECT_EQ(loss_of({0, 0.5f, 0.5f}, {0, 1, -INFINITY}), INFINITY);
}

TEST(SparseSoftmaxCrossEntropy, TakesMaskedClasses) {
  const auto both = [](const Tensor& labels, const Tensor& logits) {
    const Tensor loss = nn::sparse_softmax_cross_entropy_with_logits(labels, logits);
    return Tensors{loss, gradients(loss, {logits})[0]};
  };
  const std::vector<Array> got =
      run_op(both, {ints({1, 0}, {2}), floats({-INFINITY, 2, 2, -INFINITY, 2, 2}, {2, 3})});
  expect_near(got[0], floats({std::log(2.0f), INFINITY}, {2}), 1e-6, "loss");
  expect_near(got[1], floats({0, -0.5f, 0.5f, -1, 0.5f, 0.5f}, {2, 3}), 1e-6, "gradient");
}

TEST(SoftmaxCrossEntropy, DoesNotOverflow) {
  check_op({.op = dense(),
            .inputs = {floats({0, 1, 1, 0}, {2, 2}), floats({1000, 0, 1000, 0}, {2, 2})},
            .expect = {1000, 0},
            .has_gradient = false});
}

TEST(SoftmaxCrossEntropy, OfNoRowsIsNothing) {
  check_op({.op = dense(),
            .inputs = {floats({}, {0, 3}), floats({}, {0, 3})},
            .expect = floats({}, {0})});
  check_op(
      {.op = sparse(), .inputs = {ints({}, {0}), floats({}, {0, 3})}, .expect = floats({}, {0})});
}

TEST(SoftmaxCrossEntropy, EqualsTheSparseLossOnManyRows) {
  // More rows than one chunk of work, more columns than one vector.
  constexpr int64_t kRows = 300, kColumns = 131;
  std::vector<float> logits(kRows * kColumns);
  std::vector<int32_t> labels(kRows);
  for (size_t i = 0; i < logits.size(); ++i) logits[i] = 5 * std::sin(static_cast<float>(i * i));
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int32_t>(i * 7 % kColumns);
  const auto both = [](const Tensor& numbers, const Tensor& x) {
    const Tensor a = nn::sparse_softmax_cross_entropy_with_logits(numbers, x);
    const Tensor b = nn::softmax_cross_entropy_with_logits(one_hot(numbers, kColumns), x);
    return Tensors{a, b, gradients(a, {x})[0], gradients(b, {x})[0]};
  };
  const std::vector<Array> got =
      run_op(both, {ints(labels, {kRows}), floats(logits, {kRows, kColumns})});
  expect_near(got[0], got[1], 1e-6, "loss");
  expect_near(got[2], got[3], 1e-6, "gradient");
}

TEST(SoftmaxCrossEntropy, TakesTheRowsThatAreThere) {
  const Array logits = floats({0, kLog3, 9, 9, 1, 1}, {3, 2}),
              mask = bools({true, false, true}, {3});
  check_op({.op =
                [](const Tensor& x, const Tensor& rows) {
                  return nn::sparse_softmax_cross_entropy_with_logits(
                      boolean_mask(ints({0, 1, 1}, {3}), rows), boolean_mask(x, rows));
                },
            .inputs = {logits, mask},
            .expect = {std::log(4.0), std::log(2.0)},
            .has_second_gradient = true});
}

TEST(SoftmaxCrossEntropy, RefusesRowCountsThatTurnOutUnequal) {
  const auto mismatched = [](const Tensor& labels, const Tensor& x, const Tensor& mask) {
    return nn::sparse_softmax_cross_entropy_with_logits(labels, boolean_mask(x, mask));
  };
  base::expect_error(
      [&] {
        run_op([&](const Tensor& labels, const Tensor& x,
                   const Tensor& mask) { return mismatched(boolean_mask(labels, !mask), x, mask); },
               {ints({0, 1, 1}, {3}), floats({1, 2, 3, 4, 5, 6}, {3, 2}),
                bools({true, false, true}, {3})});
      },
      "2 along axis 0, 1 along axis 0 of the other operand");
}

TEST(SoftmaxCrossEntropy, RefusesLabelsOfAnotherShape) {
  const auto refuse = [](const Shape& labels, const Shape& logits, int axis, const char* text) {
    expect_error(
        [&] {
          nn::softmax_cross_entropy_with_logits(placeholder(kFloat32, labels),
                                                placeholder(kFloat32, logits), axis);
        },
        text);
  };
  refuse({2, 3}, {2, 4}, -1,
         "[softmax_cross_entropy_with_logits] labels is float32[2, 3], logits is float32[2, 4]; "
         "both need one shape: pass one_hot labels");
  refuse({}, {}, -1, "[softmax_cross_entropy_with_logits] labels is float32[], logits is");
  refuse({2, 3}, {2, 3}, 2, "[softmax_cross_entropy_with_logits] axis is 2");
}

TEST(SparseSoftmaxCrossEntropy, TakesClassNumbers) {
  check_op({.op = sparse(),
            .inputs = {ints({0, 1}, {2}), floats({0, kLog3, 1, 1}, {2, 2})},
            .expect = {std::log(4.0), std::log(2.0)},
            .has_second_gradient = true});
  check_op({.op = sparse(),
            .inputs = {longs({1, 0}, {2, 1}), floats({0, kLog3, 1, 1}, {2, 1, 2})},
            .expect = floats({std::log(4.0f / 3), std::log(2.0f)}, {2, 1})});
  check_op({.op = sparse(),
            .inputs = {ints({0}, {}), floats({0, kLog3}, {2})},
            .expect = floats({std::log(4.0f)}, {})});
}

TEST(SparseSoftmaxCrossEntropy, NamesTheLabelThatIsOutside) {
  for (const int64_t label : {5, 3, -1}) {
    base::expect_error(
        [&] {
          run_op(sparse(), {longs({0, label}, {2}), floats({0, 1, 2, 3, 4, 5}, {2, 3})});
        },
        "label " + std::to_string(label) + " is not in [0, 3)");
  }
}

TEST(SparseSoftmaxCrossEntropy, RefusesLabelsOfAnotherShape) {
  for (const Shape& shape : {Shape{1, 2}, Shape{3}}) {
    expect_error(
        [&] {
          nn::sparse_softmax_cross_entropy_with_logits(placeholder(kInt32, shape),
                                                       placeholder(kFloat32, {2, 3}));
        },
        "logits is float32[2, 3]");
  }
  expect_error(
      [] {
        nn::sparse_softmax_cross_entropy_with_logits(placeholder(kFloat32, {2}),
                                                     placeholder(kFloat32, {2, 3}));
      },
      "labels is float32[2] and logits is float32[2, 3], expected int32 or int64 [batch] beside "
      "floats [batch, classes]; cast the labels to class numbers: cast(labels, kInt64)");
}

}  // namespace softmax_cross_entropy_test
}  // namespace reckon
