// SPDX-License-Identifier: Apache-2.0
// One call of train: trace, restore, then the step loop. At a step where no hook is due the loop
// pulls a batch, runs the program, and looks at the loss.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/logging.h"
#include "data/iterator.h"
#include "estimator/checkpoint_commit.h"
#include "estimator/engine.h"
#include "estimator/graph_export.h"
#include "estimator/hook_schedule.h"
#include "estimator/training_hooks.h"

namespace reckon::estimator {
namespace {

class TrainCall : public RunContext {
 public:
  TrainCall(Engine& engine, const TracedModel& model, const Dataset& input,
            const TrainOptions& options);

  void run(int64_t last_step);
  /// The loss became NaN or infinite and the call ended without an error: its weights are of no
  /// use.
  bool has_bad_loss() const { return has_bad_loss_; }

  int64_t global_step() const override { return *step_; }
  int64_t iteration() const override { return iteration_; }
  void request_stop() override { is_stopping_ = true; }
  bool stop_requested() const override { return is_stopping_; }
  Array variable_value(const std::string& name) const override;
  void save_checkpoint() override;
  const std::string& model_dir() const override { return engine_.model_dir; }

 private:
  HookList make_hooks(const TrainOptions& options);
  std::unique_ptr<data::Iterator> open_input();
  bool next_batch();
  bool has_come(double due_seconds) const;
  bool step(int64_t due, double due_seconds);
  void plain_step();
  void hooked_step();
  void check_loss(double loss);
  void save(bool is_last);
  std::string state(bool in_progress) const;

