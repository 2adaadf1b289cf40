// SPDX-License-Identifier: Apache-2.0
// The hooks that every training has: checkpoints, step rate, summaries, log lines, the step limit.
// Triggers are those of tf.estimator (estimator.md HB-2 … HB-8); timers belong to the Estimator.
#pragma once

#include "base/clock.h"
#include "estimator/files/event_log.h"
#include "estimator/hooks/hook_schedule.h"
#include "estimator/hooks/step_timer.h"

namespace reckon::estimator {

/// Where the checkpoints of a call go.
class CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  /// Takes one of the present step; `is_last`: nothing comes after it in this call.
  virtual void save(bool is_last) = 0;
  /// True if the step's checkpoint is there already.
  virtual bool is_on_disk(int64_t step) = 0;
};

/// Saves at the start of the call, when the timer says so, and at the end if the step moved since.
class CheckpointSaver : public TimedHook {
 public:
  struct Options {
    bool at_start_and_end = true;
    SavingListenerList listeners = {};
  };
  CheckpointSaver(CheckpointSink& sink, StepTimer& timer, base::Clock& clock, Options options)
      : sink_(sink), timer_(timer), clock_(clock), options_(std::move(options)) {}

  void begin() override;
  void after_create(RunContext& context) override;
  int64_t next_due(int64_t iteration) override;
  double next_due_seconds() override { return timer_.due_seconds(); }
  void after_run(RunContext& context, const std::vector<Array>& values) override;
  void end(RunContext& context) override;
  /// Saves now, and tells the listeners, any of which may ask to stop.
  void save_now(RunContext& context);

 private:
  bool save(RunContext& context, bool is_last);

  CheckpointSink& sink_;
  StepTimer& timer_;
  base::Clock& clock_;
  Options options_;
  int64_t first_step_ = 0;  ///< global_step when the call began
};

/// "global_step/sec" as a scalar and a log line every so many steps; the first time only starts the
/// clock.
class StepCounter : public Hook {
 public:
  StepCounter(StepTimer& timer, base::Clock& clock, EventLog& events)
      : timer_(timer), clock_(clock), events_(events) {}
  void after_create(RunContext& context) override { first_step_ = context.global_step(); }
  int64_t next_due(int64_t iteration) override;
  void after_run(RunContext& context, const std::vector<Array>& values) override;

 private:
  StepTimer& timer_;
  base::Clock& clock_;
  EventLog& events_;
  int64_t first_step_ = 0;
};

/// The trace's summaries and the loss, at the first step and then every so many.
class SummarySaver : public Hook {
 public:
  SummarySaver(StepTimer& timer, base::Clock& clock, EventLog& events, const TracedModel& model)
      : timer_(timer), clock_(clock), events_(events), model_(model) {}
  void after_create(RunContext& context) override { first_step_ = context.global_step(); }
  int64_t next_due(int64_t iteration) override;
  HookRequest before_run(RunContext& context) override;
  void after_run(RunContext& context, const std::vector<Array>& values) override;

 private:
  StepTimer& timer_;
  base::Clock& clock_;
  EventLog& events_;
  const TracedModel& model_;
  int64_t first_step_ = 0;
};

/// "loss = 0.4410, step = 100 (0.783 sec)"
class LossLogger : public Hook {
 public:
  LossLogger(int64_t every_n_iterations, base::Clock& clock)
      : every_(every_n_iterations), clock_(clock) {}
  int64_t next_due(int64_t iteration) override { return base::next_in_steps(1, every_, iteration); }
  HookRequest before_run(RunContext&) override { return {.names = {"loss"}}; }
  void after_run(RunContext& context, const std::vector<Array>& values) override;

 private:
  int64_t every_;
  base::Clock& clock_;
  double last_seconds_ = -1;
};

}  // namespace reckon::estimator
