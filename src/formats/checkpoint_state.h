// SPDX-License-Identifier: Apache-2.0
// The text file `checkpoint` of a model_dir: which checkpoints there are, and which is the newest.
// Paths are written relative to the file's directory, so that the directory can be moved.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reckon::base {
class FileSystem;
}

namespace reckon::formats {

struct CheckpointState {
  /// Prefix of the newest checkpoint, such as "model.ckpt-10".
  std::string model_checkpoint_path;
  /// All prefixes that are kept, oldest first.
  std::vector<std::string> all_model_checkpoint_paths;

  bool operator==(const CheckpointState&) const = default;
};

/// The file's text, byte for byte as TensorFlow v1's saver writes it. Paths inside `directory`
/// become relative.
std::string checkpoint_state_text(const CheckpointState& state, const std::string& directory);
/// `path` names the file in errors. Throws Error, kDataLoss, for a text that is no CheckpointState.
/// Relative paths are joined to the directory of `path`.
CheckpointState parse_checkpoint_state(std::string_view text, const std::string& path);
/// Reads `<directory>/checkpoint`; empty if there is no such file.
std::optional<CheckpointState> read_checkpoint_state(base::FileSystem& files,
                                                     const std::string& directory);

}  // namespace reckon::formats
