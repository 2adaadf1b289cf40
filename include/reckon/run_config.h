// SPDX-License-Identifier: Apache-2.0
// How an Estimator runs: where it keeps its files, how often it saves, logs and summarises.
#pragma once

#include <cstdint>
#include <string>

#include <reckon/number.h>

namespace reckon {

/// What happens when a checkpoint cannot be written.
enum class OnSaveFailure {
  kContinue,  ///< training goes on and says so; train() throws at its end if its last state is not
              ///< durable
  kStop,      ///< train() throws at once
};

/// Every field has a default; Estimator checks the values and throws Error, kInvalidArgument,
/// naming the field that is wrong. What happens every so many steps, seconds or hours is off at 0
/// (or `{}`, but for the two that say when checkpoints are saved). Source: tf.estimator.RunConfig.
struct RunConfig {
  std::string model_dir = {};  ///< empty: the Estimator's own, or a new temporary directory
  Maybe<uint64_t> random_seed = {};  ///< unset: drawn once per Estimator, logged and saved
  int64_t save_summary_steps = 100;          ///< steps between summaries; 0: none
  Maybe<int64_t> save_checkpoints_steps =
      {};  ///< every so many steps; excludes the next one; 0: only at the start and the end
  Maybe<double> save_checkpoints_secs =
      {};                           ///< seconds; 0 likewise; neither given: every 600
  bool save_checkpoints = true;     ///< false: no checkpoint is ever written
  bool save_on_return = true;       ///< false: none at the start and the end of train() either
  int64_t keep_checkpoint_max = 5;  ///< 0: all are kept
  double keep_checkpoint_every_n_hours =
      10000;  ///< one that is that much newer than the last kept is kept for ever; 0: none is
  Maybe<int64_t> log_step_count_steps =
      100;  ///< steps between log lines of loss and speed; 0 or unset: none
  OnSaveFailure on_save_failure = OnSaveFailure::kContinue;  ///< while training
  bool fail_on_nan_loss = true;  ///< false: training stops with a warning, its weights lost

  /// In the library: inlined into a user's -O2 or -O3 program, g++ 12 warns of the strings above.
  ~RunConfig();
};

}  // namespace reckon
