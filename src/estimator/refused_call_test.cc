// SPDX-License-Identifier: Apache-2.0
// H7: a train call that fails before its first step changes nothing: weights, timers, an
// interrupted call's state and the trainer's lock are what they were, and a retried call goes on as
// the first would have.
#include "estimator/checkpoint/fixture_testing.h"
#include "estimator/files/written_events_testing.h"

namespace reckon::estimator {
namespace refused_call_test {

/// What the model or the input shall do wrong next; nothing by itself.
struct Mischief {
  bool in_model = false, without_train_op = false;
};

/// Adam and dropout: the bits of a step depend on every slot, on the step and on the row order.
ModelFunction model_with(const std::shared_ptr<Mischief>& mischief) {
  return make_model_function([mischief](const Features& features, const Tensor& labels, Mode mode) {
    const Tensor hidden =
        layers::dropout(layers::dense(features["x"], {.units = 3, .name = "hidden"}),
                        {.rate = 0.25, .training = mode == Mode::kTrain});
    if (mischief->in_model) {
      (void)variable("of_a_failed_trace", zeros({7}));
      throw std::runtime_error("model_fn");
    }
    if (mischief->without_train_op) {
      const Tensor other = variable("of_a_refused_trace", zeros({7}));
      return EstimatorSpec{.mode = mode, .loss = reduce_sum(other)};
    }
    const Tensor predicted = layers::dense(hidden, {.units = 1, .name = "out"});
    const Tensor loss = losses::mean_squared_error(labels, predicted);
    return EstimatorSpec{.mode = mode,
                         .loss = loss,
                         .train_op = optimizers::adam({.learning_rate = 0.02}).minimize(loss)};
  });
}

Dataset line_rows() { return Dataset::from_arrays({{"x", line_x()}}, line_y()); }
InputFn shuffled() {
  return [] { return line_rows().shuffle({.buffer_size = 4}).repeat().batch(3); };
}

enum class Stage { kBegin, kAfterCreate, kNextDue, kBeforeRun, kRestore };
struct Throwing : Hook {
  explicit Throwing(Stage stage) : stage(stage) {}
  void check(Stage now) const {
    if (now == stage) throw std::runtime_error("hook");
  }
  void begin() override { check(Stage::kBegin); }
  void after_create(RunContext&) override { check(Stage::kAfterCreate); }
  int64_t next_due(int64_t iteration) override {
    check(Stage::kNextDue);
    return iteration;
  }
  HookRequest before_run(RunContext&) override {
    check(Stage::kBeforeRun);
    return {};
  }
  Stage stage;
};
HookPtr throwing(Stage stage) { return std::make_shared<Throwing>(stage); }

struct ThrowingListener : SavingListener {
  explicit ThrowingListener(int stage) : stage(stage) {}
  void check(int now) const {
    if (now == stage) throw std::runtime_error("listener");
  }
  void begin() override { check(0); }
  void before_save(int64_t) override { check(1); }
  bool after_save(int64_t) override {
    check(2);
    return false;
  }
  int stage;
};

struct Refusal {
  const char* name;
  std::function<void(Estimator&, Mischief&)> call;
};

InputFn bad_rows() {
  return [] {
    return line_rows()
        .map_native([](const ArrayElement&) -> ArrayElement { throw std::runtime_error("row"); },
                    line_rows().spec())
        .batch(3);
  };
}
/// Which the model does not know.
InputFn other_features() {
  return [] { return Dataset::from_arrays({{"y", line_x()}}, line_y()).batch(2); };
}

/// Traces anew while `flag` is set.
void train_teaching(Estimator& estimator, bool& flag) {
  flag = true;
  estimator.rebuild();
  EXPECT_ANY_THROW(estimator.train(shuffled(), {.steps = 1}));
  flag = false;
  estimator.rebuild();
  throw std::runtime_error("refused");
}

std::vector<Refusal> refusals() {
  std::vector<Refusal> all = {
      {"two limits",
       [](Estimator& e, Mischief&) { e.train(shuffled(), {.steps = 1, .max_steps = 9}); }},
      {"no steps", [](Estimator& e, Mischief&) { e.train(shuffled(), {.steps = 0}); }},
      {"a null hook",
       [](Estimator& e, Mischief&) { e.train(shuffled(), {.steps = 1, .hooks = {nullptr}}); }},
      {"no input_fn", [](Estimator& e, Mischief&) { e.train(InputFn(), {.steps = 1}); }},
      {"input_fn throws",
       [](Estimator& e, Mischief&) {
         e.train([]() -> Dataset { throw std::runtime_error("input_fn"); }, {.steps = 1});
       }},
      {"model_fn throws",
       [](Estimator& e, Mischief& mischief) { train_teaching(e, mischief.in_model); }},
      {"no train_op",
       [](Estimator& e, Mischief& mischief) { train_teaching(e, mischief.without_train_op); }},
      {"other features", [](Estimator& e, Mischief&) { e.train(other_features(), {.steps = 1}); }},
      {"a bad first row", [](Estimator& e, Mischief&) { e.train(bad_rows(), {.steps = 1}); }},
      {"a value that is not there", [](Estimator& e, Mischief&) {
         e.train(shuffled(), {.steps = 1, .hooks = {hooks::logging({"no such value"})}});
       }}};
  for (const auto& [name, stage] :
       {std::pair{"begin", Stage::kBegin}, std::pair{"after_create", Stage::kAfterCreate},
        std::pair{"next_due", Stage::kNextDue}, std::pair{"before_run", Stage::kBeforeRun}}) {
    all.push_back({name, [stage = stage](Estimator& e, Mischief&) {
                     e.train(shuffled(), {.steps = 1, .hooks = {throwing(stage)}});
                   }});
  }
  return all;
}

/// Without a save at the start only begin() comes before the first step.
std::vector<Refusal> refusals_by_listeners(bool saves_at_start = true) {
  std::vector<Refusal> all;
  for (int stage = 0; stage < (saves_at_start ? 3 : 1); ++stage) {
    all.push_back(
        {"a listener", [stage](Estimator& e, Mischief&) {
           e.train(shuffled(),
                   {.steps = 1, .saving_listeners = {std::make_shared<ThrowingListener>(stage)}});
         }});
  }
  return all;
}

void expect_same(const std::map<std::string, Array>& got, const std::map<std::string, Array>& want,
                 const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (const auto& [name, value] : want) {
    ASSERT_EQ(got.count(name), 1u) << what << ": " << name;
    EXPECT_TRUE(got.at(name).same_bits(value)) << what << ": " << name;
  }
}

/// Files of checkpoints, by name.
std::map<std::string, std::string> checkpoint_bytes_in(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const std::string& name : files_in(directory)) {
    if (name.find("ckpt") != std::string::npos) files[name] = read_bytes(directory + "/" + name);
  }
  return files;
}

RunConfig with_summaries(RunConfig config) {
  config.save_summary_steps = 3;
  return config;
}
std::vector<std::pair<const char*, RunConfig>> configurations() {
  RunConfig unsaved = saving(4);
  unsaved.save_checkpoints = false;
  RunConfig in_between = saving(4);
  in_between.save_on_return = false;
  RunConfig counted = saving(4);
  counted.save_on_return = false;
  counted.log_step_count_steps = 2;
  return {{"no checkpoints", with_summaries(unsaved)},
          {"none on return", with_summaries(in_between)},
          {"counted", counted},
          {"all", with_summaries(saving(4))}};
}

/// Trains 2 steps, is refused as often as `refusal` says, trains 5 more.
void run_calls(const std::string& directory, const RunConfig& config, const Refusal* refusal,
               std::map<std::string, Array>* values) {
  const auto mischief = std::make_shared<Mischief>();
  Estimator estimator(model_with(mischief), {.model_dir = directory, .config = config});
  estimator.train(shuffled(), {.steps = 2});
  if (refusal != nullptr) {
    const auto before = values_of(estimator);
    for (int time = 0; time < 2; ++time) {
      EXPECT_ANY_THROW(refusal->call(estimator, *mischief)) << refusal->name;
      expect_same(values_of(estimator), before, refusal->name);
      EXPECT_EQ(estimator.evaluate(once()).global_step(), 2) << refusal->name;
      expect_same(values_of(estimator), before, refusal->name);
    }
  }
  estimator.train(shuffled(), {.steps = 5});
  *values = values_of(estimator);
}

void expect_no_trace_of(const Refusal& refusal, const char* configuration,
                        const RunConfig& config) {
  const std::string what = std::string(refusal.name) + ", " + configuration;
  const TemporaryDirectory unbroken, broken;
  std::map<std::string, Array> want, got;
  run_calls(unbroken.path(), config, nullptr, &want);
  run_calls(broken.path(), config, &refusal, &got);
  expect_same(got, want, what);
  EXPECT_EQ(checkpoint_bytes_in(broken.path()), checkpoint_bytes_in(unbroken.path())) << what;
  EXPECT_EQ(summary_steps(broken.path()), summary_steps(unbroken.path())) << what;
}

TEST(RefusedCall, H7_ATrainCallThatFailsBeforeItsFirstStepChangesNothing) {
  const SilentLog silent;
  for (const auto& [name, config] : configurations()) {
    for (const Refusal& refusal : refusals()) expect_no_trace_of(refusal, name, config);
    if (!config.save_checkpoints) continue;
    for (const Refusal& refusal : refusals_by_listeners(config.save_on_return))
      expect_no_trace_of(refusal, name, config);
  }
}

/// To step 11 with a death at 7; `refusal` comes before the call that resumes.
void interrupted_run(const std::string& directory, const Refusal* refusal, bool in_new_process) {
  const auto mischief = std::make_shared<Mischief>();
  auto estimator = std::make_unique<Estimator>(
      model_with(mischief), EstimatorOptions{.model_dir = directory, .config = saving(3)});
  EXPECT_THROW(estimator->train(shuffled(), {.max_steps = 11, .hooks = {dying_at(7)}}),
               std::runtime_error);
  if (in_new_process) {
    estimator.reset();
    estimator = std::make_unique<Estimator>(
        model_with(mischief), EstimatorOptions{.model_dir = directory, .config = saving(3)});
  }
  if (refusal != nullptr) {
    EXPECT_ANY_THROW(refusal->call(*estimator, *mischief)) << refusal->name;
    EXPECT_ANY_THROW(refusal->call(*estimator, *mischief)) << refusal->name;
  }
  estimator->train(shuffled(), {.max_steps = 11});
}

TEST(RefusedCall, H7_AnInterruptedTrainingResumesWhereItWasAfterARefusedCall) {
  const SilentLog silent;
  const TemporaryDirectory unbroken;
  interrupted_run(unbroken.path(), nullptr, false);
  const auto want = checkpoint_bytes_in(unbroken.path());
  ASSERT_FALSE(want.empty());
  std::vector<Refusal> all = refusals();
  for (Refusal& refusal : refusals_by_listeners()) all.push_back(std::move(refusal));
  for (const bool in_new_process : {false, true}) {
    for (const Refusal& refusal : all) {
      const TemporaryDirectory broken;
      interrupted_run(broken.path(), &refusal, in_new_process);
      EXPECT_EQ(checkpoint_bytes_in(broken.path()), want) << refusal.name;
    }
  }
}

TEST(RefusedCall, H7_AHooksRefusedStateIsOfferedAgain) {
  struct Picky : Hook {
    bool refuses = false;
    std::string got;
    std::string name() const override { return "picky"; }
    std::string state() const override { return "\"kept\""; }
    void restore(const std::string& state) override {
      if (refuses) throw std::runtime_error("picky");
      got = state;
    }
  };
  const SilentLog silent;
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(2)});
  EXPECT_THROW(estimator.train(forever(),
                               {.max_steps = 9, .hooks = {std::make_shared<Picky>(), dying_at(5)}}),
               std::runtime_error);
  const auto picky = std::make_shared<Picky>();
  picky->refuses = true;
  EXPECT_THROW(estimator.train(forever(), {.max_steps = 9, .hooks = {picky}}), std::runtime_error);
  EXPECT_EQ(picky->got, "");
  picky->refuses = false;
  estimator.train(forever(), {.max_steps = 9, .hooks = {picky}});
  EXPECT_EQ(picky->got, "\"kept\"");
}

