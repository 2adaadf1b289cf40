// SPDX-License-Identifier: Apache-2.0
// What model_fn gets and what it must return: inputs (INP), calls (MFN) and the spec (SPEC). Names
// carry the ids of the Estimator's contract.
#include "estimator/traced_model.h"

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace traced_model_test {

/// The error of train, evaluate or predict with this model.
template <class Model>
void expect_refused(Mode mode, Model model, const std::string& text,
                    const InputFn& input = once()) {
  Estimator estimator(model, {.config = in_memory()});
  // Twice: a trace that was refused must stay refused when it is known.
  for (int attempt = 0; attempt < 2; ++attempt) {
    expect_error(
        [&] {
          if (mode == Mode::kTrain)
            estimator.train(input, {.steps = 1});
          else if (mode == Mode::kEvaluate)
            estimator.evaluate(input);
          else
            (void)estimator.predict(input).next();
        },
        text);
  }
}

Tensor line_of(const Features& features) { return features["x"] * variable("weight", zeros({1})); }
Operation train_op_of(const Tensor& loss) { return optimizers::gradient_descent().minimize(loss); }

TEST(TracedModel, INP_2_INP_3_FeaturesAndLabelsMayHaveNames) {
  const auto model = [](const Features& features, const Labels& labels) -> EstimatorSpec {
    EXPECT_EQ(features.names(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(labels.names(), (std::vector<std::string>{"u", "v"}));
    const Tensor weight = variable("weight", zeros({1}));
    const Tensor loss = losses::mean_squared_error(labels["u"], features["a"] * weight) +
                        losses::mean_squared_error(labels["v"], features["b"] * weight);
    return {.loss = loss, .train_op = train_op_of(loss)};
  };
  Estimator estimator(model, {.config = in_memory()});
  const std::map<std::string, Array> features = {{"a", line_x()}, {"b", line_x()}};
  const std::map<std::string, Array> labels = {{"u", line_y()}, {"v", line_y()}};
  estimator.train([&] { return Dataset::from_arrays(features, labels).batch(4); });
  EXPECT_EQ(step_of(estimator), 1);
}

TEST(TracedModel, INP_4_MFN_5_PredictionsIgnoreLabels) {
  const auto model = [](const Features& features, const Tensor& labels,
                        Mode mode) -> EstimatorSpec {
    EXPECT_EQ(mode, Mode::kPredict);
    EXPECT_TRUE(labels.is_poison());
    return {.predictions = line_of(features)};
  };
  Estimator estimator(model, {.config = in_memory()});
  EXPECT_TRUE(estimator.predict(once()).next().has_value());
  EXPECT_TRUE(estimator.predict(features_only()).next().has_value());
  EXPECT_EQ(estimator.stats().model_fn_calls(), 1);
}

TEST(TracedModel, INP_4_APredictionFromLabelsIsRefused) {
  expect_refused(
      Mode::kPredict,
      [](const Features& features, const Tensor& labels) -> EstimatorSpec {
        return {.predictions = line_of(features) + labels};
      },
      "the predictions need the labels, and there are none in predict mode");
}

TEST(TracedModel, INP_5_INP_6_InputFnIsCalledOncePerCallAndEachCallReadsFromTheBeginning) {
  Estimator estimator(line_model, {.config = in_memory()});
  int calls = 0;
  const InputFn input = [&] { return ++calls, once(1)(); };
  estimator.train(input);
  estimator.evaluate(input);
  for (const Prediction& row : estimator.predict(input)) (void)row;
  estimator.train(input);
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(step_of(estimator), 8) << "four rows each time";
}

TEST(TracedModel, INP_8_TheInputIsReadEvenIfNothingNeedsIt) {
  const auto model = [](const Features&, const Tensor&) -> EstimatorSpec {
    const Tensor loss = reduce_sum(square(variable("weight", ones({1}))));
    return {.loss = loss, .train_op = train_op_of(loss)};
  };
  Estimator estimator(model, {.config = in_memory()});
  estimator.train(once(1));
  EXPECT_EQ(step_of(estimator), 4) << "the end of the data is seen";
}

TEST(TracedModel, INP_AnErrorOfTheInputComesWhenItsBatchIsDue) {
  for (const bool is_prefetched : {false, true}) {
    Estimator estimator(line_model, {.config = in_memory()});
    const InputFn input = [&] {
      const Dataset rows = Dataset::from_arrays({{"x", line_x()}}, line_y());
      const Dataset checked = rows.map_native(
          [](const ArrayElement& row) {
            if (row.features[0].item<float>() == 3) throw std::runtime_error("row 3 is bad");
            return row;
          },
          rows.spec());
      return is_prefetched ? checked.batch(1).prefetch(4) : checked.batch(1);
    };
    int64_t steps = 0;
    const SilentLog silent;
    try {
      estimator.train(
          input,
          {.hooks = {after_each([&](RunContext& context) { steps = context.global_step(); })}});
      ADD_FAILURE();
    } catch (const std::exception& error) {
      EXPECT_NE(std::string(error.what()).find("row 3 is bad"), std::string::npos) << error.what();
    }
    EXPECT_EQ(steps, 2) << is_prefetched;
  }
}

TEST(TracedModel, MFN_2_ModelFnMayUseGlobalStepAndRandomOps) {
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor noisy = layers::dropout(line_of(features), {.rate = 0.1});
    const Tensor loss =
        losses::mean_squared_error(labels, noisy) + 0.0f * cast(global_step(), kFloat32);
    return {.loss = loss, .train_op = train_op_of(loss)};
  };
  Estimator estimator(model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 2});
  EXPECT_EQ(step_of(estimator), 2);
}

TEST(TracedModel, MFN_4_LabelsForAModelFnThatTakesNoneAreRefused) {
  expect_refused(
      Mode::kTrain,
      [](const Features& features) -> EstimatorSpec {
        const Tensor loss = reduce_mean(line_of(features));
        return {.loss = loss, .train_op = train_op_of(loss)};
      },
      "[train] model_fn does not take labels, but input_fn returns labels");
}

TEST(TracedModel, MFN_8_ASpecMayLeaveItsModeOutButNotNameAnother) {
  expect_refused(
      Mode::kEvaluate,
      [](const Features& features, const Tensor& labels, Mode) -> EstimatorSpec {
        return {.mode = Mode::kTrain,
                .loss = losses::mean_squared_error(labels, line_of(features))};
      },
      "[evaluate] model_fn was called for evaluate but returned a spec of mode train");
}

TEST(TracedModel, ASingleFeatureModelRefusesSeveral) {
  expect_refused(
      Mode::kTrain,
      [](const Tensor& x, const Tensor& labels) -> EstimatorSpec {
        const Tensor loss = losses::mean_squared_error(labels, x * variable("weight", zeros({1})));
        return {.loss = loss, .train_op = train_op_of(loss)};
      },
      "model_fn takes one features Tensor but the input has 2; take const Features&",
      [] {
        return Dataset::from_arrays({{"x", line_x()}, {"z", line_x()}}, line_y()).batch(4);
      });
}

TEST(TracedModel, SPEC_1_WhatAModeNeedsMustBeThere) {
  const auto nothing = [](const Features& features, const Tensor&, Mode) -> EstimatorSpec {
    (void)line_of(features);
    return {};
  };
  expect_refused(Mode::kTrain, nothing,
                 "[train] model_fn returned no loss in Mode::kTrain; return a scalar loss");
  expect_refused(Mode::kEvaluate, nothing,
                 "[evaluate] model_fn returned no loss in Mode::kEvaluate");
  expect_refused(Mode::kPredict, nothing,
                 "[predict] model_fn returned no predictions in Mode::kPredict");
  expect_refused(
      Mode::kTrain,
      [](const Features& features, const Tensor& labels) -> EstimatorSpec {
        return {.loss = losses::mean_squared_error(labels, line_of(features))};
      },
      "[train] model_fn returned no train_op in Mode::kTrain; return one, e.g. optimizers::adam(");
}

TEST(TracedModel, SPEC_2_TheLossHasOneElement) {
  const auto shaped = [](bool is_reduced) {
    return [is_reduced](const Features& features, const Tensor& labels) -> EstimatorSpec {
      const Tensor errors = square(line_of(features) - labels);
      const Tensor loss = is_reduced ? reshape(reduce_mean(errors), {1, 1}) : errors;
      return {.loss = loss, .train_op = train_op_of(reduce_mean(errors))};
    };
  };
  expect_refused(Mode::kTrain, shaped(false),
                 "loss is float32[?, 1], expected a scalar of float32 or float64");
  Estimator one(shaped(true), {.config = in_memory()});
  EXPECT_NEAR(one.evaluate(once()).get<double>("loss"), 7.8175, 1e-6) << "one element is a scalar";
  expect_refused(
      Mode::kEvaluate,
      [](const Features&, const Tensor&) -> EstimatorSpec {
        return {.loss = reduce_sum(Array::scalar(3))};
      },
      "expected a scalar of float32 or float64");
}

TEST(TracedModel, SPEC_3_ATrainOpMustAdvanceGlobalStep) {
  expect_refused(
      Mode::kTrain,
      [](const Features& features, const Tensor& labels) -> EstimatorSpec {
        const Tensor weight = variable("other", zeros({1}));
        return {.loss = losses::mean_squared_error(labels, line_of(features)),
                .train_op = assign_add(weight, 1.0f)};
      },
      "[train] train_op does not advance global_step");
}

TEST(TracedModel, SPEC_3_AGroupThatAdvancesGlobalStepIsATrainOp) {
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor weight = variable("weight", zeros({1}));
    return {.loss = losses::mean_squared_error(labels, features["x"] * weight),
            .train_op = group({assign_add(weight, 0.5f), assign_add(global_step(), 1)})};
  };
  Estimator estimator(model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 3});
  EXPECT_EQ(value_of(estimator, "weight"), 1.5f);
}

