// SPDX-License-Identifier: Apache-2.0
// H9: the names under which checkpoints keep what hooks remember, and what they may remember.
#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace hook_names_test {

class NamedHook : public Hook {
 public:
  explicit NamedHook(std::string name, std::string state = "1")
      : name_(std::move(name)), state_(std::move(state)) {}
  void begin() override { ++begun; }
  void after_run(RunContext&, const std::vector<Array>&) override { ++steps; }
  std::string name() const override { return name_; }
  std::string state() const override { return state_; }
  void restore(const std::string& state) override { restored = state; }
  void set_state(std::string state) { state_ = std::move(state); }

  int begun = 0, steps = 0;
  std::string restored;

 private:
  std::string name_, state_;
};

std::shared_ptr<NamedHook> named(const std::string& name, const std::string& state = "1") {
  return std::make_shared<NamedHook>(name, state);
}

/// The line with these hooks in its spec.
auto with_training_hooks(const HookList& hooks) {
  return [hooks](const Features& features, const Tensor& labels, Mode mode) {
    EstimatorSpec spec = line_model(features, labels, mode);
    spec.training_hooks = spec.evaluation_hooks = spec.prediction_hooks = hooks;
    return spec;
  };
}

constexpr const char* kTwice =
    "[hooks] two hooks of this call have the name() \"early_stopping\", under which a checkpoint "
    "keeps one state; give each a name of its own, or none to what keeps no state";

TEST(HookNames, H9_TwoHooksOfOneNameAreRefusedBeforeTheFirstStep) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  const auto first = named("early_stopping"), second = named("early_stopping", "2");
  const SilentLog silent;
  expect_error(
      [&] {
        estimator.train(forever(), {.steps = 2, .hooks = {first, second}});
      },
      ErrorCode::kInvalidArgument, kTwice);
  EXPECT_EQ(first->begun + second->begun + first->steps + second->steps, 0);
  expect_error([&] { estimator.train(forever(), {.steps = 2, .hooks = {first, first}}); }, kTwice);
  EXPECT_EQ(estimator.latest_checkpoint(), "") << "no step was made";
  estimator.train(forever(),
                  {.steps = 2, .hooks = {first, named("another"), named(""), named("")}});
  EXPECT_EQ(first->steps, 2);
}

TEST(HookNames, H9_OneOfTheCallAndOneOfTheSpecAreTwoToo) {
  const auto model = with_training_hooks({named("early_stopping")});
  Estimator estimator(model, {.config = in_memory()});
  const HookPtr another = named("early_stopping");
  const SilentLog silent;
  expect_error([&] { estimator.train(forever(), {.steps = 2, .hooks = {another}}); }, kTwice);
  expect_error([&] { estimator.evaluate(once(), {.hooks = {another}}); }, kTwice);
  expect_error([&] { estimator.predict(features_only(), {.hooks = {another}}).next(); }, kTwice);
}

TEST(HookNames, H9_EachOfTwoNamesGetsItsOwnStateBack) {
  const TemporaryDirectory directory;
  const auto make = [&] {
    return Estimator(line_model, {.model_dir = directory.path(), .config = saving(1)});
  };
  {
    const SilentLog silent;
    Estimator estimator = make();
    EXPECT_THROW(
        estimator.train(forever(), {.steps = 9,
                                    .hooks = {named("a", "1"), named("b", "gr\xC3\xB6\xC3\x9F er"),
                                              after_each([](RunContext& context) {
                                                if (context.global_step() == 3)
                                                  throw std::runtime_error("stop");
                                              })}}),
        std::runtime_error);
  }
  const auto a = named("a"), b = named("b");
  Estimator estimator = make();
  estimator.train(forever(), {.steps = 2, .hooks = {b, a}});
  EXPECT_EQ(a->restored, "1");
  EXPECT_EQ(b->restored, "gr\xC3\xB6\xC3\x9F er");
}

TEST(HookNames, H9_ANameThatIsNoUtf8IsRefusedBeforeTheFirstStep) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  const auto hook = named("caf\xE9");
  const SilentLog silent;
  expect_error([&] { estimator.train(forever(), {.steps = 2, .hooks = {hook}}); },
               ErrorCode::kInvalidArgument,
               "[hooks] a hook's name() \"caf\\xE9\" is not UTF-8, which files and logs keep texts "
               "in; convert it, or use letters of ASCII");
  EXPECT_EQ(hook->steps, 0);
}

TEST(HookNames, H9_AStateThatIsNoUtf8IsAnErrorOfOurs) {
  for (const bool save_on_return : {true, false}) {
    const TemporaryDirectory directory;
    RunConfig config = saving();
    config.save_on_return = save_on_return;
    Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
    const auto hook = named("memory", "\xE9");
    const SilentLog silent;
    expect_error([&] { estimator.train(forever(), {.steps = 2, .hooks = {hook}}); },
                 ErrorCode::kInvalidArgument,
                 "[hooks] the state() of hook memory, \"\\xE9\" is not UTF-8");
    EXPECT_EQ(hook->steps, 0) << "before the first step";
  }
}

TEST(HookNames, H9_AStateThatIsNoUtf8LaterIsRefusedWhenItIsTaken) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving(3)});
  const auto hook = named("memory");
  const SilentLog silent;
  const auto spoil = after_each([&](RunContext&) { hook->set_state("\xFF\xFE"); });
  expect_error(
      [&] {
        estimator.train(forever(), {.steps = 9, .hooks = {hook, spoil}});
      },
      ErrorCode::kInvalidArgument, "the state() of hook memory, \"\\xFF\\xFE\" is not");
}

TEST(HookNames, H9_WithoutCheckpointsAStateIsNotAskedFor) {
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 2, .hooks = {named("memory", "\xE9")}});
  EXPECT_EQ(step_of(estimator), 2);
}

/// Another version's, or somebody's hand: whole, with values of other kinds.
TEST(HookNames, H9_AStateFileOfOtherKindsIsAWarningAndNoForeignException) {
  for (const char* state : {R"({"in_progress": 3})", R"({"in_progress": true, "hooks": {"a": 5}})",
                            R"({"in_progress": true, "hooks": [1]})", R"({"random_seed": "x"})",
                            R"({"in_progress": true, "input_hash": 7})"}) {
    const TemporaryDirectory directory;
    {
      CheckpointStore store(directory.path(), {});
      CheckpointContent content;
      content.step = 3;
      content.tensors = {{"global_step", Array::scalar<int64_t>(3)},
                         {"weight", Array::from<float>({1}, {1})},
                         {"bias", Array::from<float>({0}, {1})}};
      content.state = state_of(state);
      save_now(store, content);
    }
    RunConfig config = saving();
    config.random_seed = {};
    Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
    LogCapture log;
    estimator.train(forever(), {.steps = 2});
    EXPECT_EQ(step_of(estimator), 5) << state;
    EXPECT_EQ(log.count("has a state that cannot be read", LogLevel::kWarning), 1) << state;
  }
}

}  // namespace hook_names_test
}  // namespace reckon::estimator
