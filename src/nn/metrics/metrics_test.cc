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

/// Adds one batch's values to `totals`, which are float64.
void add_batch(Session& session, const Metric& metric, const Feeds& feeds,
               std::vector<Array>& totals) {
  const std::vector<Array> values = session.run({.fetches = metric.batch_values(), .feeds = feeds});
  for (size_t i = 0; i < values.size(); ++i) {
    if (totals.size() == i) totals.push_back(Array::zeros(kFloat64, values[i].shape()));
    const auto sums = totals[i].mutable_data<double>();
    for (int64_t k = 0; k < values[i].num_elements(); ++k)
      sums[static_cast<size_t>(k)] += values[i].at<double>(k);
  }
}

/// The metric of the totals of so many batches.
Array value_of(const Metric& metric, std::vector<Array> totals, int64_t batches) {
  totals.push_back(Array::scalar(batches));
  return metric.value(totals);
}

class MetricGolden : public GoldenTest {};

using PairMetric = Metric (*)(Operand, Operand, MetricOptions);
const std::map<std::string, PairMetric> kPairMetrics = {
    {"accuracy", metrics::accuracy},
    {"root_mean_squared_error", metrics::root_mean_squared_error},
    {"mean_squared_error", metrics::mean_squared_error},
    {"mean_absolute_error", metrics::mean_absolute_error},
};

metrics::AucOptions auc_options(const nlohmann::json& attrs, const MetricOptions& options) {
  using metrics::AucSummation;
  const std::map<std::string, AucSummation> summations = {
      {"trapezoidal", AucSummation::kTrapezoidal},
      {"careful_interpolation", AucSummation::kCarefulInterpolation},
      {"minoring", AucSummation::kMinoring},
      {"majoring", AucSummation::kMajoring}};
  return {.weights = options.weights,
          .num_thresholds = attrs.value("num_thresholds", 200),
          .curve = attrs.value("curve", "ROC") == "PR" ? metrics::AucCurve::kPr
                                                       : metrics::AucCurve::kRoc,
          .summation = summations.at(attrs.value("summation_method", "trapezoidal"))};
}

Metric metric_of(const nlohmann::json& golden, const std::map<std::string, Tensor>& inputs) {
  const std::string op = golden["op"];
  MetricOptions options;
  if (inputs.contains("weights")) options.weights = inputs.at("weights");
  if (op == "mean") return metrics::mean(inputs.at("values"), options);
  if (op == "mean_tensor") return metrics::mean_tensor(inputs.at("values"), options);
  const Tensor &labels = inputs.at("labels"), &predictions = inputs.at("predictions");
  if (op == "auc") return metrics::auc(labels, predictions, auc_options(golden["attrs"], options));
  if (op == "mean_iou") {
    const int64_t classes = golden["attrs"]["num_classes"];
    return metrics::mean_iou(labels, predictions, classes, options);
  }
  return kPairMetrics.at(op)(labels, predictions, options);
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

/// Each batch's metric lies after the others in `want`.
void expect_batch(const Array& got, const Array& want, int64_t batch, const std::string& what) {
  for (int64_t i = 0; i < got.num_elements(); ++i) {
    const double expected = want.at<double>(batch * got.num_elements() + i);
    EXPECT_NEAR(got.at<double>(i), expected, 1e-6 + 1e-5 * std::abs(expected))
        << what << " after batch " << batch << " at " << i;
  }
}

int64_t batches_of(const nlohmann::json& golden) {
  int64_t batches = 0;
  for (const std::string name : golden["input_names"]) {
    const int64_t batch = std::stoll(name.substr(name.find('@') + 1));
    batches = std::max(batches, batch + 1);
  }
  return batches;
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
  const Metric metric = metric_of(golden, placeholders);
  const Array& want = family.array(golden["outputs"][0]);
  std::vector<Array> totals;
  Session session(graph);
  for (int64_t batch = 0; batch < batches_of(golden); ++batch) {
    Feeds feeds;
    for (const auto& [name, value] : batch_inputs(family, golden, batch))
      feeds.emplace_back(placeholders.at(name), value);
    add_batch(session, metric, feeds, totals);
    expect_batch(value_of(metric, totals, batch + 1), want, batch, golden["name"]);
  }
}

TEST_P(MetricGolden, EveryBatchEqualsTensorFlows) {
  const GoldenFamily golden_family = family("metrics_v1");
  std::map<std::string, int> checked;
  for (const nlohmann::json& golden : golden_family.cases) {
    const std::string op = golden["op"];
    const bool is_here = kPairMetrics.contains(op) || op == "mean" || op == "mean_tensor" ||
                         op == "auc" || op == "mean_iou";
    if (!is_here) continue;
    check_case(golden_family, golden);
    ++checked[op];
  }
  EXPECT_EQ(checked["auc"], 41);
  EXPECT_EQ(checked["mean_iou"], 2);
  EXPECT_EQ(checked["mean_tensor"], 1);
  EXPECT_EQ(checked.size(), 8u);
}

INSTANTIATE_TEST_SUITE_P(Golden, MetricGolden, ::testing::Bool(), golden_test_name);

TEST(Metric, OfAScalarCountsEachBatchOnce) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor value = placeholder(kFloat32, {});
  const Metric metric = value;
  Session session(graph);
  std::vector<Array> totals;
  for (float batch : {1.0f, 2.0f, 6.0f})
    add_batch(session, metric, {{value, Array::scalar(batch)}}, totals);
  EXPECT_EQ(value_of(metric, totals, 3).item<double>(), 3);
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
  std::vector<Array> totals;
  add_batch(session, metric, {}, totals);
  EXPECT_EQ(totals[0].item<double>(), 2);
  EXPECT_EQ(totals[1].item<double>(), 3);
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

/// Runs one batch of a metric and makes the result of it.
Array of_one_batch(const std::function<Metric()>& make) {
  Graph graph;
  const GraphScope scope(graph);
  const Metric metric = make();
  Session session(graph);
  std::vector<Array> totals;
  add_batch(session, metric, {}, totals);
  return value_of(metric, totals, 1);
}

TEST(Metric, AucAndMeanIouFetchOneArray) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor flags = placeholder(kBool, {kUnknown}), classes = placeholder(kInt64, {kUnknown});
  const Metric auc = metrics::auc(flags, placeholder(kFloat32, {kUnknown}));
  ASSERT_EQ(auc.batch_values().size(), 1u);
  EXPECT_EQ(auc.batch_values()[0].shape(), (Shape{2, 201}));
  const Metric iou = metrics::mean_iou(classes, placeholder(kInt32, {kUnknown}), 7);
  ASSERT_EQ(iou.batch_values().size(), 1u);
  EXPECT_EQ(iou.batch_values()[0].shape(), (Shape{8, 8}));
}

