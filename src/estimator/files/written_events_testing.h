// SPDX-License-Identifier: Apache-2.0
// For tests: what a run wrote for TensorBoard.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "estimator/small_model_testing.h"
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

/// The steps whose loss was written, in the order of the events.
inline std::vector<int64_t> summary_steps(const std::string& directory) {
  std::vector<int64_t> steps;
  for (const formats::Event& event : events_in(directory)) {
    if (!event.values.empty() && event.values[0].tag == "loss") steps.push_back(event.step);
  }
  return steps;
}

}  // namespace reckon::estimator