TEST(RefusedCall, H7_AFaultOfTheDataInTheFirstStepLeavesTheWeights) {
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor logits = features["x"] * variable("w", ones({1, 2}));
    const Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
    return {.loss = loss, .train_op = optimizers::momentum({.learning_rate = 0.5}).minimize(loss)};
  };
  const auto input = [](int64_t label) -> InputFn {
    return [label] {
      return Dataset::from_arrays({{"x", Array::from<float>({1}, {1, 1})}},
                                  Array::from<int64_t>({label}, {1}))
          .repeat()
          .batch(1);
    };
  };
  const SilentLog silent;
  Estimator estimator(model, {.config = in_memory()});
  estimator.train(input(0), {.steps = 2});
  const auto before = values_of(estimator);
  EXPECT_THROW(estimator.train(input(2), {.steps = 1}), Error);
  expect_same(values_of(estimator), before, "label 2 of 2 classes");
  EXPECT_EQ(estimator.evaluate([&] { return input(1)().take(1); }).global_step(), 2);
}

TEST(RefusedCall, H7_ARefusedCallDoesNotKeepOthersFromTraining) {
  RunConfig config = saving();
  config.save_on_return = false;
  const SilentLog silent;
  const TemporaryDirectory directory;
  Estimator refused(line_model, {.model_dir = directory.path(), .config = config});
  EXPECT_ANY_THROW(refused.train(forever(), {.steps = 1, .hooks = {nullptr}}));
  Estimator other(line_model, {.model_dir = directory.path(), .config = saving()});
  other.train(forever(), {.steps = 1});
  EXPECT_EQ(step_of(other), 1);
}