TEST(Metric, AucRefusesWhatIsNoProbability) {
  const Array labels = Array::from<float>({1, 0, 1}, {3});
  for (const float wrong : {-0.5f, 1.5f, NAN}) {
    const Array predictions = Array::from<float>({0.2f, wrong, 0.9f}, {3});
    expect_error([&] { of_one_batch([&] { return metrics::auc(labels, predictions); }); },
                 "expected predictions in [0, 1]; pass probabilities, e.g. sigmoid(logits)");
  }
  expect_error(
      [&] { of_one_batch([&] { return metrics::auc(labels, labels, {.num_thresholds = 1}); }); },
      "[auc] num_thresholds is 1, expected at least 2");
  expect_error(
      [&] {
        of_one_batch([&] { return metrics::auc(labels, Array::from<int32_t>({1, 0, 1}, {3})); });
      },
      "[auc] predictions is int32[3], expected floats in [0, 1]");
}

TEST(Metric, MeanIouRefusesWhatIsNoClassUnlessItWeighsNothing) {
  const Array labels = Array::from<int32_t>({0, 1, 2}, {3}),
              predictions = Array::from<int32_t>({0, 1, 1}, {3}),
              weights = Array::from<float>({1, 1, 0}, {3});
  expect_error([&] { of_one_batch([&] { return metrics::mean_iou(labels, predictions, 2); }); },
               "[mean_iou] pairs that weigh 1 have a label or prediction that is no class, "
               "expected classes in [0, 2); raise num_classes, or weigh them with 0");
  const auto weighed = [&] {
    return metrics::mean_iou(labels, predictions, 2, {.weights = Operand(weights).resolve()});
  };
  EXPECT_EQ(of_one_batch(weighed).item<double>(), 1);
  expect_error([&] { of_one_batch([&] { return metrics::mean_iou(labels, weights, 2); }); },
               "[mean_iou] labels is int32[3] and predictions is float32[3], expected classes");
  expect_error([&] { of_one_batch([&] { return metrics::mean_iou(labels, predictions, 0); }); },
               "[mean_iou] num_classes is 0, expected at least 1");
}

}  // namespace metrics_test
}  // namespace reckon::nn
