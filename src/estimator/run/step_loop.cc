// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/step_loop.h"

#include <cmath>

#include "base/check.h"

namespace reckon::estimator {

StepLoop::StepLoop(Engine& engine, const TracedModel& model, Mode mode, HookList hooks,
                   StepQuestion question, int64_t global_step)
    : engine_(engine),
      model_(model),
      mode_(mode),
      question_(std::move(question)),
      runner_(engine.programs, model, mode),
      hooks_(std::move(hooks), model),
      global_step_(global_step) {}

Array StepLoop::variable_value(const std::string& name) const {
  return engine_.store.value(engine_.module->index_of("variable_value", name));
}

void StepLoop::save_checkpoint() {
  base::fail(ErrorCode::kFailedPrecondition, "save_checkpoint", "was called during ",
             mode_ == Mode::kPredict ? "prediction" : "evaluation",
             ", which changes nothing; save from a training hook");
}

void StepLoop::start(std::unique_ptr<data::Iterator> input) {
  input_ = std::move(input);
  runner_.ask(question_.fetches, question_.effects);
  hooks_.after_create(*this);
  hooks_.plan(1);
}

/// Far from a deadline, which is at nearly every step, a glance at the coarse clock is enough.
bool StepLoop::has_come(double due_seconds) const {
  constexpr double kCoarse = 0.02;  // how far the coarse clock may be behind, and more
  if (!std::isfinite(due_seconds)) return false;
  return engine_.clock.coarse_seconds() + kCoarse >= due_seconds &&
         engine_.clock.monotonic_seconds() >= due_seconds;
}

/// The wait for input is timed at every 16th step: a clock at each would cost small models a tenth.
bool StepLoop::next_batch() {
  constexpr int64_t kSampled = 16;
  if (input_seconds_ == nullptr || iteration_ % kSampled != 0) return input_->next(batch_);
  const double start = engine_.clock.monotonic_seconds();
  const bool has_batch = input_->next(batch_);
  *input_seconds_ += kSampled * (engine_.clock.monotonic_seconds() - start);
  return has_batch;
}

bool StepLoop::step() {
  has_input_ended_ = !next_batch();
  if (has_input_ended_) return false;
  if (iteration_ + 1 >= hooks_.due_iteration() || has_come(hooks_.due_seconds())) {
    hooked_step();
    return true;
  }
  std::vector<Array> none;
  if (!run({}, none)) [[unlikely]]
    refuse_step();
  return true;
}

/// Runs the batch; adds copies of the fetches at the places `wanted` to `values`. Returns what
/// run_program does.
bool StepLoop::run(std::span<const int32_t> wanted, std::vector<Array>& values) {
  runtime::Execution& execution = runner_.prepare(batch_);
  std::unique_lock<std::mutex> weights;
  if (weights_mutex_ != nullptr) weights = std::unique_lock<std::mutex>(*weights_mutex_);
  const bool is_good = run_program(execution);
  ++iteration_;
  for (int32_t place : wanted) values.push_back(execution.fetch(place));
  return is_good;
}

void StepLoop::hooked_step() {
  std::vector<graph::ValueId> fetches = question_.fetches;
  const std::vector<int32_t> wanted = add_missing(
      fetches, hooks_.before_run(*this, iteration_ + 1, engine_.clock.monotonic_seconds()));
  // What the step gives anyway needs no program, and no memory, of its own.
  const bool is_variant = fetches.size() > question_.fetches.size();
  if (is_variant) runner_.ask(std::move(fetches), question_.effects, true);
  std::vector<Array> values;
  const bool is_good = run(wanted, values);
  hooks_.after_run(*this, values);
  if (is_variant) runner_.ask(question_.fetches, question_.effects);
  if (!is_good) refuse_step();
  hooks_.plan(iteration_ + 1);
}

}  // namespace reckon::estimator
