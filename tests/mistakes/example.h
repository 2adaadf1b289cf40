// SPDX-License-Identifier: Apache-2.0
// The data and models that the rows' code uses.
#pragma once

#include <reckon/reckon.h>

namespace reckon::mistakes {

/// 4 numbers of each of 12 flowers, and which of 3 kinds each is.
inline Array flower_sizes() { return Array::zeros(kFloat32, {12, 4}); }
inline Array flower_kinds() {
  return Array::from<int64_t>({0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}, {12});
}
/// "x" float32[?, 4] and a label int64[?], in batches of 4.
inline Dataset flowers() {
  return Dataset::from_arrays({{"x", flower_sizes()}}, flower_kinds()).batch(4);
}
/// "x" float32[?, 2] and a label float32[?, 1], in batches of 4, without end.
inline Dataset houses() {
  return Dataset::from_arrays({{"x", Array::zeros(kFloat32, {8, 2})}},
                              Array::from<float>({1, 2, 3, 4, 5, 6, 7, 8}, {8, 1}))
      .repeat()
      .batch(4);
}

/// A classifier of flowers().
inline EstimatorSpec classify(const Features& features, const Tensor& labels) {
  const Tensor logits = layers::dense(features["x"], {.units = 3});
  const Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  return {.predictions = {{"class", argmax(logits, -1)}},
          .loss = loss,
          .train_op = optimizers::adam().minimize(loss),
          .eval_metrics = {{"accuracy", metrics::accuracy(labels, argmax(logits, -1))}}};
}
/// A regression of houses().
inline EstimatorSpec price(const Features& features, const Tensor& labels) {
  const Tensor guess = layers::dense(features["x"], {.units = 1});
  const Tensor loss = losses::mean_squared_error(labels, guess);
  return {.predictions = {{"price", guess}},
          .loss = loss,
          .train_op = optimizers::adam().minimize(loss),
          .eval_metrics = {{"error", metrics::mean_absolute_error(labels, guess)}}};
}

}  // namespace reckon::mistakes
