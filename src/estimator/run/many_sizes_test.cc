// SPDX-License-Identifier: Apache-2.0
// H11: batches of ever new sizes cost a program each, which is freed once 64 other sizes were used
// since; results stay right, and a size that was seen lately compiles nothing.
#include "base/bytes_in_use_testing.h"
#include "estimator/run/batch_runner.h"
#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace many_sizes_test {

/// One batch of `rows` rows x = 1, y = `rows`.
ArrayElement batch_of(int64_t rows) {
  const std::vector<float> ones(static_cast<size_t>(rows), 1.0f);
  const std::vector<float> labels(static_cast<size_t>(rows), static_cast<float>(rows));
  return {.features = {Array::from(ones, {rows, 1})}, .labels = {Array::from(labels, {rows, 1})}};
}

/// Batches of these sizes, in this order.
InputFn batches(std::vector<int64_t> sizes) {
  return [sizes = std::move(sizes)] {
    return Dataset::range(static_cast<int64_t>(sizes.size()))
        .map_native(
            [sizes](const ArrayElement& number) {
              return batch_of(sizes[static_cast<size_t>(number.features[0].item<int64_t>())]);
            },
            {.features = {{"x", kFloat32, {kUnknown, 1}}},
             .labels = {{"", kFloat32, {kUnknown, 1}}}});
  };
}

std::vector<int64_t> sizes_between(int64_t first, int64_t last) {
  std::vector<int64_t> sizes;
  for (int64_t size = first; size <= last; ++size) sizes.push_back(size);
  return sizes;
}

/// The loss of weight and bias 0 on a batch of that size.
float initial_loss(int64_t size) { return static_cast<float>(size * size); }

int programs_of(const Estimator& estimator) { return estimator.stats().programs_compiled; }

TEST(ManySizes, ARunnerKeepsAsManyExecutionsAndProgramsAsItMay) {
  Programs programs;
  const auto module = std::make_shared<graph::Module>();
  const ModelFunction model = make_model_function(line_model);
  const Params params;
  const RunConfig config;
  ModelTracer tracer(model, params, config, module);
  const auto traced = tracer.get(Mode::kEvaluate, batches({1})().spec());
  {
    BatchRunner runner(programs, *traced, Mode::kEvaluate);
    for (int64_t rows = 1; rows <= 200; ++rows) {
      runner.ask({traced->spec.loss.id()}, {});
      runner.prepare(batch_of(rows));
      runner.ask({traced->spec.loss.id(), {0, 0}}, {}, true);
      runner.prepare(batch_of(rows));
      ASSERT_LE(runner.prepared_count(), 64u);
    }
    EXPECT_EQ(programs.of(Mode::kEvaluate, false).size(), 64u);
    EXPECT_EQ(programs.variants.size(), 64u);
    EXPECT_EQ(programs.steps_compiled(), 200);
    EXPECT_EQ(programs.variants.compiled(), 200);
  }
  EXPECT_LE(programs.executions.idle_count(), 64u);
}

TEST(ManySizes, EvaluationsOfSizesSeenLatelyCompileNothing) {
  const SilentLog silent;
  Estimator estimator(line_model, {.config = in_memory()});
  for (int64_t size = 100; size < 300; ++size) {
    ASSERT_EQ(estimator.evaluate(batches({size})).get<float>("loss"), initial_loss(size));
  }
  EXPECT_EQ(programs_of(estimator), 200);
  for (int64_t size = 236; size < 300; ++size) {
    ASSERT_EQ(estimator.evaluate(batches({size})).get<float>("loss"), initial_loss(size));
  }
  EXPECT_EQ(programs_of(estimator), 200);
  EXPECT_EQ(estimator.evaluate(batches({100})).get<float>("loss"), initial_loss(100));
  EXPECT_EQ(programs_of(estimator), 201) << "a size that went is compiled anew";
}

TEST(ManySizes, TurnsOfAllCallsOverSixtyFourSizesCompileOnce) {
  const SilentLog silent;
  Estimator estimator(line_model, {.config = in_memory()});
  for (int turn = 0; turn < 3; ++turn) {
    for (int64_t size = 1; size <= 64; ++size) {
      estimator.train(batches({size}), {.steps = 1});
      estimator.evaluate(batches({size}));
      PredictionStream stream = estimator.predict(batches({size}));
      ASSERT_TRUE(stream.next().has_value());
    }
    EXPECT_EQ(programs_of(estimator), 3 * 64);
  }
  EXPECT_EQ(estimator.stats().model_fn_calls(), 3);
}

