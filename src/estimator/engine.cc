// SPDX-License-Identifier: Apache-2.0
#include "estimator/engine.h"

#include <limits>
#include <random>

#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "estimator/checkpoint/content.h"
#include "estimator/model_dir.h"
#include "estimator/run/single_elements.h"
#include "runtime/initialize.h"

namespace reckon::estimator {
namespace {

StepTimer make_save_timer(const RunConfig& config) {
  if (is_on(config.save_checkpoints_steps))
    return StepTimer::every_steps(*config.save_checkpoints_steps);
  if (is_on(config.save_checkpoints_secs))
    return StepTimer::every_seconds(*config.save_checkpoints_secs);
  const bool is_off = config.save_checkpoints_steps || config.save_checkpoints_secs;
  return StepTimer::every_seconds(is_off ? std::numeric_limits<double>::infinity() : 600);
}

}  // namespace

Engine::Engine(ModelFunction model_function, EstimatorOptions options)
    : model(std::move(model_function)),
      params(std::move(options.params)),
      config(options.config),
      model_dir((check_config(options.config), resolve_model_dir(options))),
      events(model_dir),
      save_timer(make_save_timer(config)),
      summary_timer(StepTimer::every_steps(config.save_summary_steps)),
      counter_timer(StepTimer::every_steps(config.log_step_count_steps.value_or(0))) {
  base::require(static_cast<bool>(model.call), "Estimator",
                "model_fn is an empty function; pass one that returns an EstimatorSpec");
  config.model_dir = model_dir;
  if (params.empty()) return;
  base::require(model.takes_params, "Estimator",
                "params were given, but model_fn does not take them; add a parameter `const "
                "Params& params` (",
                params.keys().size(), " came, the first \"", params.keys().front(), "\")");
}

std::unique_lock<std::mutex> Engine::begin_call(const char* what) {
  std::unique_lock<std::mutex> lock(in_call_, std::try_to_lock);
  if (!lock.owns_lock()) {
    throw Error(ErrorCode::kFailedPrecondition, what,
                "another call of this Estimator is running, on another thread or around this hook; "
                "make one call after the other: train(input, {.steps = n}) and evaluate() in turns "
                "trace nothing anew");
  }
  return lock;
}

void Engine::stop_training() noexcept {
  try {
    if (checkpoints_ != nullptr) checkpoints_->release_lock();
  } catch (...) {
    // The system gives the lock back when the process ends.
  }
}

CheckpointStore& Engine::checkpoints() {
  if (checkpoints_ == nullptr) {
    checkpoints_ = std::make_unique<CheckpointStore>(
        model_dir, CheckpointStoreOptions{config.keep_checkpoint_max,
                                          is_on(config.keep_checkpoint_every_n_hours)
                                              ? config.keep_checkpoint_every_n_hours
                                              : std::numeric_limits<double>::infinity(),
                                          config.on_save_failure, nullptr, nullptr});
  }
  return *checkpoints_;
}

uint64_t Engine::seed() {
  if (!seed_) {
    seed_ = config.random_seed;
    if (!seed_) {
      std::random_device device;
      seed_ = (static_cast<uint64_t>(device()) << 32) | device();
      base::log(LogLevel::kInfo, fmt::format("random_seed was drawn: {}", *seed_));
    }
  }
  return *seed_;
}

int64_t Engine::global_step() const {
  const int32_t variable = module->find("global_step");
  return variable >= 0 && store.is_initialized(variable) ? store.value(variable).item<int64_t>()
                                                         : 0;
}

bool Engine::is_untrained() const {
  if (weights.is_trained() || weights.newest()) return false;
  for (int32_t i = 0; i < module->variable_count(); ++i) {
    if (module->variable(i).trainable) return true;
  }
  return false;
}

void Engine::restore(const LoadedCheckpoint& checkpoint, runtime::VariableStore& into) const {
  std::vector<std::string> problems;
  std::vector<const Array*> values;
  for (int32_t i = 0; i < module->variable_count(); ++i) {
    const graph::VariableDecl& decl = module->variable(i);
    const auto found = checkpoint.content.tensors.find(decl.name);
    if (found == checkpoint.content.tensors.end()) {
      problems.push_back(decl.name + " is not there");
      continue;
    }
    const Array& value = found->second;
    if (value.dtype() == decl.type.dtype && value.shape() == decl.type.shape)
      values.push_back(&value);
    else
      problems.push_back(fmt::format("{} is {} there, {} here", decl.name, value.text(),
                                     graph::type_text(decl.type)));
  }
  // All or nothing: values from two steps must never meet.
  if (problems.empty()) {
    for (int32_t i = 0; i < module->variable_count(); ++i) into.set(i, *values[i]);
    return;
  }
  const size_t count = problems.size();
  if (count > 10) problems.resize(10);
  std::string list;
  for (const std::string& problem : problems) list += (list.empty() ? "" : "; ") + problem;
  throw Error(
      ErrorCode::kInvalidArgument, "restore",
      fmt::format(
          "Restoring from checkpoint failed: {} of {} variables differ from {}: {}{}; use a new "
          "model_dir, or the params the checkpoint was made with",
          count, module->variable_count(), checkpoint.path, list, count > 10 ? "; …" : ""));
}

bool Engine::needs_checkpoint() {
  if (!weights.is_known()) return true;
  // Who trains in this process and keeps its steps in memory is ahead of any file.
  const bool is_disk_ahead =
      !weights.is_trained() || (config.save_checkpoints && config.save_on_return);
  if (is_disk_ahead && checkpoints().has_news()) return true;
  if (weights.is_trained() || !weights.newest()) return false;
  // The trace since the restore may have declared more: the slots of an optimizer after an
  // evaluation.
  for (int32_t i = 0; i < module->variable_count(); ++i) {
    if (!store.is_initialized(i)) return true;
  }
  return false;
}

/// What it says of its call; nothing, with a warning, if it is whole, but not as this Reckon writes
/// it.
CallState Engine::call_state(const LoadedCheckpoint& checkpoint) {
  const std::string other = value_of_another_kind(checkpoint.content.state);
  if (other.empty()) return call_state_of(checkpoint.content.state);
  base::log(LogLevel::kWarning,
            fmt::format("{} has a state that cannot be read ({} is of another kind): its input "
                        "starts from the beginning",
                        checkpoint.path, other));
  return {};
}

/// False if there is none.
bool Engine::load_checkpoint() {
  const std::optional<LoadedCheckpoint> checkpoint = checkpoints().load_newest();
  if (!checkpoint) return false;
  detach_streams();
  {
    const std::lock_guard<std::mutex> guard(programs.mutex);
    restore(*checkpoint, store);
  }
  CallState call = call_state(*checkpoint);
  if (call.random_seed && !config.random_seed) seed_ = call.random_seed;
  const int64_t step = checkpoint->content.step;
  weights.restored(step, std::move(call));
  base::log(LogLevel::kInfo, fmt::format("restored step {} from {}", step, checkpoint->path));
  return true;
}

void Engine::prepare_weights() {
  if (needs_checkpoint()) {
    // One that is refused now is refused again, not passed over.
    weights.look();
    if (!load_checkpoint()) weights.found_none();
  }
  const std::lock_guard<std::mutex> guard(programs.mutex);
  runtime::initialize_missing(store, seed());
}

void Engine::forget_weights() {
  checkpoints().drop_error();
  store.clear();
  weights.forget();
  advice.forget_weights();
  for (StepTimer* timer : {&save_timer, &summary_timer, &counter_timer}) timer->reset();
}

Engine::StartMarks Engine::marks() const {
  return {save_timer, summary_timer, counter_timer, weights.newest()};
}

void Engine::go_back_to(const StartMarks& marks) {
  checkpoints().drop_error();
  save_timer = marks.save_timer;
  summary_timer = marks.summary_timer;
  counter_timer = marks.counter_timer;
  // What the call has saved at its start, before it failed, stays known.
  try {
    if (weights.newest() && checkpoints().has(weights.newest()->step)) return;
  } catch (const Error&) {
    // The system does not tell; what failed before is thrown.
  }
  weights.take_back(marks.newest);
}

std::unique_ptr<runtime::VariableStore> Engine::load_weights(const std::string& checkpoint_path) {
  const LoadedCheckpoint checkpoint = checkpoints().load(checkpoint_path);
  auto loaded = std::make_unique<runtime::VariableStore>(module);
  restore(checkpoint, *loaded);
  return loaded;
}

std::map<std::string, Array> Engine::checkpoint_tensors(const char* what) {
  std::optional<LoadedCheckpoint> checkpoint = checkpoints().load_newest();
  if (checkpoint) return std::move(checkpoint->content.tensors);
  throw Error(ErrorCode::kFailedPrecondition, what,
              "could not find a trained model in model_dir " + model_dir +
                  "; train first, or pass another model_dir");
}

void Engine::detach_streams() {
  for (const auto& weak : streams) {
    if (const auto stream = weak.lock()) stream->detach();
  }
  streams.clear();
}

std::shared_ptr<const TracedModel> Engine::traced(Mode mode, const DatasetSpec& input) {
  const std::lock_guard<std::mutex> guard(programs.mutex);
  try {
    std::shared_ptr<const TracedModel> traced = tracer.get(mode, input);
    warn_of_single_elements(mode, input);
    return traced;
  } catch (const Error&) {
    // Whatever the text says: with a batch dimension the same model_fn would do.
    const bool is_batch_missing =
        !has_batch(input) && works_with(model, params, config, mode, with_batch(input));
    if (!is_batch_missing) throw;
  }
  throw Error(ErrorCode::kInvalidArgument, mode_name(mode), single_elements_text(input));
}

void Engine::warn_of_single_elements(Mode mode, const DatasetSpec& input) {
  if (has_warned_of_single_elements_ || !are_single_elements(input)) return;
  has_warned_of_single_elements_ = true;
  base::warn(mode_name(mode), single_elements_text(input));
}

Dataset Engine::make_input(const InputFn& input_fn, const char* what) {
  base::require(static_cast<bool>(input_fn), what,
                "input_fn is empty; pass a function that returns a Dataset");
  ++counters.input_fn_calls;
  return input_fn();
}

}  // namespace reckon::estimator
