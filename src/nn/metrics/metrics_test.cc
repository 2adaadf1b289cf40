// SPDX-License-Identifier: Apache-2.0
#include <reckon/metrics.h>
#include <reckon/session.h>

#include "base/expect_error_testing.h"
#include "golden_cases.h"
#include "graph/core_ops.h"
#include "graph/trace.h"

namespace reckon::nn {
namespace metrics_test {

using base::expect_error;
using metrics::MetricOptions;

/// Adds one batch's values to `totals`.
void add_batch(Session& session, const Metric& metric, const Feeds& feeds,
               std::vector<double>& totals) {
  const std::vector<Array> values = session.run({.fetches = metric.batch_values(), .feeds = feeds});
  totals.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) totals[i] += values[i].item<double>();
}

class MetricGolden : public GoldenTest {};

using PairMetric = Metric (*)(Operand, Operand, MetricOptions);
const std::map<std::string, PairMetric> kPairMetrics = {
    {"accuracy", metrics::accuracy},
    {"root_mean_squared_error", metrics::root_mean_squared_error},
    {"mean_squared_error", metrics::mean_squared_error},
    {"mean_absolute_error", metrics::mean_absolute_error},
};

Metric metric_of(const std::string& op, const std::map<std::string, Tensor>& inputs) {
  MetricOptions options;
  if (inputs.contains("weights")) options.weights = inputs.at("weights");
  if (op == "mean") return metrics::mean(inputs.at("values"), options);
  return kPairMetrics.at(op)(inputs.at("labels"), inputs.at("predictions"), options);
}

/// The inputs of batch `batch` by name, without "@batch".
std::map<std::string, Array> batch_inputs(const GoldenFamily& family, const nlohmann::json& golden,
                                          int64_t batch) {
  std::map<std::string, Array> inputs;
  for (size_t i = 0; i < golden["inputs"].size(); ++i) {
    const std::string name = golden["input_names"][i];
    const size_t at = name.find('@');
    if (name.substr(at) == "@" + std::to_string(batch))
      inputs[name.substr(0, at)] = family.array(golden["inputs"][i]);
  }
  return inputs;
}

void check_case(const GoldenFamily& family, const nlohmann::json& golden) {
  Graph graph;
  const GraphScope scope(graph);
  std::map<std::string, Tensor> placeholders;
  for (const auto& [name, value] : batch_inputs(family, golden, 0)) {
    Shape shape = value.shape();
    shape.set(0, kUnknown);
    placeholders[name] = placeholder(value.dtype(), shape, name);
  }
  const Metric metric = metric_of(golden["op"], placeholders);
  const Array& want = family.array(golden["outputs"][0]);
  std::vector<double> totals;
  Session session(graph);
  for (int64_t batch = 0; batch < want.num_elements(); ++batch) {
    Feeds feeds;
    for (const auto& [name, value] : batch_inputs(family, golden, batch))
      feeds.emplace_back(placeholders.at(name), value);
    add_batch(session, metric, feeds, totals);
    std::vector<double> with_count = totals;
    with_count.push_back(static_cast<double>(batch + 1));
    EXPECT_NEAR(metric.result(with_count), want.at<double>(batch),
                1e-6 + 1e-5 * std::abs(want.at<double>(batch)))
        << golden["name"] << " after batch " << batch;
  }
}

TEST_P(MetricGolden, EveryBatchEqualsTensorFlows) {
  const GoldenFamily golden_family = family("metrics_v1");
  int checked = 0;
  for (const nlohmann::json& golden : golden_family.cases) {
    const std::string op = golden["op"];
    if (op != "mean" && !kPairMetrics.contains(op)) continue;
    check_case(golden_family, golden);
    ++checked;
  }
  EXPECT_EQ(checked, 11);
}

INSTANTIATE_TEST_SUITE_P(Golden, MetricGolden, ::testing::Bool(), golden_test_name);

TEST(Metric, OfAScalarCountsEachBatchOnce) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor value = placeholder(kFloat32, {});
  const Metric metric = value;
  Session session(graph);
  std::vector<double> totals;
  for (float batch : {1.0f, 2.0f, 6.0f})
    add_batch(session, metric, {{value, Array::scalar(batch)}}, totals);
  totals.push_back(3);
  EXPECT_EQ(metric.result(totals), 3);
}

TEST(Metric, RefusesAVector) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor value = placeholder(kFloat32, {3});
  expect_error([&] { const Metric metric = value; },
               "[metric] the batch's value is float32[3], expected one number");
}

TEST(Metric, CountsStayExactBeyondFloat32) {
  const Metric metric = [] {
    Graph graph;
    const GraphScope scope(graph);
    return metrics::mean(placeholder(kFloat32, {kUnknown}));
  }();
  EXPECT_EQ(metric.result({16777217.0 * 3, 16777217.0, 2}), 3);
  EXPECT_EQ(metric.result({0, 0, 1}), 0) << "nothing was counted";
}

TEST(Metric, RefusesLabelsOfAnotherShape) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor labels = placeholder(kInt64, {kUnknown, 1}),
               classes = placeholder(kInt64, {kUnknown});
  expect_error([&] { metrics::accuracy(labels, classes); },
               "[accuracy] labels is int64[?, 1] but predictions is int64[?], expected "
               "one shape; drop the labels' last dimension: squeeze(labels, {-1})");
  expect_error([&] { metrics::mean_absolute_error(labels, classes); },
               "expected floats of one dtype");
}

TEST(Metric, AccuracyTakesTwoKindsOfIntegers) {
  Graph graph;
  const GraphScope scope(graph);
  const Metric metric =
      metrics::accuracy(Array::from<int32_t>({1, 2, 3}, {3}), Array::from<int64_t>({1, 0, 3}, {3}));
  Session session(graph);
  std::vector<double> totals;
  add_batch(session, metric, {}, totals);
  EXPECT_EQ(totals, (std::vector<double>{2, 3}));
  expect_error(
      [&] { metrics::accuracy(Array::from<int32_t>({1}, {1}), Array::from<float>({1}, {1})); },
      "[accuracy] labels is int32[1] but predictions is float32[1]; both need one dtype");
}

TEST(Metric, RefusesWeightsThatDoNotBroadcast) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor values = placeholder(kFloat32, {4, 3});
  // Friction 12, its kind: weights of three rows would have been those of three columns.
  expect_error([&] { metrics::mean(values, {.weights = placeholder(kFloat32, {3})}); },
               "[mean] weights is float32[3] but the values are float32[4, 3]; weights must be a "
               "scalar, or of that rank with each dimension equal or 1: reshape them");
  expect_error(
      [&] {
        metrics::mean(placeholder(kFloat32, {kUnknown, 3}),
                      {.weights = placeholder(kFloat32, {kUnknown})});
      },
      "[mean] weights is float32[?] but the values are float32[?, 3]");
  expect_error([&] { metrics::mean(values, {.weights = placeholder(kFloat32, {4})}); },
               "[mean] weights is float32[4] but the values are float32[4, 3]");
}

}  // namespace metrics_test
}  // namespace reckon::nn
