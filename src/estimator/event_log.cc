// SPDX-License-Identifier: Apache-2.0
#include "estimator/event_log.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/logging.h"

namespace reckon::estimator {
namespace {

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 && name[0] != 0 ? name : "localhost";
}

}  // namespace

formats::EventWriter* EventLog::open() {
  if (has_failed_ || writer_ != nullptr) return writer_.get();
  try {
    base::FileSystem& files = base::FileSystem::posix();
    files.make_directories(directory_);
    const auto now = static_cast<int64_t>(base::Clock::system().wall_seconds());
    std::string path;
    // Two writers may start in one second: each has a file of its own.
    for (int attempt = 0; path.empty() || files.exists(path); ++attempt) {
      const std::string suffix =
          attempt == 0 ? "" : "." + std::to_string(getpid()) + "." + std::to_string(attempt);
      path = base::join_path(directory_, formats::event_file_name(now, host_name(), suffix));
    }
    file_ = files.open_write(path);
    writer_ = std::make_unique<formats::EventWriter>(*file_);
  } catch (const std::exception& error) {
    give_up(error.what());
  }
  return writer_.get();
}

void EventLog::give_up(const std::string& reason) {
  has_failed_ = true;
  writer_.reset();
  base::log(LogLevel::kWarning, "no more summaries are written to " + directory_ + ": " + reason);
}

}  // namespace reckon::estimator
