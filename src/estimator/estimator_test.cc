// SPDX-License-Identifier: Apache-2.0
// Construction, settings and accessors of an Estimator. Names carry the ids of the Estimator's
// contract; what a typed model_fn rules out at compile time (CTOR-1, -2, -7) needs no test here.
#include <fstream>

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace estimator_test {

TEST(Estimator, CTOR_3_ModelDirComesFromEitherPlaceAndMustNotDiffer) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.file("a"));
  EXPECT_EQ(Estimator(line_model, {.config = config}).model_dir(), directory.file("a"));
  EXPECT_EQ(Estimator(line_model, {.model_dir = directory.file("a"), .config = config}).model_dir(),
            directory.file("a"));
  config.model_dir = "";
  EXPECT_EQ(Estimator(line_model, {.model_dir = directory.file("b"), .config = config}).model_dir(),
            directory.file("b"));
  config.model_dir = "c";
  expect_error([&] { Estimator(line_model, {.model_dir = "d", .config = config}); },
               ErrorCode::kInvalidArgument,
               "[Estimator] model_dir is set both in EstimatorOptions and in RunConfig, but with "
               "different values "
               "(\"d\" and \"c\")");
}

TEST(Estimator, CTOR_3_WithoutModelDirATemporaryOneIsMadeAndAWarningNamesIt) {
  LogCapture log;
  const Estimator estimator(line_model);
  EXPECT_TRUE(std::filesystem::is_directory(estimator.model_dir()));
  EXPECT_EQ(log.count(estimator.model_dir(), LogLevel::kWarning), 1);
  std::filesystem::remove_all(estimator.model_dir());
}

TEST(Estimator, CTOR_4_ConfigAndEstimatorNameOneModelDir) {
  const TemporaryDirectory directory;
  const Estimator estimator(line_model, {.model_dir = directory.file("a")});
  EXPECT_EQ(estimator.config().model_dir, estimator.model_dir());
}

EstimatorSpec model_with_params(const Features& features, const Tensor& labels,
                                const Params& params) {
  const Tensor loss =
      losses::mean_squared_error(labels, features["x"] * variable("weight", zeros({1})));
  const double rate = params.empty() ? 0.5 : params.get<double>("rate");
  return {.loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = rate}).minimize(loss)};
}

TEST(Estimator, CTOR_6_ParamsAreCopied) {
  Params params = {{"rate", 0.01}};
  Estimator estimator(model_with_params, {.config = in_memory(), .params = params});
  params.set("rate", 100.0);
  EXPECT_EQ(estimator.params().get<double>("rate"), 0.01);
  estimator.train(forever(), {.steps = 1});
  EXPECT_NEAR(value_of(estimator, "weight"), 0.153f, 1e-6);
}

TEST(Estimator, CTOR_7_AnyCallableIsAccepted) {
  struct Callable {
    double rate;
    EstimatorSpec operator()(const Features& features, Labels labels, Mode, Params,
                             RunConfig config) const {
      EXPECT_EQ(config.random_seed, 1u);
      const Tensor loss = losses::mean_squared_error(
          labels.single(), features["x"] * variable("weight", zeros({1})));
      return {.loss = loss,
              .train_op = optimizers::gradient_descent({.learning_rate = rate}).minimize(loss)};
    }
  };
  Estimator by_object(Callable{0.01}, {.config = in_memory()});
  by_object.train(forever(), {.steps = 1});
  EXPECT_NEAR(value_of(by_object, "weight"), 0.153f, 1e-6);
  Estimator by_tensor(
      [](const Tensor& x, const Tensor& y) -> EstimatorSpec {
        const Tensor loss = losses::mean_squared_error(y, x * variable("weight", zeros({1})));
        return {.loss = loss,
                .train_op = optimizers::gradient_descent({.learning_rate = 0.01}).minimize(loss)};
      },
      {.config = in_memory()});
  by_tensor.train(forever(), {.steps = 1});
  EXPECT_NEAR(value_of(by_tensor, "weight"), 0.153f, 1e-6);
}

TEST(Estimator, CTOR_8_ParamsForAModelFnThatTakesNoneAreRefused) {
  expect_error(
      [] {
        Estimator(line_model, {.config = in_memory(), .params = {{"rate", 0.1}}});
      },
      "[Estimator] params were given, but model_fn does not take them; add a parameter");
  Estimator without(model_with_params, {.config = in_memory()});
  without.train(forever(), {.steps = 1});
  EXPECT_EQ(step_of(without), 1) << "the other way round is no error";
}

TEST(Estimator, CFG_1_DefaultsAreTensorFlows) {
  const RunConfig config;
  EXPECT_EQ(config.save_summary_steps, 100);
  EXPECT_EQ(config.keep_checkpoint_max, 5);
  EXPECT_EQ(config.keep_checkpoint_every_n_hours, 10000);
  EXPECT_EQ(config.log_step_count_steps, 100);
  EXPECT_FALSE(config.random_seed || config.save_checkpoints_steps || config.save_checkpoints_secs);
}

