// SPDX-License-Identifier: Apache-2.0
// predict(): lazy rows, whole batches, keys, several streams with the weights of their call. Names
// carry the ids of the Estimator's contract.
#include <atomic>
#include <thread>

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace predict_call_test {

/// The present line's value at x = 1 … 4.
std::vector<float> rest_of(PredictionStream& stream) {
  std::vector<float> values;
  for (const Prediction& row : stream) values.push_back(row["predictions"].item<float>());
  return values;
}

std::vector<float> line_at(const Estimator& estimator) {
  std::vector<float> values;
  for (int x = 1; x <= 4; ++x) {
    values.push_back(static_cast<float>(x) * value_of(estimator, "weight") +
                     value_of(estimator, "bias"));
  }
  return values;
}

/// Two predictions beside each other, one of them a vector per row.
EstimatorSpec two_values(const Features& features, const Tensor&, Mode mode) {
  const Tensor product = features["x"] * variable("weight", ones({1}));
  return {.mode = mode,
          .predictions = {{"one", reshape(product, {-1})}, {"two", concat({product, product}, 1)}}};
}

TEST(Predict, PRD_1_ArgumentsAreCheckedAtTheCallAndRowsAreLazy) {
  Estimator estimator(two_values, {.config = in_memory()});
  expect_error(
      [&] { (void)estimator.predict(once(), {.predict_keys = {"three"}}); },
      ErrorCode::kInvalidArgument,
      "[predict] expected to run at least one output from one, two, but predict_keys are three");
  int rows_read = 0;
  const InputFn counted = [&] {
    const Dataset rows = Dataset::from_arrays({{"x", line_x()}});
    return rows.map_native([&](const ArrayElement& row) { return ++rows_read, row; }, rows.spec())
        .batch(1);
  };
  PredictionStream stream = estimator.predict(counted);
  EXPECT_EQ(rows_read, 0);
  ASSERT_TRUE(stream.next());
  EXPECT_EQ(rows_read, 1);
}

TEST(Predict, PRD_2_WithoutACheckpointTheInitialValuesPredict) {
  Estimator estimator(two_values, {.config = in_memory()});
  const auto row = estimator.predict(features_only()).next();
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)["one"].item<float>(), 1);
  EXPECT_EQ((*row)["two"].shape(), Shape({2}));
}

TEST(Predict, PRD_2_ANamedCheckpointPredicts) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(5)});
  estimator.train(forever(), {.steps = 5});
  const std::vector<float> fifth = line_at(estimator);
  estimator.train(forever(), {.steps = 5});
  PredictionStream stream =
      estimator.predict(once(), {.checkpoint_path = directory.file("model.ckpt-5")});
  EXPECT_EQ(rest_of(stream), fifth);
  expect_error([&] { (void)estimator.predict(once(), {.checkpoint_path = "model.ckpt-6"}); },
               ErrorCode::kNotFound, "there is no checkpoint model.ckpt-6");
}

TEST(Predict, PRD_3_KeysSelectAndUnknownOnesBesideAKnownOneAreIgnored) {
  Estimator estimator(two_values, {.config = in_memory()});
  const auto row = estimator.predict(features_only(), {.predict_keys = {"one", "nonsense"}}).next();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->values().size(), 1u);
  EXPECT_EQ(row->single().item<float>(), 1);
  Estimator unnamed(
      [](const Features& features) -> EstimatorSpec {
        return {.predictions = features["x"] + variable("b", zeros({1}))};
      },
      {.config = in_memory()});
  expect_error([&] { (void)unnamed.predict(features_only(), {.predict_keys = {"one"}}); },
               "predict_keys came, but predictions is a single Tensor without a name");
}

TEST(Predict, PRD_3_WhatIsNotAskedForIsNotComputed) {
  const auto model = [](const Features& features) -> EstimatorSpec {
    const Tensor x = features["x"] + variable("b", zeros({1}));
    return {.predictions = {{"good", x}, {"bad", check_numerics(x / 0.0f, "divided by zero")}}};
  };
  Estimator estimator(model, {.config = in_memory()});
  EXPECT_TRUE(estimator.predict(features_only(), {.predict_keys = {"good"}}).next());
  expect_error([&] { (void)estimator.predict(features_only()).next(); }, "divided by zero");
}

