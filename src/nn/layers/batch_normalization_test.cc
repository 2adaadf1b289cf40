// SPDX-License-Identifier: Apache-2.0
#include <reckon/control_flow.h>
#include <reckon/layers.h>
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include <cmath>
#include <limits>

#include "base/expect_error_testing.h"
#include "graph/trace.h"

namespace reckon::nn {
namespace batch_normalization_test {

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
  EXPECT_TRUE(graph.trace().loss_effects.empty());
}

TEST(BatchNormalization, UpdatesItsAveragesWithALossThatDependsOnIt) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor y = layers::batch_normalization(batch(), {.momentum = 0.75, .training = true});
  const Tensor other = variable("other", Array::scalar(1.0f));
  const Operation unrelated = optimizers::gradient_descent().minimize(square(other));
  ASSERT_EQ(graph.trace().loss_effects.size(), 1u);
  const Operation train =
      optimizers::gradient_descent({.learning_rate = 0}).minimize(reduce_sum(square(y)));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {unrelated}});
  EXPECT_EQ(session.variable_value("batch_normalization/moving_mean").at<float>(0), 0)
      << "that loss does not depend on the layer";
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

// H14: gamma and the averages became NaN under a loss of 0.
TEST(BatchNormalization, ABatchWithoutRowsChangesNothing) {
  const std::vector<std::pair<Shape, Shape>> cases = {
      {{kUnknown, 3}, {0, 3}}, {{kUnknown, 2, 2, 3}, {0, 2, 2, 3}}, {{2, kUnknown, 3}, {2, 0, 3}}};
  for (const auto& [shape, fed] : cases) {
    Graph graph;
    const GraphScope scope(graph);
    const Tensor x = placeholder(kFloat32, shape);
    const Tensor y = layers::batch_normalization(x, {.name = "bn"});
    const Tensor loss = reduce_sum(square(y));
    const Operation train = optimizers::momentum({.learning_rate = 1}).minimize(loss);
    Session session(graph);
    session.initialize_variables();
    const auto run = [&](const Shape& present) {
      return session.run({.fetches = {loss},
                          .targets = {train},
                          .feeds = {{x, Array::zeros(kFloat32, present)}}})[0];
    };
    EXPECT_EQ(run(fed).item<float>(), 0);
    const std::vector<std::pair<const char*, float>> want = {
        {"bn/gamma", 1}, {"bn/beta", 0}, {"bn/moving_mean", 0}, {"bn/moving_variance", 1}};
    for (const auto& [name, value] : want)
      EXPECT_EQ(session.variable_value(name).at<float>(0), value) << name << fed.text();
  }
}

// H14: where only the data know that there is no row.
TEST(BatchNormalization, AMaskThatLeavesNoRowChangesNothing) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor mask = placeholder(kBool, {2});
  const Tensor y =
      layers::batch_normalization(boolean_mask(batch(), mask), {.momentum = 0.5, .name = "bn"});
  const Operation train = optimizers::gradient_descent().minimize(reduce_sum(square(y)));
  Session session(graph);
  session.initialize_variables();
  const auto run = [&](bool first, bool second) {
    session.run({.targets = {train}, .feeds = {{mask, Array::from<bool>({first, second}, {2})}}});
    return session.variable_value("bn/moving_mean").at<float>(0);
  };
  EXPECT_EQ(run(false, false), 0);
  EXPECT_EQ(session.variable_value("bn/gamma").at<float>(0), 1);
  EXPECT_EQ(run(true, true), 1) << "half of 0 and half of 2";
}

// H15: it failed as "[assign] …", without the user's line.
TEST(BatchNormalization, InsideOfABranchOrLoopIsRefusedAtTheUsersLine) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2, 3}), flag = placeholder(kBool, {});
  const std::string text =
      "[batch_normalization] was called inside cond or while_loop, where its moving averages "
      "cannot be updated; call it before and use what it returned there, or pass .training = "
      "false to normalise by the averages as they are. At batch_normalization_test.cc:";
  const int line = __LINE__ + 2;
  const auto normalise = [&](const layers::BatchNormalizationOptions& options) -> Tensor {
    return layers::batch_normalization(x, options);
  };
  const auto same = [&] { return x; };
  expect_error(
      [&] {
        cond(
            flag, [&] { return normalise({}); }, same);
      },
      text + std::to_string(line));
  expect_error(
      [&] {
        cond(
            flag, [&] { return normalise({.training = true}); }, same);
      },
      text);
  expect_error(
      [&] {
        cond(
            flag, [&] { return normalise({.training = flag}); }, same);
      },
      text);
  expect_error(
      [&] {
        while_loop([](const Tensors& v) { return v[0] < 2; },
                   [&](const Tensors& v) {
                     return Tensors{v[0] + 1, normalise({})};
                   },
                   {Array::scalar<int32_t>(0), x});
      },
      text);
  // Both ways out lead out.
  const Tensor before = normalise({.name = "before"});
  const Tensor chosen = cond(
      flag, [&] { return before * 2; }, same);
  const Tensor by_averages = cond(
      flag, [&] { return normalise({.training = false, .name = "inside"}); }, same);
  const Operation train = optimizers::gradient_descent({.learning_rate = 0.5})
                              .minimize(reduce_sum(chosen) + reduce_sum(by_averages));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {train},
               .feeds = {{x, Array::from<float>({1, 1, 1, 1, 1, 1}, {2, 3})},
                         {flag, Array::scalar(true)}}});
  EXPECT_NEAR(session.variable_value("before/moving_mean").at<float>(0), 0.01, 1e-6);
  EXPECT_EQ(session.variable_value("before/beta").at<float>(0), -2);
  EXPECT_EQ(session.variable_value("inside/beta").at<float>(0), -1);
  EXPECT_EQ(session.variable_value("inside/moving_mean").at<float>(0), 0);
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

}  // namespace batch_normalization_test
}  // namespace reckon::nn
