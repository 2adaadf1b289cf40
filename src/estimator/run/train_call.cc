// SPDX-License-Identifier: Apache-2.0
// One call of train: trace, restore, then the step loop. At a step where no hook is due the loop
// pulls a batch, runs the program, and looks at the loss.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/logging.h"
#include "base/step_arithmetic.h"
#include "data/iterator.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/engine.h"
#include "estimator/files/graph_export.h"
#include "estimator/hooks/hook_schedule.h"
#include "estimator/hooks/training_hooks.h"
#include "estimator/run/non_finite.h"

namespace reckon::estimator {
namespace {

class TrainCall : public RunContext {
 public:
  /// `has_changed` becomes true as soon as a step may have changed a variable.
  TrainCall(Engine& engine, const TracedModel& model, const Dataset& input,
            const TrainOptions& options, bool& has_changed);

  void run(int64_t last_step, const TrainOptions& options);
  /// The loss became NaN or infinite and the call ended without an error: its weights are of no
  /// use.
  bool has_bad_loss() const { return has_bad_loss_; }

  int64_t global_step() const override { return *step_; }
  int64_t iteration() const override { return iteration_; }
  void request_stop() override { is_stopping_ = true; }
  bool stop_requested() const override { return is_stopping_; }
  bool input_ended() const override { return has_input_ended_; }
  Array variable_value(const std::string& name) const override;
  void save_checkpoint() override;
  const std::string& model_dir() const override { return engine_.model_dir; }

 private:
  HookList make_hooks(const TrainOptions& options);
  std::string why_afresh(const InterruptedCall& interrupted) const;
  std::unique_ptr<data::Iterator> open_input();
  bool next_batch();
  bool has_come(double due_seconds) const;
  bool step(int64_t due, double due_seconds);
  void run_program(runtime::Execution& execution);
  void plain_step();
  void hooked_step();
  void check_loss(double loss);
  void refuse_loss(double loss);
  void say_if_short(int64_t first_step, const TrainOptions& options) const;
  bool is_on_disk(int64_t step) const;
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
  bool is_stopping_ = false, has_bad_loss_ = false, has_input_ended_ = false;
  bool is_resumed_ = false;  ///< the input goes on where an interrupted call left it
  bool& has_changed_;
  double last_loss_ = NAN;
  uint64_t seed_ = 0;
  base::Pool& pool_ = base::Pool::shared();
};

TrainCall::TrainCall(Engine& engine, const TracedModel& model, const Dataset& input,
                     const TrainOptions& options, bool& has_changed)
    : engine_(engine),
      model_(model),
      input_(input),
      input_hash_(fmt::format("{:016x}", input.structural_hash())),
      runner_(engine.programs, model, Mode::kTrain),
      hooks_(make_hooks(options), model),
      base_fetches_{model.spec.loss.id()},
      has_changed_(has_changed),
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
                                 [this](int64_t step) { return is_on_disk(step); },
                                 options.saving_listeners});
    hooks.push_back(saver_);
  }
  const HookList& chief = model_.spec.training_chief_hooks;
  hooks.insert(hooks.end(), chief.begin(), chief.end());
  if (is_on(config.log_step_count_steps)) {
    hooks.push_back(
        std::make_shared<StepCounter>(engine_.counter_timer, engine_.clock, engine_.events));
  }
  if (is_on(config.save_summary_steps)) {
    hooks.push_back(std::make_shared<SummarySaver>(engine_.summary_timer, engine_.clock,
                                                   engine_.events, model_));
  }
  hooks.insert(hooks.end(), options.hooks.begin(), options.hooks.end());
  if (is_on(config.log_step_count_steps)) {
    hooks.push_back(std::make_shared<LossLogger>(*config.log_step_count_steps, engine_.clock));
  }
  hooks.insert(hooks.end(), model_.spec.training_hooks.begin(), model_.spec.training_hooks.end());
  return hooks;
}

