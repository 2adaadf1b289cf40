// SPDX-License-Identifier: Apache-2.0
// The process-wide log level and sink; the default sink is spdlog on stderr.
#include "base/logging.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/call_place.h"
#include "base/with_place.h"
#include "base/fork.h"
#include "base/write_signals.h"

namespace reckon {
namespace {

constexpr std::pair<std::string_view, LogLevel> kLevelNames[] = {
    {"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo}, {"warning", LogLevel::kWarning},
    {"error", LogLevel::kError}, {"off", LogLevel::kOff},
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

// A logger of our own, outside spdlog's registry: the user's program may use spdlog too.
LogSink stderr_sink() {
  auto logger = std::make_shared<spdlog::logger>(
      "reckon", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::trace);
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  return [logger](LogLevel level, const std::string& line) {
    // Who reads our lines may leave: `program 2>&1 | head` must not end a training.
    const base::WriteSignalsBlocked blocked;
    logger->log(spdlog_level(level), spdlog::string_view_t(line));
  };
}

struct LogState {
  LogState() : sink(std::make_shared<LogSink>(stderr_sink())) {
    base::hold_while_forking(mutex);
    const char* name = std::getenv("RECKON_LOG");
    if (name == nullptr || *name == '\0') return;
    for (const auto& [known, known_level] : kLevelNames) {
      if (known != name) continue;
      level.store(known_level);
      return;
    }
    (*sink)(LogLevel::kWarning, std::string("RECKON_LOG is \"") + name +
                                    "\", not debug, info, warning, error or off; info is taken");
  }

  std::atomic<LogLevel> level{LogLevel::kInfo};
  std::mutex mutex;
  std::shared_ptr<const LogSink> sink;
};

// Never destroyed: threads may log while static objects go.
LogState& log_state() {
  static LogState* const state = new LogState;
  return *state;
}

}  // namespace

void set_log_sink(LogSink sink) {
  auto next = std::make_shared<const LogSink>(sink ? std::move(sink) : stderr_sink());
  LogState& state = log_state();
  // `next` goes last: the old sink may run code of the user's when it is destroyed.
  const std::lock_guard<std::mutex> lock(state.mutex);
  state.sink.swap(next);
}

void set_log_level(LogLevel level) { log_state().level.store(level); }
LogLevel log_level() { return log_state().level.load(); }

namespace base {

bool is_logged(LogLevel level) { return level != LogLevel::kOff && level >= log_level(); }

namespace {

void emit(LogLevel level, const std::string& line) {
  LogState& state = log_state();
  std::shared_ptr<const LogSink> sink;
  {
    const std::lock_guard<std::mutex> lock(state.mutex);
    sink = state.sink;
  }
  // Outside the lock, so that a sink may log or replace itself.
  (*sink)(level, line);
}

}  // namespace

void log(LogLevel level, const std::string& line) {
  if (!is_logged(level)) return;
  const std::string at = place_text(CallPlace::current());
  const bool names_call = level >= LogLevel::kWarning && !at.empty();
  emit(level, names_call ? line + (line.ends_with('.') ? " At " : ". At ") + at : line);
}

void warn(const std::string& where, const std::string& message, Place place) {
  if (!is_logged(LogLevel::kWarning)) return;
  // What an error says is one line of the form that users know.
  const Place known = place.known() ? place : CallPlace::current();
  emit(LogLevel::kWarning, Error(ErrorCode::kInvalidArgument, where, message, known).what());
}

}  // namespace base
}  // namespace reckon
