// SPDX-License-Identifier: Apache-2.0
// Prediction streams: validated and given their weights at the call of predict, computed row by row
// as asked.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/call_place.h"
#include "base/check.h"
#include "base/with_place.h"
#include "data/iterator.h"
#include "estimator/engine.h"
#include "estimator/hooks/hook_schedule.h"
#include "ops/network/label_mend.h"

namespace reckon::estimator {
namespace {

struct PredictedValue {
  std::string name;
  graph::ValueId id;
};

/// What argmax() gives without an axis has as many elements as there are classes, whatever the
/// batch.
void check_predicted_rows(const EstimatorSpec& spec, const std::vector<PredictedValue>& values) {
  for (const PredictedValue& value : values) {
    const Tensor& tensor = spec.predictions[value.name];
    base::with_place(tensor.place(), [&] {
      base::require(!ops::is_position_in_batch(tensor), "predict", "predictions[\"", value.name,
                    "\"] is ", tensor.text(),
                    ", expected a row for each of the batch; argmax without an axis looks along "
                    "the batch: use argmax(logits, -1), or set yield_single_examples = false");
    });
  }
}

std::vector<PredictedValue> select_predictions(const EstimatorSpec& spec,
                                               const std::vector<std::string>& keys) {
  base::require(keys.empty() || !spec.predictions.is_single(), "predict",
                "predict_keys came, but predictions is a single Tensor without a name; name it, or "
                "drop the keys (",
                keys.size(), " came, the first \"", keys.empty() ? "" : keys[0], "\")");
  std::vector<PredictedValue> values;
  for (const auto& [name, tensor] : spec.predictions) {
    const bool is_wanted = keys.empty() || std::find(keys.begin(), keys.end(), name) != keys.end();
    if (is_wanted) values.push_back({name, tensor.id()});
  }
  base::require(!values.empty(), "predict", "expected to run at least one output from ",
                fmt::format("{}", fmt::join(spec.predictions.names(), ", ")),
                ", but predict_keys are ", fmt::format("{}", fmt::join(keys, ", ")),
                "; name one of them");
  return values;
}

class BatchStream : public PredictionStream::Source, public RunContext {
 public:
  BatchStream(std::shared_ptr<Engine> engine, std::shared_ptr<const TracedModel> model,
              const Dataset& input, const PredictOptions& options,
              std::shared_ptr<StreamWeights> weights);

  bool next(Prediction& out) override;

  int64_t global_step() const override { return global_step_; }
  int64_t iteration() const override { return iteration_; }
  void request_stop() override { is_stopping_ = true; }
  bool stop_requested() const override { return is_stopping_; }
  bool input_ended() const override { return is_over_ && !is_stopping_; }
  Array variable_value(const std::string& name) const override {
    const int32_t index = engine_->module->index_of("variable_value", name);
    base::require(engine_->module->variable(index).kind != graph::VariableKind::kSlot,
                  "variable_value", "\"", name,
                  "\" is an optimizer's, of which a prediction keeps no copy; ask the Estimator");
    const std::lock_guard<std::mutex> guard(weights_->mutex);
    return weights_->store->value(index);
  }
  void save_checkpoint() override {
    base::fail(ErrorCode::kFailedPrecondition, "save_checkpoint",
               "was called during prediction, which changes nothing; save from a training hook");
  }
  const std::string& model_dir() const override { return engine_->model_dir; }