Array TrainCall::variable_value(const std::string& name) const {
  return engine_.store.value(engine_.module->index_of("variable_value", name));
}

/// "" if the interrupted call's input can go on where it was.
std::string TrainCall::why_afresh(const InterruptedCall& interrupted) const {
  if (interrupted.input_hash != input_hash_) return "read another input";
  const std::string mistake = data::position_mistake(input_, interrupted.input_position);
  return mistake.empty() ? "" : "cannot go on where its input was, for the position " + mistake;
}

/// An interrupted call's input goes on where it was; any other call reads from the beginning. The
/// engine still knows the interrupted call: until a step is made, this one may have to be retried.
std::unique_ptr<data::Iterator> TrainCall::open_input() {
  const std::optional<InterruptedCall>& interrupted = engine_.interrupted;
  const std::string why = interrupted ? why_afresh(*interrupted) : "";
  if (interrupted && why.empty()) {
    base::log(LogLevel::kInfo,
              fmt::format("the interrupted training goes on at step {}, its input where it was",
                          global_step()));
    hooks_.restore(interrupted->hook_states);
    is_resumed_ = true;
    return data::resume_iterator(input_, interrupted->input_position);
  }
  if (interrupted) {
    base::log(LogLevel::kWarning,
              fmt::format("the interrupted training {}: this call reads its input from the "
                          "beginning; give input_fn what it was to go on where it was",
                          why));
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
    base::fail(
        ErrorCode::kFailedPrecondition, "save_checkpoint",
        "RunConfig::save_checkpoints is false, expected true; set it, or leave the call out");
  }
  if (saver_->save(*this, false)) request_stop();
}

/// Also looks whether it still is: somebody may have removed it, or its save may have failed.
bool TrainCall::is_on_disk(int64_t step) const {
  return engine_.saved_step == step && engine_.checkpoints().has(step);
}

void TrainCall::save(bool is_last) {
  // A save at or beyond the target is a completed call's, whoever asked for it.
  const bool in_progress = !is_last && global_step() < last_step_;
  if (!in_progress && !engine_.is_saved_call_open && is_on_disk(global_step())) return;
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
  if (is_on(engine_.config.save_summary_steps)) {
    engine_.events.with_writer([&](formats::EventWriter& writer) {
      writer.add_session_log(formats::SessionStatus::kCheckpoint, global_step(),
                             fmt::format("model.ckpt-{}", global_step()));
    });
  }
}

void TrainCall::check_loss(double loss) {
  last_loss_ = loss;
  if (!std::isfinite(loss)) [[unlikely]]
    refuse_loss(loss);
}

void TrainCall::refuse_loss(double loss) {
  const std::string in_data = non_finite_text(model_.input, batch_);
  const std::string fact = fmt::format("the loss is {} at step {}{}{}", loss, global_step(),
                                       in_data.empty() ? "" : ", and ", in_data);
  const std::string mend =
      in_data.empty()
          ? "lower the learning rate, clip gradients, or look for a division or logarithm of zero"
          : "replace such values in input_fn, before the Dataset is made or in map()";
  if (engine_.config.fail_on_nan_loss) {
    throw Error(ErrorCode::kNonFinite, "train",
                fmt::format("{} loss during training: {}; {}",
                            std::isnan(loss) ? "NaN" : "infinite", fact, mend),
                model_.spec.loss.place());
  }
  base::log(LogLevel::kWarning, fmt::format("{}: training stops; {}", fact, mend));
  is_stopping_ = has_bad_loss_ = true;
}

double scalar_of(const ops::View& view) {
  return view.dtype == kFloat64 ? *static_cast<const double*>(view.data)
                                : *static_cast<const float*>(view.data);
}