TEST(ManySizes, ASizeThatOneCallUsesAllTheTimeIsKnownToTheNext) {
  const SilentLog silent;
  std::vector<int64_t> sizes;
  for (int64_t size = 1; size <= 100; ++size) {
    sizes.push_back(1000);
    sizes.push_back(size);
  }
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.evaluate(batches(sizes));
  EXPECT_EQ(programs_of(estimator), 101);
  estimator.evaluate(batches({1000}));
  EXPECT_EQ(programs_of(estimator), 101);
}

TEST(ManySizes, OneCallOverManySizesGivesTheWeightsOfOneCallForEach) {
  const SilentLog silent;
  const std::vector<int64_t> sizes = sizes_between(1, 150);
  Estimator one_call(line_model, {.config = in_memory()}),
      calls(line_model, {.config = in_memory()});
  for (int turn = 0; turn < 2; ++turn) {
    one_call.train(batches(sizes));
    for (int64_t size : sizes) calls.train(batches({size}));
  }
  for (const char* name : {"weight", "bias"})
    EXPECT_TRUE(one_call.variable_value(name).same_bits(calls.variable_value(name))) << name;
}

TEST(ManySizes, AnOpenStreamKeepsItsProgram) {
  const SilentLog silent;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(batches({1}));
  PredictionStream open = estimator.predict(batches({700, 3}));
  const float first = (*open.next())["predictions"].item<float>();
  for (int64_t size = 1; size <= 200; ++size) {
    PredictionStream other = estimator.predict(batches({size}));
    ASSERT_EQ((*other.next())["predictions"].item<float>(), first);
  }
  int rows = 1;
  while (const std::optional<Prediction> row = open.next()) {
    ASSERT_EQ((*row)["predictions"].item<float>(), first);
    ++rows;
  }
  EXPECT_EQ(rows, 703);
}

/// Three layers with batch normalization and Adam: programs whose memory shows.
EstimatorSpec deep_model(const Features& features, const Tensor& labels, Mode mode) {
  Tensor net = features["x"];
  for (int i = 0; i < 3; ++i) {
    net = layers::dense(net, {.units = 8, .activation = nn::relu});
    net = layers::batch_normalization(net, {.training = mode == Mode::kTrain});
  }
  const Tensor prediction = layers::dense(net, {.units = 1});
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"y", prediction}}};
  const Tensor loss = losses::mean_squared_error(labels, prediction);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = 1e-3}).minimize(loss)};
}

constexpr int kSizes = 240;

/// Growth of the resident memory over calls with kSizes sizes, after the first 80 of them.
template <class Call>
int64_t growth_over_sizes(const Call& call) {
  for (int64_t size = 1; size <= 80; ++size) call(size);
  const int64_t before = base::bytes_in_use();
  for (int64_t size = 81; size <= kSizes; ++size) call(size);
  return base::bytes_in_use() - before;
}

TEST(ManySizes, MemoryDoesNotGrowWithTheNumberOfSizes) {
  const SilentLog silent;
  Estimator estimator(deep_model, {.config = in_memory()});
  const int64_t growth = growth_over_sizes([&](int64_t size) {
    estimator.train(batches({size}));
    estimator.evaluate(batches({size}));
    PredictionStream stream = estimator.predict(batches({size}));
    ASSERT_TRUE(stream.next().has_value());
  });
  EXPECT_EQ(programs_of(estimator), 3 * kSizes);
  EXPECT_LT(growth, 16 << 20);
}

TEST(ManySizes, HooksThatFetchDoNotGrowWithTheNumberOfSizes) {
  const SilentLog silent;
  Estimator estimator(deep_model, {.config = in_memory()});
  const auto kernel = hooks::logging({"dense/kernel"}, {.every_n_iter = 1});
  const int64_t growth = growth_over_sizes(
      [&](int64_t size) { estimator.train(batches({size}), {.hooks = {kernel}}); });
  EXPECT_EQ(estimator.stats().variant_programs, kSizes);
  EXPECT_LT(growth, 16 << 20);
}

}  // namespace many_sizes_test
}  // namespace reckon::estimator