 private:
  bool next_prediction(Prediction& out);
  bool run_batch();
  bool run_batch_at_call();
  std::vector<Array> compute(const std::vector<int32_t>& wanted);
  void check_rows();

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<const TracedModel> model_;  ///< kept, for rebuild() may forget it meanwhile
  std::shared_ptr<StreamWeights> weights_;
  Place place_ = base::CallPlace::current();  ///< of the call of predict
  std::vector<PredictedValue> values_;
  std::vector<graph::ValueId> fetches_;
  BatchRunner runner_;
  HookSchedule hooks_;
  Dataset input_;
  std::unique_ptr<data::Iterator> iterator_;
  bool yields_rows_;
  uint64_t seed_;
  ArrayElement batch_;
  bool has_batch_ = false;  ///< the rest describes the batch whose rows are being handed out
  std::vector<ops::View> results_;  ///< in an Execution's memory, or in `kept_`
  std::vector<Array> kept_;
  std::exception_ptr failure_;  ///< what next() throws from now on: half a batch has no next row
  int64_t rows_ = 0, next_row_ = 0;
  int64_t global_step_ = 0, iteration_ = 0;
  bool is_stopping_ = false, is_begun_ = false, is_over_ = false;
  bool is_running_ = false;  ///< within next()
};

HookList prediction_hooks(const TracedModel& model, const PredictOptions& options) {
  HookList hooks = options.hooks;
  hooks.insert(hooks.end(), model.spec.prediction_hooks.begin(), model.spec.prediction_hooks.end());
  return hooks;
}

BatchStream::BatchStream(std::shared_ptr<Engine> engine, std::shared_ptr<const TracedModel> model,
                         const Dataset& input, const PredictOptions& options,
                         std::shared_ptr<StreamWeights> weights)
    : engine_(std::move(engine)),
      model_(std::move(model)),
      weights_(std::move(weights)),
      values_(select_predictions(model_->spec, options.predict_keys)),
      runner_(engine_->programs, *model_, Mode::kPredict),
      hooks_(prediction_hooks(*model_, options), *model_),
      input_(input),
      yields_rows_(options.yield_single_examples),
      seed_(engine_->seed()) {
  if (yields_rows_) check_predicted_rows(model_->spec, values_);
  for (const PredictedValue& value : values_) fetches_.push_back(value.id);
  global_step_ = weights_->store->value(model_->global_step_variable).item<int64_t>();
  runner_.ask(fetches_, {});
  iterator_ = data::make_iterator(input_, {seed_, 0});
}

void BatchStream::check_rows() {
  rows_ = -1;
  for (size_t i = 0; i < values_.size(); ++i) {
    const ops::View& view = results_[i];
    base::require(view.rank > 0, "predict", "predictions[\"", values_[i].name,
                  "\"] is a scalar, which has no rows; give it a batch dimension, or set "
                  "yield_single_examples = false");
    if (rows_ < 0) rows_ = view.dims[0];
    base::require(
        view.dims[0] == rows_, "predict", "predictions[\"", values_[i].name, "\"] has ",
        view.dims[0], " rows but others have ", rows_,
        "; batch length of predictions should be the same, or set yield_single_examples = false");
  }
}

ops::View view_of(const Array& array) {
  return {const_cast<void*>(array.raw()), array.shape().begin(), array.num_elements(),
          array.shape().rank(), array.dtype()};
}

/// Runs the batch; returns the fetches at the places `wanted`. A prediction that
/// is a variable is copied while nobody may train: its rows are taken later.
std::vector<Array> BatchStream::compute(const std::vector<int32_t>& wanted) {
  runtime::Execution& execution = runner_.prepare(batch_);
  const std::lock_guard<std::mutex> guard(weights_->mutex);
  {
    const std::lock_guard<std::mutex> binding(engine_->programs.mutex);
    execution.bind(*weights_->store);
  }
  execution.run({seed_, static_cast<uint64_t>(iteration_)}, base::Pool::shared());
  ++iteration_;
  kept_.assign(values_.size(), Array());
  results_.clear();
  for (size_t i = 0; i < values_.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    if (execution.is_variable(index)) kept_[i] = execution.fetch(index);
    results_.push_back(kept_[i].valid() ? view_of(kept_[i]) : execution.result(index));
  }
  std::vector<Array> extra;
  for (int32_t place : wanted) extra.push_back(execution.fetch(place));
  return extra;
}

bool BatchStream::run_batch() {
  if (!is_begun_) {
    is_begun_ = true;
    hooks_.begin();
    hooks_.after_create(*this);
    hooks_.plan(1);
  }
  if (is_stopping_ || !iterator_->next(batch_)) {
    is_over_ = true;
    hooks_.end(*this);
    return false;
  }
  const bool is_hooked = iteration_ + 1 >= hooks_.due_iteration();
  std::vector<graph::ValueId> fetches;
  std::vector<int32_t> wanted;
  if (is_hooked) {
    fetches = fetches_;
    wanted = add_missing(
        fetches, hooks_.before_run(*this, iteration_ + 1, engine_->clock.monotonic_seconds()));
    runner_.ask(fetches, {}, fetches.size() > fetches_.size());
  }
  const std::vector<Array> values = compute(wanted);
  if (is_hooked) {
    hooks_.after_run(*this, values);
    runner_.ask(fetches_, {});
    hooks_.plan(iteration_ + 1);
  }
  if (yields_rows_) check_rows();
  next_row_ = 0;
  has_batch_ = true;
  return true;
}

bool BatchStream::run_batch_at_call() {
  const base::CallPlace call(place_);
  return base::with_place(place_, [this] { return run_batch(); });
}

/// The elements of `shape` from number index * its size on.
Array copy_of(const ops::View& view, const Shape& shape, int64_t index) {
  const int64_t elements = shape.num_elements();
  if (view.dtype == kString) {
    const auto* strings = static_cast<const std::string_view*>(view.data) + index * elements;
    return Array::string_views({strings, static_cast<size_t>(elements)}, shape);
  }
  Array array = Array::uninitialized(view.dtype, shape);
  const size_t bytes = array.num_bytes();
  if (bytes > 0)
    std::memcpy(array.mutable_raw(),
                static_cast<const char*>(view.data) + index * static_cast<int64_t>(bytes), bytes);
  return array;
}

/// What a stream that threw `failure` throws from then on: that Error, or one that says what it
/// was.
std::exception_ptr lasting(const std::exception_ptr& failure) {
  std::string reason = "an exception of another kind";
  try {
    std::rethrow_exception(failure);
  } catch (const Error&) {
    return failure;
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {
  }
  return std::make_exception_ptr(
      Error(ErrorCode::kFailedPrecondition, "predict",
            "this stream has ended with an error (" + reason + "); call predict() for a new one"));
}

Array row(const ops::View& view, int64_t index) {
  return copy_of(view, Shape(std::vector<int64_t>(view.dims + 1, view.dims + view.rank)), index);
}
Array whole(const ops::View& view) {
  return copy_of(view, Shape(std::vector<int64_t>(view.dims, view.dims + view.rank)), 0);
}

bool BatchStream::next(Prediction& out) {
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  if (is_running_) {
    base::fail(ErrorCode::kFailedPrecondition, "predict",
               "next() was called inside a hook of the same stream, expected a call after it; "
               "read the rows where the stream was made");
  }
  struct Running {
    bool& flag;
    ~Running() { flag = false; }
  } const running{is_running_ = true};
  try {
    return next_prediction(out);
  } catch (...) {
    failure_ = lasting(std::current_exception());
    throw;
  }
}

bool BatchStream::next_prediction(Prediction& out) {
  if (is_over_) return false;
  if (!yields_rows_ || !has_batch_ || next_row_ == rows_) {
    do {
      if (!run_batch_at_call()) return false;
    } while (yields_rows_ && rows_ == 0);
  }
  std::map<std::string, Array> values;
  for (size_t i = 0; i < values_.size(); ++i)
    values[values_[i].name] = yields_rows_ ? row(results_[i], next_row_) : whole(results_[i]);
  ++next_row_;
  out = Prediction(std::move(values));
  return true;
}

}  // namespace

PredictionStream start_prediction(const std::shared_ptr<Engine>& engine, const InputFn& input_fn,
                                  const PredictOptions& options) {
  const Dataset input = engine->make_input(input_fn, "predict");
  std::shared_ptr<const TracedModel> model = engine->traced(Mode::kPredict, input.spec());
  auto weights = std::make_shared<StreamWeights>();
  if (options.checkpoint_path.empty()) {
    engine->prepare_weights();
    if (engine->is_untrained()) engine->advice.no_trained_model("predicting");
    weights->store = &engine->store;
    for (int32_t i = 0; i < engine->module->variable_count(); ++i) {
      if (engine->module->variable(i).kind != graph::VariableKind::kSlot)
        weights->variables.push_back(i);
    }
    std::erase_if(engine->streams, [](const auto& stream) { return stream.expired(); });
    engine->streams.push_back(weights);
  } else {
    weights->own = engine->load_weights(options.checkpoint_path);
    weights->store = weights->own.get();
  }
  return PredictionStream(
      std::make_shared<BatchStream>(engine, std::move(model), input, options, std::move(weights)));
}

}  // namespace reckon::estimator
