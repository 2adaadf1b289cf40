// SPDX-License-Identifier: Apache-2.0
// What a checkpoint holds, for those who write it and those who read it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <reckon/array.h>
#include "formats/state_file.h"

namespace reckon::estimator {

/// What is saved: tensors by name (global_step among them) and the rest of the run's state.
struct CheckpointContent {
  int64_t step = 0;
  std::map<std::string, Array> tensors;
  formats::StateValues state;  ///< nothing in it may differ between two equal runs
};

/// A checkpoint that was read and verified.
struct LoadedCheckpoint {
  std::string path;  ///< without suffix
  CheckpointContent content;
  bool has_state = false;  ///< false for TensorFlow's own, or when the state file is gone
};

}  // namespace reckon::estimator
