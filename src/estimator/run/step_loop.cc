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

bool StepLoop::step() {
  has_input_ended_ = !next_batch();
  if (has_input_ended_) return false;
  if (iteration_ + 1 >= hooks_.due_iteration() || has_come(hooks_.due_seconds())) {
    hooked_step();
  } else {
    run({});
    judge_step();
  }
  return true;
}

/// Runs the batch; returns copies of the fetches at the places `wanted`.
std::vector<Array> StepLoop::run(const std::vector<int32_t>& wanted) {
  runtime::Execution& execution = runner_.prepare(batch_);
  const std::unique_lock<std::mutex> weights = hold_weights();
  run_program(execution);
  ++iteration_;
  take_results(execution);
  std::vector<Array> values;
  for (int32_t place : wanted) values.push_back(execution.fetch(place));
  return values;
}

void StepLoop::hooked_step() {
  std::vector<graph::ValueId> fetches = question_.fetches;
  const std::vector<int32_t> wanted = add_missing(
      fetches, hooks_.before_run(*this, iteration_ + 1, engine_.clock.monotonic_seconds()));
  // What the step gives anyway needs no program, and no memory, of its own.
  const bool is_variant = fetches.size() > question_.fetches.size();
  if (is_variant) runner_.ask(std::move(fetches), question_.effects, true);
  const std::vector<Array> values = run(wanted);
  hooks_.after_run(*this, values);
  if (is_variant) runner_.ask(question_.fetches, question_.effects);
  judge_step();
  hooks_.plan(iteration_ + 1);
}

}  // namespace reckon::estimator
