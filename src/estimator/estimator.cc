// SPDX-License-Identifier: Apache-2.0
#include <reckon/estimator.h>

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/call_place.h"
#include "base/check.h"
#include "base/with_place.h"
#include "estimator/model_dir.h"
#include "estimator/run/calls.h"

namespace reckon {
namespace {

template <class Map>
std::string key_list(const Map& map) {
  if (map.empty()) return "none";
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key.empty() ? "(unnamed)" : key);
  return fmt::format("{}", fmt::join(keys, ", "));
}

/// function() as a public call at `place`: errors and warnings that name no line name this one.
template <class F>
decltype(auto) call_at(Place place, F&& function) {
  const base::CallPlace call(place);
  return base::with_place(place, std::forward<F>(function));
}

/// A variable's value in memory, or in the newest checkpoint.
Array value_in(estimator::Engine& engine, const std::string& name) {
  const int32_t index = engine.module->find(name);
  if (index >= 0 && engine.store.is_initialized(index)) return engine.store.value(index);
  if (engine.module->variable_count() > 0 && engine.weights.is_known())
    engine.module->index_of("variable_value", name);
  const std::map<std::string, Array> tensors = engine.checkpoint_tensors("variable_value");
  const auto found = tensors.find(name);
  if (found != tensors.end()) return found->second;
  throw Error(ErrorCode::kNotFound, "variable_value",
              fmt::format("there is no variable \"{}\"; there are: {}; ask for one of these", name,
                          key_list(tensors)));
}

}  // namespace

const Array& Prediction::operator[](const Name& name) const {
  const auto found = values_.find(name.text());
  if (found != values_.end()) return found->second;
  throw Error(ErrorCode::kNotFound, "Prediction",
              fmt::format("there is no prediction \"{}\"; there are: {}; ask for one of these, or "
                          "return it in predictions",
                          name.text(), key_list(values_)),
              name.place());
}

const Array& Prediction::single(Place place) const {
  call_at(place, [&] {
    base::require(values_.size() == 1, "Prediction", "has ", values_.size(), " values (",
                  key_list(values_), "), expected one; ask for it by its name, e.g. row[\"",
                  values_.empty() ? "class" : values_.begin()->first, "\"]");
  });
  return values_.begin()->second;
}

PredictionStream::PredictionStream(std::shared_ptr<Source> source) : source_(std::move(source)) {
  base::require(source_ != nullptr, "PredictionStream",
                "the source is null, expected where rows come from; take what predict() returns");
}

std::optional<Prediction> PredictionStream::next() {
  Prediction prediction;
  if (!source_->next(prediction)) return std::nullopt;
  return prediction;
}

const Prediction& PredictionStream::Iterator::operator*() const {
  if (current_.has_value()) return *current_;
  throw Error(ErrorCode::kFailedPrecondition, "PredictionStream",
              "an iterator at the end was asked for a row; compare it with end() first");
}

PredictionStream::Iterator& PredictionStream::Iterator::operator++() {
  if (stream_ == nullptr) {
    throw Error(ErrorCode::kFailedPrecondition, "PredictionStream",
                "an iterator of no stream was advanced; begin at begin()");
  }
  current_ = stream_->next();
  return *this;
}

int RunStats::model_fn_calls(Mode mode) const {
  switch (mode) {
    case Mode::kTrain:
      return train_calls;
    case Mode::kEvaluate:
      return evaluate_calls;
    case Mode::kPredict:
      return predict_calls;
  }
  return 0;
}

struct Estimator::State {
  explicit State(std::shared_ptr<estimator::Engine> its_engine) : engine(std::move(its_engine)) {}
  /// Streams may live longer and keep the engine: nothing changes its weights any more, and another
  /// Estimator may train in model_dir.
  ~State() { engine->stop_training(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::shared_ptr<estimator::Engine> engine;
};

Estimator::Estimator(ModelFunction model, EstimatorOptions options, Place place)
    : state_(call_at(place, [&] {
        return std::make_unique<State>(
            std::make_shared<estimator::Engine>(std::move(model), std::move(options)));
      })) {}
Estimator::~Estimator() = default;
Estimator::Estimator(Estimator&&) noexcept = default;
Estimator& Estimator::operator=(Estimator&&) noexcept = default;

Estimator::State& Estimator::state(const char* call) const {
  if (state_ == nullptr) {
    throw Error(ErrorCode::kFailedPrecondition, call,
                "this Estimator was moved from; use the one it was moved to");
  }
  return *state_;
}

Estimator& Estimator::train(const InputFn& input_fn, TrainOptions options, Place place) {
  call_at(place, [&] {
    const auto call = state("train").engine->begin_call("train");
    estimator::run_training(*state_->engine, input_fn, options);
  });
  return *this;
}

EvalResult Estimator::evaluate(const InputFn& input_fn, EvaluateOptions options, Place place) {
  return call_at(place, [&] {
    const auto call = state("evaluate").engine->begin_call("evaluate");
    return estimator::run_evaluation(*state_->engine, input_fn, options);
  });
}

PredictionStream Estimator::predict(const InputFn& input_fn, PredictOptions options, Place place) {
  return call_at(place, [&] {
    const auto call = state("predict").engine->begin_call("predict");
    return estimator::start_prediction(state_->engine, input_fn, options);
  });
}

std::string Estimator::latest_checkpoint() const {
  return state("latest_checkpoint").engine->checkpoints().latest_path();
}

std::vector<std::string> Estimator::variable_names(Place place) const {
  const auto call = state("variable_names").engine->begin_call("variable_names");
  estimator::Engine& engine = *state_->engine;
  std::vector<std::string> names;
  for (const std::string& name : engine.module->variable_names()) {
    if (engine.store.is_initialized(engine.module->find(name))) names.push_back(name);
  }
  if (!names.empty()) return names;
  const auto tensors = call_at(place, [&] { return engine.checkpoint_tensors("variable_names"); });
  for (const auto& [name, value] : tensors) names.push_back(name);
  return names;
}

Array Estimator::variable_value(const Name& name) const {
  return call_at(name.place(), [&] {
    const auto call = state("variable_value").engine->begin_call("variable_value");
    return value_in(*state_->engine, name.text());
  });
}

std::string Estimator::eval_dir(const std::string& name, Place place) const {
  return call_at(place, [&] {
    return estimator::eval_directory(state("eval_dir").engine->model_dir, "eval_dir", name);
  });
}
const std::string& Estimator::model_dir() const { return state("model_dir").engine->model_dir; }
const RunConfig& Estimator::config() const { return state("config").engine->config; }
const Params& Estimator::params() const { return state("params").engine->params; }

RunStats Estimator::stats() const {
  estimator::Engine& engine = *state("stats").engine;
  RunStats stats = engine.counters;
  stats.train_calls = engine.tracer.calls(Mode::kTrain);
  stats.evaluate_calls = engine.tracer.calls(Mode::kEvaluate);
  stats.predict_calls = engine.tracer.calls(Mode::kPredict);
  stats.shared_calls = engine.tracer.shared_calls();
  stats.programs_compiled = engine.programs.steps_compiled();
  stats.variant_programs = engine.programs.variants.compiled();
  stats.checkpoints_read = engine.checkpoints().read();
  stats.checkpoints_written = engine.checkpoints().written();
  stats.variable_bytes = static_cast<int64_t>(engine.store.bytes());
  return stats;
}

void Estimator::rebuild() {
  const auto call = state("rebuild").engine->begin_call("rebuild");
  state_->engine->tracer.forget();
}

}  // namespace reckon