/// A step that ends with a fault of the data has changed no variable; any other may have.
void TrainCall::run_program(runtime::Execution& execution) {
  execution.bind(engine_.store);
  const bool had_changed = std::exchange(has_changed_, true);
  const int64_t before = *step_;
  if (const kernels::Fault fault =
          execution.try_run({seed_, static_cast<uint64_t>(*step_)}, &pool_)) {
    has_changed_ = had_changed;
    throw fault.error();
  }
  ++iteration_;
  if (*step_ <= before) {
    throw Error(ErrorCode::kInvalidArgument, "train",
                fmt::format("train_op took global_step from {} to {}, expected it to rise, or no "
                            "number of steps would ever be reached; return what minimize() gives, "
                            "or group it with assign_add(global_step(), 1)",
                            before, *step_),
                model_.spec.loss.place());
  }
}

void TrainCall::plain_step() {
  runtime::Execution& execution = runner_.prepare(batch_);
  run_program(execution);
  check_loss(scalar_of(execution.result(0)));
}

void TrainCall::hooked_step() {
  std::vector<graph::ValueId> fetches = base_fetches_;
  const std::vector<int32_t> wanted = add_missing(
      fetches, hooks_.before_run(*this, iteration_ + 1, engine_.clock.monotonic_seconds()));
  const bool is_variant = fetches.size() > base_fetches_.size();
  if (is_variant) runner_.ask(fetches, model_.spec.train_op.nodes(), true);
  runtime::Execution& execution = runner_.prepare(batch_);
  run_program(execution);
  const double loss = scalar_of(execution.result(0));
  std::vector<Array> values;
  for (int32_t place : wanted) values.push_back(execution.fetch(place));
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

/// A training that ends before its target, though no hook asked for it, must not look like one that
/// reached it.
void TrainCall::say_if_short(int64_t first_step, const TrainOptions& options) const {
  if (!has_input_ended_) return;
  if (iteration_ == 0) {
    base::log(
        LogLevel::kWarning,
        is_resumed_
            ? "[train] training made no steps: the interrupted one had read all of its input; add "
              ".repeat() to input_fn to go on"
            : "[train] training made no steps: the input gave no batch, expected at least one; "
              "check "
              "the files that input_fn reads, and take() and skip()");
  } else if (options.steps) {
    base::log(
        LogLevel::kWarning,
        fmt::format("[train] the input ended after {} of {} steps; add .repeat() to input_fn, or "
                    "leave steps out",
                    *step_ - first_step, *options.steps));
  } else if (options.max_steps) {
    base::log(
        LogLevel::kWarning,
        fmt::format("[train] the input ended at step {}, before max_steps = {}; add .repeat() to "
                    "input_fn, or leave max_steps out",
                    *step_, *options.max_steps));
  }
}

void TrainCall::run(int64_t last_step, const TrainOptions& options) {
  last_step_ = last_step;
  const int64_t first_step = *step_;
  hooks_.begin();
  iterator_ = open_input();
  runner_.ask(base_fetches_, model_.spec.train_op.nodes());
  hooks_.after_create(*this);
  if (saver_ != nullptr) (void)hooks_.states();  // what no checkpoint can hold is refused now
  hooks_.plan(1);
  const double start = engine_.clock.monotonic_seconds();
  while (!is_stopping_ && *step_ < last_step_ && !has_input_ended_) {
    has_input_ended_ = !step(hooks_.due_iteration(), hooks_.due_seconds());
  }
  engine_.counters.step_seconds += engine_.clock.monotonic_seconds() - start;
  say_if_short(first_step, options);
  hooks_.end(*this);
  if (iteration_ > 0) {
    base::log(LogLevel::kInfo, fmt::format("Loss for final step: {:.6g}.", last_loss_));
  }
}

void check_options(const TrainOptions& options) {
  base::require(!options.steps || !options.max_steps, "train", "steps is ",
                options.steps.value_or(0), " and max_steps is ", options.max_steps.value_or(0),
                "; can not provide both; leave one out: steps counts this call's, max_steps all");
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
  return base::saturating_add(start, *options.steps);
}

/// Held for one call, so that another Estimator on the same directory may train between two; kept
/// between calls by one that has trained and whose weights are ahead of its files (save_on_return =
/// false).
class TrainerLock {
 public:
  explicit TrainerLock(Engine& engine) : engine_(engine) {
    if (engine.config.save_checkpoints) engine.checkpoints().lock_for_training();
  }
  ~TrainerLock() {
    const RunConfig& config = engine_.config;
    const bool is_ahead = engine_.has_trained && !config.save_on_return;
    if (config.save_checkpoints && !is_ahead) engine_.checkpoints().release_lock();
  }
  TrainerLock(const TrainerLock&) = delete;
  TrainerLock& operator=(const TrainerLock&) = delete;

 private:
  Engine& engine_;
};

/// How long a call trains, and how long it waits for its checkpoints.
class CallClock {
 public:
  explicit CallClock(const Engine& engine)
      : start_(engine.clock.monotonic_seconds()), trained_(engine.counters.step_seconds) {}
  void tell(Engine& engine) const {
    const double training = engine.counters.step_seconds - trained_;
    engine.advice.call_ended(training, engine.clock.monotonic_seconds() - start_ - training);
  }

 private:
  double start_, trained_;
};

/// Once, and again if its file was removed since.
void write_graph(Engine& engine, const TracedModel& model) {
  if (!engine.config.save_checkpoints || !engine.config.save_on_return) return;
  const bool is_gone =
      !engine.graph_file.empty() && !base::FileSystem::posix().exists(engine.graph_file);
  if (engine.is_graph_written && !is_gone) return;
  engine.graph_file = export_graph(*model.trace.functions.front(), engine.model_dir, engine.events);
  engine.is_graph_written = true;
}

/// After an error: a call that made steps leaves the newest checkpoint, one that made none nothing.
void clean_up(Engine& engine, const Engine::StartMarks& marks, bool has_changed) {
  if (!has_changed) return engine.go_back_to(marks);
  engine.forget_weights();
  base::log(LogLevel::kWarning,
            "the training ended with an error: the next use starts from the newest checkpoint, "
            "or from initial values if there is none");
}

}  // namespace

