// SPDX-License-Identifier: Apache-2.0
#include "estimator/files/event_log.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/fork.h"
#include "base/logging.h"

namespace reckon::estimator {
namespace {

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 && name[0] != 0 ? name : "localhost";
}

}  // namespace

/// Two writers may start in one second: each has a file of its own.
std::string EventLog::new_path() const {
  base::FileSystem& files = base::FileSystem::posix();
  const auto now = static_cast<int64_t>(base::Clock::system().wall_seconds());
  std::string path;
  for (int attempt = 0; path.empty() || files.exists(path); ++attempt) {
    const std::string suffix =
        attempt == 0 ? "" : "." + std::to_string(getpid()) + "." + std::to_string(attempt);
    path = base::join_path(directory_, formats::event_file_name(now, host_name(), suffix));
  }
  return path;
}

/// The system would go on writing to a file that has no name any more, and a forked child to its
/// parent's.
void EventLog::close_lost_file() {
  const bool is_parents = fork_count_ != base::fork_count();
  if (!is_parents && base::FileSystem::posix().exists(path_)) return;
  writer_.reset();
  file_.reset();
  if (is_parents) return;
  base::log(LogLevel::kWarning,
            path_ + " was removed: summaries go on in a new file, without those that were in it");
}

formats::EventWriter* EventLog::open() {
  if (has_failed_) return nullptr;
  try {
    if (writer_ != nullptr) close_lost_file();
    if (writer_ != nullptr) return writer_.get();
    base::FileSystem& files = base::FileSystem::posix();
    files.make_directories(directory_);
    path_ = new_path();
    fork_count_ = base::fork_count();
    file_ = files.open_write(path_);
    writer_ = std::make_unique<formats::EventWriter>(*file_);
  } catch (const std::exception& error) {
    give_up(error.what());
  }
  return writer_.get();
}

void EventLog::give_up(const std::string& reason) {
  has_failed_ = true;
  writer_.reset();
  file_.reset();
  base::log(LogLevel::kWarning,
            "no more summaries are written to " + directory_ + " in this call: " + reason);
}

}  // namespace reckon::estimator
