// SPDX-License-Identifier: Apache-2.0
// Dropout as a layer: noise while training, nothing otherwise, whoever decides it.
#include <reckon/graph.h>
#include <reckon/layers.h>
#include <reckon/math.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include <algorithm>

#include "base/expect_error_testing.h"
#include "nn/plain_values_testing.h"

namespace reckon::nn {
namespace dropout_test {

using base::expect_error;

TEST(Dropout, ActsWhileTrainingOnly) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = Operand(Array::from<float>(std::vector<float>(1000, 1), {1000})).resolve();
  const Tensor given = layers::dropout(x, {.rate = 0.25, .training = true});
  const auto zeros_in = [](const Array& array) {
    const std::vector<float> values = elements_of(array);
    return std::count(values.begin(), values.end(), 0.0f);
  };
  EXPECT_NEAR(static_cast<double>(zeros_in(evaluate_now(given))), 250, 60);
  const Tensor off = layers::dropout(x, {.rate = 0.25, .training = false});
  EXPECT_EQ(zeros_in(evaluate_now(off)), 0);
  const Tensor flag = placeholder(kBool, {});
  const Tensor fed = layers::dropout(x, {.rate = 0.25, .training = flag});
  EXPECT_EQ(zeros_in(evaluate_now(fed, {{flag, Array::scalar(false)}})), 0);
  EXPECT_GT(zeros_in(evaluate_now(fed, {{flag, Array::scalar(true)}})), 0);
}

TEST(Dropout, RefusesAFlagThatIsNone) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  expect_error([&] { layers::dropout(x, {.training = x}); },
               "[layer] training is float32[2], expected bool[]");
}

TEST(Dropout, WhatStaysIsScaledUp) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = Operand(Array::from<float>(std::vector<float>(100, 3), {100})).resolve();
  const Tensor y = layers::dropout(x, {.rate = 0.25, .training = true});
  const std::vector<float> values = elements_of(evaluate_now(y));
  for (const float value : values) EXPECT_TRUE(value == 0 || value == 4) << value;
  const auto kept = std::count(values.begin(), values.end(), 4.0f);
  EXPECT_GT(kept, 50);
  EXPECT_LT(kept, 100);
}

TEST(Dropout, OffIsTheInputItself) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  EXPECT_EQ(layers::dropout(x, {.training = false}).id(), x.id()) << "no node at all";
}

TEST(Dropout, TwoSeedsDrawDifferentMasks) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = Operand(Array::from<float>(std::vector<float>(64, 1), {64})).resolve();
  const auto noisy = [&](uint64_t seed) {
    return layers::dropout(x, {.rate = 0.5, .training = true, .seed = seed});
  };
  const std::vector<Array> drawn = evaluate_now({noisy(1), noisy(2)});
  EXPECT_FALSE(drawn[0].same_bits(drawn[1]));
}

TEST(Dropout, ARateThatIsNoneIsRefused) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2});
  for (const double rate : {-0.5, 1.0, 1.5}) {
    EXPECT_THROW(layers::dropout(x, {.rate = rate, .training = true}), Error) << rate;
  }
}

}  // namespace dropout_test
}  // namespace reckon::nn
