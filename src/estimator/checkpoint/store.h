// SPDX-License-Identifier: Apache-2.0
// The checkpoints of one model_dir: committed in the order that makes any kill harmless, verified
// on reading, thinned by keep_max. What they hold: checkpoint/content.h. Source:
// docs/checkpoint_format.md.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <reckon/run_config.h>
#include "base/clock.h"
#include "base/file_system.h"

namespace reckon::estimator {

struct CheckpointContent;
struct LoadedCheckpoint;

struct CheckpointStoreOptions {
  int64_t keep_max = 5;  ///< 0: all
  double keep_every_n_hours = 10000;
  OnSaveFailure on_save_failure = OnSaveFailure::kContinue;
  base::FileSystem* files = nullptr;  ///< null: the system's
  base::Clock* clock = nullptr;       ///< null: the system's
};

class CheckpointStore {
 public:
  CheckpointStore(std::string model_dir, CheckpointStoreOptions options);
  /// Waits for a save in flight; an error of it was logged.
  ~CheckpointStore();

  /// Makes the directory, takes the trainer's lock (held until it is released, or destruction) and
  /// removes what a dead owner left. If it has the lock, but the directory was removed since: both
  /// again. A forked child does not have its parent's lock. Throws Error, kUnavailable: not
  /// writable, or naming host and pid of another trainer.
  void lock_for_training();
  /// Waits for a save in flight, then lets another trainer in.
  void release_lock();
  /// True if the state file of that checkpoint is sound and its other files are those that it
  /// describes, as far as that shows without reading a tensor.
  bool looks_whole(const std::string& path) const;
  /// What the file `checkpoint` names, if its index exists; "" otherwise. Nothing is verified.
  /// Throws Error, kUnavailable, if the system refuses to tell.
  std::string latest_path() const;
  /// True if the files of that step's checkpoint are there; waits for a save in flight.
  bool has(int64_t step) const;
  /// True if the newest checkpoint on disk is another than the one this store wrote or read last.
  bool has_news() const;
  /// The newest checkpoint that is whole: verifies, renames broken ones to corrupt-…, falls back,
  /// rebuilds `checkpoint`; nothing if there is none at all. Throws Error, kDataLoss, with what was
  /// tried and why each failed, if there are some but none is whole.
  std::optional<LoadedCheckpoint> load_newest();
  /// That one and no other. Throws Error, kNotFound or kDataLoss.
  LoadedCheckpoint load(const std::string& path) const;

  /// Hands the content to the writer thread; first waits for the save before it. An error of that
  /// one is thrown (kStop) or logged (kContinue).
  void save(CheckpointContent content);
  /// Waits until everything is durable. Throws the last save's error, whatever the policy.
  void finish();
  /// Waits likewise, and forgets the error: the call it belonged to has ended otherwise.
  void drop_error();
  int written() const;
  int read() const;

 private:
  struct State;
  State& state() const;
  State& idle_state() const;  ///< waits for a save in flight

  mutable std::unique_ptr<State> state_;
};

}  // namespace reckon::estimator
