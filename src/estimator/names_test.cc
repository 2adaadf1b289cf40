// SPDX-License-Identifier: Apache-2.0
// H9, H15, friction 17: names that users give - twice, misspelt, not in UTF-8, taken - and numbers
// that a result does not hold.
#include <cmath>

#include "base/file_system.h"
#include "estimator/files/written_events_testing.h"
#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace names_test {

constexpr const char* kLatin1 = "caf\xE9";

/// `change` is called inside model_fn; the call must fail with `text` at a line of this file.
void expect_refused_in_model(const std::function<void(const Features&)>& change, ErrorCode code,
                             const std::string& text, Place place = Place::here()) {
  const auto model = [change](const Features& features, const Tensor& labels,
                              Mode mode) -> EstimatorSpec {
    change(features);
    return line_model(features, labels, mode);
  };
  Estimator estimator(model, {.config = in_memory()});
  const SilentLog silent;
  expect_error([&] { estimator.train(once()); }, code, text, place);
  expect_error([&] { estimator.train(once()); }, code, "names_test.cc:", place);
}

// --- Look-ups bring the caller's line

TEST(Names, H15_AFeatureThatIsNotThereNamesTheLine) {
  int line = 0;
  const auto model = [&line](const Features& features) -> EstimatorSpec {
    line = __LINE__ + 1;
    return {.predictions = features["typo"]};
  };
  Estimator estimator(model, {.config = in_memory()});
  expect_error(
      [&] { estimator.predict(features_only()); }, ErrorCode::kNotFound,
      "[features] there is no feature \"typo\"; there are: x; read one of these, or return "
      "it from input_fn. At ");
  try {
    estimator.predict(features_only());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(error.at().find("names_test.cc:" + std::to_string(line)), std::string::npos)
        << error.at();
  }
  const std::string name = "typo too";
  expect_refused_in_model([&](const Features& features) { (void)features[name]; },
                          ErrorCode::kNotFound, "there is no feature \"typo too\"");
}

TEST(Names, AResultAPredictionOrAParamThatIsNotThereNamesTheLine) {
  const EvalResult result({{"rmse", 1.5}}, 7);
  expect_error([&] { (void)result.get<double>("mse"); }, ErrorCode::kNotFound,
               "[EvalResult] there is no metric \"mse\"; there are: rmse, global_step; ask for one "
               "of these, or return it in eval_metrics. At ");
  expect_error([&] { (void)result.get<double>("mse"); }, "names_test.cc:");
  const Prediction prediction({{"class", Array::scalar(1.0f)}});
  expect_error([&] { (void)prediction["classes"]; }, ErrorCode::kNotFound,
               "[Prediction] there is no prediction \"classes\"; there are: class; ask for one of "
               "these, or return it in predictions. At ");
  const Params params = {{"units", 10}};
  expect_error([&] { (void)params.get<int>("unit"); }, ErrorCode::kNotFound, "names_test.cc:");
  expect_error([&] { (void)params.get<std::string>("units"); }, "names_test.cc:");
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 1});
  expect_error([&] { (void)estimator.variable_value("wieght"); }, ErrorCode::kNotFound,
               "[variable_value] there is no variable \"wieght\"; there are: bias, global_step, "
               "weight; ask for one of these. At names_test.cc:");
  Graph graph;
  Session session(graph);
  expect_error([&] { (void)session.variable_value("w"); }, "names_test.cc:");
  expect_error([&] { session.set_variable("w", line_x()); }, "names_test.cc:");
  EXPECT_EQ(params.get<int>("unit", 3), 3);
  EXPECT_EQ(params.get<std::vector<double>>("list", {}).size(), 0u);
}

// --- One name twice

TEST(Names, H9_AListMayNotNameAnythingTwice) {
  const auto twice = [](const auto& make) {
    expect_error(
        make, ErrorCode::kInvalidArgument,
        "[names] \"x\" is in one list twice, of which one entry would be lost; rename one");
  };
  const Array x = line_x();
  twice([&] { (void)Dataset::from_arrays({{"x", x}, {"x", x}}); });
  twice([&] { (void)Dataset::from_arrays({{"y", x}}, {{"x", x}, {"x", x}}); });
  twice([&] { (void)Params{{"x", 1}, {"a", 1}, {"x", 2}}; });
  twice([&] { (void)Features{{"x", Tensor()}, {"x", Tensor()}}; });
  twice([&] { (void)Labels{{"x", Tensor()}, {"x", Tensor()}}; });
  twice([&] { (void)Predictions{{"x", Tensor()}, {"x", Tensor()}}; });
  twice([&] { (void)EstimatorSpec{.eval_metrics = {{"x", Metric()}, {"x", Metric()}}}; });
  const std::map<std::string, Metric> metrics = {{"a", Metric()}};
  EXPECT_EQ(EstimatorSpec{.eval_metrics = metrics}.eval_metrics.size(), 1u);
  const std::map<std::string, Array> arrays = {{"x", x}};
  EXPECT_EQ(Dataset::from_arrays(arrays, arrays).spec().labels.size(), 1u);
}

