// SPDX-License-Identifier: Apache-2.0
#include "models.h"

#include "numbers.h"

namespace bench {

using namespace reckon;

EstimatorSpec line_model(const Features& features, const Tensor& labels) {
  Tensor weight = variable("d1/w", glorot(100, 16, 1));
  Tensor bias = variable("d1/b", zeros({1}));
  Tensor loss = reduce_mean(square(matmul(features["x"], weight) + bias - labels));
  return {
      .loss = loss,
      .train_op = optimizers::gradient_descent({.learning_rate = 0.01f}).minimize(loss),
  };
}

EstimatorSpec fashion_model(const Features& features, const Tensor& labels) {
  Tensor weight1 = variable("d1/w", glorot(200, 784, 128));
  Tensor bias1 = variable("d1/b", zeros({128}));
  Tensor weight2 = variable("d2/w", glorot(202, 128, 10));
  Tensor bias2 = variable("d2/b", zeros({10}));
  Tensor hidden = nn::relu(matmul(features["x"], weight1) + bias1);
  Tensor logits = matmul(hidden, weight2) + bias2;
  Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  return {
      .predictions = {{"probabilities", nn::softmax(logits)}},
      .loss = loss,
      .train_op = optimizers::adam({.learning_rate = 1e-3f}).minimize(loss),
      .eval_metrics = {{"accuracy", metrics::accuracy(labels, argmax(logits, -1))}},
  };
}

}  // namespace bench
