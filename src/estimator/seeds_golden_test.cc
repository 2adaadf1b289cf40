// SPDX-License-Identifier: Apache-2.0
// The seed programs against TensorFlow's Estimator: losses and all variables of every step,
// evaluation and predictions. Some steps of each are in golden/seeds.json; RECKON_GOLDEN names a
// directory with all of them.
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "estimator/small_model_testing.h"
#include "formats/golden_directory_testing.h"

namespace reckon::estimator {
namespace seeds_golden_test {

using Json = nlohmann::json;

void flatten(const Json& json, std::vector<float>& out) {
  if (!json.is_array()) return out.push_back(json.get<float>());
  for (const Json& part : json) flatten(part, out);
}

Array to_array(const Json& json) {
  std::vector<int64_t> dims;
  for (const Json* part = &json; part->is_array(); part = &part->front()) {
    dims.push_back(static_cast<int64_t>(part->size()));
  }
  std::vector<float> values;
  flatten(json, values);
  return Array::from<float>(values, Shape(dims));
}

void expect_equal(const Array& got, const Json& want, const std::string& what) {
  const Array wanted = to_array(want);
  ASSERT_EQ(got.num_elements(), wanted.num_elements()) << what;
  for (int64_t i = 0; i < got.num_elements(); ++i) {
    const double expected = wanted.at<double>(i);
    ASSERT_NEAR(got.at<double>(i), expected, 1e-6 * std::max(1.0, std::fabs(expected)))
        << what << ", element " << i;
  }
}

/// The model of a case: "linear" or "two_layers", its optimizer and penalty as the parameters say.
EstimatorSpec seed_model(const Json& seed, const Features& features, const Tensor& labels,
                         Mode mode) {
  const Json& start = seed["start"];
  const auto begin = [&](const char* name) { return variable(name, to_array(start[name])); };
  const bool is_linear = seed["model"] == "linear";
  Tensor prediction;
  Tensor weight;
  if (is_linear) {
    weight = begin("weight");
    prediction = add(multiply(features["x"], weight), begin("bias"));
  } else {
    const Tensor hidden = nn::relu(matmul(features["x1"], begin("weight1")) + begin("bias1"));
    prediction = add(matmul(hidden, begin("weight2")), begin("bias2"));
  }
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"predictions", prediction}}};
  Tensor loss = reduce_mean(square(prediction - labels));
  if (mode == Mode::kEvaluate) {
    return {.mode = mode,
            .loss = loss,
            .eval_metrics = {{"rmse", metrics::root_mean_squared_error(labels, prediction)}}};
  }
  const Json& params = seed["params"];
  if (params.contains("regularization_rate")) {
    loss = loss + params["regularization_rate"].get<float>() * nn::l2_loss(weight);
  }
  const auto rate = params["learning_rate"].get<double>();
  const Optimizer optimizer = params.value("optimizer", "sgd") == "adam"
                                  ? optimizers::adam({.learning_rate = rate})
                                  : optimizers::gradient_descent({.learning_rate = rate});
  return {.mode = mode, .loss = loss, .train_op = optimizer.minimize(loss)};
}

/// Compares the loss of each step in the file and the variables after it.
class CompareSteps : public Hook {
 public:
  explicit CompareSteps(const Json& seed) : seed_(seed) {
    for (int64_t step = 0; step < seed["steps"].get<int64_t>(); ++step) steps_.push_back(step);
    if (seed.contains("kept_steps")) steps_ = seed["kept_steps"].get<std::vector<int64_t>>();
  }
  HookRequest before_run(RunContext&) override { return {.names = {"loss"}}; }
  void after_run(RunContext& context, const std::vector<Array>& values) override {
    if (compared_ == steps_.size() || steps_[compared_] != context.iteration() - 1) return;
    const std::string after = " of step " + std::to_string(context.iteration());
    expect_equal(values[0], seed_["loss"][compared_], "loss" + after);
    for (const auto& [name, steps] : seed_["variables_after_step"].items()) {
      expect_equal(context.variable_value(name), steps[compared_], name + after);
    }
    ++compared_;
    if (testing::Test::HasFatalFailure()) context.request_stop();
  }
  void end(RunContext&) override { EXPECT_EQ(compared_, steps_.size()); }

 private:
  const Json& seed_;
  std::vector<int64_t> steps_;
  size_t compared_ = 0;
};

void check_seed(const Json& seed) {
  std::map<std::string, Array> features;
  for (const auto& [name, rows] : seed["features"].items()) features[name] = to_array(rows);
  const Dataset rows = Dataset::from_arrays(features, to_array(seed["labels"]));
  const auto batch = seed["batch"].get<int64_t>();
  Estimator estimator([&](const Features& inputs, const Tensor& labels,
                          Mode mode) { return seed_model(seed, inputs, labels, mode); },
                      {.config = in_memory()});
  estimator.train(
      [&] { return rows.repeat().batch(batch); },
      {.steps = seed["steps"].get<int64_t>(), .hooks = {std::make_shared<CompareSteps>(seed)}});
  ASSERT_EQ(step_of(estimator), seed["steps"].get<int64_t>());
  const InputFn once_through = [&] { return rows.batch(batch); };
  const EvalResult result = estimator.evaluate(once_through);
  for (const auto& [name, want] : seed["evaluate"].items()) {
    EXPECT_NEAR(result.get<double>(name), want.get<double>(),
                1e-6 * std::max(1.0, want.get<double>()))
        << name;
  }
  size_t row = 0;
  for (const Prediction& prediction : estimator.predict(once_through)) {
    ASSERT_LT(row, seed["predict"].size());
    expect_equal(prediction["predictions"], seed["predict"][row++]["predictions"], "prediction");
  }
  EXPECT_EQ(row, seed["predict"].size());
}

void check_all(const std::string& path) {
  const Json seeds = Json::parse(std::ifstream(path));
  ASSERT_EQ(seeds["cases"].size(), 8u);
  for (const auto& [name, seed] : seeds["cases"].items()) {
    SCOPED_TRACE(name);
    check_seed(seed);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(SeedPrograms, MatchTensorFlowInTheirFirstSteps) {
  check_all("src/estimator/golden/seeds.json");
}

TEST(SeedPrograms, MatchTensorFlowStepByStep) {
  const std::string directory = formats::golden_directory();
  if (directory.empty()) GTEST_SKIP() << formats::missing_golden("estimator/seeds.json");
  check_all(directory + "/estimator/seeds.json");
}

}  // namespace seeds_golden_test
}  // namespace reckon::estimator