void run_training(Engine& engine, const InputFn& input_fn, const TrainOptions& options) {
  check_options(options);
  base::require(options.saving_listeners.empty() || engine.config.save_checkpoints, "train",
                "saving_listeners came, but RunConfig::save_checkpoints is false, so nothing is "
                "saved; set it, or drop the listeners (",
                options.saving_listeners.size(), " came)");
  for (const auto& listener : options.saving_listeners) {
    base::require(listener != nullptr, "train",
                  "a saving listener is null; pass what std::make_shared made (one of ",
                  options.saving_listeners.size(), ")");
  }
  // A completed call touches no file and calls neither input_fn nor model_fn.
  if (has_reached(engine, options)) return;
  const TrainerLock lock(engine);
  const Dataset input = engine.make_input(input_fn, "train");
  const std::shared_ptr<const TracedModel> model = engine.traced(Mode::kTrain, input.spec());
  engine.prepare_weights();
  if (has_reached(engine, options)) return;
  engine.detach_streams();
  const int64_t start = engine.global_step();
  base::require(start < Hook::kNever, "train", "global_step is ", start,
                ", the largest there is, so that no step can be made; use a new model_dir");
  const int64_t last = last_step(start, options);
  const Engine::StartMarks marks = engine.marks();
  bool has_changed = false;
  try {
    engine.events.try_again();
    write_graph(engine, *model);
    TrainCall call(engine, *model, input, options, has_changed);
    engine.advice.saves(start);
    const CallClock call_clock(engine);
    call.run(last, options);
    if (call.has_bad_loss())
      engine.forget_weights();
    else if (engine.config.save_checkpoints)
      engine.checkpoints().finish();
    engine.interrupted.reset();
    engine.has_trained |= has_changed && !call.has_bad_loss();
    call_clock.tell(engine);
  } catch (...) {
    clean_up(engine, marks, has_changed);
    throw;
  }
}

}  // namespace reckon::estimator