TEST(Estimator, CFG_2_BothSaveSettingsAreRefused) {
  RunConfig config = saving(5);
  config.save_checkpoints_secs = 10;
  expect_error([&] { Estimator(line_model, {.model_dir = "unused", .config = config}); },
               "[RunConfig] save_checkpoints_steps and save_checkpoints_secs cannot be both set");
}

TEST(Estimator, CFG_4_ABadFieldIsNamedWithItsValue) {
  const auto expect_refused = [](const std::function<void(RunConfig&)>& change,
                                 const std::string& text) {
    RunConfig config = in_memory();
    change(config);
    expect_error([&] { Estimator(line_model, {.config = config}); }, ErrorCode::kInvalidArgument,
                 "[RunConfig] " + text);
  };
  expect_refused([](RunConfig& c) { c.save_summary_steps = -1; },
                 "save_summary_steps is -1, expected at least 0");
  expect_refused([](RunConfig& c) { c.save_checkpoints_steps = -1; },
                 "save_checkpoints_steps is -1, expected at least 0, which turns it off");
  expect_refused([](RunConfig& c) { c.save_checkpoints_secs = -2.5; },
                 "save_checkpoints_secs is -2.5, expected at least 0");
  expect_refused([](RunConfig& c) { c.keep_checkpoint_max = -1; },
                 "keep_checkpoint_max is -1, expected at least 0");
  expect_refused([](RunConfig& c) { c.keep_checkpoint_every_n_hours = -1; },
                 "keep_checkpoint_every_n_hours is -1, expected at least 0");
  expect_refused([](RunConfig& c) { c.log_step_count_steps = -1; },
                 "log_step_count_steps is -1, expected at least 0");
}

TEST(Estimator, CFG_5_RunsDifferUnlessASeedIsSet) {
  const auto first_weight = [](std::optional<uint64_t> seed) {
    RunConfig config = in_memory();
    config.random_seed = seed;
    Estimator estimator(
        [](const Features& features, const Tensor& labels) -> EstimatorSpec {
          const Tensor kernel = variable("kernel", {1, 1}, initializers::glorot_uniform());
          return {.loss = losses::mean_squared_error(labels, matmul(features["x"], kernel))};
        },
        {.config = config});
    const SilentLog silent;
    estimator.evaluate(once());
    return value_of(estimator, "kernel");
  };
  EXPECT_EQ(first_weight(3), first_weight(3));
  EXPECT_NE(first_weight(3), first_weight(4));
  EXPECT_NE(first_weight({}), first_weight({}));
}

TEST(Estimator, ACC_1_LatestCheckpointIsWhatTheListNames) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(2)});
  EXPECT_EQ(estimator.latest_checkpoint(), "");
  estimator.train(forever(), {.steps = 5});
  EXPECT_EQ(estimator.latest_checkpoint(), directory.file("model.ckpt-5"));
  std::ofstream(directory.file("checkpoint")) << "model_checkpoint_path: \"model.ckpt-2\"\n";
  EXPECT_EQ(estimator.latest_checkpoint(), directory.file("model.ckpt-2"));
  std::ofstream(directory.file("checkpoint")) << "model_checkpoint_path: \"model.ckpt-77\"\n";
  LogCapture log;
  EXPECT_EQ(estimator.latest_checkpoint(), "");
  EXPECT_EQ(
      log.count("`checkpoint` names " + directory.file("model.ckpt-77") + ", which is not there"),
      1);
}

TEST(Estimator, ACC_2_VariablesAreThoseInMemoryOrInTheNewestCheckpoint) {
  const TemporaryDirectory directory;
  const std::vector<std::string> names = {"bias", "global_step", "weight"};
  const auto sorted = [](std::vector<std::string> list) {
    std::sort(list.begin(), list.end());
    return list;
  };
  {
    Estimator trained(line_model, {.model_dir = directory.path(), .config = saving()});
    trained.train(forever(), {.steps = 1});
    EXPECT_EQ(sorted(trained.variable_names()), names);
  }
  Estimator fresh(line_model, {.model_dir = directory.path(), .config = saving()});
  EXPECT_EQ(sorted(fresh.variable_names()), names);
  EXPECT_NEAR(value_of(fresh, "weight"), 0.153f, 1e-6);
  EXPECT_EQ(fresh.stats().model_fn_calls(), 0);
  expect_error(
      [&] { (void)fresh.variable_value("wieght"); }, ErrorCode::kNotFound,
      "[variable_value] there is no variable \"wieght\"; there are: bias, global_step, weight");
}

TEST(Estimator, ACC_2_WithoutWeightsThereIsNothingToRead) {
  const TemporaryDirectory directory;
  const Estimator estimator(line_model, {.model_dir = directory.path()});
  expect_error([&] { (void)estimator.variable_names(); }, ErrorCode::kFailedPrecondition,
               "[variable_names] could not find a trained model in model_dir " + directory.path());
  expect_error([&] { (void)estimator.variable_value("weight"); }, "could not find a trained model");
}