TEST(TracedModel, SPEC_4_ATensorThatWasNeverAssignedIsNamed) {
  expect_refused(
      Mode::kPredict,
      [](const Features& features) -> EstimatorSpec {
        return {.predictions = {{"good", line_of(features)}, {"number", Tensor()}}};
      },
      "predictions[\"number\"] is a Tensor that was never assigned", features_only());
}

TEST(TracedModel, SPEC_5_ATensorOfAnotherGraphIsRefused) {
  auto kept = std::make_shared<Tensor>();
  const auto model = [kept](const Features& features, const Tensor& labels,
                            Mode mode) -> EstimatorSpec {
    const Tensor loss = losses::mean_squared_error(labels, line_of(features));
    if (mode == Mode::kTrain) {
      *kept = loss;
      return {.mode = mode, .loss = loss, .train_op = train_op_of(loss)};
    }
    return {.mode = mode, .loss = *kept};
  };
  Estimator estimator(model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 1});
  expect_error([&] { estimator.evaluate(once()); },
               "[evaluate] loss belongs to another graph or to an inner function; return a Tensor "
               "that this call");
}

TEST(TracedModel, SPEC_7_TheSpecsHooksRunInTheirMode) {
  struct Counting : Hook {
    int begins = 0;
    void begin() override { ++begins; }
  };
  const auto train = std::make_shared<Counting>(), chief = std::make_shared<Counting>(),
             evaluate = std::make_shared<Counting>(), predict = std::make_shared<Counting>();
  const auto model = [=](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor predicted = line_of(features);
    const Tensor loss = losses::mean_squared_error(labels, predicted);
    return {.predictions = predicted,
            .loss = loss,
            .train_op = train_op_of(loss),
            .training_hooks = {train},
            .training_chief_hooks = {chief},
            .evaluation_hooks = {evaluate},
            .prediction_hooks = {predict}};
  };
  Estimator estimator(model, {.config = in_memory()});
  for (int call = 1; call <= 2; ++call) {
    estimator.train(once());
    estimator.evaluate(once());
    EXPECT_TRUE(estimator.predict(once()).next().has_value());
    for (const auto& hook : {train, chief, evaluate, predict}) EXPECT_EQ(hook->begins, call);
  }
}

