// SPDX-License-Identifier: Apache-2.0
// Estimator: one model_fn, traced at most once per mode and input signature, one set of weights,
// and the train, evaluate and predict that run it.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <reckon/dataset.h>
#include <reckon/estimator_spec.h>
#include <reckon/eval_result.h>
#include <reckon/model_function.h>
#include <reckon/name.h>
#include <reckon/params.h>
#include <reckon/predictions.h>
#include <reckon/run_config.h>

namespace reckon {

/// What an Estimator is made of, besides model_fn.
struct EstimatorOptions {
  /// Relative to the working directory of now, whatever that becomes; empty: RunConfig's, or a new
  /// temporary directory, which a warning names.
  std::string model_dir = {};
  RunConfig config = {};  ///< its model_dir, if both are set, must be the same
  Params params = {};     ///< for a model_fn that takes them
};

/// How long a call of train() goes on, and who watches. Neither of the two: until the data end.
struct TrainOptions {
  Maybe<int64_t> steps = {};                 ///< so many more steps in this call; at least 1
  Maybe<int64_t> max_steps = {};             ///< until global_step is that; at least 1
  HookList hooks = {};                       ///< for this call
  SavingListenerList saving_listeners = {};  ///< need RunConfig::save_checkpoints; none is null
};

/// What a call of evaluate() looks at.
struct EvaluateOptions {
  Maybe<int64_t> steps = {};         ///< batches, at least 1; unset: until the data end
  HookList hooks = {};               ///< for this call
  std::string checkpoint_path = {};  ///< empty: the present weights
  std::string name = {};             ///< results go to model_dir/eval_<name>, without it to eval
};

/// What a call of predict() gives.
struct PredictOptions {
  std::vector<std::string> predict_keys = {};  ///< empty: all; at least one must be there
  HookList hooks = {};                         ///< for this call
  std::string checkpoint_path = {};            ///< empty: the weights as of this call
  bool yield_single_examples = true;           ///< false: whole batches
};

/// Counters of one Estimator since it was made.
struct RunStats {
  int train_calls = 0, evaluate_calls = 0, predict_calls = 0;  ///< of model_fn, by mode
  int shared_calls = 0;                                        ///< of a model_fn without Mode
  /// Steps: one for each trace, mode and batch size. Each mode keeps the 64 that it used last; a
  /// batch size that comes again after 64 others is compiled anew.
  int programs_compiled = 0;
  int variant_programs =
      0;  ///< initializers, and steps that also fetch what only hooks or summaries ask for
  int checkpoints_read = 0, checkpoints_written = 0;  ///< whole ones
  int input_fn_calls = 0;                             ///< one for each call that needs data
  /// Wall clock of waits for training's input (sampled), the training loop with them, evaluate
  /// calls, and handing checkpoints to the writer.
  double input_seconds = 0, step_seconds = 0, evaluate_seconds = 0, checkpoint_seconds = 0;
  int64_t variable_bytes = 0;  ///< memory of all variables

  /// Calls of model_fn in all.
  int model_fn_calls() const { return train_calls + evaluate_calls + predict_calls + shared_calls; }
  /// Calls of model_fn for that mode; 0 if it takes no Mode.
  int model_fn_calls(Mode mode) const;
};

/// Errors that no line of model_fn or input_fn caused name the line of the call. Used from one
/// thread at a time, but for open PredictionStreams: a call beside another, or on an Estimator that
/// was moved from, throws Error, kFailedPrecondition. In a child forked between calls it works with
/// threads of its own; one model_dir still has one trainer at a time. Source:
/// tf.estimator.Estimator.
class Estimator {
 public:
  /// Traces nothing. `model_fn`: any callable EstimatorSpec(features[, labels][, mode][, params][,
  /// config]).
  ///   throws  Error, kInvalidArgument, for a bad RunConfig (naming the field), model_dirs that
  ///           differ, an empty model_fn, or params for one that takes none; kUnavailable, if no
  ///           temporary directory can be made, or model_dir is relative and the working directory
  ///           is gone
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, ModelFunction>) explicit Estimator(
      F model_fn, EstimatorOptions options = {}, Place place = Place::here())
      : Estimator(make_model_function(std::move(model_fn)), std::move(options), place) {}
  /// As above, of what make_model_function() made.
  Estimator(ModelFunction model, EstimatorOptions options, Place place = Place::here());
  ~Estimator();
  /// Takes over all that `other` holds.
  Estimator(Estimator&&) noexcept;
  /// Takes over all that `other` holds.
  Estimator& operator=(Estimator&&) noexcept;

  /// Trains on input_fn's data from the present weights; interrupted, the same call goes on where
  /// it was. With max_steps reached already it calls nobody. An error before the first step changes
  /// nothing; after one in a step the next use starts from the newest checkpoint.
  ///   returns  this Estimator
  ///   throws   Error, kInvalidArgument, for bad options, a bad spec, data faults, or a checkpoint
  ///            of other variables; kNonFinite, if the loss, or a variable to be saved, becomes NaN
  ///            or infinite; kUnavailable, if files cannot be written or another trainer has the
  ///            model_dir; kDataLoss, if no checkpoint there is whole; what input_fn and hooks
  ///            throw
  Estimator& train(const InputFn& input_fn, TrainOptions options = {}, Place place = Place::here());
  /// Loss (mean over batches) and the metrics of the spec over the data, with the present weights:
  /// those in memory, the newest checkpoint's, or initial values. Written for TensorBoard unless
  /// save_summary_steps is 0.
  ///   throws  Error, kInvalidArgument, for an empty data set, bad options, a bad spec, data
  ///           faults, or a checkpoint of other variables; kNotFound or kDataLoss, for the
  ///           checkpoint
  EvalResult evaluate(const InputFn& input_fn, EvaluateOptions options = {},
                      Place place = Place::here());
  /// Validates, restores and takes its weights now; rows are computed when they are asked for.
  /// Labels are not needed, and dropped.
  ///   throws  Error, as evaluate(); also kInvalidArgument, if none of predict_keys is there
  PredictionStream predict(const InputFn& input_fn, PredictOptions options = {},
                           Place place = Place::here());

  /// Path of the newest checkpoint (without suffix), which is not verified; "" if there is none.
  ///   throws  Error, kUnavailable, if the system refuses to tell
  std::string latest_checkpoint() const;
  /// Names in memory, or in the newest checkpoint.
  ///   throws  Error, kFailedPrecondition, if there is neither
  std::vector<std::string> variable_names(Place place = Place::here()) const;
  /// A variable's value in memory, or in the newest checkpoint.
  ///   throws  Error, kNotFound, with the names there are and the caller's line;
  ///           kFailedPrecondition, if there is neither
  Array variable_value(const Name& name) const;
  /// Where evaluate() with that name writes for TensorBoard.
  ///   throws  Error, kInvalidArgument, if the name leads out of model_dir
  std::string eval_dir(const std::string& name = "", Place place = Place::here()) const;
  /// The directory that is used: an absolute path.
  const std::string& model_dir() const;
  /// The configuration, with that directory.
  const RunConfig& config() const;
  /// The Params that model_fn gets.
  const Params& params() const;
  /// The counters as they are now.
  RunStats stats() const;
  /// Forgets the traces, so that model_fn is called again; weights stay.
  void rebuild();

 private:
  struct State;
  State& state(const char* call) const;
  std::unique_ptr<State> state_;
};

}  // namespace reckon
