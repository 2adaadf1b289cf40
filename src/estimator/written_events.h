// SPDX-License-Identifier: Apache-2.0
// For tests: what a run wrote for TensorBoard.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "estimator/small_model.h"
#include "formats/event_file.h"

namespace reckon::estimator {

/// The events of every event file in a directory; files in the order of their names.
inline std::vector<formats::Event> events_in(const std::string& directory) {
  std::vector<formats::Event> events;
  for (const std::string& name : files_in(directory)) {
    if (!name.starts_with("events.")) continue;
    for (auto& event : formats::read_events(base::FileSystem::posix(), directory + "/" + name)) {
      events.push_back(std::move(event));
    }
  }
  return events;
}

}  // namespace reckon::estimator
