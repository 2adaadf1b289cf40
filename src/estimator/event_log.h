// SPDX-License-Identifier: Apache-2.0
// The event file of one directory, opened when the first event comes and kept for the Estimator's
// life. A disk that refuses costs summaries, never the training.
#pragma once

#include <memory>
#include <string>

#include "base/file_system.h"
#include "formats/event_file.h"

namespace reckon::estimator {

class EventLog {
 public:
  explicit EventLog(std::string directory) : directory_(std::move(directory)) {}

  /// Runs `write(EventWriter&)`; after a failure, which is logged once, nothing more is written.
  template <class Write>
  void with_writer(const Write& write) {
    if (formats::EventWriter* writer = open()) {
      try {
        write(*writer);
      } catch (const std::exception& error) {
        give_up(error.what());
      }
    }
  }

 private:
  formats::EventWriter* open();
  void give_up(const std::string& reason);

  std::string directory_;
  bool has_failed_ = false;
  std::unique_ptr<base::WritableFile> file_;
  std::unique_ptr<formats::EventWriter> writer_;
};

}  // namespace reckon::estimator
