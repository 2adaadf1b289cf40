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
#include "estimator/run/calls.h"
#include "estimator/run/step_loop.h"
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

HookList prediction_hooks(const TracedModel& model, const PredictOptions& options) {
  HookList hooks = options.hooks;
  hooks.insert(hooks.end(), model.spec.prediction_hooks.begin(), model.spec.prediction_hooks.end());
  return hooks;
}

StepQuestion prediction_question(const std::vector<PredictedValue>& values) {
  StepQuestion question;
  for (const PredictedValue& value : values) question.fetches.push_back(value.id);
  return question;
}

/// What a stream keeps, though the Estimator is gone or has forgotten it by rebuild().
struct StreamOwner {
  std::shared_ptr<Engine> kept_engine;
  std::shared_ptr<const TracedModel> kept_model;
};

/// StreamOwner first: the loop works on what it owns.
class BatchStream : private StreamOwner, public PredictionStream::Source, public StepLoop {
 public:
  BatchStream(std::shared_ptr<Engine> engine, std::shared_ptr<const TracedModel> model,
              const Dataset& input, const PredictOptions& options,
              std::shared_ptr<StreamWeights> weights);

  bool next(Prediction& out) override;

  Array variable_value(const std::string& name) const override;

 private:
  bool next_prediction(Prediction& out);
  bool run_batch();
  bool run_batch_at_call();
  bool run_program(runtime::Execution& execution) override;
  void take_results(const runtime::Execution& execution);
  void check_rows();

  std::shared_ptr<StreamWeights> weights_;
  Place place_ = base::CallPlace::current();  ///< of the call of predict
  std::vector<PredictedValue> values_;
  bool yields_rows_;
  uint64_t seed_;
  std::unique_ptr<data::Iterator> waiting_;  ///< the input, until the first batch is asked for
  bool has_batch_ = false;  ///< the rest describes the batch whose rows are being handed out
  std::vector<ops::View> results_;  ///< in an Execution's memory, or in `kept_`
  std::vector<Array> kept_;
  std::exception_ptr failure_;  ///< what next() throws from now on: half a batch has no next row
  int64_t rows_ = 0, next_row_ = 0;
  bool is_over_ = false;
  bool is_running_ = false;  ///< within next()
};

BatchStream::BatchStream(std::shared_ptr<Engine> its_engine,
                         std::shared_ptr<const TracedModel> its_model, const Dataset& input,
                         const PredictOptions& options, std::shared_ptr<StreamWeights> weights)
    : StreamOwner{std::move(its_engine), std::move(its_model)},
      StepLoop(*kept_engine, *kept_model, Mode::kPredict, prediction_hooks(*kept_model, options),
               prediction_question(select_predictions(kept_model->spec, options.predict_keys)),
               weights->store->value(kept_model->global_step_variable).item<int64_t>()),
      weights_(std::move(weights)),
      values_(select_predictions(model().spec, options.predict_keys)),
      yields_rows_(options.yield_single_examples),
      seed_(engine().seed()) {
  set_weights_mutex(weights_->mutex);
  if (yields_rows_) check_predicted_rows(model().spec, values_);
  waiting_ = data::make_iterator(input, {seed_, 0});
}

Array BatchStream::variable_value(const std::string& name) const {
  const int32_t index = engine().module->index_of("variable_value", name);
  base::require(engine().module->variable(index).kind != graph::VariableKind::kSlot,
                "variable_value", "\"", name,
                "\" is an optimizer's, of which a prediction keeps no copy; ask the Estimator");
  const std::lock_guard<std::mutex> guard(weights_->mutex);
  return weights_->store->value(index);
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

bool BatchStream::run_program(runtime::Execution& execution) {
  {
    const std::lock_guard<std::mutex> binding(engine().programs.mutex);
    execution.bind(*weights_->store);
  }
  execution.run({seed_, static_cast<uint64_t>(iteration())}, base::Pool::shared());
  take_results(execution);
  return true;
}

/// A prediction that is a variable is copied while nobody may train: its rows are taken later.
void BatchStream::take_results(const runtime::Execution& execution) {
  kept_.assign(values_.size(), Array());
  results_.clear();
  for (size_t i = 0; i < values_.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    if (execution.is_variable(index)) kept_[i] = execution.fetch(index);
    results_.push_back(kept_[i].valid() ? view_of(kept_[i]) : execution.result(index));
  }
}

bool BatchStream::run_batch() {
  if (waiting_ != nullptr) {
    std::unique_ptr<data::Iterator> input = std::move(waiting_);
    begin();
    start(std::move(input));
  }
  if (stop_requested() || !step()) {
    is_over_ = true;
    end();
    return false;
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
