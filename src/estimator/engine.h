// SPDX-License-Identifier: Apache-2.0
// What one Estimator owns: its function, traces, variables, programs, files and timers. The calls
// (train, evaluate, predict) work on it; it lives as long as the longest of the Estimator and its
// open streams.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <reckon/estimator.h>
#include "base/clock.h"
#include "estimator/advice.h"
#include "estimator/checkpoint/store.h"
#include "estimator/files/event_log.h"
#include "estimator/hooks/step_timer.h"
#include "estimator/run/batch_runner.h"
#include "estimator/run_config.h"
#include "estimator/stream_weights.h"
#include "estimator/traced_model.h"
#include "estimator/weight_state.h"
#include "runtime/variable_store.h"

namespace reckon::estimator {

struct LoadedCheckpoint;

/// Evaluations of ever new names must not keep a file open for each.
inline constexpr size_t kOpenEvalEvents = 16;

struct Engine {
  Engine(ModelFunction model_function, EstimatorOptions options);

  /// Marks the engine as in use by one call at a time.
  /// Throws Error, kFailedPrecondition, if another call is running.
  std::unique_lock<std::mutex> begin_call(const char* what);

  /// Brings the variables up to date: the newest checkpoint if there is one this process does not
  /// know yet, the initial values for what has none. Call it after tracing.
  void prepare_weights();
  /// After a call that failed in its steps: nothing half done stays, the next use starts from the
  /// newest checkpoint.
  void forget_weights();
  /// What a train call changes before its first step.
  struct StartMarks {
    StepTimer save_timer, summary_timer, counter_timer;
    std::optional<WeightState::Saved> newest;
  };
  StartMarks marks() const;
  /// After a call that failed before its first step: as if it had not been made.
  void go_back_to(const StartMarks& marks);
  /// A store with the values of that checkpoint.
  std::unique_ptr<runtime::VariableStore> load_weights(const std::string& checkpoint_path);
  /// The newest checkpoint's tensors. Throws Error, kFailedPrecondition, if there is none.
  std::map<std::string, Array> checkpoint_tensors(const char* what);
  void restore(const LoadedCheckpoint& checkpoint, runtime::VariableStore& into) const;
  uint64_t seed();
  int64_t global_step() const;
  /// True if the variables are at their initial values and some are there to be trained.
  bool is_untrained() const;
  /// Gives the trainer's lock back, if it is held, once what is being saved is written.
  void stop_training() noexcept;
  /// Every open stream gets weights of its own, before they change.
  void detach_streams();
  /// ModelTracer::get, while no stream compiles or binds. Where the input has no batch dimension it
  /// says so: as an error if that is why model_fn fails, else once as a warning.
  std::shared_ptr<const TracedModel> traced(Mode mode, const DatasetSpec& input);
  Dataset make_input(const InputFn& input_fn, const char* what);
  CheckpointStore& checkpoints();

  ModelFunction model;
  Params params;
  RunConfig config;
  std::string model_dir;
  std::shared_ptr<graph::Module> module = std::make_shared<graph::Module>();
  runtime::VariableStore store{module};
  ModelTracer tracer{model, params, config, module};
  Programs programs;
  RunStats counters;
  EventLog events;
  Advice advice{config, model_dir};
  base::Recent<std::string, EventLog> eval_events{kOpenEvalEvents};  ///< by directory
  WeightState weights;
  std::vector<std::weak_ptr<StreamWeights>> streams;
  StepTimer save_timer, summary_timer, counter_timer;
  base::Clock& clock = base::Clock::system();
  bool is_graph_written = false;
  std::string graph_file;  ///< where; "" if it could not be written

 private:
  void warn_of_single_elements(Mode mode, const DatasetSpec& input);
  bool needs_checkpoint();
  bool load_checkpoint();
  CallState call_state(const LoadedCheckpoint& checkpoint);

  std::unique_ptr<CheckpointStore> checkpoints_;
  std::optional<uint64_t> seed_;
  bool has_warned_of_single_elements_ = false;
  std::mutex in_call_;
};

}  // namespace reckon::estimator
