// SPDX-License-Identifier: Apache-2.0
// H2: a prediction stream that threw throws again, it never hands out rows that are none. F3: rows
// of a prediction that is a variable are those of the call of predict, whatever is trained between
// two rows.
#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace broken_stream_test {

InputFn ones_by(int64_t rows, int64_t batch) {
  return [rows, batch] {
    return Dataset::from_arrays({{"x", Array::zeros(kFloat32, {rows, 1})}}).batch(batch);
  };
}

EstimatorSpec unequal_rows(const Features& features) {
  const Tensor x = features["x"] + variable("b", zeros({1}));
  return {.predictions = {{"a", x}, {"b", reduce_sum(x, {0})}}};
}

TEST(BrokenStream, H2_UnequalRowsAreRefusedAgainAndAgain) {
  Estimator estimator(unequal_rows, {.config = in_memory()});
  PredictionStream stream = estimator.predict(ones_by(100'000, 100'000));
  PredictionStream copy = stream;
  for (int time = 0; time < 3; ++time) {
    expect_error([&] { (void)stream.next(); }, ErrorCode::kInvalidArgument,
                 "predictions[\"b\"] has 1 rows but others have 100000");
    expect_error([&] { (void)copy.next(); }, ErrorCode::kInvalidArgument,
                 "predictions[\"b\"] has 1 rows but others have 100000");
    expect_error([&] { (void)stream.begin(); }, "batch length of predictions should be the same");
  }
}

TEST(BrokenStream, H2_AScalarIsRefusedAgainAndAgain) {
  Estimator estimator(
      [](const Features& features) -> EstimatorSpec {
        return {.predictions = {{"s", reduce_sum(features["x"] + variable("b", zeros({1})))}}};
      },
      {.config = in_memory()});
  PredictionStream stream = estimator.predict(ones_by(4, 2));
  for (int time = 0; time < 3; ++time) {
    expect_error([&] { (void)stream.next(); }, "predictions[\"s\"] is a scalar");
  }
}

/// Throws at one moment of the stream's life, each time that it comes.
struct ThrowingAtPlan : Hook {
  ThrowingAtPlan(int stage, int64_t batch) : stage(stage), batch(batch) {}
  void check(int now) const {
    if (now == stage) throw std::runtime_error("the hook's reason");
  }
  void begin() override { check(0); }
  void after_create(RunContext&) override { check(1); }
  int64_t next_due(int64_t iteration) override {
    check(2);
    return iteration;
  }
  HookRequest before_run(RunContext& context) override {
    if (context.iteration() + 1 == batch) check(3);
    return {};
  }
  void after_run(RunContext& context, const std::vector<Array>&) override {
    if (context.iteration() == batch) check(4);
  }
  void end(RunContext&) override {
    ++ends;
    check(5);
  }
  int stage;
  int64_t batch;
  int ends = 0;
};

TEST(BrokenStream, H2_AfterAHookThrewTheStreamThrowsAnErrorOrIsAtItsEnd) {
  for (int stage = 0; stage <= 5; ++stage) {
    for (const bool by_rows : {false, true}) {
      Estimator estimator(line_model, {.config = in_memory()});
      const auto hook = std::make_shared<ThrowingAtPlan>(stage, 2);
      PredictionStream stream =
          estimator.predict(once(2), {.hooks = {hook}, .yield_single_examples = by_rows});
      int rows = 0;
      const auto walk = [&] {
        while (stream.next()) ++rows;
      };
      EXPECT_THROW(walk(), std::runtime_error) << stage;
      const int before = rows;
      EXPECT_EQ(before, stage < 3 ? 0 : (stage == 5 ? 2 : 1) * (by_rows ? 2 : 1)) << stage;
      for (int time = 0; time < 3; ++time) {
        expect_error(walk, "the hook's reason");
        EXPECT_EQ(rows, before) << stage;
      }
      EXPECT_EQ(hook->ends, stage == 5 ? 1 : 0) << stage;
    }
  }
}

