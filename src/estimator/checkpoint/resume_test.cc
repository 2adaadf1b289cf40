// SPDX-License-Identifier: Apache-2.0
// Exact resume: a training that was interrupted and goes on in a new Estimator writes the bytes of
// the unbroken one.
#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace resume_test {

/// Twelve rows of which every batch is another.
Array many_x() {
  std::vector<float> values;
  for (int i = 0; i < 12; ++i) values.push_back(static_cast<float>(i) / 4 - 1);
  return Array::from<float>(values, {12, 1});
}
Dataset rows() { return Dataset::from_arrays({{"x", many_x()}}, many_x()); }

/// Two layers with dropout and Adam: state in weights, slots, powers and random masks.
EstimatorSpec dropout_model(const Features& features, const Tensor& labels, Mode mode) {
  Tensor hidden =
      layers::dense(features["x"], {.units = 4, .activation = nn::relu, .name = "hidden"});
  hidden = layers::dropout(hidden, {.rate = 0.25, .training = mode == Mode::kTrain});
  const Tensor predicted = layers::dense(hidden, {.units = 1, .name = "out"});
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = predicted};
  const Tensor loss = losses::mean_squared_error(labels, predicted);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = 0.02}).minimize(loss)};
}

void expect_same_files(const std::string& got, const std::string& want, int64_t step,
                       const std::string& when) {
  for (const char* suffix : {".data-00000-of-00001", ".index", ".state"}) {
    const std::string name = "/model.ckpt-" + std::to_string(step) + suffix;
    const std::string wanted = read_bytes(want + name);
    ASSERT_FALSE(wanted.empty()) << when << name;
    EXPECT_EQ(read_bytes(got + name), wanted) << when << name;
  }
}

void train_to(const std::string& directory, const InputFn& input, int64_t max_steps,
              HookList hooks = {}) {
  Estimator estimator(dropout_model, {.model_dir = directory, .config = saving(5)});
  estimator.train(input, {.max_steps = max_steps, .hooks = std::move(hooks)});
}

TEST(Resume, AnInterruptedTrainingEndsWithTheFilesOfTheUnbrokenOne) {
  const std::pair<const char*, InputFn> inputs[] = {
      {"in order", [] { return rows().repeat().batch(5); }},
      {"shuffled by the run's seed",
       [] { return rows().shuffle({.buffer_size = 12}).repeat().batch(5); }},
      {"shuffled in a window",
       [] { return rows().shuffle({.buffer_size = 4, .seed = 9}).repeat().batch(5); }},
      {"prefetched",
       [] { return rows().shuffle({.buffer_size = 12}).repeat().batch(5).prefetch(3); }},
      {"epochs",
       [] { return rows().shuffle({.buffer_size = 12}).repeat(20).batch(5).prefetch(2); }}};
  LogCapture log;
  for (const auto& [name, input] : inputs) {
    const TemporaryDirectory unbroken;
    train_to(unbroken.path(), input, 22);
    for (const std::vector<int64_t>& deaths : {std::vector<int64_t>{3}, {5}, {13}, {7, 11, 21}}) {
      const TemporaryDirectory broken;
      for (int64_t death : deaths) {
        EXPECT_THROW(train_to(broken.path(), input, 22, {dying_at(death)}), std::runtime_error);
      }
      train_to(broken.path(), input, 22);
      expect_same_files(broken.path(), unbroken.path(), 22, name);
    }
  }
  EXPECT_GT(log.count("the interrupted training goes on at step 10, its input where it was"), 0);
}

TEST(Resume, OneEstimatorThatCatchesTheErrorGoesOnLikewise) {
  const InputFn input = [] { return rows().shuffle({.buffer_size = 12}).repeat().batch(5); };
  const TemporaryDirectory unbroken, broken;
  train_to(unbroken.path(), input, 22);
  LogCapture log;
  Estimator estimator(dropout_model, {.model_dir = broken.path(), .config = saving(5)});
  EXPECT_THROW(estimator.train(input, {.max_steps = 22, .hooks = {dying_at(13)}}),
               std::runtime_error);
  estimator.train(input, {.max_steps = 22});
  expect_same_files(broken.path(), unbroken.path(), 22, "");
}

