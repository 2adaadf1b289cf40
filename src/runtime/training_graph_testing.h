// SPDX-License-Identifier: Apache-2.0
// For tests: a small network with all that a training step may have: batch normalization, dropout,
// Adam, a clipped global norm, l2 loss.
#pragma once

#include <random>
#include <vector>

#include <reckon/activations.h>
#include <reckon/layers.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/session.h>

namespace reckon::runtime {

/// Traced by its constructor, in the current graph.
struct TrainingGraph {
  TrainingGraph() {
    std::mt19937 random(3);
    std::vector<float> pixels(kBatch * kWidth);
    for (float& pixel : pixels) pixel = std::normal_distribution<float>()(random);
    std::vector<int32_t> classes(kBatch);
    for (int64_t i = 0; i < kBatch; ++i)
      classes[i] = pixels[i * kWidth] > 0 ? 1 : pixels[i * kWidth + 1] > 0 ? 2 : 0;
    features = placeholder(kFloat32, {kUnknown, kWidth}, "features");
    labels = placeholder(kInt32, {kUnknown}, "labels");
    feeds = {{features, Array::from(pixels, {kBatch, kWidth})},
             {labels, Array::from(classes, {kBatch})}};
    Tensor hidden = layers::dense(features, {.units = 64});
    hidden = nn::relu(layers::batch_normalization(hidden));
    hidden = layers::dropout(hidden, {.rate = 0.2});
    hidden = layers::dense(hidden, {.units = 32, .activation = nn::gelu});
    logits = layers::dense(hidden, {.units = 3});
    loss = reduce_mean(nn::sparse_softmax_cross_entropy_with_logits(labels, logits));
    train_op = optimizers::adam({.learning_rate = 0.01, .clip_global_norm = 1.0}).minimize(loss);
  }

  static constexpr int64_t kBatch = 96, kWidth = 50;
  Tensor features, labels, logits, loss;
  Operation train_op;
  Feeds feeds;
};

}  // namespace reckon::runtime
