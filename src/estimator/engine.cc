// SPDX-License-Identifier: Apache-2.0
#include "estimator/engine.h"

#include <algorithm>
#include <cstdlib>
#include <random>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/logging.h"
#include "runtime/initialize.h"

namespace reckon::estimator {
namespace {

std::string temporary_model_dir() {
  const char* parent = std::getenv("TMPDIR");
  std::string pattern =
      std::string(parent != nullptr && *parent ? parent : "/tmp") + "/reckon-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw Error(ErrorCode::kUnavailable, "Estimator",
                "no temporary model_dir could be made in " + pattern + "; pass model_dir");
  }
  base::log(LogLevel::kWarning, "no model_dir was given: checkpoints and events go to " + pattern);
  return pattern;
}

std::string resolve_model_dir(const EstimatorOptions& options) {
  const std::string& own = options.model_dir;
  const std::string& configured = options.config.model_dir;
  base::require(
      own.empty() || configured.empty() || own == configured, "Estimator",
      "model_dir is set both in EstimatorOptions and in RunConfig, but with different values (\"",
      own, "\" and \"", configured, "\"); set one of them");
  const std::string& chosen = own.empty() ? configured : own;
  base::require(chosen.find('\0') == std::string::npos, "Estimator", "model_dir holds a NUL byte (",
                chosen.size(), " bytes), expected a path; leave it out");
  return chosen.empty() ? temporary_model_dir() : chosen;
}

StepTimer make_save_timer(const RunConfig& config) {
  if (config.save_checkpoints_steps) return StepTimer::every_steps(*config.save_checkpoints_steps);
  return StepTimer::every_seconds(config.save_checkpoints_secs.value_or(600));
}

template <class T>
void check_field(bool is_good, const char* field, const T& value, const char* expected) {
  base::require(is_good, "RunConfig", field, " is ", value, ", expected ", expected,
                "; set it so, or leave it out");
}

}  // namespace

void check_config(const RunConfig& config) {
  check_field(config.save_summary_steps >= 0, "save_summary_steps", config.save_summary_steps,
              "at least 0");
  check_field(config.keep_checkpoint_max >= 0, "keep_checkpoint_max", config.keep_checkpoint_max,
              "at least 0");
  check_field(config.keep_checkpoint_every_n_hours > 0, "keep_checkpoint_every_n_hours",
              config.keep_checkpoint_every_n_hours, "more than 0");
  if (config.log_step_count_steps) {
    check_field(*config.log_step_count_steps > 0, "log_step_count_steps",
                *config.log_step_count_steps, "more than 0");
  }
  if (config.save_checkpoints_steps) {
    check_field(*config.save_checkpoints_steps > 0, "save_checkpoints_steps",
                *config.save_checkpoints_steps, "more than 0");
  }
  if (config.save_checkpoints_secs) {
    check_field(*config.save_checkpoints_secs > 0, "save_checkpoints_secs",
                *config.save_checkpoints_secs, "more than 0");
  }
  base::require(!config.save_checkpoints_steps || !config.save_checkpoints_secs, "RunConfig",
                "save_checkpoints_steps and save_checkpoints_secs cannot be both set; set one of "
                "them (came: ",
                config.save_checkpoints_steps.value_or(0), " and ",
                config.save_checkpoints_secs.value_or(0), ")");
}

Engine::Engine(ModelFunction model_function, EstimatorOptions options)
    : model(std::move(model_function)),
      params(std::move(options.params)),
      config(options.config),
      model_dir((check_config(options.config), resolve_model_dir(options))),
      events(model_dir),
      save_timer(make_save_timer(config)),
      summary_timer(StepTimer::every_steps(config.save_summary_steps)),
      counter_timer(StepTimer::every_steps(config.log_step_count_steps.value_or(100))) {
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
                "another call of this Estimator is running; use it from one thread at a time, or "
                "make a second Estimator on the same model_dir");
  }
  return lock;
}

CheckpointStore& Engine::checkpoints() {
  if (checkpoints_ == nullptr) {
    checkpoints_ = std::make_unique<CheckpointStore>(
        model_dir,
        CheckpointStoreOptions{config.keep_checkpoint_max, config.keep_checkpoint_every_n_hours,
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

namespace {

std::optional<InterruptedCall> interrupted_call(const nlohmann::json& state) {
  if (!state.value("in_progress", false)) return std::nullopt;
  InterruptedCall call;
  call.input_hash = state.value("input_hash", "");
  call.input_position = state.value("input_position", "");
  const nlohmann::json hooks = state.value("hooks", nlohmann::json::object());
  for (const auto& [name, text] : hooks.items()) call.hook_states[name] = text.get<std::string>();
  return call;
}

}  // namespace

bool Engine::needs_checkpoint() {
  if (needs_restore) return true;
  // Who trains in this process and keeps its steps in memory is ahead of any file.
  const bool is_disk_ahead = !has_trained || (config.save_checkpoints && config.save_on_return);
  if (is_disk_ahead && checkpoints().has_news()) return true;
  if (has_trained || saved_step < 0) return false;
  // The trace since the restore may have declared more: the slots of an optimizer after an
  // evaluation.
  for (int32_t i = 0; i < module->variable_count(); ++i) {
    if (!store.is_initialized(i)) return true;
  }
  return false;
}

void Engine::load_checkpoint() {
  const std::optional<LoadedCheckpoint> checkpoint = checkpoints().load_newest();
  if (!checkpoint) return;
  detach_streams();
  {
    const std::lock_guard<std::mutex> guard(programs.mutex);
    restore(*checkpoint, store);
  }
  saved_step = checkpoint->content.step;
  interrupted.reset();
  if (checkpoint->has_state) {
    const nlohmann::json state = nlohmann::json::parse(checkpoint->content.state, nullptr, false);
    if (state.is_object()) {
      interrupted = interrupted_call(state);
      if (!config.random_seed && state.contains("random_seed"))
        seed_ = state["random_seed"].get<uint64_t>();
    }
  }
  is_saved_call_open = interrupted.has_value();
  base::log(LogLevel::kInfo, fmt::format("restored step {} from {}", saved_step, checkpoint->path));
}

void Engine::prepare_weights() {
  if (needs_checkpoint()) {
    load_checkpoint();
    needs_restore = false;
  }
  const std::lock_guard<std::mutex> guard(programs.mutex);
  runtime::initialize_missing(store, seed());
}

void Engine::forget_weights() {
  checkpoints().drop_error();
  store.clear();
  needs_restore = true;
  has_trained = false;
  saved_step = -1;
  interrupted.reset();
  for (StepTimer* timer : {&save_timer, &summary_timer, &counter_timer}) timer->reset();
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
  return tracer.get(mode, input);
}

Dataset Engine::make_input(const InputFn& input_fn, const char* what) {
  base::require(static_cast<bool>(input_fn), what,
                "input_fn is empty; pass a function that returns a Dataset");
  ++counters.input_fn_calls;
  return input_fn();
}

std::string eval_directory(const Engine& engine, const char* where, const std::string& name) {
  const bool stays_inside =
      !name.starts_with('/') && ("/" + name + "/").find("/../") == std::string::npos;
  base::require(name.find('\0') == std::string::npos, where, "name holds a NUL byte (", name.size(),
                " bytes), expected text; leave it out");
  base::require(
      stays_inside, where, "name is \"", name,
      "\", expected one that stays inside model_dir; leave out \"..\" and a leading \"/\"");
  return base::join_path(engine.model_dir, name.empty() ? "eval" : "eval_" + name);
}

}  // namespace reckon::estimator
