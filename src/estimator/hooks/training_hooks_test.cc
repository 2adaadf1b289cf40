// SPDX-License-Identifier: Apache-2.0
// The hooks that every training has (HB-1, HB-3 … HB-8): when they are due and what the event file
// then holds.
#include "estimator/hooks/training_hooks.h"

#include <fstream>

#include "base/file_system.h"
#include "estimator/files/written_events_testing.h"

namespace reckon::estimator {
namespace training_hooks_test {

/// Steps at which a tag was written.
std::vector<int64_t> steps_of(const std::vector<formats::Event>& events, const std::string& tag) {
  std::vector<int64_t> steps;
  for (const auto& event : events) {
    for (const auto& value : event.values) {
      if (value.tag == tag) steps.push_back(event.step);
    }
  }
  return steps;
}

/// Steps of the session logs of one status.
std::vector<int64_t> sessions_of(const std::vector<formats::Event>& events,
                                 formats::SessionStatus status) {
  std::vector<int64_t> steps;
  for (const auto& event : events) {
    if (event.what == "session_log" && event.status == status) steps.push_back(event.step);
  }
  return steps;
}

/// The line with summaries of its own.
EstimatorSpec summarised(const Features& features, const Tensor& labels) {
  const Tensor weight = variable("weight", zeros({1}));
  const Tensor loss = losses::mean_squared_error(labels, features["x"] * weight);
  summary::scalar("mine", 2.0f * loss);
  summary::histogram("weights", weight);
  return {.loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = 0.01}).minimize(loss)};
}

using Steps = std::vector<int64_t>;

TEST(StepTimer, HB_1_IsDueByStepsOrBySecondsAndNeverTwiceAtOneStep) {
  StepTimer by_steps = StepTimer::every_steps(3);
  EXPECT_TRUE(by_steps.is_due(1, 0)) << "if it never triggered";
  by_steps.trigger(1, 0);
  for (int64_t step : {1, 2, 3}) EXPECT_FALSE(by_steps.is_due(step, 1e9)) << step;
  EXPECT_TRUE(by_steps.is_due(4, 0));
  EXPECT_EQ(by_steps.due_step(), 4);
  EXPECT_EQ(by_steps.due_seconds(), std::numeric_limits<double>::infinity());
  StepTimer by_seconds = StepTimer::every_seconds(10);
  by_seconds.trigger(5, 100);
  EXPECT_FALSE(by_seconds.is_due(5, 999)) << "the same step";
  EXPECT_FALSE(by_seconds.is_due(9, 109.9));
  EXPECT_TRUE(by_seconds.is_due(6, 110));
  EXPECT_EQ(by_seconds.due_seconds(), 110);
  by_seconds.reset();
  EXPECT_TRUE(by_seconds.is_due(5, 0));
}

TEST(SummarySaver, HB_8_WritesTheFirstStepAndThenEveryNthOnesSummariesAndLoss) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = 8;
  Estimator estimator(summarised, {.config = config});
  estimator.train(forever(), {.steps = 20}).train(forever(), {.steps = 6});
  const auto events = events_in(directory.path());
  EXPECT_EQ(events.at(0).what, "file_version");
  EXPECT_EQ(sessions_of(events, formats::SessionStatus::kStart), Steps{1});
  for (const char* tag : {"mine", "weights", "loss"})
    EXPECT_EQ(steps_of(events, tag), (Steps{1, 9, 17, 25})) << tag;
  const auto& first = events.at(2).values;
  ASSERT_EQ(first.size(), 3u);
  EXPECT_NEAR(first[0].simple_value, 15.635f, 1e-5);
  EXPECT_EQ(first[1].kind, "histo");
  EXPECT_NEAR(first[2].simple_value, 7.8175f, 1e-5);
}

TEST(SummarySaver, TRN_9_AUserSummaryNamedLossIsNotDoubled) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.save_summary_steps = 1;
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor loss =
        losses::mean_squared_error(labels, features["x"] * variable("weight", zeros({1})));
    summary::scalar("loss", loss * 10.0f);
    return {.loss = loss, .train_op = optimizers::gradient_descent().minimize(loss)};
  };
  Estimator(model, {.config = config}).train(once());
  const auto events = events_in(directory.path());
  EXPECT_EQ(steps_of(events, "loss"), Steps{1});
  EXPECT_NEAR(events.back().values.at(0).simple_value, 78.175f, 1e-4);
}

