// SPDX-License-Identifier: Apache-2.0
// One call of train around its steps: options, the trainer's lock, weights, and what an error
// leaves.
#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "base/step_arithmetic.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/files/graph_export.h"
#include "estimator/run/calls.h"
#include "estimator/run/train_call.h"

namespace reckon::estimator {
namespace {

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

/// True if the newest checkpoint, of whose tensors none is read, or the Estimator itself is at
/// max_steps.
bool has_reached(Engine& engine, const TrainOptions& options) {
  if (!options.max_steps) return false;
  const bool is_known = engine.weights.is_known();
  const std::string latest = is_known ? "" : engine.checkpoints().latest_path();
  const int64_t step =
      is_known ? engine.global_step() : std::max<int64_t>(checkpoint_step(latest), 0);
  if (step < *options.max_steps) return false;
  // A name promises nothing: if that checkpoint is broken, training goes on from an older one.
  if (!latest.empty() && !engine.checkpoints().looks_whole(latest)) return false;
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
    const bool is_ahead = engine_.weights.is_trained() && !config.save_on_return;
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

/// The call itself, once all is ready for it.
void train_steps(Engine& engine, const TracedModel& model, const Dataset& input,
                 const TrainOptions& options, TrainProgress& progress) {
  CallSaver saver(engine, progress);
  TrainCall call(engine, model, input, make_train_hooks(engine, model, options, saver), progress);
  engine.advice.saves(engine.global_step());
  const CallClock call_clock(engine);
  call.run(options);
  if (progress.has_bad_loss) {
    engine.forget_weights();
  } else {
    if (engine.config.save_checkpoints) engine.checkpoints().finish();
    if (progress.has_changed) engine.weights.trained();
    engine.weights.call_ended();
  }
  call_clock.tell(engine);
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
  TrainProgress progress;
  progress.last_step = last_step(start, options);
  const Engine::StartMarks marks = engine.marks();
  try {
    engine.events.try_again();
    write_graph(engine, *model);
    train_steps(engine, *model, input, options, progress);
  } catch (...) {
    clean_up(engine, marks, progress.has_changed);
    throw;
  }
}

}  // namespace reckon::estimator