TEST(Predict, PRD_4_ABatchIsGivenRowByRowOrWhole) {
  Estimator estimator(two_values, {.config = in_memory()});
  int rows = 0;
  for (const Prediction& row : estimator.predict(features_only(3))) {
    EXPECT_EQ(row["two"].at<float>(1), static_cast<float>(++rows));
  }
  EXPECT_EQ(rows, 4);
  std::vector<int64_t> sizes;
  for (const Prediction& batch :
       estimator.predict(features_only(3), {.yield_single_examples = false})) {
    sizes.push_back(batch["two"].shape()[0]);
  }
  EXPECT_EQ(sizes, (std::vector<int64_t>{3, 1}));
}

TEST(Predict, PRD_4_ScalarsAndUnequalRowsAreGivenWholeOnly) {
  const auto model = [](const Features& features) -> EstimatorSpec {
    const Tensor x = features["x"] + variable("b", zeros({1}));
    return {.predictions = {{"a", x}, {"b", slice(x, {0, 0}, {1, 1})}, {"scalar", reduce_sum(x)}}};
  };
  Estimator estimator(model, {.config = in_memory()});
  expect_error(
      [&] { (void)estimator.predict(features_only(), {.predict_keys = {"scalar"}}).next(); },
      "[predict] predictions[\"scalar\"] is a scalar, which has no rows");
  expect_error(
      [&] {
        (void)estimator.predict(features_only(), {.predict_keys = {"a", "b"}}).next();
      },
      "predictions[\"b\"] has 1 rows but others have 4; batch length of predictions should be the "
      "same");
  const auto batch = estimator.predict(features_only(), {.yield_single_examples = false}).next();
  ASSERT_TRUE(batch);
  EXPECT_EQ((*batch)["scalar"].item<float>(), 10);
}

TEST(Predict, PRD_4_StringRowsOwnTheirBytes) {
  const Array words = Array::strings({"one", "two", "three"}, {3});
  Estimator estimator(
      [](const Features& features) -> EstimatorSpec {
        return {.predictions = {{"word", features["word"]},
                                {"b", features["x"] + variable("b", zeros({1}))}}};
      },
      {.config = in_memory()});
  std::vector<Prediction> rows;
  {
    const InputFn input = [&] {
      return Dataset::from_arrays({{"word", words}, {"x", Array::zeros(kFloat32, {3, 1})}})
          .batch(2);
    };
    for (const Prediction& row : estimator.predict(input)) rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]["word"].item<std::string>(), "one");
  EXPECT_EQ(rows[2]["word"].item<std::string>(), "three");
}

TEST(Predict, PRD_5_HooksRunOncePerBatch) {
  struct Counting : Hook {
    int begins = 0, creates = 0, before = 0, after = 0, ends = 0;
    void begin() override { ++begins; }
    void after_create(RunContext&) override { ++creates; }
    HookRequest before_run(RunContext&) override {
      return ++before, HookRequest{.names = {"weight"}};
    }
    void after_run(RunContext&, const std::vector<Array>& values) override {
      ++after;
      EXPECT_EQ(values.at(0).item<float>(), 1);
    }
    void end(RunContext&) override { ++ends; }
  };
  const auto hook = std::make_shared<Counting>();
  Estimator estimator(two_values, {.config = in_memory()});
  for (const Prediction& row : estimator.predict(features_only(2), {.hooks = {hook}})) (void)row;
  EXPECT_EQ(hook->begins + hook->creates + hook->ends, 3);
  EXPECT_EQ(hook->before, 2);
  EXPECT_EQ(hook->after, 2);
}

TEST(Predict, PRD_6_AnAbandonedStreamLeavesNothingBehind) {
  Estimator estimator(line_model, {.config = in_memory()});
  { (void)estimator.predict(once(1)).next(); }
  (void)estimator.predict(once(1));
  estimator.train(forever(), {.steps = 2});
  EXPECT_EQ(step_of(estimator), 2);
}

TEST(Predict, PRD_6_AStreamOutlivesItsEstimator) {
  std::optional<PredictionStream> stream;
  std::vector<float> want;
  {
    Estimator estimator(line_model, {.config = in_memory()});
    estimator.train(forever(), {.steps = 2});
    want = line_at(estimator);
    stream = estimator.predict(once(2));
  }
  EXPECT_EQ(rest_of(*stream), want);
}