TEST(Resume, EvaluationAndPredictionBetweenDisturbNothing) {
  const InputFn input = [] { return rows().shuffle({.buffer_size = 12}).repeat().batch(5); };
  const InputFn test = [] { return rows().batch(4); };
  const TemporaryDirectory unbroken, broken;
  train_to(unbroken.path(), input, 22);
  LogCapture log;
  EXPECT_THROW(train_to(broken.path(), input, 22, {dying_at(13)}), std::runtime_error);
  Estimator estimator(dropout_model, {.model_dir = broken.path(), .config = saving(5)});
  EXPECT_EQ(estimator.evaluate(test).global_step(), 10);
  for (const Prediction& row : estimator.predict(test)) (void)row;
  estimator.evaluate(test);
  estimator.train(input, {.max_steps = 22});
  estimator.evaluate(test);
  expect_same_files(broken.path(), unbroken.path(), 22, "");
}

TEST(Resume, SettledOne_InterruptedStepsRunThatManyMoreWithTheInputWhereItWas) {
  const InputFn input = [] { return rows().repeat().batch(5); };
  const TemporaryDirectory unbroken, broken;
  train_to(unbroken.path(), input, 30);
  LogCapture log;
  {
    Estimator estimator(dropout_model, {.model_dir = broken.path(), .config = saving(5)});
    EXPECT_THROW(estimator.train(input, {.steps = 20, .hooks = {dying_at(13)}}),
                 std::runtime_error);
  }
  Estimator estimator(dropout_model, {.model_dir = broken.path(), .config = saving(5)});
  estimator.train(input, {.steps = 20});
  EXPECT_EQ(step_of(estimator), 30);
  for (const char* suffix : {".data-00000-of-00001", ".index"}) {
    const std::string name = std::string("/model.ckpt-30") + suffix;
    EXPECT_EQ(read_bytes(broken.path() + name), read_bytes(unbroken.path() + name)) << name;
  }
}

/// Losses of the first steps of a call.
std::vector<float> losses_of(Estimator& estimator, const InputFn& input, int64_t steps) {
  std::vector<float> losses;
  const auto record =
      hooks::logging({"loss"}, {.every_n_iter = 1, .formatter = [&](const auto& values) {
                                  losses.push_back(values[0].second.template at<float>(0));
                                  return std::string();
                                }});
  estimator.train(input, {.steps = steps, .hooks = {record}});
  return losses;
}

TEST(Resume, ACompletedCallIsFollowedByAFreshIterator) {
  const TemporaryDirectory directory;
  const InputFn input = [] { return rows().repeat().batch(1); };
  LogCapture log;
  const auto first = [&] {
    Estimator estimator(row_teller, {.model_dir = directory.path(), .config = saving(2)});
    return losses_of(estimator, input, 3);
  }();
  Estimator next(row_teller, {.model_dir = directory.path(), .config = saving(2)});
  EXPECT_EQ(losses_of(next, input, 3), first);
  EXPECT_EQ(losses_of(next, input, 3), first);
  EXPECT_EQ(log.count("the interrupted training goes on"), 0);
}

TEST(Resume, ASaveAtTheTargetByTheTimerIsACompletedCalls) {
  const TemporaryDirectory directory;
  const InputFn input = [] { return rows().repeat().batch(1); };
  LogCapture log;
  // Dies in end(), after the timer has saved the target's step.
  struct DyingAtEnd : Hook {
    int64_t next_due(int64_t) override { return kNever; }
    void end(RunContext&) override { throw std::runtime_error("killed"); }
  };
  Estimator estimator(row_teller, {.model_dir = directory.path(), .config = saving(2)});
  EXPECT_THROW(estimator.train(input, {.max_steps = 4, .hooks = {std::make_shared<DyingAtEnd>()}}),
               std::runtime_error);
  EXPECT_EQ(losses_of(estimator, input, 1), std::vector<float>{-1.0f}) << "from the first row";
  EXPECT_EQ(step_of(estimator), 5);
}

