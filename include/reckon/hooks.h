// SPDX-License-Identifier: Apache-2.0
// Hooks: code around the steps of a train, evaluate or predict call. A hook says when it is next
// due; at a step where none is due, no hook runs. Source of the protocol:
// tf.estimator.SessionRunHook.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <reckon/array.h>
#include <reckon/tensor.h>

namespace reckon {

class EvalResult;

/// What a hook wants to see of a step, besides what others want.
struct HookRequest {
  /// "loss", "global_step" (both before the update), a variable's name, or a node's name. Another
  /// one makes the step throw Error, kNotFound.
  std::vector<std::string> names = {};
  /// Tensors that model_fn made in this trace; another one throws Error, kInvalidArgument.
  std::vector<Tensor> tensors = {};
  /// The user's line that asked, for errors; unknown: that of the call.
  Place place = {};
};

/// What hooks can do to the running call.
class RunContext {
 public:
  /// The call owns it: it is there while a hook runs.
  virtual ~RunContext() = default;
  /// Steps completed so far, as in global_step; in evaluation and prediction that of the weights.
  virtual int64_t global_step() const = 0;
  /// Batches run in this call.
  virtual int64_t iteration() const = 0;
  /// No further step is made; the hooks of this one still run.
  virtual void request_stop() = 0;
  /// True once someone called request_stop().
  virtual bool stop_requested() const = 0;
  /// True once the input was asked for a batch and had none.
  virtual bool input_ended() const = 0;
  /// A variable's present value.
  ///   throws  Error, kNotFound, if there is none of that name
  virtual Array variable_value(const std::string& name) const = 0;
  /// Takes a checkpoint of the present values; a thread writes it while training goes on.
  ///   throws  Error, kFailedPrecondition, unless the call trains and RunConfig::save_checkpoints
  virtual void save_checkpoint() = 0;
  /// The Estimator's directory.
  virtual const std::string& model_dir() const = 0;
  /// In Hook::end() of an evaluation: what evaluate() is about to return, arrays too; null at any
  /// other time, and if there was no batch.
  virtual const EvalResult* eval_result() const { return nullptr; }
};

/// Code around the steps of a call. What it throws ends the call. One object may serve several
/// calls, one at a time.
class Hook {
 public:
  /// Of next_due(): not again in this call.
  static constexpr int64_t kNever = INT64_MAX;

  /// Whoever holds the HookPtr owns it.
  virtual ~Hook() = default;
  /// Once, before anything is run. Resets what a hook keeps from an earlier call.
  virtual void begin() {}
  /// Once, when variables have their values.
  virtual void after_create(RunContext&) {}
  /// The first iteration at or after `iteration` (the next one to run, counted from 1 in each call)
  /// at which before_run and after_run are wanted; unless overridden, each.
  virtual int64_t next_due(int64_t iteration) { return iteration; }
  /// Before a step that is due: what to fetch of it.
  virtual HookRequest before_run(RunContext&) { return {}; }
  /// After that step. `values`: the names, then the tensors, of this hook's own request.
  virtual void after_run(RunContext&, const std::vector<Array>& values) { (void)values; }
  /// Once, if the call ends without an error.
  virtual void end(RunContext&) {}
  /// State that a checkpoint keeps, as text in UTF-8; "" if there is none. The call throws Error,
  /// kInvalidArgument, for another.
  virtual std::string state() const { return {}; }
  /// Gets that state when an interrupted call resumes, after begin().
  virtual void restore(const std::string& state) { (void)state; }
  /// The key of the state, in UTF-8; the same in the run that resumes, and taken before begin().
  /// Two hooks of one name make the call throw Error, kInvalidArgument, before its first step. A
  /// hook with a name gets its after_run before those without, so that a checkpoint of the step
  /// holds its state.
  virtual std::string name() const { return {}; }
};

/// A hook; null throws Error, kInvalidArgument, in the call.
using HookPtr = std::shared_ptr<Hook>;
/// Hooks, called in this order.
using HookList = std::vector<HookPtr>;

/// Called around each checkpoint that RunConfig or RunContext::save_checkpoint() asks for, and at
/// each start, also if that checkpoint is there already. Source:
/// tf.estimator.CheckpointSaverListener.
class SavingListener {
 public:
  /// Whoever holds the pointer owns it.
  virtual ~SavingListener() = default;
  /// Once, before anything is run.
  virtual void begin() {}
  /// Before the checkpoint of this step is handed to the writer.
  virtual void before_save(int64_t global_step) { (void)global_step; }
  /// After that; its files may still be on their way. True asks training to stop, but not at the
  /// start and the end.
  virtual bool after_save(int64_t global_step) {
    (void)global_step;
    return false;
  }
  /// Once, if the call ends without an error.
  virtual void end(int64_t global_step) { (void)global_step; }
};
/// Listeners, called in this order; null throws Error, kInvalidArgument, in the call.
using SavingListenerList = std::vector<std::shared_ptr<SavingListener>>;

namespace hooks {

/// Exactly one of the two is positive.
struct StopAtStepOptions {
  int64_t num_steps = 0;  ///< so many more steps in this call
  int64_t last_step = 0;  ///< until global_step is that
};
/// Ends training. May be used again in another call.
///   throws  Error, kInvalidArgument, unless exactly one is positive
///   source  tf.estimator.StopAtStepHook
HookPtr stop_at_step(StopAtStepOptions options, Place place = Place::here());

/// When logging writes, and what.
struct LoggingOptions {
  int64_t every_n_iter = 100;  ///< iterations of this call, the first included; at least 1
  bool at_end = false;         ///< true: also the last iteration's; every step is fetched then
  /// From the names and values to the line; empty: "name = value, …".
  std::function<std::string(const std::vector<std::pair<std::string, Array>>&)> formatter = {};
};
/// Logs "name = value, …" at LogLevel::kInfo; of an Array its first 8 elements.
///   names   as in HookRequest, at least one
///   throws  Error, kInvalidArgument, if every_n_iter < 1 or there are no names
///   source  tf.estimator.LoggingTensorHook
HookPtr logging(std::vector<std::string> names, LoggingOptions options = {},
                Place place = Place::here());

/// Calls `function(context)` after every `every_n_iter`-th iteration of a call.
///   throws  Error, kInvalidArgument, if every_n_iter < 1
HookPtr every_n_iterations(Integer every_n_iter, std::function<void(RunContext&)> function,
                           Place place = Place::here());

}  // namespace hooks
}  // namespace reckon
