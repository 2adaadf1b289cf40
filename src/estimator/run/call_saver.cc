// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/call_saver.h"

#include <fmt/format.h>

#include "estimator/checkpoint/content.h"

namespace reckon::estimator {

CallState TrainProgress::state(bool in_progress) const {
  CallState call{.in_progress = in_progress,
                 .random_seed = seed,
                 .input_hash = input_hash,
                 .input_position = "",
                 .hooks = hooks->states(),
                 .target = {}};
  if (in_progress) call.input_position = input->position();
  if (last_step != Hook::kNever) call.target = last_step;
  return call;
}

/// Also looks whether it still is: somebody may have removed it, or its save may have failed.
bool CallSaver::is_on_disk(int64_t step) {
  return engine_.weights.is_newest(step) && engine_.checkpoints().has(step);
}

void CallSaver::save(bool is_last) {
  const int64_t step = engine_.global_step();
  // A save at or beyond the target is a completed call's, whoever asked for it.
  const bool in_progress = !is_last && step < progress_.last_step;
  if (!in_progress && !engine_.weights.is_newest_open() && is_on_disk(step)) return;
  if (is_last && progress_.has_bad_loss) return;
  const double start = engine_.clock.monotonic_seconds();
  CheckpointContent content{step, {}, values_of(progress_.state(in_progress))};
  for (int32_t i = 0; i < engine_.module->variable_count(); ++i) {
    if (engine_.store.is_initialized(i))
      content.tensors[engine_.module->variable(i).name] = engine_.store.value(i);
  }
  engine_.weights.saved({step, in_progress});
  engine_.checkpoints().save(std::move(content));
  engine_.counters.checkpoint_seconds += engine_.clock.monotonic_seconds() - start;
  if (!is_on(engine_.config.save_summary_steps)) return;
  engine_.events.with_writer([&](formats::EventWriter& writer) {
    writer.add_session_log(formats::SessionStatus::kCheckpoint, step,
                           fmt::format("model.ckpt-{}", step));
  });
}

}  // namespace reckon::estimator
