// SPDX-License-Identifier: Apache-2.0
#include <reckon/layers.h>
#include <reckon/math_ops.h>
#include <reckon/optimizers.h>
#include <reckon/session.h>

#include <cmath>
#include <limits>

#include "base/expect_error.h"
#include "graph/trace.h"

namespace reckon::nn {
namespace {

using base::expect_error;

// Column means 2 and 6, variances (over n) 1 and 4.
Array batch() { return Array::from<float>({1, 4, 3, 8}, {2, 2}); }

TEST(BatchNormalization, TakesTheBatchsMomentsWhileTraining) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor y = layers::batch_normalization(batch(), {.epsilon = 0, .training = true});
  const Array got = evaluate_now(y);
  for (int64_t i = 0; i < 4; ++i) EXPECT_NEAR(got.at<double>(i), i < 2 ? -1 : 1, 1e-5);
}

TEST(BatchNormalization, TakesTheMovingAveragesOtherwise) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor y = layers::batch_normalization(batch(), {.epsilon = 0, .training = false});
  Session session(graph);
  session.initialize_variables();
  session.set_variable("batch_normalization/moving_mean", Array::from<float>({1, 2}, {2}));
  session.set_variable("batch_normalization/moving_variance", Array::from<float>({4, 1}, {2}));
  const Array got = session.run({.fetches = {y}})[0];
  const double want[] = {0, 2, 1, 6};
  for (int64_t i = 0; i < 4; ++i) EXPECT_NEAR(got.at<double>(i), want[i], 1e-5);
  EXPECT_TRUE(graph.trace().pending_updates.empty());
}

TEST(BatchNormalization, UpdatesItsAveragesWithTheFirstLossThatDependsOnIt) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor y = layers::batch_normalization(batch(), {.momentum = 0.75, .training = true});
  const Tensor other = variable("other", Array::scalar(1.0f));
  const Operation unrelated = optimizers::gradient_descent().minimize(square(other));
  ASSERT_EQ(graph.trace().pending_updates.size(), 1u)
      << "the first loss does not depend on the layer";
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 0}).minimize(reduce_sum(square(y)));
  EXPECT_TRUE(graph.trace().pending_updates.empty());
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {unrelated}});
  EXPECT_EQ(session.variable_value("batch_normalization/moving_mean").at<float>(0), 0);
  session.run({.targets = {train}});
  const Array mean = session.variable_value("batch_normalization/moving_mean");
  const Array variance = session.variable_value("batch_normalization/moving_variance");
  EXPECT_NEAR(mean.at<double>(0), 0.5, 1e-6);
  EXPECT_NEAR(mean.at<double>(1), 1.5, 1e-6);
  EXPECT_NEAR(variance.at<double>(0), 1.0, 1e-6);
  EXPECT_NEAR(variance.at<double>(1), 1.75, 1e-6);
}

TEST(BatchNormalization, OfImagesAveragesTheUnbiasedVariance) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor y = layers::batch_normalization(Array::from<float>({1, 3}, {1, 1, 2, 1}),
                                               {.momentum = 0, .training = true});
  const Operation train = optimizers::gradient_descent().minimize(reduce_sum(square(y)));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}});
  EXPECT_NEAR(session.variable_value("batch_normalization/moving_variance").at<double>(0), 2, 1e-6);
}

TEST(BatchNormalization, AFedFlagDecidesAtEachRun) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor flag = placeholder(kBool, {});
  const Tensor y = layers::batch_normalization(batch(), {.momentum = 0, .training = flag});
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 0}).minimize(reduce_sum(square(y)));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train}, .feeds = {{flag, Array::scalar(false)}}});
  EXPECT_EQ(session.variable_value("batch_normalization/moving_mean").at<float>(0), 0);
  session.run({.targets = {train}, .feeds = {{flag, Array::scalar(true)}}});
  EXPECT_NEAR(session.variable_value("batch_normalization/moving_mean").at<double>(0), 2, 1e-6);
}

TEST(BatchNormalization, WithoutCenterAndScaleHasTwoVariables) {
  Graph graph;
  const GraphScope scope(graph);
  layers::batch_normalization(placeholder(kFloat32, {kUnknown, 3}),
                              {.center = false, .scale = false, .name = "bn"});
  EXPECT_EQ(graph.trace().module->variable_names(),
            (std::vector<std::string>{"bn/moving_mean", "bn/moving_variance"}));
}

TEST(BatchNormalization, RefusesUnknownChannels) {
  Graph graph;
  const GraphScope scope(graph);
  expect_error(
      [] {
        layers::batch_normalization(placeholder(kFloat32, {2, kUnknown}));
      },
      "[batch_normalization] x is float32[2, ?], expected floats");
  expect_error(
      [] {
        layers::batch_normalization(placeholder(kFloat32, {2, 2}), {.momentum = 2});
      },
      "[batch_normalization] momentum is 2, expected a number in [0, 1]");
  for (double epsilon : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
    expect_error(
        [=] {
          layers::batch_normalization(placeholder(kFloat32, {2, 2}), {.epsilon = epsilon});
        },
        ", expected 0 or more; it keeps a variance of 0 from dividing");
  }
}

}  // namespace
}  // namespace reckon::nn
