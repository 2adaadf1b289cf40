// SPDX-License-Identifier: Apache-2.0
// The steps of one call, written once for train, evaluate and predict: a batch is pulled, hooks
// that are due say what they want to see, the program runs, hooks see it. A call says by what it
// overrides what a step is to it.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "data/iterator.h"
#include "estimator/engine.h"
#include "estimator/hooks/hook_schedule.h"
#include "estimator/run/batch_runner.h"

namespace reckon::estimator {

/// What a call runs at every step, whatever its hooks want to see besides.
struct StepQuestion {
  std::vector<graph::ValueId> fetches;
  std::vector<int32_t> effects = {};
};

class StepLoop : public RunContext {
 public:
  StepLoop(const StepLoop&) = delete;
  StepLoop& operator=(const StepLoop&) = delete;

  int64_t global_step() const override { return global_step_; }
  int64_t iteration() const override { return iteration_; }
  void request_stop() override { is_stopping_ = true; }
  bool stop_requested() const override { return is_stopping_; }
  bool input_ended() const override { return has_input_ended_; }
  /// Of the Estimator's own weights, unless overridden.
  Array variable_value(const std::string& name) const override;
  /// Refused, unless overridden.
  void save_checkpoint() override;
  const std::string& model_dir() const override { return engine_.model_dir; }

 protected:
  /// `engine` and `model` must outlive it; `global_step` is that of the weights.
  StepLoop(Engine& engine, const TracedModel& model, Mode mode, HookList hooks,
           StepQuestion question, int64_t global_step);

  // A call, in this order; what comes between begin() and start() sees hooks that have begun.
  void begin() { hooks_.begin(); }
  void start(std::unique_ptr<data::Iterator> input);
  /// Makes one step; false if the input has no batch for it.
  bool step();
  void end() { hooks_.end(*this); }

  /// Binds weights to the program, runs it and takes what the question's fetches gave, which stays
  /// in place until the next step. False if that must not pass: see refuse_step.
  virtual bool run_program(runtime::Execution& execution) = 0;
  /// Says what is wrong with the step, once the hooks have seen it.
  virtual void refuse_step() {}
  /// Held while a step runs on the weights, if others may change them meanwhile.
  void set_weights_mutex(std::mutex& mutex) { weights_mutex_ = &mutex; }
  /// Where the time that the call waits for its input is added up.
  void set_input_seconds(double& seconds) { input_seconds_ = &seconds; }

  Engine& engine() const { return engine_; }
  const TracedModel& model() const { return model_; }
  const StepQuestion& question() const { return question_; }
  HookSchedule& hooks() { return hooks_; }
  const data::Iterator* input() const { return input_.get(); }
  ArrayElement& batch() { return batch_; }

 private:
  bool next_batch();
  bool has_come(double due_seconds) const;
  bool run(std::span<const int32_t> wanted, std::vector<Array>& values);
  void hooked_step();

  Engine& engine_;
  const TracedModel& model_;
  Mode mode_;
  StepQuestion question_;
  BatchRunner runner_;
  HookSchedule hooks_;
  std::unique_ptr<data::Iterator> input_;
  ArrayElement batch_;
  int64_t global_step_ = 0, iteration_ = 0;
  bool is_stopping_ = false, has_input_ended_ = false;
  std::mutex* weights_mutex_ = nullptr;
  double* input_seconds_ = nullptr;
};

}  // namespace reckon::estimator
