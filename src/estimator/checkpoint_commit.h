// SPDX-License-Identifier: Apache-2.0
// Writing one checkpoint so that a kill at any moment leaves the old one or the new one, whole:
// temporaries, fsync, renames with the state file last, then the file `checkpoint`. Source:
// docs/checkpoint_format.md.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "estimator/checkpoint_store.h"

namespace reckon::estimator {

/// "model.ckpt-<step>"
std::string checkpoint_name(int64_t step);
/// The step in a checkpoint's name or path; -1 if it has none.
int64_t checkpoint_step(const std::string& path);
/// The files of a checkpoint, the state file last.
std::vector<std::string> checkpoint_files(const std::string& prefix);
/// Files whose names begin so are leftovers of a writer that died.
inline constexpr const char* kTemporaryPrefix = ".tmp-";

class CheckpointCommit {
 public:
  CheckpointCommit(base::FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  /// Writes the checkpoint's own files. If the same step is there with equal tensors, only its
  /// state file is replaced. On an error the temporaries are removed and what was there stays.
  void write(const CheckpointContent& content);
  /// Writes the file `checkpoint`: the newest is the last of `kept`.
  void write_list(const std::vector<std::string>& kept);

 private:
  struct Temporary {
    std::string path, final_path;
  };
  Temporary temporary(const std::string& name);
  void write_whole(const CheckpointContent& content);
  void take_out(const std::string& prefix);
  void remove_temporaries();

  base::FileSystem& files_;
  std::string directory_;
  std::vector<Temporary> temporaries_;
};

}  // namespace reckon::estimator
