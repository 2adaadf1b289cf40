// SPDX-License-Identifier: Apache-2.0
#include "estimator/checkpoint/restore.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/logging.h"
#include "estimator/checkpoint/commit.h"
#include "formats/bundle_reader.h"
#include "formats/bundle_writer.h"
#include "formats/checkpoint_state.h"
#include "formats/state_file.h"

namespace reckon::estimator {
namespace {

constexpr const char* kIndexSuffix = ".index";
constexpr const char* kStateSuffix = ".state";

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

[[noreturn]] void refuse_file(const std::string& path) {
  throw Error(ErrorCode::kDataLoss, "restore",
              fmt::format("{} is not the file that its state file describes (size or CRC "
                          "differ); bring the file back, or use an older checkpoint",
                          path),
              path);
}

/// The state file of a checkpoint and what it says of the other files; nothing if there is none.
class Siblings {
 public:
  Siblings(base::FileSystem& files, const std::string& prefix)
      : files_(files), directory_(base::directory_of(prefix)) {
    const std::string path = prefix + kStateSuffix;
    if (files.exists(path)) state_ = formats::decode_state_file(files.read_file(path), path);
  }
  const std::optional<formats::StateFile>& state() const { return state_; }
  /// Throws Error, kDataLoss, if the file at `path` is described by another digest.
  void check(const std::string& path, const formats::FileDigest& digest) {
    if (const auto known = take(path); known && *known != digest) refuse_file(path);
  }
  void check_size(const std::string& path) {
    if (const auto known = take(path); known && known->size != files_.size(path)) refuse_file(path);
  }
  /// Those that no check has seen are read for it.
  void check_others() {
    if (!state_) return;
    while (!state_->files.empty()) {
      const std::string path = base::join_path(directory_, state_->files.begin()->first);
      check(path, formats::digest_of_file(files_, path));
    }
  }

 private:
  std::optional<formats::FileDigest> take(const std::string& path) {
    if (!state_) return std::nullopt;
    const auto node = state_->files.extract(base::base_name_of(path));
    if (node.empty()) return std::nullopt;
    return node.mapped();
  }

  base::FileSystem& files_;
  std::string directory_;
  std::optional<formats::StateFile> state_;
};

/// The reader of a checkpoint whose index is the one that its state file describes.
formats::BundleReader open_bundle(base::FileSystem& files, const std::string& prefix,
                                  Siblings& siblings) {
  formats::FileDigest digest;
  const auto check_index = [&] { siblings.check(formats::bundle_index_name(prefix), digest); };
  try {
    formats::BundleReader reader(files, prefix, &digest);
    check_index();
    return reader;
  } catch (const Error& error) {
    // An exchanged file says more than what is wrong inside it.
    if (digest.size > 0) check_index();
    throw;
  }
}

std::map<std::string, Array> read_tensors(const formats::BundleReader& reader) {
  std::map<std::string, Array> tensors;
  for (const std::string& name : reader.names_as_stored()) {
    // Keras's object graph and the like are no variables.
    if (!name.empty() && name[0] != '_') tensors[name] = reader.read(name);
  }
  return tensors;
}

int64_t step_of(const CheckpointContent& content, const std::string& prefix) {
  const auto step = content.tensors.find("global_step");
  return step != content.tensors.end() && step->second.num_elements() == 1
             ? step->second.item<int64_t>()
             : std::max<int64_t>(checkpoint_step(prefix), 0);
}

}  // namespace

LoadedCheckpoint CheckpointRestore::load(const std::string& prefix) const {
  LoadedCheckpoint loaded;
  loaded.path = prefix;
  Siblings siblings(files_, prefix);
  const formats::BundleReader reader = open_bundle(files_, prefix, siblings);
  const std::string data = formats::bundle_data_name(prefix);
  const bool is_described =
      siblings.state() &&
      reader.paths() == std::vector<std::string>{formats::bundle_index_name(prefix), data};
  const auto check_data = [&] {
    if (is_described) siblings.check(data, reader.data_digest());
  };
  try {
    loaded.content.tensors = read_tensors(reader);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kDataLoss) check_data();
    throw;
  }
  check_data();
  siblings.check_others();
  loaded.has_state = siblings.state().has_value();
  if (loaded.has_state) loaded.content.state = siblings.state()->values;
  loaded.content.step = step_of(loaded.content, prefix);
  return loaded;
}

