// SPDX-License-Identifier: Apache-2.0
// Estimator: one model_fn, traced at most once per mode and input signature, one set of weights,
// and the train, evaluate and predict that run it.
#pragma once

#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <reckon/dataset.h>
#include <reckon/estimator_spec.h>
#include <reckon/model_function.h>
#include <reckon/params.h>
#include <reckon/run_config.h>

namespace reckon {

struct EstimatorOptions {
  std::string model_dir =
      {};  ///< empty: RunConfig's, or a new temporary directory, which a warning names
  RunConfig config = {};
  Params params = {};
};

struct TrainOptions {
  std::optional<int64_t> steps = {};      ///< so many more steps in this call
  std::optional<int64_t> max_steps = {};  ///< until global_step is that, over all calls
  HookList hooks = {};
  SavingListenerList saving_listeners = {};
};

struct EvaluateOptions {
  std::optional<int64_t> steps = {};  ///< batches; unset: until the data end
  HookList hooks = {};
  std::string checkpoint_path = {};  ///< empty: the present weights
  std::string name = {};             ///< results go to model_dir/eval_<name>
};

struct PredictOptions {
  std::vector<std::string> predict_keys = {};  ///< empty: all
  HookList hooks = {};
  std::string checkpoint_path = {};   ///< empty: the weights as of this call
  bool yield_single_examples = true;  ///< false: whole batches
};

/// Metrics by name, with loss and global_step.
class EvalResult {
 public:
  EvalResult() = default;
  EvalResult(std::map<std::string, double> values, int64_t global_step)
      : values_(std::move(values)), global_step_(global_step) {}
  /// Throws Error, kNotFound, with the names there are.
  template <class T>
  T get(const std::string& name) const {
    return static_cast<T>(value(name));
  }
  int64_t global_step() const { return global_step_; }
  const std::map<std::string, double>& values() const { return values_; }

 private:
  double value(const std::string& name) const;
  std::map<std::string, double> values_;
  int64_t global_step_ = 0;
};

/// One row of predictions (or one batch): Arrays by name.
class Prediction {
 public:
  Prediction() = default;
  explicit Prediction(std::map<std::string, Array> values) : values_(std::move(values)) {}
  /// Throws Error, kNotFound, with the names there are.
  const Array& operator[](const std::string& name) const;
  /// The only one, whatever its name.
  const Array& single() const;
  const std::map<std::string, Array>& values() const { return values_; }

 private:
  std::map<std::string, Array> values_;
};

/// A lazy range of predictions. Several may be open at once; each sees the weights as of the call
/// of predict().
class PredictionStream {
 public:
  class Source {
   public:
    virtual ~Source() = default;
    /// False at the end.
    virtual bool next(Prediction& out) = 0;
  };

  explicit PredictionStream(std::shared_ptr<Source> source) : source_(std::move(source)) {}
  /// The next row, or nothing at the end.
  std::optional<Prediction> next();

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Prediction;
    using difference_type = std::ptrdiff_t;
    using pointer = const Prediction*;
    using reference = const Prediction&;
    Iterator() = default;
    explicit Iterator(PredictionStream* stream) : stream_(stream) { ++*this; }
    const Prediction& operator*() const { return *current_; }
    const Prediction* operator->() const { return &*current_; }
    Iterator& operator++() {
      current_ = stream_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const {
      return current_.has_value() == other.current_.has_value();
    }

   private:
    PredictionStream* stream_ = nullptr;
    std::optional<Prediction> current_;
  };
  Iterator begin() { return Iterator(this); }
  Iterator end() { return Iterator(); }

 private:
  std::shared_ptr<Source> source_;
};

/// Counters of one Estimator since it was made.
struct RunStats {
  int train_calls = 0, evaluate_calls = 0, predict_calls = 0;  ///< of model_fn, by mode
  int shared_calls = 0;                                        ///< of a model_fn without Mode
  int programs_compiled = 0;
  int variant_programs =
      0;  ///< initializers, and steps that also fetch what hooks or summaries ask for
  int checkpoints_read = 0, checkpoints_written = 0;
  int input_fn_calls = 0;
  double input_seconds = 0, step_seconds = 0, evaluate_seconds = 0, checkpoint_seconds = 0;
  int64_t variable_bytes = 0;  ///< memory of all variables

  int model_fn_calls() const { return train_calls + evaluate_calls + predict_calls + shared_calls; }
  int model_fn_calls(Mode mode) const;
};

/// Used from one thread at a time, but for open PredictionStreams.
class Estimator {
 public:
  /// Traces nothing. `model_fn`: any callable EstimatorSpec(features[, labels][, mode][, params][,
  /// config]).
  ///   throws  Error, kInvalidArgument, for a bad RunConfig (naming the field), model_dirs that
  ///   differ, or params
  ///           for a model_fn that takes none
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, ModelFunction>) explicit Estimator(
      F model_fn, EstimatorOptions options = {})
      : Estimator(make_model_function(std::move(model_fn)), std::move(options)) {}
  Estimator(ModelFunction model, EstimatorOptions options);
  ~Estimator();
  Estimator(Estimator&&) noexcept;
  Estimator& operator=(Estimator&&) noexcept;

  /// Trains on input_fn's data; interrupted, the same call goes on where it was.
  ///   throws  Error, kInvalidArgument, for bad options, a spec without loss or train_op, data
  ///   faults;
  ///           kNonFinite, if the loss becomes NaN or infinite; kUnavailable, if files cannot be
  ///           written
  Estimator& train(const InputFn& input_fn, TrainOptions options = {});
  /// Loss (mean over batches) and the metrics of the spec over the data.
  ///   throws  Error, kInvalidArgument, for an empty data set or bad options
  EvalResult evaluate(const InputFn& input_fn, EvaluateOptions options = {});
  /// Validates, restores and takes its weights now; rows are computed when they are asked for.
  PredictionStream predict(const InputFn& input_fn, PredictOptions options = {});

  /// Path of the newest whole checkpoint (without suffix); "" if there is none.
  std::string latest_checkpoint() const;
  /// Names in memory, or in the newest checkpoint. Throws Error, kFailedPrecondition, if there is
  /// neither.
  std::vector<std::string> variable_names() const;
  Array variable_value(const std::string& name) const;
  std::string eval_dir(const std::string& name = "") const;
  const std::string& model_dir() const;
  const RunConfig& config() const;
  const Params& params() const;
  RunStats stats() const;
  /// Forgets the traces, so that model_fn is called again; weights stay.
  void rebuild();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reckon
