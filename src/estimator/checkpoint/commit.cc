// SPDX-License-Identifier: Apache-2.0
#include "estimator/checkpoint/commit.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/logging.h"
#include "formats/bundle_writer.h"
#include "formats/checkpoint_state.h"
#include "formats/state_file.h"

namespace reckon::estimator {
namespace {

template <class T>
bool is_finite(const Array& array) {
  for (T value : array.data<T>()) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

/// A model that has become NaN must not replace one that works.
void refuse_non_finite(const CheckpointContent& content) {
  for (const auto& [name, value] : content.tensors) {
    const bool is_good = value.dtype() == kFloat32   ? is_finite<float>(value)
                         : value.dtype() == kFloat64 ? is_finite<double>(value)
                                                     : true;
    if (is_good) continue;
    throw Error(
        ErrorCode::kNonFinite, "save",
        fmt::format("{} holds NaN or infinity at step {}, so no checkpoint is written; {}", name,
                    content.step,
                    content.step == 0 ? "give it finite initial values"
                                      : "lower the learning rate or clip gradients, and start "
                                        "again from the newest checkpoint"));
  }
}

void write_and_close(base::FileSystem& files, const std::string& path, const std::string& bytes) {
  const auto file = files.open_write(path);
  file->append(bytes);
  file->sync();
  file->close();
}

std::string encode_state(const CheckpointContent& content, const std::string& prefix,
                         const formats::FileDigest& data, const formats::FileDigest& index) {
  formats::StateFile state{.values = content.state, .files = {}};
  state.values["global_step"] = content.step;
  state.files[formats::bundle_data_name(prefix)] = data;
  state.files[formats::bundle_index_name(prefix)] = index;
  return formats::encode_state_file(state);
}

}  // namespace

std::string checkpoint_name(int64_t step) { return fmt::format("model.ckpt-{}", step); }

int64_t checkpoint_step(const std::string& path) {
  const size_t dash = path.rfind('-');
  if (dash == std::string::npos || dash + 1 == path.size()) return -1;
  int64_t step = -1;
  const auto [rest, error] =
      std::from_chars(path.data() + dash + 1, path.data() + path.size(), step);
  return error == std::errc() && rest == path.data() + path.size() ? step : -1;
}

std::vector<std::string> checkpoint_files(const std::string& prefix) {
  return {formats::bundle_data_name(prefix), formats::bundle_index_name(prefix),
          formats::state_file_name(prefix)};
}

CheckpointCommit::Temporary CheckpointCommit::temporary(const std::string& name) {
  temporaries_.push_back(
      {base::join_path(directory_, fmt::format("{}{}-{}", kTemporaryPrefix, getpid(), name)),
       base::join_path(directory_, name)});
  return temporaries_.back();
}

void CheckpointCommit::remove_temporaries() {
  for (const Temporary& temporary : temporaries_) {
    try {
      files_.remove(temporary.path);
    } catch (const Error&) {
      // Left for the next trainer's start, which removes them.
    }
  }
  temporaries_.clear();
}

CheckpointCommit::Draft CheckpointCommit::write_draft(const CheckpointContent& content,
                                                      const std::string& prefix) {
  Draft draft{temporary(formats::bundle_data_name(prefix)),
              temporary(formats::bundle_index_name(prefix)),
              temporary(formats::state_file_name(prefix)),
              {},
              {},
              {},
              {},
              {}};
  draft.data_file = files_.open_write(draft.data.path);
  draft.index_file = files_.open_write(draft.index.path);
  formats::BundleWriter writer(*draft.data_file, *draft.index_file);
  for (const auto& [name, value] : content.tensors) writer.add(name, value);
  writer.finish();
  draft.data_digest = writer.data_digest();
  draft.index_digest = writer.index_digest();
  draft.state_bytes = encode_state(content, prefix, draft.data_digest, draft.index_digest);
  return draft;
}

/// True if the final files hold the same tensors, as far as their state file tells.
bool CheckpointCommit::is_on_disk(const Draft& draft) {
  const std::string& path = draft.state.final_path;
  if (!files_.exists(path)) return false;
  try {
    const auto known = formats::decode_state_file(files_.read_file(path), path);
    return known.files.at(base::base_name_of(draft.data.final_path)) == draft.data_digest &&
           known.files.at(base::base_name_of(draft.index.final_path)) == draft.index_digest;
  } catch (const std::exception&) {
    // An unreadable state is none: the step is written whole.
    return false;
  }
}

void CheckpointCommit::commit(Draft& draft) {
  draft.data_file->sync();
  draft.index_file->sync();
  draft.data_file->close();
  draft.index_file->close();
  write_and_close(files_, draft.state.path, draft.state_bytes);
  // The state of other tensors must not outlive them.
  if (files_.remove(draft.state.final_path)) files_.sync_directory(directory_);
  files_.rename(draft.data.path, draft.data.final_path);
  // Before the index: one without data would be a broken checkpoint, where there is no other.
  files_.sync_directory(directory_);
  files_.rename(draft.index.path, draft.index.final_path);
  files_.sync_directory(directory_);
  files_.rename(draft.state.path, draft.state.final_path);
  files_.sync_directory(directory_);
}

/// The files of a checkpoint that may be the only one are about to be replaced, and three renames
/// are not one: until they are done the new tensors are whole under a second name, and `checkpoint`
/// names that.
void CheckpointCommit::stand_in(const CheckpointContent& content, const std::string& prefix) {
  std::vector<std::string> kept;
  try {
    if (const auto list = formats::read_checkpoint_state(files_, directory_)) {
      for (const std::string& path : list->all_model_checkpoint_paths)
        kept.push_back(base::base_name_of(path));
      // Not listed, so nobody would miss it.
      if (std::erase(kept, prefix) == 0) return;
    }
  } catch (const Error&) {
    // Without a list every checkpoint counts.
  }
  spare_ = kSparePrefix + prefix;
  Draft draft = write_draft(content, spare_);
  commit(draft);
  std::erase(kept, spare_);
  kept.push_back(spare_);
  write_list(kept);
}

void CheckpointCommit::write_whole(const CheckpointContent& content) {
  const std::string prefix = checkpoint_name(content.step);
  Draft draft = write_draft(content, prefix);
  if (!is_on_disk(draft)) {
    if (files_.exists(draft.index.final_path)) stand_in(content, prefix);
    commit(draft);
    return;
  }
  draft.data_file->close();
  draft.index_file->close();
  write_and_close(files_, draft.state.path, draft.state_bytes);
  files_.rename(draft.state.path, draft.state.final_path);
  files_.sync_directory(directory_);
}

/// What stood in is not needed any more; if it stays, it is one whole checkpoint too many.
void CheckpointCommit::remove_spare() {
  const std::vector<std::string> names =
      checkpoint_files(base::join_path(directory_, std::exchange(spare_, "")));
  try {
    for (auto name = names.rbegin(); name != names.rend(); ++name) files_.remove(*name);
  } catch (const Error& error) {
    base::log(LogLevel::kWarning,
              "a copy of a checkpoint was not deleted: " + std::string(error.what()));
  }
}

void CheckpointCommit::write(const CheckpointContent& content) {
  refuse_non_finite(content);
  try {
    write_whole(content);
  } catch (...) {
    remove_temporaries();
    throw;
  }
  remove_temporaries();
}

void CheckpointCommit::write_list(const std::vector<std::string>& kept) {
  RECKON_CHECK(!kept.empty());
  const Temporary list = temporary("checkpoint");
  try {
    write_and_close(files_, list.path,
                    formats::checkpoint_state_text({kept.back(), kept}, directory_));
    files_.rename(list.path, list.final_path);
    files_.sync_directory(directory_);
  } catch (...) {
    remove_temporaries();
    throw;
  }
  std::erase_if(temporaries_,
                [&](const Temporary& temporary) { return temporary.path == list.path; });
  if (!spare_.empty() && kept.back() != spare_) remove_spare();
}

}  // namespace reckon::estimator
