// SPDX-License-Identifier: Apache-2.0
// Five ways from weighted losses to a number: tf.compat.v1.losses.compute_weighted_loss, by hand.
#include "nn/losses/loss_reduction.h"

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/session.h>

#include "base/expect_error_testing.h"
#include "nn/losses/poison_labels_testing.h"

namespace reckon::nn {
namespace loss_reduction_test {

using losses::Reduction;

struct LossReduction : testing::Test {
  Graph graph;
  GraphScope scope{graph};

  /// Of the losses 1 … 6 in two rows of three.
  Array reduced(Reduction reduction, std::optional<Array> weights = {}) {
    const Tensor values = Operand(Array::from<float>({1, 2, 3, 4, 5, 6}, {2, 3})).resolve();
    losses::LossOptions options{.reduction = reduction};
    if (weights) options.weights = Operand(*weights).resolve();
    return evaluate_now(reduce_losses("test", values, options));
  }
  float number(Reduction reduction, std::optional<Array> weights = {}) {
    return reduced(reduction, std::move(weights)).item<float>();
  }
};

TEST_F(LossReduction, WithoutWeightsMeansAreOfAllElements) {
  for (const Reduction mean :
       {Reduction::kMean, Reduction::kSumOverBatchSize, Reduction::kSumByNonzeroWeights}) {
    EXPECT_EQ(number(mean), 3.5f);
  }
  EXPECT_EQ(number(Reduction::kSum), 21);
  EXPECT_EQ(reduced(Reduction::kNone).shape(), (Shape{2, 3}));
}

TEST_F(LossReduction, EachDividesAWeightedSumByItsOwnCount) {
  const Array rows = Array::from<float>({2, 0}, {2, 1});
  EXPECT_EQ(number(Reduction::kSum, rows), 12);
  EXPECT_EQ(number(Reduction::kMean, rows), 12.0f / 6) << "the weights, broadcast";
  EXPECT_EQ(number(Reduction::kSumOverBatchSize, rows), 12.0f / 6) << "all losses";
  EXPECT_EQ(number(Reduction::kSumByNonzeroWeights, rows), 12.0f / 3) << "those that count";
  EXPECT_TRUE(
      reduced(Reduction::kNone, rows).same_bits(Array::from<float>({2, 4, 6, 0, 0, 0}, {2, 3})));
}

TEST_F(LossReduction, AScalarWeightCountsForEveryLoss) {
  const Array half = Array::scalar(0.5f);
  EXPECT_EQ(number(Reduction::kSum, half), 10.5f);
  EXPECT_EQ(number(Reduction::kMean, half), 3.5f);
  EXPECT_EQ(number(Reduction::kSumOverBatchSize, half), 1.75f);
  EXPECT_EQ(number(Reduction::kSumByNonzeroWeights, half), 1.75f);
}

TEST_F(LossReduction, WeightsOfAnyDTypeAreCast) {
  EXPECT_EQ(number(Reduction::kSum, Array::from<int32_t>({1, 2, 0}, {1, 3})), 1 + 4 + 4 + 10);
  EXPECT_EQ(number(Reduction::kSum, Array::from<bool>({true, false}, {2, 1})), 6);
}

TEST_F(LossReduction, NegativeWeightsAreNotZero) {
  const Array rows = Array::from<float>({-1, 0}, {2, 1});
  EXPECT_EQ(number(Reduction::kSumByNonzeroWeights, rows), -2);
}

TEST_F(LossReduction, WhereNothingCountsIsZeroAndNotNaN) {
  const Array none = Array::scalar(0.0f);
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSumByNonzeroWeights}) {
    EXPECT_EQ(number(reduction, none), 0);
  }
  const Tensor empty = placeholder(kFloat32, {kUnknown});
  for (const Reduction reduction : {Reduction::kMean, Reduction::kSumOverBatchSize}) {
    const Tensor loss = reduce_losses("test", empty, {.reduction = reduction});
    EXPECT_EQ(evaluate_now(loss, {{empty, Array::zeros(kFloat32, {0})}}).item<float>(), 0);
  }
}

TEST_F(LossReduction, AnUnknownBatchIsCountedAtEachRun) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2});
  const Tensor loss = reduce_losses("test", x, {});
  EXPECT_EQ(evaluate_now(loss, {{x, Array::from<float>({1, 3}, {1, 2})}}).item<float>(), 2);
  EXPECT_EQ(evaluate_now(loss, {{x, Array::from<float>({1, 3, 5, 7}, {2, 2})}}).item<float>(), 4);
}

TEST_F(LossReduction, WeightsThatDoNotFitAreRefusedByTheirTypes) {
  const Tensor values = placeholder(kFloat32, {kUnknown, 3});
  for (const Shape& shape : {Shape{3}, Shape{2, 2}, Shape{1, 1, 1}}) {
    const Tensor weights = placeholder(kFloat32, shape);
    base::expect_error([&] { reduce_losses("my_loss", values, {.weights = weights}); },
                       ErrorCode::kInvalidArgument,
                       "[my_loss] weights is " + weights.text() +
                           " but the losses are float32[?, 3]; weights must be a scalar, or of "
                           "that rank");
  }
  for (const Shape& shape : {Shape{}, Shape{1, 1}, Shape{kUnknown, 3}, Shape{7, 1}}) {
    EXPECT_NO_THROW(reduce_losses("my_loss", values, {.weights = placeholder(kFloat32, shape)}));
  }
}

TEST_F(LossReduction, WeightsMadeOfTheLabelsOfPredictModeGiveNothingToRun) {
  const Tensor values = placeholder(kFloat32, {2});
  EXPECT_TRUE(reduce_losses("test", values, {.weights = poison_labels()}).is_poison());
}

}  // namespace loss_reduction_test
}  // namespace reckon::nn
