// SPDX-License-Identifier: Apache-2.0
// The text form is protobuf's, so its escapes are TensorFlow's.
#include "formats/checkpoint_state.h"

#include "base/file_system.h"
#include "formats/damage.h"
#include "formats/message_text.h"
#include "formats/proto/tensor_bundle.pb.h"

namespace reckon::formats {
namespace {

std::string relative_to(const std::string& path, const std::string& directory) {
  const std::string start = base::join_path(directory, "");
  return path.starts_with(start) ? path.substr(start.size()) : path;
}

std::string resolve(const std::string& path, const std::string& directory) {
  return path.starts_with('/') ? path : base::join_path(directory, path);
}

}  // namespace

std::string checkpoint_state_text(const CheckpointState& state, const std::string& directory) {
  proto::CheckpointState message;
  message.set_model_checkpoint_path(relative_to(state.model_checkpoint_path, directory));
  for (const std::string& path : state.all_model_checkpoint_paths) {
    message.add_all_model_checkpoint_paths(relative_to(path, directory));
  }
  return message_text(message);
}

CheckpointState parse_checkpoint_state(std::string_view text, const std::string& path) {
  proto::CheckpointState message;
  const std::string complaint = parse_message_text(text, message);
  expect_sound(complaint.empty(), "checkpoint", path,
               "the text is not a CheckpointState: ", complaint,
               "; delete the file to have it made from the checkpoints beside it");
  expect_sound(!message.model_checkpoint_path().empty(), "checkpoint", path,
               "there is no model_checkpoint_path; delete the file to have it made from the "
               "checkpoints beside it");
  const std::string directory = base::directory_of(path);
  CheckpointState state;
  state.model_checkpoint_path = resolve(message.model_checkpoint_path(), directory);
  for (const std::string& one : message.all_model_checkpoint_paths()) {
    state.all_model_checkpoint_paths.push_back(resolve(one, directory));
  }
  return state;
}

std::optional<CheckpointState> read_checkpoint_state(base::FileSystem& files,
                                                     const std::string& directory) {
  const std::string path = base::join_path(directory, "checkpoint");
  if (!files.exists(path)) return std::nullopt;
  return parse_checkpoint_state(files.read_file(path), path);
}

}  // namespace reckon::formats