void CheckpointRestore::check_outside(const std::string& prefix) const {
  Siblings siblings(files_, prefix);
  const formats::BundleReader reader = open_bundle(files_, prefix, siblings);
  for (const std::string& path : reader.paths()) {
    if (!files_.exists(path)) refuse_file(path);
    siblings.check_size(path);
  }
}

/// Prefixes to try: what `checkpoint` names, then all that the directory holds, newest first.
std::vector<std::string> CheckpointRestore::candidates() {
  std::vector<std::string> prefixes, found;
  try {
    if (const auto list = formats::read_checkpoint_state(files_, directory_)) {
      list_is_right_ = !list->model_checkpoint_path.empty();
      if (list_is_right_) prefixes.push_back(list->model_checkpoint_path);
    }
  } catch (const Error& error) {
    base::log(LogLevel::kWarning, error.what());
  }
  if (!files_.is_directory(directory_)) return prefixes;
  for (const std::string& name : files_.list(directory_)) {
    if (name.starts_with(kTemporaryPrefix) || name.starts_with("corrupt-")) continue;
    has_states_ |= ends_with(name, kStateSuffix);
    if (ends_with(name, kIndexSuffix)) {
      found.push_back(base::join_path(directory_, name.substr(0, name.size() - 6)));
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const std::string& a, const std::string& b) {
    return checkpoint_step(a) > checkpoint_step(b);
  });
  for (const std::string& prefix : found) {
    const bool is_known =
        std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& known) {
          return base::base_name_of(known) == base::base_name_of(prefix);
        });
    // Where state files exist, one that lacks it was never committed, unless `checkpoint` names it.
    if (!is_known && (!has_states_ || files_.exists(prefix + kStateSuffix)))
      prefixes.push_back(prefix);
  }
  return prefixes;
}

void CheckpointRestore::set_aside(const std::string& prefix) {
  if (!may_repair_) return;
  const std::string name = base::base_name_of(prefix);
  for (const std::string& file : files_.list(directory_)) {
    if (!file.starts_with(name + ".")) continue;
    files_.rename(base::join_path(directory_, file),
                  base::join_path(directory_, "corrupt-" + file));
  }
}

void CheckpointRestore::rewrite_list(const std::string& newest) {
  if (!may_repair_) return;
  std::vector<std::string> kept;
  for (const std::string& name : files_.list(directory_)) {
    if (!ends_with(name, kIndexSuffix) || name.starts_with("corrupt-") ||
        name.starts_with(kTemporaryPrefix))
      continue;
    const std::string prefix = name.substr(0, name.size() - 6);
    const bool is_older = checkpoint_step(prefix) < checkpoint_step(newest);
    if (is_older &&
        (!has_states_ || files_.exists(base::join_path(directory_, prefix + kStateSuffix)))) {
      kept.push_back(prefix);
    }
  }
  std::sort(kept.begin(), kept.end(), [](const std::string& a, const std::string& b) {
    return checkpoint_step(a) < checkpoint_step(b);
  });
  kept.push_back(base::base_name_of(newest));
  CheckpointCommit(files_, directory_).write_list(kept);
}

std::optional<LoadedCheckpoint> CheckpointRestore::load_newest() {
  const std::vector<std::string> prefixes = candidates();
  std::vector<std::string> reasons;
  for (const std::string& prefix : prefixes) {
    try {
      LoadedCheckpoint loaded = load(prefix);
      if (!loaded.has_state && has_states_) {
        base::log(LogLevel::kWarning,
                  prefix + " has no state file: its input starts from the beginning");
      }
      if (!reasons.empty() || !list_is_right_) rewrite_list(prefix);
      return loaded;
    } catch (const Error& error) {
      // What the system refuses to read now (permission, too many open files) is not broken, and
      // an older one in its place would lose steps.
      if (error.code() == ErrorCode::kUnavailable) throw;
      reasons.push_back(error.what());
      base::log(LogLevel::kWarning,
                fmt::format("{} is broken and passed over: {}", prefix, error.what()));
      set_aside(prefix);
    }
  }
  if (reasons.empty()) return std::nullopt;
  throw Error(ErrorCode::kDataLoss, "restore",
              fmt::format("none of {} checkpoints in {} is whole: {}; move them away to start "
                          "afresh, or bring back a copy",
                          reasons.size(), directory_, fmt::join(reasons, " | ")));
}

}  // namespace reckon::estimator
