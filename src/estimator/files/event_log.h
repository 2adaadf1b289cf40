// SPDX-License-Identifier: Apache-2.0
// The event file of one directory, opened when the first event comes and kept for the Estimator's
// life. A disk that refuses costs summaries, never the training. One that was removed is begun
// anew.
#pragma once

#include <memory>
#include <string>

#include "base/file_system.h"
#include "formats/event_file.h"

namespace reckon::estimator {

class EventLog {
 public:
  explicit EventLog(std::string directory) : directory_(std::move(directory)) {}

  /// Runs `write(EventWriter&)`; after a failure, which is logged once, nothing more is written
  /// until try_again().
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

  /// A call begins: what refused before may be well again.
  void try_again() { has_failed_ = false; }

 private:
  formats::EventWriter* open();
  void close_lost_file();
  std::string new_path() const;
  void give_up(const std::string& reason);

  std::string directory_;
  bool has_failed_ = false;
  std::string path_;
  uint64_t fork_count_ = 0;  ///< of the process that opened the file
  std::unique_ptr<base::WritableFile> file_;
  std::unique_ptr<formats::EventWriter> writer_;
};

}  // namespace reckon::estimator
