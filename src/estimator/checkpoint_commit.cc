// SPDX-License-Identifier: Apache-2.0
#include "estimator/checkpoint_commit.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/check.h"
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
        fmt::format(
            "{} holds NaN or infinity at step {}, so no checkpoint is written; lower the learning "
            "rate or clip gradients, and start again from the newest checkpoint",
            name, content.step));
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
  formats::StateFile state;
  const nlohmann::json values = nlohmann::json::parse(content.state.empty() ? "{}" : content.state);
  for (const auto& [key, value] : values.items()) state.values[key] = value;
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
  const std::string digits = path.substr(dash + 1);
  const bool is_number =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_number && digits.size() < 19 ? std::strtoll(digits.c_str(), nullptr, 10) : -1;
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

/// The step is about to be written again with other tensors: from here on nobody may find it.
void CheckpointCommit::take_out(const std::string& prefix) {
  if (const auto list = formats::read_checkpoint_state(files_, directory_)) {
    std::vector<std::string> kept;
    for (const std::string& path : list->all_model_checkpoint_paths) {
      if (base::base_name_of(path) != prefix) kept.push_back(base::base_name_of(path));
    }
    if (kept.size() < list->all_model_checkpoint_paths.size() && !kept.empty()) write_list(kept);
  }
  files_.remove(base::join_path(directory_, formats::state_file_name(prefix)));
  files_.sync_directory(directory_);
}

void CheckpointCommit::write_whole(const CheckpointContent& content) {
  const std::string prefix = checkpoint_name(content.step);
  const Temporary data = temporary(formats::bundle_data_name(prefix));
  const Temporary index = temporary(formats::bundle_index_name(prefix));
  const Temporary state = temporary(formats::state_file_name(prefix));
  const auto data_file = files_.open_write(data.path);
  const auto index_file = files_.open_write(index.path);
  formats::BundleWriter writer(*data_file, *index_file);
  for (const auto& [name, value] : content.tensors) writer.add(name, value);
  writer.finish();
  const std::string state_bytes =
      encode_state(content, prefix, writer.data_digest(), writer.index_digest());
  bool is_same = false;
  if (files_.exists(state.final_path)) {
    try {
      const auto known =
          formats::decode_state_file(files_.read_file(state.final_path), state.final_path);
      is_same = known.files.at(formats::bundle_data_name(prefix)) == writer.data_digest() &&
                known.files.at(formats::bundle_index_name(prefix)) == writer.index_digest();
    } catch (const std::exception&) {
      // An unreadable state is none: the step is written whole.
    }
    if (!is_same) take_out(prefix);
  }
  if (!is_same) {
    data_file->sync();
    index_file->sync();
  }
  data_file->close();
  index_file->close();
  write_and_close(files_, state.path, state_bytes);
  if (!is_same) {
    files_.rename(data.path, data.final_path);
    files_.rename(index.path, index.final_path);
    files_.sync_directory(directory_);
  }
  files_.rename(state.path, state.final_path);
  files_.sync_directory(directory_);
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
}

}  // namespace reckon::estimator