TEST(Names, H9_AComponentOfMapNativeComesOnce) {
  const auto same = [](const ArrayElement& element) { return element; };
  const ComponentSpec x{"x", kFloat32, {1}};
  expect_error(
      [&] {
        (void)once(1)().map_native(same, {{x, x}, {}});
      },
      ErrorCode::kInvalidArgument,
      "[map_native] the spec names \"x\" twice; give each component a name of its own");
  expect_error(
      [&] {
        (void)once(1)().map_native(same, {{{"x", DType::kInvalid, {1}}}, {}});
      },
      ErrorCode::kInvalidArgument, "[map_native] the spec says no dtype for \"x\"");
}

TEST(Names, H9_ATagComesOnceInATrace) {
  expect_refused_in_model(
      [](const Features& features) {
        summary::scalar("mean", reduce_mean(features["x"]));
        summary::histogram("mean", features["x"]);
      },
      ErrorCode::kInvalidArgument,
      "[summary::histogram] the tag \"mean\" was already used in this trace, at ");
}

TEST(Names, H15_GlobalStepIsTheStepCounters) {
  const auto make = [](const Features&) { (void)variable("global_step", 0.0f); };
  expect_refused_in_model(make, ErrorCode::kInvalidArgument,
                          "[variable] \"global_step\" is the name of the step counter, which "
                          "minimize() advances and every checkpoint holds; give the variable "
                          "another name, or use global_step()");
  Graph graph;
  const GraphScope scope(graph);
  expect_error([] { (void)variable("global_step", Array::scalar<int64_t>(0)); },
               "[variable] \"global_step\" is the name of the step counter");
  {
    const NameScope tower("tower");
    (void)variable("global_step", 0.0f);
  }
  EXPECT_EQ(global_step().dtype(), kInt64);
}

// --- Not in UTF-8

TEST(Names, H15_NamesThatAreNoUtf8AreRefusedWhereTheyAreGiven) {
  const auto refuse = [](const std::function<void(const Features&)>& give, const char* text) {
    expect_refused_in_model(give, ErrorCode::kInvalidArgument, text);
  };
  refuse([](const Features& f) { summary::scalar(kLatin1, reduce_sum(f["x"])); },
         "[summary::scalar] the tag \"caf\\xE9\" is not UTF-8");
  refuse([](const Features& f) { summary::histogram(kLatin1, f["x"]); },
         "[summary::histogram] the tag \"caf\\xE9\" is not UTF-8");
  refuse([](const Features&) { const NameScope scope(kLatin1); },
         "[name_scope] the name \"caf\\xE9\" is not UTF-8");
  refuse([](const Features&) { auto scope = name_scope(kLatin1); },
         "[name_scope] the name \"caf\\xE9\" is not UTF-8");
  refuse([](const Features&) { (void)variable(kLatin1, 1.0f); },
         "[variable] the name is \"caf\\xE9\", expected letters");
  refuse([](const Features& f) { (void)layers::dense(f["x"], {.units = 1, .name = kLatin1}); },
         "caf\\xE9");
  refuse([](const Features& f) { (void)layers::batch_normalization(f["x"], {.name = kLatin1}); },
         "caf\\xE9");
  expect_error(
      [] {
        (void)Dataset::from_arrays({{kLatin1, line_x()}});
      },
      ErrorCode::kInvalidArgument, "[from_arrays] the name \"caf\\xE9\" is not UTF-8");
  expect_error(
      [] {
        (void)Dataset::from_arrays({{"x", line_x()}}, {{kLatin1, line_x()}});
      },
      "[from_arrays] the name \"caf\\xE9\" is not UTF-8");
  expect_error(
      [] {
        (void)features_only()().map([](const Features& f) -> Element {
          return Features{{kLatin1, f["x"]}};
        });
      },
      "[map] the name \"caf\\xE9\" is not UTF-8");
  const auto same = [](const ArrayElement& element) { return element; };
  expect_error(
      [&] {
        (void)features_only()().map_native(same, {{{kLatin1, kFloat32, {1}}}, {}});
      },
      "[map_native] the name \"caf\\xE9\" is not UTF-8");
  Graph graph;
  const GraphScope scope(graph);
  expect_error([] { (void)placeholder(kFloat32, {}, kLatin1); },
               "[placeholder] the name \"caf\\xE9\" is not UTF-8");
}

