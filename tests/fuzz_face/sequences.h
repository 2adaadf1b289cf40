// SPDX-License-Identifier: Apache-2.0
// One random sequence of public calls each: of an Estimator, a Session, a Dataset.
#pragma once

#include <string>

#include "choices.h"

namespace reckon::fuzz_face {

/// What was done, to be shown if it ends badly; how many calls it were.
struct Trail {
  std::string text;
  int64_t calls = 0;
  void add(const std::string& call) {
    text += "  " + call + "\n";
    ++calls;
  }
};

// Each throws Broken, naming what does not hold.

/// Files go below `directory`, which is removed.
void play_estimator(Choices& choices, const std::string& directory, Trail& trail);
void play_session(Choices& choices, Trail& trail);
void play_dataset(Choices& choices, Trail& trail);

}  // namespace reckon::fuzz_face
