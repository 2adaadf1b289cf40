// SPDX-License-Identifier: Apache-2.0
// For tests of checkpoints: contents that are easily told apart, stores over any file system,
// damaged files.
#pragma once

#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/faulty_file_system_testing.h"
#include "estimator/checkpoint/content.h"
#include "estimator/checkpoint/store.h"
#include "estimator/small_model_testing.h"
#include "formats/checkpoint_state.h"

namespace reckon::estimator {

/// A checkpoint of `step` whose tensors are filled with `value`.
inline CheckpointContent content_of(int64_t step, float value, bool in_progress = false) {
  CheckpointContent content;
  content.step = step;
  content.tensors["global_step"] = Array::scalar<int64_t>(step);
  content.tensors["weight"] = Array::from<float>(std::vector<float>(12, value), {3, 4});
  content.tensors["bias"] = Array::from<float>({value, -value}, {2});
  content.state = {{"in_progress", in_progress}};
  return content;
}
inline CheckpointContent content_of(int64_t step) {
  return content_of(step, static_cast<float>(step));
}

/// True if all tensors are those of content_of(loaded step, value): one step's, whole.
inline bool is_whole(const LoadedCheckpoint& loaded, float value) {
  const CheckpointContent want = content_of(loaded.content.step, value);
  if (loaded.content.tensors.size() != want.tensors.size()) return false;
  for (const auto& [name, array] : want.tensors) {
    const auto found = loaded.content.tensors.find(name);
    if (found == loaded.content.tensors.end() || !found->second.same_bits(array)) return false;
  }
  return true;
}

/// What stands in a state file, from JSON's text.
inline formats::StateValues state_of(const std::string& text) {
  return nlohmann::json::parse(text).get<formats::StateValues>();
}

inline void save_now(CheckpointStore& store, CheckpointContent content) {
  store.save(std::move(content));
  store.finish();
}

/// Writes checkpoints of these steps with a store of its own.
inline void write_steps(const std::string& directory, const std::vector<int64_t>& steps,
                        base::FileSystem* files = nullptr) {
  CheckpointStore store(directory, {.files = files});
  store.lock_for_training();
  for (int64_t step : steps) save_now(store, content_of(step));
}

inline std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// All files of one directory, to put them back after a test has damaged some.
class DirectoryCopy {
 public:
  explicit DirectoryCopy(const std::string& directory) : directory_(directory) {
    for (const std::string& name : files_in(directory))
      files_[name] = read_bytes(directory + "/" + name);
  }
  void put_back() const {
    for (const std::string& name : files_in(directory_))
      std::filesystem::remove(directory_ + "/" + name);
    for (const auto& [name, bytes] : files_) write_bytes(directory_ + "/" + name, bytes);
  }
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::string directory_;
  std::map<std::string, std::string> files_;
};

/// A loss that is the mean of the batch's rows, so that it tells which rows a step saw.
inline EstimatorSpec row_teller(const Features& features, const Tensor&) {
  const Tensor unused = variable("unused", zeros({1}));
  const Tensor loss = reduce_mean(features["x"]) + 0.0f * reduce_sum(unused);
  return {.loss = loss,
          .train_op = optimizers::gradient_descent({.learning_rate = 0.0}).minimize(loss)};
}

/// Names of the checkpoints that the directory's state file lists; none without the file.
inline std::vector<std::string> listed_checkpoints(const std::string& directory) {
  std::vector<std::string> names;
  const auto list = formats::read_checkpoint_state(base::FileSystem::posix(), directory);
  if (!list) return names;
  for (const std::string& path : list->all_model_checkpoint_paths)
    names.push_back(base::base_name_of(path));
  return names;
}

}  // namespace reckon::estimator