  Engine& engine_;
  const TracedModel& model_;
  std::shared_ptr<CheckpointSaver> saver_;  ///< null if nothing is saved
  const Dataset& input_;
  std::string input_hash_;
  BatchRunner runner_;
  HookSchedule hooks_;
  std::unique_ptr<data::Iterator> iterator_;
  ArrayElement batch_;
  std::vector<graph::ValueId> base_fetches_;
  const int64_t* step_ = nullptr;
  int64_t last_step_ = 0;
  int64_t iteration_ = 0;
  bool is_stopping_ = false, has_bad_loss_ = false;
  double last_loss_ = NAN;
  uint64_t seed_ = 0;
  base::Pool& pool_ = base::Pool::shared();
};

TrainCall::TrainCall(Engine& engine, const TracedModel& model, const Dataset& input,
                     const TrainOptions& options)
    : engine_(engine),
      model_(model),
      input_(input),
      input_hash_(fmt::format("{:016x}", input.structural_hash())),
      runner_(engine.programs, model, true, true),
      hooks_(make_hooks(options), model),
      base_fetches_{model.spec.loss.id()},
      seed_(engine.seed()) {
  step_ = static_cast<const int64_t*>(engine.store.data(model.global_step_variable));
}

HookList TrainCall::make_hooks(const TrainOptions& options) {
  const RunConfig& config = engine_.config;
  HookList hooks;
  if (config.save_checkpoints) {
    saver_ = std::make_shared<CheckpointSaver>(
        engine_.save_timer, engine_.clock,
        CheckpointSaver::Options{config.save_on_return, [this](bool is_last) { save(is_last); },
                                 [this](int64_t step) { return engine_.saved_step == step; },
                                 options.saving_listeners});
    hooks.push_back(saver_);
  }
  const HookList& chief = model_.spec.training_chief_hooks;
  hooks.insert(hooks.end(), chief.begin(), chief.end());
  if (config.log_step_count_steps) {
    hooks.push_back(
        std::make_shared<StepCounter>(engine_.counter_timer, engine_.clock, engine_.events));
  }
  if (config.save_summary_steps > 0) {
    hooks.push_back(std::make_shared<SummarySaver>(engine_.summary_timer, engine_.clock,
                                                   engine_.events, model_));
  }
  hooks.insert(hooks.end(), options.hooks.begin(), options.hooks.end());
  if (config.log_step_count_steps) {
    hooks.push_back(std::make_shared<LossLogger>(*config.log_step_count_steps, engine_.clock));
  }
  hooks.insert(hooks.end(), model_.spec.training_hooks.begin(), model_.spec.training_hooks.end());
  return hooks;
}

Array TrainCall::variable_value(const std::string& name) const {
  return engine_.store.value(engine_.module->index_of("variable_value", name));
}

/// An interrupted call's input goes on where it was; any other call reads from the beginning.
std::unique_ptr<data::Iterator> TrainCall::open_input() {
  const std::optional<InterruptedCall> interrupted =
      std::exchange(engine_.interrupted, std::nullopt);
  if (interrupted && interrupted->input_hash == input_hash_) {
    base::log(LogLevel::kInfo,
              fmt::format("the interrupted training goes on at step {}, its input where it was",
                          global_step()));
    hooks_.restore(interrupted->hook_states);
    return data::resume_iterator(input_, interrupted->input_position);
  }
  if (interrupted) {
    base::log(LogLevel::kWarning,
              "the interrupted training read another input: this call reads its input from the "
              "beginning");
  }
  return data::make_iterator(input_, {seed_, global_step()});
}

std::string TrainCall::state(bool in_progress) const {
  nlohmann::json state = {
      {"in_progress", in_progress}, {"random_seed", seed_}, {"input_hash", input_hash_}};
  if (in_progress) state["input_position"] = iterator_->position();
  nlohmann::json hooks = nlohmann::json::object();
  for (const auto& [name, text] : hooks_.states()) hooks[name] = text;
  state["hooks"] = hooks;
  if (in_progress && last_step_ != Hook::kNever) state["target"] = last_step_;
  return state.dump();
}

void TrainCall::save_checkpoint() {
  if (saver_ == nullptr) {
    base::fail(ErrorCode::kFailedPrecondition, "save_checkpoint",
               "was called, but RunConfig::save_checkpoints is false, so nothing is saved; set it");
  }
  if (saver_->save(*this, false)) request_stop();
}

void TrainCall::save(bool is_last) {
  // A save at or beyond the target is a completed call's, whoever asked for it.
  const bool in_progress = !is_last && global_step() < last_step_;
  if (!in_progress && engine_.saved_step == global_step() && !engine_.is_saved_call_open) return;
  if (is_last && has_bad_loss_) return;
  const double start = engine_.clock.monotonic_seconds();
  CheckpointContent content{global_step(), {}, state(in_progress)};
  for (int32_t i = 0; i < engine_.module->variable_count(); ++i) {
    if (engine_.store.is_initialized(i))
      content.tensors[engine_.module->variable(i).name] = engine_.store.value(i);
  }
  engine_.saved_step = content.step;
  engine_.is_saved_call_open = in_progress;
  engine_.checkpoints().save(std::move(content));
  engine_.counters.checkpoint_seconds += engine_.clock.monotonic_seconds() - start;
  if (engine_.config.save_summary_steps > 0) {
    engine_.events.with_writer([&](formats::EventWriter& writer) {
      writer.add_session_log(formats::SessionStatus::kCheckpoint, global_step(),
                             fmt::format("model.ckpt-{}", global_step()));
    });
  }
}

void TrainCall::check_loss(double loss) {
  last_loss_ = loss;
  if (std::isfinite(loss)) return;
  if (!engine_.config.fail_on_nan_loss) {
    base::log(LogLevel::kWarning,
              fmt::format("the loss is {} at step {}: training stops", loss, global_step()));
    is_stopping_ = has_bad_loss_ = true;
    return;
  }
  throw Error(
      ErrorCode::kNonFinite, "train",
      fmt::format(
          "NaN loss during training: the loss is {} at step {}; lower the learning rate, clip "
          "gradients, or look for a division or logarithm of zero",
          loss, global_step()),
      model_.spec.loss.place());
}

double scalar_of(const ops::View& view) {
  return view.dtype == kFloat64 ? *static_cast<const double*>(view.data)
                                : *static_cast<const float*>(view.data);
}

void TrainCall::plain_step() {
  runtime::Execution& execution = runner_.prepare(batch_);
  execution.bind(engine_.store);
  execution.run({seed_, static_cast<uint64_t>(*step_)}, pool_);
  ++iteration_;
  check_loss(scalar_of(execution.result(0)));
}

void TrainCall::hooked_step() {
  std::vector<graph::ValueId> fetches = base_fetches_;
  const std::vector<graph::ValueId> wanted =
      hooks_.before_run(*this, iteration_ + 1, engine_.clock.monotonic_seconds());
  fetches.insert(fetches.end(), wanted.begin(), wanted.end());
  const bool is_variant = !wanted.empty();
  if (is_variant) runner_.ask(fetches, model_.spec.train_op.nodes(), true);
  runtime::Execution& execution = runner_.prepare(batch_);
  execution.bind(engine_.store);
  execution.run({seed_, static_cast<uint64_t>(*step_)}, pool_);
  const double loss = scalar_of(execution.result(0));
  ++iteration_;
  std::vector<Array> values;
  for (size_t i = 0; i < wanted.size(); ++i)
    values.push_back(execution.fetch(static_cast<int32_t>(i) + 1));
  hooks_.after_run(*this, values);
  if (is_variant) runner_.ask(base_fetches_, model_.spec.train_op.nodes());
  check_loss(loss);
}

/// The wait for input is timed at every 16th step: a clock at each would cost small models a tenth.
bool TrainCall::next_batch() {
  constexpr int64_t kSampled = 16;
  if (iteration_ % kSampled != 0) return iterator_->next(batch_);
  const double start = engine_.clock.monotonic_seconds();
  const bool has_batch = iterator_->next(batch_);
  engine_.counters.input_seconds += kSampled * (engine_.clock.monotonic_seconds() - start);
  return has_batch;
}

/// Far from a deadline, which is at nearly every step, a glance at the coarse clock is enough.
bool TrainCall::has_come(double due_seconds) const {
  constexpr double kCoarse = 0.02;  // how far the coarse clock may be behind, and more
  if (!std::isfinite(due_seconds)) return false;
  return engine_.clock.coarse_seconds() + kCoarse >= due_seconds &&
         engine_.clock.monotonic_seconds() >= due_seconds;
}

bool TrainCall::step(int64_t due, double due_seconds) {
  if (!next_batch()) return false;
  const bool is_hooked = iteration_ + 1 >= due || has_come(due_seconds);
  is_hooked ? hooked_step() : plain_step();
  if (is_hooked) hooks_.plan(iteration_ + 1);
  return true;
}

void TrainCall::run(int64_t last_step) {
  last_step_ = last_step;
  hooks_.begin();
  iterator_ = open_input();
  runner_.ask(base_fetches_, model_.spec.train_op.nodes());
  hooks_.after_create(*this);
  hooks_.plan(1);
  const double start = engine_.clock.monotonic_seconds();
  while (!is_stopping_ && *step_ < last_step_) {
    if (!step(hooks_.due_iteration(), hooks_.due_seconds())) break;
  }
  engine_.counters.step_seconds += engine_.clock.monotonic_seconds() - start;
  if (iteration_ == 0 && !is_stopping_ && *step_ < last_step_) {
    base::log(
        LogLevel::kWarning,
        "training made no steps: the input was empty; check the paths and filters of input_fn");
  }
  hooks_.end(*this);
  if (iteration_ > 0) {
    base::log(LogLevel::kInfo, fmt::format("Loss for final step: {:.6g}.", last_loss_));
  }
}

void check_options(const TrainOptions& options) {
  base::require(!options.steps || !options.max_steps, "train",
                "steps and max_steps came together; can not provide both: steps counts this "
                "call's, max_steps all (came: ",
                options.steps.value_or(0), " and ", options.max_steps.value_or(0), ")");
  base::require(!options.steps || *options.steps > 0, "train", "steps is ",
                options.steps.value_or(0),
                "; must specify steps > 0, or leave it out to train until the data end");
  base::require(!options.max_steps || *options.max_steps > 0, "train", "max_steps is ",
                options.max_steps.value_or(0), "; must specify max_steps > 0, or leave it out");
}

/// True if the newest checkpoint, of whose tensors none is read if the step in its name is too
/// small, or the Estimator itself is at max_steps.
bool has_reached(Engine& engine, const TrainOptions& options) {
  if (!options.max_steps) return false;
  const std::string latest = engine.needs_restore ? engine.checkpoints().latest_path() : "";
  const int64_t step =
      engine.needs_restore ? std::max<int64_t>(checkpoint_step(latest), 0) : engine.global_step();
  if (step < *options.max_steps) return false;
  // A name promises nothing: if that checkpoint is broken, training goes on from an older one.
  if (!latest.empty() && !engine.checkpoints().is_whole(latest)) return false;
  base::log(LogLevel::kInfo,
            fmt::format("max_steps = {} is reached already (step {}): nothing to train",
                        *options.max_steps, step));
  return true;
}

int64_t last_step(int64_t start, const TrainOptions& options) {
  if (!options.steps) return options.max_steps.value_or(Hook::kNever);
  return *options.steps >= Hook::kNever - start ? Hook::kNever : start + *options.steps;
}

/// Held for one call, so that another Estimator on the same directory may train between two; kept
/// between calls by one whose weights are ahead of its files (save_on_return = false).
class TrainerLock {
 public:
  explicit TrainerLock(Engine& engine) : engine_(engine) {
    if (engine.config.save_checkpoints) engine.checkpoints().lock_for_training();
  }
  ~TrainerLock() {
    const RunConfig& config = engine_.config;
    if (config.save_checkpoints && config.save_on_return) engine_.checkpoints().release_lock();
  }
  TrainerLock(const TrainerLock&) = delete;
  TrainerLock& operator=(const TrainerLock&) = delete;

