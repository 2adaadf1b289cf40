// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/train_call.h"

#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "estimator/run/non_finite.h"

namespace reckon::estimator {
namespace {

double loss_of(const runtime::Execution& execution) {
  const ops::View& loss = execution.result(0);
  return loss.dtype == kFloat64 ? *static_cast<const double*>(loss.data)
                                : *static_cast<const float*>(loss.data);
}

}  // namespace

TrainHooks make_train_hooks(Engine& engine, const TracedModel& model, const TrainOptions& options,
                            CheckpointSink& sink) {
  const RunConfig& config = engine.config;
  TrainHooks hooks;
  const auto add = [&hooks](const HookList& more) {
    hooks.list.insert(hooks.list.end(), more.begin(), more.end());
  };
  if (config.save_checkpoints) {
    hooks.saver = std::make_shared<CheckpointSaver>(
        sink, engine.save_timer, engine.clock,
        CheckpointSaver::Options{config.save_on_return, options.saving_listeners});
    add({hooks.saver});
  }
  add(model.spec.training_chief_hooks);
  if (is_on(config.log_step_count_steps))
    add({std::make_shared<StepCounter>(engine.counter_timer, engine.clock, engine.events)});
  if (is_on(config.save_summary_steps))
    add({std::make_shared<SummarySaver>(engine.summary_timer, engine.clock, engine.events, model)});
  add(options.hooks);
  if (is_on(config.log_step_count_steps))
    add({std::make_shared<LossLogger>(*config.log_step_count_steps, engine.clock)});
  add(model.spec.training_hooks);
  return hooks;
}

TrainCall::TrainCall(Engine& engine, const TracedModel& model, const Dataset& input,
                     TrainHooks hooks, TrainProgress& progress)
    : StepLoop(engine, model, Mode::kTrain, std::move(hooks.list),
               {{model.spec.loss.id()}, model.spec.train_op.nodes()}, engine.global_step()),
      dataset_(input),
      saver_(std::move(hooks.saver)),
      progress_(progress),
      step_(static_cast<const int64_t*>(engine.store.data(model.global_step_variable))) {
  progress_.seed = engine.seed();
  progress_.input_hash = fmt::format("{:016x}", input.structural_hash());
  progress_.hooks = &this->hooks();
  set_input_seconds(engine.counters.input_seconds);
}

/// "" if the interrupted call's input can go on where it was.
std::string TrainCall::why_afresh(const CallState& interrupted) const {
  if (interrupted.input_hash != progress_.input_hash) return "read another input";
  const std::string mistake = data::position_mistake(dataset_, interrupted.input_position);
  return mistake.empty() ? "" : "cannot go on where its input was, for the position " + mistake;
}

/// An interrupted call's input goes on where it was; any other call reads from the beginning. The
/// engine still knows the interrupted call: until a step is made, this one may have to be retried.
std::unique_ptr<data::Iterator> TrainCall::open_input() {
  const std::optional<CallState>& interrupted = engine().weights.interrupted();
  const std::string why = interrupted ? why_afresh(*interrupted) : "";
  if (interrupted && why.empty()) {
    base::log(LogLevel::kInfo,
              fmt::format("the interrupted training goes on at step {}, its input where it was",
                          global_step()));
    hooks().restore(interrupted->hooks);
    is_resumed_ = true;
    return data::resume_iterator(dataset_, interrupted->input_position);
  }
  if (interrupted) {
    base::log(LogLevel::kWarning,
              fmt::format("the interrupted training {}: this call reads its input from the "
                          "beginning; give input_fn what it was to go on where it was",
                          why));
  }
  return data::make_iterator(dataset_, {progress_.seed, global_step()});
}

void TrainCall::save_checkpoint() {
  if (saver_ == nullptr) {
    base::fail(
        ErrorCode::kFailedPrecondition, "save_checkpoint",
        "RunConfig::save_checkpoints is false, expected true; set it, or leave the call out");
  }
  saver_->save_now(*this);
}

/// A step that ends with a fault of the data has changed no variable; any other may have.
bool TrainCall::run_program(runtime::Execution& execution) {
  execution.bind(engine().store);
  const bool had_changed = std::exchange(progress_.has_changed, true);
  const int64_t before = *step_;
  if (const kernels::Fault fault =
          execution.try_run({progress_.seed, static_cast<uint64_t>(before)}, &pool_)) {
    progress_.has_changed = had_changed;
    throw fault.error();
  }
  if (*step_ <= before) [[unlikely]] {
    throw Error(ErrorCode::kInvalidArgument, "train",
                fmt::format("train_op took global_step from {} to {}, expected it to rise, or no "
                            "number of steps would ever be reached; return what minimize() gives, "
                            "or group it with assign_add(global_step(), 1)",
                            before, *step_),
                model().spec.loss.place());
  }
  last_loss_ = loss_of(execution);
  return std::isfinite(last_loss_);
}

/// The loss is NaN or infinite: training ends, by an error or by a warning.
void TrainCall::refuse_step() {
  const double loss = last_loss_;
  const std::string in_data = non_finite_text(model().input, batch());
  const std::string fact = fmt::format("the loss is {} at step {}{}{}", loss, global_step(),
                                       in_data.empty() ? "" : ", and ", in_data);
  const std::string mend =
      in_data.empty()
          ? "lower the learning rate, clip gradients, or look for a division or logarithm of zero"
          : "replace such values in input_fn, before the Dataset is made or in map()";
  if (engine().config.fail_on_nan_loss) {
    throw Error(ErrorCode::kNonFinite, "train",
                fmt::format("{} loss during training: {}; {}",
                            std::isnan(loss) ? "NaN" : "infinite", fact, mend),
                model().spec.loss.place());
  }
  base::log(LogLevel::kWarning, fmt::format("{}: training stops; {}", fact, mend));
  progress_.has_bad_loss = true;
  request_stop();
}

/// A training that ends before its target, though no hook asked for it, must not look like one that
/// reached it.
void TrainCall::say_if_short(int64_t first_step, const TrainOptions& options) const {
  if (!input_ended()) return;
  if (iteration() == 0) {
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

void TrainCall::run(const TrainOptions& options) {
  const int64_t first_step = *step_;
  begin();
  std::unique_ptr<data::Iterator> opened = open_input();
  progress_.input = opened.get();
  start(std::move(opened));
  if (saver_ != nullptr) (void)hooks().states();  // what no checkpoint can hold is refused now
  base::Clock& clock = engine().clock;
  const double begun = clock.monotonic_seconds();
  while (!stop_requested() && *step_ < progress_.last_step && step()) {
  }
  engine().counters.step_seconds += clock.monotonic_seconds() - begun;
  say_if_short(first_step, options);
  end();
  if (iteration() > 0) {
    base::log(LogLevel::kInfo, fmt::format("Loss for final step: {:.6g}.", last_loss_));
  }
}

}  // namespace reckon::estimator