TEST(SummarySaver, SummariesAreAVariantOfTheStepAndChangeNothing) {
  RunConfig config = in_memory();
  config.save_summary_steps = 2;
  Estimator with(summarised, {.config = config}), without(summarised, {.config = in_memory()});
  with.train(forever(), {.steps = 5});
  without.train(forever(), {.steps = 5});
  EXPECT_EQ(value_of(with, "weight"), value_of(without, "weight"));
  EXPECT_EQ(with.stats().programs_compiled, 1);
  EXPECT_EQ(with.stats().variant_programs, 1);
}

// F7: for a number that the step gives anyway, it was compiled a second time.
TEST(LossLogger, WantsNoProgramOfItsOwn) {
  const SilentLog silent;
  RunConfig config = in_memory();
  config.log_step_count_steps = 1;
  config.save_summary_steps = 1;
  Estimator estimator(line_model, {.config = config});
  const auto loss = hooks::logging({"loss", "loss"}, {.every_n_iter = 2});
  estimator.train(forever(), {.steps = 5, .hooks = {loss}});
  EXPECT_EQ(estimator.stats().programs_compiled, 1);
  EXPECT_EQ(estimator.stats().variant_programs, 0);
  estimator.evaluate(once(), {.hooks = {loss}});
  EXPECT_EQ(estimator.stats().programs_compiled, 2);
  EXPECT_EQ(estimator.stats().variant_programs, 0);
}

TEST(Summary, AWrongSummaryIsRefusedWithItsTag) {
  Estimator estimator(
      [](const Features& features, const Tensor& labels) -> EstimatorSpec {
        summary::scalar("all of x", features["x"]);
        return {.loss =
                    losses::mean_squared_error(labels, features["x"] + variable("b", zeros({1})))};
      },
      {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once()); }, ErrorCode::kInvalidArgument,
               "[summary::scalar] \"all of x\" is float32[?, 1], expected one element; reduce it");
}

TEST(Summary, ASummaryInsideABranchIsRefused) {
  Estimator estimator(
      [](const Features& features, const Tensor& labels) -> EstimatorSpec {
        const Tensor x = features["x"] + variable("b", zeros({1}));
        const auto summarise = [&]() -> Tensors {
          summary::scalar("inner", reduce_sum(x));
          return {x};
        };
        return {.loss = losses::mean_squared_error(
                    labels, cond(is_training(), summarise, [&]() -> Tensors { return {x}; })[0])};
      },
      {.config = in_memory()});
  expect_error([&] { estimator.evaluate(once()); },
               "\"inner\" is summarised inside cond or while_loop");
}

TEST(StepCounter, HB_6_ReportsTheRateFromTheSecondTriggerOn) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.path());
  config.log_step_count_steps = 10;
  config.save_summary_steps = 1000;
  Estimator estimator(line_model, {.config = config});
  LogCapture log;
  estimator.train(forever(), {.steps = 30});
  const auto events = events_in(directory.path());
  EXPECT_EQ(steps_of(events, "global_step/sec"), (Steps{11, 21}));
  EXPECT_EQ(log.count("global_step/sec: "), 2);
}

TEST(LossLogger, TRN_10_LogsLossAndStepEveryNIterations) {
  RunConfig config = in_memory();
  config.log_step_count_steps = 10;
  Estimator estimator(line_model, {.config = config});
  LogCapture log;
  estimator.train(forever(), {.steps = 25});
  EXPECT_EQ(log.count("loss = 7.8175, step = 0"), 1) << log.text();
  EXPECT_EQ(log.count(", step = 10 ("), 1);
  EXPECT_EQ(log.count(", step = 20 ("), 1);
  EXPECT_EQ(log.count("loss = "), 3);
}