 private:
  Engine& engine_;
};

void write_graph(Engine& engine, const TracedModel& model) {
  if (engine.is_graph_written || !engine.config.save_checkpoints || !engine.config.save_on_return)
    return;
  engine.is_graph_written = true;
  export_graph(*model.trace.functions.front(), engine.model_dir, engine.events);
}

}  // namespace

void run_training(Engine& engine, const InputFn& input_fn, const TrainOptions& options) {
  check_options(options);
  base::require(options.saving_listeners.empty() || engine.config.save_checkpoints, "train",
                "saving_listeners came, but RunConfig::save_checkpoints is false, so nothing is "
                "saved; set it, or drop the listeners (",
                options.saving_listeners.size(), " came)");
  // A completed call touches no file and calls neither input_fn nor model_fn.
  if (has_reached(engine, options)) return;
  const TrainerLock lock(engine);
  const Dataset input = engine.make_input(input_fn, "train");
  const std::shared_ptr<const TracedModel> model = engine.traced(Mode::kTrain, input.spec());
  engine.prepare_weights();
  if (has_reached(engine, options)) return;
  engine.detach_streams();
  const int64_t start = engine.global_step();
  const int64_t last = last_step(start, options);
  try {
    write_graph(engine, *model);
    engine.has_trained = true;
    TrainCall call(engine, *model, input, options);
    call.run(last);
    if (call.has_bad_loss())
      engine.forget_weights();
    else if (engine.config.save_checkpoints)
      engine.checkpoints().finish();
  } catch (...) {
    engine.forget_weights();
    base::log(LogLevel::kWarning,
              "the training ended with an error: the next use starts from the newest checkpoint, "
              "or from initial values if there is none");
    throw;
  }
}

}  // namespace reckon::estimator
