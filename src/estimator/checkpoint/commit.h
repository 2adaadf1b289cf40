// SPDX-License-Identifier: Apache-2.0
// Writing one checkpoint so that a kill at any moment leaves the old one or the new one, whole:
// temporaries, fsync, renames with the state file last, then the file `checkpoint`. Source:
// docs/checkpoint_format.md.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "estimator/checkpoint/content.h"
#include "formats/file_digest.h"

namespace reckon::estimator {

/// "model.ckpt-<step>"
std::string checkpoint_name(int64_t step);
/// The step in a checkpoint's name or path; -1 if it has none.
int64_t checkpoint_step(const std::string& path);
/// The files of a checkpoint, the state file last.
std::vector<std::string> checkpoint_files(const std::string& prefix);
/// Files whose names begin so are leftovers of a writer that died.
inline constexpr const char* kTemporaryPrefix = ".tmp-";
/// "again-model.ckpt-<step>": a checkpoint that stands in for one whose files are being replaced.
inline constexpr const char* kSparePrefix = "again-";

class CheckpointCommit {
 public:
  CheckpointCommit(base::FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  /// Writes the checkpoint's own files. If the same step is there with equal tensors, only its
  /// state file is replaced; with others, a second whole copy stands in while its files change. On
  /// an error the temporaries are removed and a whole checkpoint stays.
  void write(const CheckpointContent& content);
  /// Writes the file `checkpoint`: the newest is the last of `kept`.
  void write_list(const std::vector<std::string>& kept);

 private:
  struct Temporary {
    std::string path, final_path;
  };
  /// A checkpoint under its temporary names; the state is not yet written.
  struct Draft {
    Temporary data, index, state;
    std::unique_ptr<base::WritableFile> data_file, index_file;
    formats::FileDigest data_digest, index_digest;
    std::string state_bytes;
  };
  Temporary temporary(const std::string& name);
  Draft write_draft(const CheckpointContent& content, const std::string& prefix);
  bool is_on_disk(const Draft& draft);
  void commit(Draft& draft);
  void stand_in(const CheckpointContent& content, const std::string& prefix);
  void write_whole(const CheckpointContent& content);
  void remove_spare();
  void remove_temporaries();

  base::FileSystem& files_;
  std::string directory_;
  std::vector<Temporary> temporaries_;
  std::string spare_;  ///< what stands in until the next list; empty if nothing does
};

}  // namespace reckon::estimator
