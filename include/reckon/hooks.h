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

/// What a hook wants to see of a step, besides what others want.
struct HookRequest {
  /// "loss", "global_step" (both before the update), a variable's name, or a node's name.
  std::vector<std::string> names = {};
  /// Tensors that model_fn made.
  std::vector<Tensor> tensors = {};
};

/// What hooks can do to the running call.
class RunContext {
 public:
  virtual ~RunContext() = default;
  /// Steps completed so far, as in global_step; in evaluation and prediction that of the weights.
  virtual int64_t global_step() const = 0;
  /// Batches run in this call.
  virtual int64_t iteration() const = 0;
  /// No further step is made; the hooks of this one still run.
  virtual void request_stop() = 0;
  virtual bool stop_requested() const = 0;
  /// A variable's present value.
  virtual Array variable_value(const std::string& name) const = 0;
  /// Writes a checkpoint now (training only).
  virtual void save_checkpoint() = 0;
  virtual const std::string& model_dir() const = 0;
};

class Hook {
 public:
  /// `due(n)`: iterations are counted from 1 in each call; kNever: not again.
  static constexpr int64_t kNever = INT64_MAX;

  virtual ~Hook() = default;
  /// Once, before anything is run. Resets what a hook keeps from an earlier call.
  virtual void begin() {}
  /// Once, when variables have their values.
  virtual void after_create(RunContext&) {}
  /// The first iteration at or after `iteration` (the next one to run) at which before_run and
  /// after_run are wanted.
  virtual int64_t next_due(int64_t iteration) { return iteration; }
  virtual HookRequest before_run(RunContext&) { return {}; }
  /// `values`: the names, then the tensors, of this hook's own request.
  virtual void after_run(RunContext&, const std::vector<Array>& values) { (void)values; }
  /// Once, if the call ends without an error.
  virtual void end(RunContext&) {}
  /// State that a checkpoint keeps, as JSON text; "" if there is none. `restore` gets it when a
  /// call resumes.
  virtual std::string state() const { return {}; }
  virtual void restore(const std::string& state) { (void)state; }
  /// The key of the state; the same in the run that resumes. A hook with a name gets its after_run
  /// before those without, so that a checkpoint of the step holds its state.
  virtual std::string name() const { return {}; }
};

using HookPtr = std::shared_ptr<Hook>;
using HookList = std::vector<HookPtr>;

/// Called around each checkpoint that training writes.
class SavingListener {
 public:
  virtual ~SavingListener() = default;
  virtual void begin() {}
  virtual void before_save(int64_t global_step) { (void)global_step; }
  /// True asks training to stop.
  virtual bool after_save(int64_t global_step) {
    (void)global_step;
    return false;
  }
  virtual void end(int64_t global_step) { (void)global_step; }
};
using SavingListenerList = std::vector<std::shared_ptr<SavingListener>>;

namespace hooks {

/// Exactly one of the two.
struct StopAtStepOptions {
  int64_t num_steps = 0;  ///< so many more steps in this call
  int64_t last_step = 0;  ///< until global_step is that
};
/// Ends training. May be used again in another call.
///   throws  Error, kInvalidArgument, unless exactly one is positive
HookPtr stop_at_step(StopAtStepOptions options);

struct LoggingOptions {
  int64_t every_n_iter = 100;  ///< iterations of this call, the first included
  bool at_end = false;
  std::function<std::string(const std::vector<std::pair<std::string, Array>>&)> formatter = {};
};
/// Logs "name = value, …" of names as in HookRequest.
HookPtr logging(std::vector<std::string> names, LoggingOptions options = {});

/// Calls `function(context)` after every `every_n_iter`-th iteration.
HookPtr every_n_iterations(int64_t every_n_iter, std::function<void(RunContext&)> function);

}  // namespace hooks
}  // namespace reckon
