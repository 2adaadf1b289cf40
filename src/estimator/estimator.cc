// SPDX-License-Identifier: Apache-2.0
#include <reckon/estimator.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "estimator/engine.h"

namespace reckon {
namespace {

template <class Map>
std::string key_list(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key.empty() ? "(unnamed)" : key);
  return fmt::format("{}", fmt::join(keys, ", "));
}

}  // namespace

double EvalResult::value(const std::string& name) const {
  if (name == "global_step") return static_cast<double>(global_step_);
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  throw Error(ErrorCode::kNotFound, "EvalResult",
              fmt::format("there is no metric \"{}\"; there are: {}, global_step", name,
                          key_list(values_)));
}

const Array& Prediction::operator[](const std::string& name) const {
  const auto found = values_.find(name);
  if (found != values_.end()) return found->second;
  throw Error(ErrorCode::kNotFound, "Prediction",
              fmt::format("there is no prediction \"{}\"; there are: {}", name, key_list(values_)));
}

const Array& Prediction::single() const {
  base::require(values_.size() == 1, "Prediction", "has ", values_.size(), " values (",
                key_list(values_), "), expected one; name the one you want");
  return values_.begin()->second;
}

std::optional<Prediction> PredictionStream::next() {
  Prediction prediction;
  if (source_ == nullptr || !source_->next(prediction)) return std::nullopt;
  return prediction;
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
  std::shared_ptr<estimator::Engine> engine;
};

Estimator::Estimator(ModelFunction model, EstimatorOptions options)
    : state_(std::make_unique<State>(
          State{std::make_shared<estimator::Engine>(std::move(model), std::move(options))})) {}
Estimator::~Estimator() {
  // Streams may live longer: they keep the engine, and nothing changes its weights any more.
}
Estimator::Estimator(Estimator&&) noexcept = default;
Estimator& Estimator::operator=(Estimator&&) noexcept = default;

Estimator::State& Estimator::state(const char* call) const {
  if (state_ == nullptr) {
    throw Error(ErrorCode::kFailedPrecondition, call,
                "this Estimator was moved from; use the one it was moved to");
  }
  return *state_;
}

Estimator& Estimator::train(const InputFn& input_fn, TrainOptions options) {
  const auto call = state("train").engine->begin_call("train");
  estimator::run_training(*state_->engine, input_fn, options);
  return *this;
}

EvalResult Estimator::evaluate(const InputFn& input_fn, EvaluateOptions options) {
  const auto call = state("evaluate").engine->begin_call("evaluate");
  return estimator::run_evaluation(*state_->engine, input_fn, options);
}

PredictionStream Estimator::predict(const InputFn& input_fn, PredictOptions options) {
  const auto call = state("predict").engine->begin_call("predict");
  return estimator::start_prediction(state_->engine, input_fn, options);
}

std::string Estimator::latest_checkpoint() const {
  return state("latest_checkpoint").engine->checkpoints().latest_path();
}

std::vector<std::string> Estimator::variable_names() const {
  const auto call = state("variable_names").engine->begin_call("variable_names");
  estimator::Engine& engine = *state_->engine;
  std::vector<std::string> names;
  for (const std::string& name : engine.module->variable_names()) {
    if (engine.store.is_initialized(engine.module->find(name))) names.push_back(name);
  }
  if (!names.empty()) return names;
  for (const auto& [name, value] : engine.checkpoint_tensors("variable_names"))
    names.push_back(name);
  return names;
}

Array Estimator::variable_value(const std::string& name) const {
  const auto call = state("variable_value").engine->begin_call("variable_value");
  estimator::Engine& engine = *state_->engine;
  const int32_t index = engine.module->find(name);
  if (index >= 0 && engine.store.is_initialized(index)) return engine.store.value(index);
  if (engine.module->variable_count() > 0 && !engine.needs_restore)
    engine.module->index_of("variable_value", name);
  const std::map<std::string, Array> tensors = engine.checkpoint_tensors("variable_value");
  const auto found = tensors.find(name);
  if (found != tensors.end()) return found->second;
  throw Error(ErrorCode::kNotFound, "variable_value",
              fmt::format("there is no variable \"{}\"; there are: {}", name, key_list(tensors)));
}

std::string Estimator::eval_dir(const std::string& name) const {
  return estimator::eval_directory(*state("eval_dir").engine, "eval_dir", name);
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
  stats.programs_compiled = engine.programs.steps.compiled();
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