TEST(RefusedCall, H7_ATrainerThatMustWaitKeepsItsWeights) {
  RunConfig config = saving();
  config.save_on_return = false;
  const SilentLog silent;
  const TemporaryDirectory directory;
  Estimator waiting(line_model, {.model_dir = directory.path(), .config = saving()});
  waiting.train(forever(), {.steps = 3});
  const auto before = values_of(waiting);
  {
    Estimator holder(line_model, {.model_dir = directory.path(), .config = config});
    holder.train(forever(), {.steps = 1});
    expect_error([&] { waiting.train(forever(), {.steps = 1}); }, ErrorCode::kUnavailable,
                 "is held by process");
    expect_same(values_of(waiting), before, "held");
  }
  waiting.train(forever(), {.steps = 1});
  EXPECT_EQ(step_of(waiting), 4);
}

TEST(RefusedCall, H7_ACheckpointOfOtherVariablesIsRefusedEachTimeNotOnce) {
  const SilentLog silent;
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  estimator.train(forever(), {.steps = 1});
  {
    CheckpointStore store(directory.path(), {});
    store.lock_for_training();
    save_now(store, content_of(7));
  }
  for (int time = 0; time < 3; ++time) {
    expect_error([&] { estimator.train(forever(), {.steps = 1}); }, ErrorCode::kInvalidArgument,
                 "Restoring from checkpoint failed");
    expect_error([&] { (void)estimator.evaluate(once()); }, "Restoring from checkpoint failed");
  }
}

// Found by the fuzzer: the lock stayed with the engine, which an open stream keeps.
TEST(RefusedCall, AnOpenStreamDoesNotKeepTheTrainersLock) {
  const TemporaryDirectory directory;
  RunConfig config = saving(2);
  config.save_on_return = false;
  const EstimatorOptions options = {.model_dir = directory.path(), .config = config};
  auto first = std::make_unique<Estimator>(line_model, options);
  first->train(forever(), {.steps = 3});
  PredictionStream stream = first->predict(features_only());
  first.reset();
  Estimator second(line_model, options);
  second.train(forever(), {.steps = 1});
  EXPECT_EQ(step_of(second), 3) << "from the checkpoint of step 2";
  EXPECT_TRUE(stream.next().has_value());
}

}  // namespace refused_call_test
}  // namespace reckon::estimator