TEST(TracedModel, SPEC_11_AFullSpecServesEveryMode) {
  const auto model = [](const Features& features, const Tensor& labels,
                        Mode mode) -> EstimatorSpec {
    const Tensor predicted = line_of(features);
    if (mode == Mode::kPredict) return {.predictions = predicted};
    const Tensor loss = losses::mean_squared_error(labels, predicted);
    return {.predictions = predicted,
            .loss = loss,
            .train_op = train_op_of(loss),
            .eval_metrics = {{"mae", metrics::mean_absolute_error(labels, predicted)}}};
  };
  Estimator estimator(model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 2});
  EXPECT_GT(estimator.evaluate(once()).get<double>("mae"), 0);
  EXPECT_TRUE(estimator.predict(once()).next().has_value());
  EXPECT_EQ(step_of(estimator), 2) << "evaluation ran no train_op";
}

TEST(TracedModel, AModelFnThatThrowsLeavesEarlierStateAndMayBeCalledAgain) {
  bool is_failing = false;
  const auto model = [&](const Features& features, const Tensor& labels,
                         Mode mode) -> EstimatorSpec {
    EstimatorSpec spec = line_model(features, labels, mode);
    if (is_failing) throw std::runtime_error("not today");
    return spec;
  };
  Estimator estimator(model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 2});
  is_failing = true;
  EXPECT_THROW(estimator.evaluate(once()), std::runtime_error);
  is_failing = false;
  EXPECT_EQ(estimator.evaluate(once()).global_step(), 2);
  EXPECT_EQ(estimator.stats().model_fn_calls(Mode::kEvaluate), 2);
}

TEST(TracedModel, ModesHaveNames) {
  EXPECT_STREQ(mode_name(Mode::kTrain), "train");
  EXPECT_STREQ(mode_name(Mode::kEvaluate), "evaluate");
  EXPECT_STREQ(mode_name(Mode::kPredict), "predict");
}

}  // namespace traced_model_test
}  // namespace reckon::estimator
