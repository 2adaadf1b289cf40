// SPDX-License-Identifier: Apache-2.0
// Finding the newest checkpoint that is whole, and reading it. What is broken is set aside, never
// deleted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "estimator/checkpoint/content.h"

namespace reckon::estimator {

class CheckpointRestore {
 public:
  /// `may_repair`: this process holds the trainer's lock, so it may rename broken files and write
  /// `checkpoint`.
  CheckpointRestore(base::FileSystem& files, std::string directory, bool may_repair)
      : files_(files), directory_(std::move(directory)), may_repair_(may_repair) {}

  /// Verifies sizes, CRCs and the state, and reads every tensor; each byte is read once. Throws
  /// Error, kNotFound or kDataLoss.
  LoadedCheckpoint load(const std::string& prefix) const;
  /// Verifies the state and the index, and of the data file that it has its size. Throws as load.
  void check_outside(const std::string& prefix) const;
  /// As CheckpointStore::load_newest.
  std::optional<LoadedCheckpoint> load_newest();

 private:
  std::vector<std::string> candidates();
  void set_aside(const std::string& prefix);
  void rewrite_list(const std::string& newest);

  base::FileSystem& files_;
  std::string directory_;
  bool may_repair_;
  bool list_is_right_ = false;  ///< `checkpoint` could be read
  bool has_states_ = false;     ///< some checkpoint here has a state file
};

}  // namespace reckon::estimator