TEST(Estimator, ACC_3_EvalDirIsNamedAndNotMade) {
  const TemporaryDirectory directory;
  const Estimator estimator(line_model, {.model_dir = directory.path()});
  EXPECT_EQ(estimator.eval_dir(), directory.file("eval"));
  EXPECT_EQ(estimator.eval_dir("other"), directory.file("eval_other"));
  EXPECT_TRUE(files_in(directory.path()).empty());
  expect_error([&] { estimator.eval_dir("../../evil"); }, "[eval_dir] name is \"../../evil\"");
}

TEST(Estimator, ANulByteInANameIsRefusedAndNotWaitedFor) {
  const std::string nul("a\0b", 3);
  expect_error([&] { Estimator(line_model, {.model_dir = nul}); },
               "[Estimator] model_dir holds a NUL byte (3 bytes), expected a path");
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path()});
  expect_error([&] { estimator.eval_dir(nul); }, "[eval_dir] name holds a NUL byte (3 bytes)");
  expect_error([&] { estimator.evaluate(once(), {.name = nul}); },
               "[evaluate] name holds a NUL byte");
}

TEST(Estimator, APlaceholderInModelFnIsRefusedAtItsLine) {
  Estimator estimator(
      [](const Features& features, const Tensor&) -> EstimatorSpec {
        return {.loss = reduce_mean(features["x"] * placeholder(kFloat32, {}, "rate"))};
      },
      {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once()); }, ErrorCode::kFailedPrecondition,
               "[placeholder] was called inside model_fn, where nothing feeds \"rate\"");
}

TEST(Estimator, ACallInsideACallIsRefused) {
  Estimator estimator(line_model, {.config = in_memory()});
  const SilentLog silent;
  expect_error(
      [&] {
        estimator.train(
            forever(),
            {.steps = 2, .hooks = {after_each([&](RunContext&) { estimator.evaluate(once()); })}});
      },
      ErrorCode::kFailedPrecondition, "[evaluate] another call of this Estimator is running");
  estimator.train(forever(), {.steps = 2});
  EXPECT_EQ(step_of(estimator), 2);
}

TEST(Estimator, AnEmptyInputFnIsRefused) {
  Estimator estimator(line_model, {.config = in_memory()});
  expect_error([&] { estimator.train(InputFn(), {.steps = 1}); },
               "[train] input_fn is empty; pass a function");
}

TEST(Estimator, MovesWithItsWeights) {
  Estimator first(line_model, {.config = in_memory()});
  first.train(forever(), {.steps = 3});
  Estimator second = std::move(first);
  second.train(forever(), {.steps = 1});
  EXPECT_EQ(step_of(second), 4);
}

TEST(Estimator, OneThatWasMovedFromSaysSo) {
  Estimator first(line_model, {.config = in_memory()});
  const Estimator second = std::move(first);
  expect_error([&] { first.train(forever(), {.steps = 1}); }, ErrorCode::kFailedPrecondition,
               "[train] this Estimator was moved from; use the one it was moved to");
  expect_error([&] { (void)first.stats(); }, ErrorCode::kFailedPrecondition, "[stats]");
  expect_error([&] { (void)first.model_dir(); }, ErrorCode::kFailedPrecondition, "[model_dir]");
}

TEST(Estimator, AnEmptyModelFnIsRefused) {
  const std::function<EstimatorSpec(const Features&)> none;
  expect_error([&] { Estimator(none, {.config = in_memory()}); },
               "[Estimator] model_fn is an empty function");
}

TEST(Estimator, StatsCountBytesOfAllVariables) {
  Estimator estimator(line_model, {.config = in_memory()});
  EXPECT_EQ(estimator.stats().variable_bytes, 0);
  estimator.train(forever(), {.steps = 1});
  EXPECT_GE(estimator.stats().variable_bytes, 2 * 4 + 8);
}

TEST(EvalResult, NamesWhatThereIs) {
  const EvalResult result({{"loss", 2.5}, {"rmse", 1}}, 7);
  EXPECT_EQ(result.get<int64_t>("global_step"), 7);
  EXPECT_EQ(result.get<float>("loss"), 2.5f);
  expect_error([&] { (void)result.get<float>("accuracy"); }, ErrorCode::kNotFound,
               "[EvalResult] there is no metric \"accuracy\"; there are: loss, rmse, global_step");
}

TEST(Prediction, NamesWhatThereIs) {
  const Prediction prediction({{"a", Array::scalar(1.0f)}, {"b", Array::scalar(2.0f)}});
  EXPECT_EQ(prediction["b"].item<float>(), 2);
  expect_error([&] { (void)prediction["c"]; }, ErrorCode::kNotFound,
               "[Prediction] there is no prediction \"c\"; there are: a, b");
  expect_error([&] { (void)prediction.single(); },
               "[Prediction] has 2 values (a, b), expected one");
}

}  // namespace estimator_test
}  // namespace reckon::estimator