TEST(Predict, PRD_7_SeveralOpenStreamsKeepTheWeightsOfTheirCalls) {
  Estimator estimator(line_model, {.config = in_memory()});
  std::vector<PredictionStream> streams;
  std::vector<std::vector<float>> want;
  for (int call = 0; call < 4; ++call) {
    streams.push_back(estimator.predict(once(1)));
    want.push_back(line_at(estimator));
    if (call % 2 == 0) {
      EXPECT_EQ(streams.back().next()->single().item<float>(), want.back()[0]);
      want.back().erase(want.back().begin());
    }
    estimator.train(forever(), {.steps = 3});
  }
  // Interleaved: a row of each in turn.
  for (size_t row = 0; row < 4; ++row) {
    for (size_t i = 0; i < streams.size(); ++i) {
      const auto next = streams[i].next();
      ASSERT_EQ(next.has_value(), row < want[i].size());
      if (!next) continue;
      EXPECT_EQ(next->single().item<float>(), want[i][row]) << "stream " << i << ", row " << row;
    }
  }
}

TEST(Predict, PRD_7_AnOpenStreamOutlivesAFailedTrainingAndNewsOfAnotherProcess) {
  const TemporaryDirectory directory;
  Estimator trainer(line_model, {.model_dir = directory.path(), .config = saving()});
  Estimator reader(line_model, {.config = in_memory(directory.path())});
  trainer.train(forever(), {.steps = 2});
  PredictionStream of_reader = reader.predict(once(1)), of_trainer = trainer.predict(once(1));
  const std::vector<float> want = line_at(trainer);
  trainer.train(forever(), {.steps = 2});
  EXPECT_EQ(reader.evaluate(once()).global_step(), 4);
  const SilentLog silent;
  EXPECT_THROW(
      trainer.train(forever(),
                    {.hooks = {after_each([](RunContext&) { throw std::runtime_error("x"); })}}),
      std::runtime_error);
  EXPECT_EQ(rest_of(of_reader), want);
  EXPECT_EQ(rest_of(of_trainer), want);
}

TEST(Predict, PRD_7_StreamsOfOtherThreadsRunBesideTrainingAndEachOther) {
  Estimator estimator(line_model, {.config = in_memory()});
  const SilentLog silent;
  estimator.train(forever(), {.steps = 2});
  const std::vector<float> want = line_at(estimator);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&wrong, &want, stream = estimator.predict(forever(i + 1))]() mutable {
      for (size_t row = 0; row < 400; ++row) {
        if (stream.next()->single().item<float>() != want[row % 4]) ++wrong;
      }
    });
  }
  for (int call = 0; call < 20; ++call) {
    estimator.train(forever(call % 3 + 1), {.steps = 2});
    estimator.evaluate(once(call % 2 + 1));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Predict, PRD_8_AnInfiniteInputPredictsForEver) {
  Estimator estimator(line_model, {.config = in_memory()});
  PredictionStream stream = estimator.predict(forever(2));
  for (int row = 0; row < 11; ++row) ASSERT_TRUE(stream.next());
}

TEST(Predict, PRD_9_TheStreamEndsWithTheDataOrAfterTheBatchThatAHookStopsAt) {
  Estimator estimator(line_model, {.config = in_memory()});
  PredictionStream whole = estimator.predict(once(3));
  EXPECT_EQ(rest_of(whole).size(), 4u);
  EXPECT_FALSE(whole.next());
  EXPECT_FALSE(whole.next());
  PredictionStream stopped = estimator.predict(
      once(1), {.hooks = {after_each([](RunContext& context) { context.request_stop(); })}});
  EXPECT_EQ(rest_of(stopped).size(), 1u);
  PredictionStream empty = estimator.predict([] { return once()().take(0); });
  EXPECT_FALSE(empty.next());
}

TEST(Predict, AHookMayNotSave) {
  Estimator estimator(line_model, {.config = in_memory()});
  PredictionStream stream = estimator.predict(
      once(), {.hooks = {after_each([](RunContext& context) { context.save_checkpoint(); })}});
  expect_error([&] { (void)stream.next(); }, ErrorCode::kFailedPrecondition,
               "[save_checkpoint] was called during prediction, which changes nothing");
}

}  // namespace predict_call_test
}  // namespace reckon::estimator
