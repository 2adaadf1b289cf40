// SPDX-License-Identifier: Apache-2.0
// Labels beside predictions: resolved to one dtype, checked, and never computed in predict mode.
#include "nn/losses/label_pair.h"

#include <reckon/graph.h>
#include <reckon/losses.h>
#include <reckon/math.h>
#include <reckon/metrics.h>
#include <reckon/session.h>

#include "base/expect_error_testing.h"
#include "nn/losses/poison_labels_testing.h"

namespace reckon::nn {
namespace label_pair_test {

using base::expect_error;

struct ComparedTest : testing::Test {
  Graph graph;
  GraphScope scope{graph};
};

Tensor difference(const Compared& pair) { return pair.predictions - pair.labels; }

TEST_F(ComparedTest, APlainNumberTakesTheOthersDType) {
  const Tensor x = placeholder(kFloat64, {});
  with_compared("test", x, 2, [&](const Compared& pair) {
    EXPECT_EQ(pair.predictions.dtype(), kFloat64);
    return difference(pair);
  });
  with_compared("test", 2, x, [&](const Compared& pair) {
    EXPECT_EQ(pair.labels.dtype(), kFloat64);
    return difference(pair);
  });
}

TEST_F(ComparedTest, NodesStandInANumberedScopeOfTheirName) {
  const Tensor x = placeholder(kFloat32, {2});
  EXPECT_TRUE(with_compared("my_loss", x, x, difference).name().starts_with("my_loss/"));
  EXPECT_TRUE(with_compared("my_loss", x, x, difference).name().starts_with("my_loss_1/"));
  EXPECT_FALSE((x + x).name().starts_with("my_loss")) << "the scope has ended";
}

TEST_F(ComparedTest, LabelsOfPredictModeAreHandedOnAndNothingIsComputed) {
  const Tensor labels = poison_labels(), x = placeholder(kFloat32, {2});
  int calls = 0;
  const auto count = [&](const Compared& pair) {
    ++calls;
    return difference(pair);
  };
  EXPECT_TRUE(with_compared("test", labels, x, count).is_poison());
  EXPECT_TRUE(with_compared("test", x, labels, count).is_poison());
  EXPECT_EQ(calls, 0);
}

TEST_F(ComparedTest, RunningThemNamesTheLineOfTheLoss) {
  const Tensor labels = poison_labels(), x = placeholder(kFloat32, {2});
  const int line = __LINE__ + 1;
  const Tensor loss = with_compared("test", Operand(labels), Operand(x), difference);
  EXPECT_EQ(loss.place().line, line);
  Session session(graph);
  expect_error([&] { session.run({.fetches = {loss}}); }, ErrorCode::kInvalidArgument,
               "needs the labels, and there are none in predict mode; compute predictions from "
               "features only. At label_pair_test.cc:" +
                   std::to_string(line));
}

TEST_F(ComparedTest, ErrorsOfTheComputationNameTheUsersLine) {
  const Tensor x = placeholder(kFloat32, {2}), y = placeholder(kFloat32, {3});
  expect_error(
      [&] {
        with_compared("test", x, y, [](const Compared& pair) {
          return difference(with_equal_shapes("test", pair));
        });
      },
      ErrorCode::kInvalidArgument,
      "[test] labels is float32[2] but predictions is float32[3], expected one shape; "
      "reshape one of them, or reduce predictions to one number for each label. At "
      "label_pair_test.cc:");
}

TEST_F(ComparedTest, UnknownDimensionsMayBeEqual) {
  const auto shapes = [](const Shape& labels, const Shape& predictions) {
    with_equal_shapes("test", {placeholder(kFloat32, labels), placeholder(kFloat32, predictions)});
  };
  EXPECT_NO_THROW(shapes({kUnknown, 3}, {8, 3}));
  EXPECT_NO_THROW(shapes({kUnknown}, {kUnknown}));
  EXPECT_THROW(shapes({kUnknown, 3}, {kUnknown, 4}), Error);
  EXPECT_THROW(shapes({kUnknown}, {kUnknown, 1}), Error) << "nothing broadcasts";
  EXPECT_THROW(shapes({}, {1}), Error);
}

TEST_F(ComparedTest, SizesThatOnlyTheFeedKnowsDoNotBroadcastEither) {
  const Tensor labels = placeholder(kFloat32, {kUnknown, 1}),
               predictions = placeholder(kFloat32, {kUnknown, 1});
  const int line = __LINE__ + 1;
  const Tensor loss = losses::mean_squared_error(labels, predictions);
  const Metric metric = metrics::mean_absolute_error(labels, predictions);
  const Array one = Array::zeros(kFloat32, {1, 1}), four = Array::zeros(kFloat32, {4, 1});
  Session session(graph);
  expect_error(
      [&] {
        session.run({.fetches = {loss}, .feeds = {{labels, one}, {predictions, four}}});
      },
      ErrorCode::kInvalidArgument,
      "[mean_squared_error] labels is float32[1, 1] but predictions is float32[4, 1], expected "
      "one shape; reshape one of them, or reduce predictions to one number for each label. At "
      "label_pair_test.cc:" +
          std::to_string(line));
  expect_error(
      [&] {
        session.run(
            {.fetches = metric.batch_values(), .feeds = {{labels, four}, {predictions, one}}});
      },
      ErrorCode::kInvalidArgument, "[mean_absolute_error] labels is float32[4, 1] but predictions");
  EXPECT_EQ(session.run({.fetches = {loss}, .feeds = {{labels, four}, {predictions, four}}})[0]
                .item<float>(),
            0.0f);
}

TEST_F(ComparedTest, FloatsOfTwoDTypesAndIntegersAreRefused) {
  const auto floats = [](DType labels, DType predictions) {
    equal_floats("test", {placeholder(labels, {2}), placeholder(predictions, {2})});
  };
  EXPECT_NO_THROW(floats(kFloat64, kFloat64));
  expect_error([&] { floats(kInt32, kInt32); },
               "[test] labels is int32[2] and predictions is int32[2], expected floats of one "
               "dtype; cast one of them, e.g. cast(labels, kFloat32)");
  expect_error([&] { floats(kFloat32, kFloat64); }, "predictions is float64[2], expected floats");
}

}  // namespace label_pair_test
}  // namespace reckon::nn
