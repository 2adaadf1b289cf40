// SPDX-License-Identifier: Apache-2.0
// Prediction streams: validated and given their weights at the call of predict, computed row by row
// as asked.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "data/iterator.h"
#include "estimator/engine.h"
#include "estimator/hook_schedule.h"

namespace reckon::estimator {
namespace {

struct PredictedValue {
  std::string name;
  graph::ValueId id;
};

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
  Array variable_value(const std::string& name) const override {
    return weights_->store->value(engine_->module->index_of("variable_value", name));
  }
  void save_checkpoint() override {
    base::fail(ErrorCode::kFailedPrecondition, "save_checkpoint",
               "was called during prediction, which changes nothing; save from a training hook");
  }
  const std::string& model_dir() const override { return engine_->model_dir; }

 private:
  bool run_batch();
  void check_rows(const runtime::Execution& execution);
  Array row(const ops::View& view, int64_t index) const;

  std::shared_ptr<Engine> engine_;
  std::shared_ptr<const TracedModel> model_;  ///< kept, for rebuild() may forget it meanwhile
  std::shared_ptr<StreamWeights> weights_;
  std::vector<PredictedValue> values_;
  std::vector<graph::ValueId> fetches_;
  BatchRunner runner_;
  HookSchedule hooks_;
  Dataset input_;
  std::unique_ptr<data::Iterator> iterator_;
  bool yields_rows_;
  uint64_t seed_;
  ArrayElement batch_;
  runtime::Execution* execution_ = nullptr;  ///< of the batch whose rows are being handed out
  int64_t rows_ = 0, next_row_ = 0;
  int64_t global_step_ = 0, iteration_ = 0;
  bool is_stopping_ = false, is_begun_ = false, is_over_ = false;
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
      runner_(engine_->programs, *model_, false, false),
      hooks_(prediction_hooks(*model_, options), *model_),
      input_(input),
      yields_rows_(options.yield_single_examples),
      seed_(engine_->seed()) {
  for (const PredictedValue& value : values_) fetches_.push_back(value.id);
  global_step_ = weights_->store->value(model_->global_step_variable).item<int64_t>();
  runner_.ask(fetches_, {});
  iterator_ = data::make_iterator(input_, {seed_, 0});
}

void BatchStream::check_rows(const runtime::Execution& execution) {
  rows_ = -1;
  for (size_t i = 0; i < values_.size(); ++i) {
    const ops::View& view = execution.result(static_cast<int32_t>(i));
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
  std::vector<graph::ValueId> wanted;
  if (is_hooked)
    wanted = hooks_.before_run(*this, iteration_ + 1, engine_->clock.monotonic_seconds());
  std::vector<graph::ValueId> fetches = fetches_;
  fetches.insert(fetches.end(), wanted.begin(), wanted.end());
  if (is_hooked) runner_.ask(fetches, {}, !wanted.empty());
  execution_ = &runner_.prepare(batch_);
  {
    const std::lock_guard<std::mutex> guard(weights_->mutex);
    {
      const std::lock_guard<std::mutex> binding(engine_->programs.mutex);
      execution_->bind(*weights_->store);
    }
    execution_->run({seed_, static_cast<uint64_t>(iteration_)}, base::Pool::shared());
  }
  ++iteration_;
  if (is_hooked) {
    std::vector<Array> values;
    for (size_t i = 0; i < wanted.size(); ++i) {
      values.push_back(execution_->fetch(static_cast<int32_t>(fetches_.size() + i)));
    }
    hooks_.after_run(*this, values);
    runner_.ask(fetches_, {});
    hooks_.plan(iteration_ + 1);
  }
  if (yields_rows_) check_rows(*execution_);
  next_row_ = 0;
  return true;
}

Array BatchStream::row(const ops::View& view, int64_t index) const {
  const Shape shape(std::vector<int64_t>(view.dims + 1, view.dims + view.rank));
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

bool BatchStream::next(Prediction& out) {
  if (is_over_) return false;
  if (!yields_rows_ || execution_ == nullptr || next_row_ == rows_) {
    do {
      if (!run_batch()) return false;
    } while (yields_rows_ && rows_ == 0);
  }
  std::map<std::string, Array> values;
  for (size_t i = 0; i < values_.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    values[values_[i].name] =
        yields_rows_ ? row(execution_->result(index), next_row_) : execution_->fetch(index);
  }
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