TEST(BrokenStream, H2_AfterAnErrorOfTheInputTheStreamThrowsAgain) {
  for (const int64_t depth : {0, 3}) {
    int calls = 0;
    const InputFn input = [&calls, depth] {
      const Dataset rows = Dataset::from_arrays({{"x", line_x()}});
      const Dataset batches = rows.map_native(
                                      [&calls](const ArrayElement& row) {
                                        if (++calls == 3) throw std::runtime_error("the third row");
                                        return row;
                                      },
                                      rows.spec())
                                  .batch(1);
      return depth > 0 ? batches.prefetch(depth) : batches;
    };
    Estimator estimator(line_model, {.config = in_memory()});
    PredictionStream stream = estimator.predict(input);
    EXPECT_TRUE(stream.next());
    EXPECT_TRUE(stream.next());
    EXPECT_THROW((void)stream.next(), std::runtime_error);
    expect_error([&] { (void)stream.next(); }, "the third row");
    expect_error([&] { (void)stream.next(); }, "the third row");
  }
}

TEST(BrokenStream, H2_AfterAFaultOfTheDataTheStreamThrowsAgain) {
  Estimator estimator(
      [](const Features& features) -> EstimatorSpec {
        return {.predictions = check_numerics(1.0f / features["x"] + variable("b", zeros({1})),
                                              "divided by zero")};
      },
      {.config = in_memory()});
  PredictionStream stream = estimator.predict([] {
    return Dataset::from_arrays({{"x", Array::from<float>({1, 0, 2}, {3, 1})}}).batch(1);
  });
  EXPECT_TRUE(stream.next());
  for (int time = 0; time < 3; ++time)
    expect_error([&] { (void)stream.next(); }, "divided by zero");
}

/// The table itself, a view of it, and a row computed from it.
EstimatorSpec tables(const Features& features, const Tensor& labels, Mode mode) {
  const Tensor table = variable("table", zeros({4, 1}));
  const Tensor words = variable("wide", ones({2, 4}));
  const Tensor sum = features["x"] + table + slice(reshape(words, {8, 1}), {0, 0}, {4, 1});
  if (mode == Mode::kPredict) {
    return {.mode = mode,
            .predictions = {{"table", table},
                            {"view", reshape(words, {4, 2})},
                            {"same", identity(table)},
                            {"sum", sum}}};
  }
  const Tensor loss = losses::mean_squared_error(labels, sum);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = 0.1}).minimize(loss)};
}

TEST(BrokenStream, F3_RowsOfAVariableAreThoseOfTheCall) {
  Estimator estimator(tables, {.config = in_memory()});
  estimator.train(forever(), {.steps = 1});
  std::vector<std::map<std::string, Array>> want;
  for (const Prediction& row : estimator.predict(once())) want.push_back(row.values());
  ASSERT_EQ(want.size(), 4u);
  PredictionStream stream = estimator.predict(once());
  for (size_t row = 0; row < want.size(); ++row) {
    const auto got = stream.next();
    ASSERT_TRUE(got);
    for (const auto& [name, value] : want[row]) {
      EXPECT_TRUE((*got)[name].same_bits(value)) << name << ", row " << row;
    }
    estimator.train(forever(), {.steps = 2});
  }
  EXPECT_FALSE(stream.next());
}

TEST(BrokenStream, F3_RowsTakenSurviveARefusedAndABrokenTraining) {
  const SilentLog silent;
  Estimator estimator(tables, {.config = in_memory()});
  estimator.train(forever(), {.steps = 1});
  const Array table = estimator.variable_value("table");
  PredictionStream stream = estimator.predict(once(), {.predict_keys = {"table"}});
  EXPECT_EQ(stream.next()->single().item<float>(), table.at<float>(0));
  EXPECT_ANY_THROW(estimator.train(forever(), {.steps = 1, .hooks = {nullptr}}));
  EXPECT_EQ(stream.next()->single().item<float>(), table.at<float>(1));
  EXPECT_ANY_THROW(estimator.train(
      forever(), {.hooks = {after_each([](RunContext&) { throw std::runtime_error("x"); })}}));
  EXPECT_EQ(stream.next()->single().item<float>(), table.at<float>(2));
  estimator.evaluate(once());
  EXPECT_EQ(stream.next()->single().item<float>(), table.at<float>(3));
}

TEST(BrokenStream, RowsAreNotTakenInsideAHookOfTheirStream) {
  const SilentLog silent;
  Estimator estimator(tables, {.config = in_memory()});
  estimator.train(forever(), {.steps = 1});
  std::optional<PredictionStream> stream;
  const HookPtr hook = after_each([&](RunContext&) { stream->next(); });
  stream.emplace(estimator.predict(once(), {.hooks = {hook}}));
  expect_error([&] { stream->next(); }, ErrorCode::kFailedPrecondition,
               "[predict] next() was called inside a hook of the same stream");
}

}  // namespace broken_stream_test
}  // namespace reckon::estimator