TEST(Names, H15_MetricsAndPredictionsToo) {
  const auto model = [](const Features& features, const Tensor& labels) {
    EstimatorSpec spec = line_model(features, labels, Mode::kTrain);
    spec.eval_metrics[kLatin1] = metrics::mean(labels);
    spec.predictions = {{kLatin1, features["x"]}};
    spec.mode = {};
    return spec;
  };
  Estimator estimator(model, {.config = in_memory()});
  const SilentLog silent;
  expect_error([&] { estimator.evaluate(once()); }, ErrorCode::kInvalidArgument,
               "[evaluate] the metric's name \"caf\\xE9\" is not UTF-8");
  expect_error([&] { estimator.predict(features_only()); }, ErrorCode::kInvalidArgument,
               "[predict] the prediction's name \"caf\\xE9\" is not UTF-8");
}

TEST(Names, H15_UnicodeNamesAreWrittenAsTheyAre) {
  const std::string greek = "\xCE\xBC";
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = 1;
  const auto model = [&](const Features& features, const Tensor& labels, Mode mode) {
    EstimatorSpec spec;
    {
      const NameScope scope("scope" + greek);
      summary::scalar(greek, reduce_mean(features["x"]));
    }
    spec = line_model(features, labels, mode);
    spec.eval_metrics[greek] = metrics::mean(labels);
    return spec;
  };
  Estimator estimator(model, {.config = config});
  estimator.train(forever(), {.steps = 1});
  EXPECT_GT(estimator.evaluate(once()).get<float>(greek), 0);
  bool is_there = false;
  for (const auto& event : events_in(directory.path())) {
    for (const auto& value : event.values) is_there |= value.tag == greek;
  }
  EXPECT_TRUE(is_there);
}

// --- Numbers that do not fit

TEST(EvalResult, H15_ANumberThatDoesNotFitTheIntegerIsRefused) {
  const EvalResult result({{"nan", NAN},
                           {"inf", INFINITY},
                           {"1e30", 1e30},
                           {"-1e30", -1e30},
                           {"300", 300.75},
                           {"-1", -1.0},
                           {"-0.5", -0.5},
                           {"2^31", 2147483648.0},
                           {"2^63", 0x1p63},
                           {"2^64", 0x1p64},
                           {"-2^63", -0x1p63}},
                          (int64_t{1} << 40) + 1);
  const auto refused = [](const auto& get, const std::string& text) {
    expect_error([&] { (void)get(); }, ErrorCode::kInvalidArgument, text);
  };
  refused(
      [&] { return result.get<int>("nan"); },
      "[EvalResult] \"nan\" is nan, which does not fit the integer type that was asked for; ask "
      "for double. At ");
  refused([&] { return result.get<int>("1e30"); }, "\"1e30\" is 1e+30, which does not fit");
  for (const char* name : {"nan", "inf", "1e30", "-1e30", "2^63", "2^64"})
    refused([&] { return result.get<int64_t>(name); }, "does not fit");
  for (const char* name : {"nan", "inf", "-1e30", "2^64", "-1"})
    refused([&] { return result.get<uint64_t>(name); }, "does not fit");
  for (const char* name : {"nan", "300", "-1", "2^31"}) {
    refused([&] { return result.get<uint8_t>(name); }, "does not fit");
    if (std::string(name) != "-1")
      refused([&] { return result.get<int8_t>(name); }, "does not fit");
  }
  for (const char* name : {"2^31", "2^63"})
    refused([&] { return result.get<int32_t>(name); }, "does not fit");
  refused([&] { return result.get<bool>("nan"); }, "\"nan\" is nan, which does not fit bool");
  refused(
      [&] { return result.get<int>("global_step"); },
      "\"global_step\" is 1099511627777, which does not fit the integer type that was asked for; "
      "ask for int64_t");
  EXPECT_EQ(result.get<int>("300"), 300);
  EXPECT_EQ(result.get<int8_t>("-1"), -1);
  EXPECT_EQ(result.get<uint8_t>("-0.5"), 0);
  EXPECT_EQ(result.get<uint32_t>("2^31"), 2147483648u);
  EXPECT_EQ(result.get<uint64_t>("2^63"), uint64_t{1} << 63);
  EXPECT_EQ(result.get<int64_t>("-2^63"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(result.get<int64_t>("global_step"), (int64_t{1} << 40) + 1);
  EXPECT_TRUE(result.get<bool>("inf"));
  EXPECT_TRUE(result.get<bool>("-0.5"));
  EXPECT_TRUE(std::isnan(result.get<float>("nan")));
  EXPECT_EQ(result.get<float>("1e30"), 1e30f);
}

TEST(Logging, H15_WithoutNamesItIsRefused) {
  expect_error([] { (void)hooks::logging({}); }, ErrorCode::kInvalidArgument,
               "[logging] came with 0 names, so that every line would be empty; name what to log, "
               "e.g. \"loss\"");
}

}  // namespace names_test
}  // namespace reckon::estimator