TEST(Resume, AnotherInputWarnsAndStartsAfresh) {
  const TemporaryDirectory directory;
  LogCapture log;
  const InputFn input = [] { return rows().repeat().batch(1); };
  const InputFn other = [] { return rows().skip(2).repeat().batch(1); };
  {
    Estimator estimator(row_teller, {.model_dir = directory.path(), .config = saving(2)});
    EXPECT_THROW(estimator.train(input, {.max_steps = 9, .hooks = {dying_at(5)}}),
                 std::runtime_error);
  }
  Estimator estimator(row_teller, {.model_dir = directory.path(), .config = saving(2)});
  EXPECT_EQ(losses_of(estimator, other, 1), std::vector<float>{-0.5f});
  EXPECT_EQ(log.count("the interrupted training read another input: this call reads its input from "
                      "the beginning",
                      LogLevel::kWarning),
            1);
}

TEST(Resume, PrefetchIsNoPartOfTheInputsIdentity) {
  const TemporaryDirectory unbroken, broken;
  const auto input = [](int64_t depth) -> InputFn {
    return [depth] {
      const Dataset batches = rows().shuffle({.buffer_size = 12}).repeat().batch(5);
      return depth > 0 ? batches.prefetch(depth) : batches;
    };
  };
  train_to(unbroken.path(), input(0), 12);
  LogCapture log;
  EXPECT_THROW(train_to(broken.path(), input(4), 12, {dying_at(8)}), std::runtime_error);
  train_to(broken.path(), input(1), 12);
  expect_same_files(broken.path(), unbroken.path(), 12, "");
}

TEST(Resume, ADrawnSeedGoesOnWithTheCheckpoint) {
  const TemporaryDirectory directory;
  RunConfig config = saving(5);
  config.random_seed = {};
  const InputFn input = [] { return rows().shuffle({.buffer_size = 12}).repeat().batch(5); };
  LogCapture log;
  {
    Estimator estimator(dropout_model, {.model_dir = directory.path(), .config = config});
    estimator.train(input, {.steps = 1});
  }
  const auto state = [&](int64_t step) {
    return CheckpointStore(directory.path(), {})
        .load("model.ckpt-" + std::to_string(step))
        .content.state;
  };
  Estimator(dropout_model, {.model_dir = directory.path(), .config = config})
      .train(input, {.steps = 1});
  EXPECT_EQ(log.count("random_seed was drawn"), 1) << log.text();
  EXPECT_EQ(state(1).at("random_seed"), state(2).at("random_seed"));
}

TEST(Resume, AHooksStateComesBackWithTheCall) {
  struct Counting : Hook {
    int64_t count = 0;
    void begin() override { count = 0; }
    void after_run(RunContext&, const std::vector<Array>&) override { ++count; }
    std::string name() const override { return "counting"; }
    std::string state() const override { return std::to_string(count); }
    void restore(const std::string& text) override { count = std::stoll(text); }
  };
  const TemporaryDirectory directory;
  const InputFn input = [] { return rows().repeat().batch(5); };
  LogCapture log;
  EXPECT_THROW(train_to(directory.path(), input, 12, {std::make_shared<Counting>(), dying_at(8)}),
               std::runtime_error);
  const auto hook = std::make_shared<Counting>();
  train_to(directory.path(), input, 12, {hook});
  EXPECT_EQ(hook->count, 12) << "each step was counted once, that of the checkpoint too";
}

}  // namespace resume_test
}  // namespace reckon::estimator
