// SPDX-License-Identifier: Apache-2.0
// Takes the checkpoints of one train call. The call writes down how far it is, a CheckpointSaver
// says when, this reads the one and hands the store what is to be kept: nothing goes back.
#pragma once

#include "data/iterator.h"
#include "estimator/engine.h"
#include "estimator/hooks/hook_schedule.h"
#include "estimator/hooks/training_hooks.h"

namespace reckon::estimator {

/// How far a train call is.
struct TrainProgress {
  uint64_t seed = 0;
  std::string input_hash;
  int64_t last_step = Hook::kNever;       ///< at which it ends; kNever: with its data
  const data::Iterator* input = nullptr;  ///< set once it is open, and before anything is saved
  const HookSchedule* hooks = nullptr;    ///< likewise
  bool has_changed = false;               ///< a step may have changed a variable
  /// The loss became NaN or infinite and the call ends without an error: its weights are of no use.
  bool has_bad_loss = false;

  /// What goes on with the call, if it is interrupted now.
  CallState state(bool in_progress) const;
};

class CallSaver : public CheckpointSink {
 public:
  /// Both must outlive it.
  CallSaver(Engine& engine, const TrainProgress& progress) : engine_(engine), progress_(progress) {}

  void save(bool is_last) override;
  bool is_on_disk(int64_t step) override;

 private:
  Engine& engine_;
  const TrainProgress& progress_;
};

}  // namespace reckon::estimator