TEST(CheckpointSaver, HB_3_EachSaveIsInTheSessionLogAndTheGraphIsWrittenOnce) {
  const TemporaryDirectory directory;
  RunConfig config = saving(10);
  config.save_summary_steps = 1000;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  estimator.train(forever(), {.steps = 26}).train(forever(), {.steps = 1});
  const auto events = events_in(directory.path());
  EXPECT_EQ(sessions_of(events, formats::SessionStatus::kCheckpoint), (Steps{0, 10, 20, 26, 27}));
  int graphs = 0;
  for (const auto& event : events) graphs += event.what == "graph_def" ? 1 : 0;
  EXPECT_EQ(graphs, 1);
  const std::string text = base::FileSystem::posix().read_file(directory.file("graph.pbtxt"));
  for (const char* part : {"name: \"weight\"", "name: \"features/x\"", "small_model_testing.h:"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

/// Remembers the steps at which it was to save.
struct Sink : CheckpointSink {
  const int64_t* step = nullptr;
  Steps saves;
  void save(bool) override { saves.push_back(*step); }
  bool is_on_disk(int64_t) override { return false; }
};

TEST(CheckpointSaver, HB_4_WithSaveSteps2FromStep0SavesAt0And2And4) {
  base::ManualClock clock;
  StepTimer timer = StepTimer::every_steps(2);
  struct Context : RunContext {
    int64_t step = 0;
    bool is_stopping = false;
    int64_t global_step() const override { return step; }
    int64_t iteration() const override { return step; }
    void request_stop() override { is_stopping = true; }
    bool stop_requested() const override { return is_stopping; }
    bool input_ended() const override { return false; }
    Array variable_value(const std::string&) const override { return {}; }
    void save_checkpoint() override {}
    const std::string& model_dir() const override { return directory; }
    std::string directory;
  } context;
  Sink sink;
  sink.step = &context.step;
  CheckpointSaver saver(sink, timer, clock, {.at_start_and_end = true});
  saver.begin();
  saver.after_create(context);
  for (context.step = 1; context.step <= 4; ++context.step) {
    if (saver.next_due(context.step) <= context.step) saver.after_run(context, {});
  }
  EXPECT_EQ(sink.saves, (Steps{0, 2, 4}));
  EXPECT_FALSE(context.is_stopping);
}

TEST(CheckpointSaver, BySecondsItIsDueWhenTheClockSaysSo) {
  base::ManualClock clock;
  StepTimer timer = StepTimer::every_seconds(60);
  Sink sink;
  CheckpointSaver saver(sink, timer, clock, {.at_start_and_end = false});
  EXPECT_EQ(saver.next_due_seconds(), std::numeric_limits<double>::infinity());
  timer.trigger(0, clock.monotonic_seconds());
  EXPECT_EQ(saver.next_due(1), Hook::kNever);
  EXPECT_EQ(saver.next_due_seconds(), 60);
}

TEST(Training, SavesBySecondsWithinOneCall) {
  const TemporaryDirectory directory;
  RunConfig config = saving();
  config.save_checkpoints_steps = {};
  config.save_checkpoints_secs = 1e-6;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = config});
  estimator.train(forever(), {.steps = 4});
  EXPECT_EQ(estimator.stats().checkpoints_written, 5);
}

TEST(EventLog, ADirectoryThatCannotBeWrittenCostsSummariesNotTheTraining) {
  const TemporaryDirectory directory;
  std::ofstream(directory.file("plain")) << "a regular file";
  RunConfig config = in_memory(directory.file("plain/model"));
  config.save_summary_steps = 1;
  Estimator estimator(line_model, {.config = config});
  LogCapture log;
  estimator.train(forever(), {.steps = 3});
  EXPECT_EQ(step_of(estimator), 3);
  EXPECT_EQ(log.count("no more summaries are written to " + directory.file("plain/model"),
                      LogLevel::kWarning),
            1);
}

TEST(EventLog, TwoWritersOfOneSecondHaveFilesOfTheirOwn) {
  const TemporaryDirectory directory;
  for (int i = 0; i < 3; ++i) {
    EventLog log(directory.path());
    log.with_writer([](formats::EventWriter& writer) { writer.add_scalar("a", 1, 1); });
  }
  EXPECT_EQ(files_in(directory.path()).size(), 3u);
  EXPECT_EQ(steps_of(events_in(directory.path()), "a").size(), 3u);
}

}  // namespace training_hooks_test
}  // namespace reckon::estimator
