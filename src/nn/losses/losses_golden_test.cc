// SPDX-License-Identifier: Apache-2.0
// Every reduction and weight shape of the losses against TensorFlow, values and gradients.
#include <reckon/losses.h>
#include <reckon/session.h>

#include <algorithm>

#include "golden_cases.h"
#include "nn/losses/loss_reduction.h"

namespace reckon::nn {
namespace losses_golden_test {

class LossGolden : public GoldenTest {};

using losses::LossOptions;
using losses::Reduction;

Reduction reduction_of(const nlohmann::json& attrs) {
  const std::string name = attrs.value("reduction", "weighted_sum_by_nonzero_weights");
  if (name == "none") return Reduction::kNone;
  if (name == "weighted_sum") return Reduction::kSum;
  if (name == "weighted_mean") return Reduction::kMean;
  if (name == "weighted_sum_over_batch_size") return Reduction::kSumOverBatchSize;
  return Reduction::kSumByNonzeroWeights;
}

using Loss = Tensor (*)(Operand, Operand, LossOptions);
const std::map<std::string, Loss> kLosses = {
    {"mean_squared_error", losses::mean_squared_error},
    {"absolute_difference", losses::absolute_difference},
    {"sparse_softmax_cross_entropy", losses::sparse_softmax_cross_entropy},
    {"softmax_cross_entropy", losses::softmax_cross_entropy},
    {"sigmoid_cross_entropy", losses::sigmoid_cross_entropy},
};

Tensor loss_of(const nlohmann::json& golden, const Tensors& inputs) {
  LossOptions options{.reduction = reduction_of(golden["attrs"])};
  const bool is_plain = golden["op"] == "compute_weighted_loss";
  const size_t values = is_plain ? 1 : 2;
  if (inputs.size() > values) options.weights = inputs[values];
  if (is_plain) return reduce_losses("compute_weighted_loss", inputs[0], options);
  return kLosses.at(golden["op"])(inputs[0], inputs[1], options);
}

Array truth_of(const GoldenFamily& family, const nlohmann::json& part, size_t index) {
  if (!part.contains("truth") || !part["truth"][index].is_string() || part["truth"][index] == "=")
    return {};
  return family.array(part["truth"][index]);
}

/// The case's tolerance, but never below the rounding of a sum, whose order is ours.
void expect_near(const Array& got, const Array& want, const Array& truth,
                 const nlohmann::json& tolerance, size_t index, const std::string& what) {
  expect_golden(got, want, truth, std::max(tolerance["rtol"].get<double>(), 1e-6),
                std::max(tolerance["atol"][index].get<double>(), 2e-7), what);
}

void check_case(const GoldenFamily& family, const nlohmann::json& golden) {
  Graph graph;
  const GraphScope scope(graph);
  Tensors inputs;
  Feeds feeds;
  for (const nlohmann::json& key : golden["inputs"]) {
    const Array& value = family.array(key);
    inputs.push_back(placeholder(value.dtype(), value.shape()));
    feeds.emplace_back(inputs.back(), value);
  }
  Tensors fetches = {loss_of(golden, inputs)};
  const nlohmann::json& grad = golden["grad"];
  Tensors sources;
  std::vector<size_t> numbers;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!grad["input_grads"][i].is_string()) continue;
    sources.push_back(inputs[i]);
    numbers.push_back(i);
  }
  for (const Tensor& gradient :
       gradients(fetches[0], sources, family.array(grad["cotangents"][0]))) {
    fetches.push_back(gradient);
  }
  Session session(graph);
  const std::vector<Array> got = session.run({.fetches = fetches, .feeds = feeds});
  const std::string name = golden["name"];
  expect_near(got[0], family.array(golden["outputs"][0]), truth_of(family, golden, 0),
              golden["tol"], 0, name);
  for (size_t i = 0; i < numbers.size(); ++i) {
    expect_near(got[1 + i], family.array(grad["input_grads"][numbers[i]]),
                truth_of(family, grad, numbers[i]), grad["tol"], numbers[i],
                name + " gradient " + std::to_string(numbers[i]));
  }
}

TEST_P(LossGolden, ValuesAndGradientsEqualTensorFlows) {
  const GoldenFamily golden_family = family("train_losses");
  int checked = 0;
  for (const nlohmann::json& golden : golden_family.cases) {
    const std::string op = golden["op"];
    const bool is_ours = op == "compute_weighted_loss" || kLosses.contains(op);
    if (!is_ours || golden["attrs"].contains("label_smoothing")) continue;
    check_case(golden_family, golden);
    ++checked;
  }
  EXPECT_EQ(checked, GetParam() ? 155 : 23);
}

INSTANTIATE_TEST_SUITE_P(Golden, LossGolden, ::testing::Bool(), golden_test_name);

}  // namespace losses_golden_test
}  // namespace reckon::nn
