// SPDX-License-Identifier: Apache-2.0
// H15: somebody removes model_dir under a running Estimator. Weights stay, the next save and the
// next summary make it again, and what cannot be made is said and comes back when it can.
#include <fstream>
#include <thread>

#include "estimator/checkpoint/fixture_testing.h"
#include "estimator/files/written_events_testing.h"
#include "formats/checkpoint_state.h"

namespace reckon::estimator {
namespace removed_directory_test {

RunConfig talkative(int64_t steps) {
  RunConfig config = saving(steps);
  config.save_summary_steps = 1;
  return config;
}

void remove_directory(const std::string& directory) { std::filesystem::remove_all(directory); }

/// Removes it after that step, when the thread that writes checkpoints is done with `saved`: what
/// it writes meanwhile would be there again, or be in the way.
HookPtr removing_at(int64_t step, const std::string& directory, int64_t saved,
                    const LogCapture& log) {
  return after_each([=, &log](RunContext& context) {
    if (context.global_step() != step) return;
    while (log.count("saved step " + std::to_string(saved) + " ") == 0) std::this_thread::yield();
    remove_directory(directory);
  });
}

TEST(RemovedDirectory, H15_BetweenCallsEverythingIsWrittenAgain) {
  for (const bool on_return : {true, false}) {
    const TemporaryDirectory parent;
    const std::string directory = parent.file("model");
    RunConfig config = talkative(2);
    config.save_on_return = on_return;
    LogCapture log;
    Estimator estimator(line_model, {.model_dir = directory, .config = config});
    estimator.train(forever(), {.steps = 3});
    const float weight = value_of(estimator, "weight");
    remove_directory(directory);
    EXPECT_EQ(value_of(estimator, "weight"), weight);
    estimator.train(forever(), {.steps = 3});
    EXPECT_EQ(step_of(estimator), 6);
    EXPECT_EQ(summary_steps(directory), (std::vector<int64_t>{4, 5, 6}));
    EXPECT_EQ(files_in(directory).count("graph.pbtxt"), on_return ? 1u : 0u);
    EXPECT_NE(estimator.latest_checkpoint(), "");
    if (!on_return) continue;
    EXPECT_EQ(files_in(directory).count("model.ckpt-3.index"), 1u) << "saved at the start";
    EXPECT_EQ(listed_checkpoints(directory),
              (std::vector<std::string>{"model.ckpt-3", "model.ckpt-5", "model.ckpt-6"}));
    Estimator next(line_model, {.model_dir = directory, .config = config});
    EXPECT_EQ(next.evaluate(once()).global_step(), 6);
  }
}

TEST(RemovedDirectory, H15_InTheMiddleOfACallTheNextSaveMakesItAgain) {
  const TemporaryDirectory parent;
  const std::string directory = parent.file("model");
  LogCapture log;
  Estimator estimator(line_model, {.model_dir = directory, .config = talkative(2)});
  estimator.train(forever(), {.steps = 7, .hooks = {removing_at(3, directory, 2, log)}});
  EXPECT_EQ(step_of(estimator), 7);
  const auto files = files_in(directory);
  for (const char* name : {"model.ckpt-4.index", "model.ckpt-7.index", "checkpoint", ".lock"})
    EXPECT_EQ(files.count(name), 1u) << name;
  EXPECT_EQ(files.count("model.ckpt-2.index"), 0u);
  EXPECT_EQ(summary_steps(directory), (std::vector<int64_t>{4, 5, 6, 7}));
  EXPECT_EQ(log.count(directory + " was removed or emptied while a training runs in it",
                      LogLevel::kWarning),
            1);
  const auto list = read_bytes(directory + "/checkpoint");
  EXPECT_EQ(list.find("model.ckpt-2\""), std::string::npos) << list;
  Estimator next(line_model, {.model_dir = directory, .config = saving()});
  EXPECT_EQ(next.evaluate(once()).global_step(), 7);
}

TEST(RemovedDirectory, H15_OneThatIsRemovedWhenTheLastStepIsSavedIsSavedAgain) {
  const TemporaryDirectory parent;
  const std::string directory = parent.file("model");
  const LogCapture log;
  Estimator estimator(line_model, {.model_dir = directory, .config = saving(2)});
  estimator.train(forever(), {.steps = 4, .hooks = {removing_at(4, directory, 4, log)}});
  Estimator next(line_model, {.model_dir = directory, .config = saving()});
  EXPECT_EQ(next.evaluate(once()).global_step(), 4);
}

TEST(RemovedDirectory, H15_WhatCannotBeMadeIsAnErrorUntilItCan) {
  const TemporaryDirectory parent;
  const std::string directory = parent.file("model");
  const SilentLog silent;
  Estimator estimator(line_model, {.model_dir = directory, .config = saving(2)});
  estimator.train(forever(), {.steps = 3});
  const float weight = value_of(estimator, "weight");
  remove_directory(directory);
  std::ofstream(directory) << "in the way";
  for (int time = 0; time < 2; ++time) {
    EXPECT_THROW(estimator.train(forever(), {.steps = 1}), Error);
    EXPECT_EQ(value_of(estimator, "weight"), weight);
    EXPECT_EQ(estimator.evaluate(once()).global_step(), 3);
  }
  remove_directory(directory);
  estimator.train(forever(), {.steps = 1});
  EXPECT_EQ(step_of(estimator), 4);
  EXPECT_EQ(files_in(directory).count("model.ckpt-4.index"), 1u);
}

TEST(RemovedDirectory, H15_SummariesComeBackWithTheCallAfterTheDisk) {
  const TemporaryDirectory parent;
  const std::string directory = parent.file("model");
  std::ofstream(directory) << "in the way";
  RunConfig config = in_memory(directory);
  config.save_summary_steps = 1;
  LogCapture log;
  Estimator estimator(line_model, {.config = config});
  for (int call = 0; call < 2; ++call) estimator.train(forever(), {.steps = 2});
  EXPECT_EQ(log.count("no more summaries are written to " + directory, LogLevel::kWarning), 2)
      << "once in a call";
  remove_directory(directory);
  estimator.train(forever(), {.steps = 2});
  EXPECT_EQ(summary_steps(directory), (std::vector<int64_t>{5, 6}));
}

TEST(RemovedDirectory, WhatAnotherTrainerSavedBetweenTwoCallsIsKeptInTheList) {
  const TemporaryDirectory directory;
  const SilentLog silent;
  Estimator first(line_model, {.model_dir = directory.path(), .config = saving()});
  Estimator second(line_model, {.model_dir = directory.path(), .config = saving()});
  first.train(forever(), {.steps = 2});
  second.train(forever(), {.steps = 3});
  first.train(forever(), {.steps = 2});
  EXPECT_EQ(
      listed_checkpoints(directory.path()),
      (std::vector<std::string>{"model.ckpt-0", "model.ckpt-2", "model.ckpt-5", "model.ckpt-7"}));
}

TEST(RemovedDirectory, H15_AnEvaluationWritesItsResultAgain) {
  const TemporaryDirectory parent;
  const std::string directory = parent.file("model");
  LogCapture log;
  Estimator estimator(line_model, {.model_dir = directory, .config = talkative(2)});
  estimator.train(forever(), {.steps = 2});
  estimator.evaluate(once());
  remove_directory(directory);
  estimator.evaluate(once());
  EXPECT_FALSE(events_in(directory + "/eval").empty());
}

}  // namespace removed_directory_test
}  // namespace reckon::estimator
