// SPDX-License-Identifier: Apache-2.0
#include "mistakes/run.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>

#include "base/temporary_directory_testing.h"

namespace reckon::mistakes {
namespace {

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Warnings that are logged while it lives; nothing else is shown.
class Warnings {
 public:
  Warnings() : level_(log_level()) {
    set_log_level(LogLevel::kWarning);
    set_log_sink([this](LogLevel, const std::string& line) {
      const std::lock_guard<std::mutex> guard(mutex_);
      lines_.push_back(line);
    });
  }
  ~Warnings() {
    set_log_sink({});
    set_log_level(level_);
  }
  Warnings(const Warnings&) = delete;
  Warnings& operator=(const Warnings&) = delete;

  std::vector<std::string> lines() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return lines_;
  }

 private:
  LogLevel level_;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// A directory of its own as the current one, so that rows name files by short, stable paths.
class Elsewhere {
 public:
  Elsewhere() {
    std::filesystem::current_path(scratch_.path());
    ::setenv("TMPDIR", scratch_.path().c_str(), 1);
  }
  ~Elsewhere() {
    std::filesystem::current_path(before_);
    ::unsetenv("TMPDIR");
  }
  Elsewhere(const Elsewhere&) = delete;
  Elsewhere& operator=(const Elsewhere&) = delete;

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
  base::TemporaryDirectory scratch_;
};

/// As a program in this directory would name its files.
std::string with_short_paths(std::string text) {
  const std::string here = std::filesystem::current_path().string() + "/";
  for (size_t at = text.find(here); at != std::string::npos; at = text.find(here, at))
    text.erase(at, here.size());
  return text;
}

Message make_message(const Mistake& row, const std::string& whole) {
  const std::string text = with_short_paths(whole);
  Message message{text, base_name(row.file), 0};
  const std::string at = " At " + message.file + ":";
  const size_t place = text.rfind(at);
  if (place != std::string::npos) message.line = std::stoi(text.substr(place + at.size()));
  return message;
}

std::string thrown_by(const Mistake& row) {
  try {
    row.code();
  } catch (const Error& error) {
    return error.what();
  }
  throw std::runtime_error(row.name + ": nothing was thrown");
}

std::string warned_by(const Mistake& row) {
  const Warnings warnings;
  row.code();
  const std::vector<std::string> lines = warnings.lines();
  if (lines.size() == 1) return lines[0];
  std::string all;
  for (const std::string& line : lines) all += "\n" + line;
  throw std::runtime_error(row.name + ": not one warning, but these:" + all);
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

size_t indentation(const std::string& line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

}  // namespace

Message message_of(const Mistake& row) {
  const Elsewhere elsewhere;
  if (row.is_warning) return make_message(row, warned_by(row));
  const Warnings silence;
  return make_message(row, thrown_by(row));
}

Code code_of(const Mistake& row) {
  const std::vector<std::string> lines = lines_of(row.file);
  const auto named = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(".name = \"" + row.name + "\"") != std::string::npos;
  });
  const auto open = std::find_if(named, lines.end(), [](const std::string& line) {
    return line.compare(indentation(line), 4, "[] {") == 0;
  });
  if (open == lines.end()) throw std::runtime_error(row.file + (": no row " + row.name));
  const size_t outer = indentation(*open);
  if (!open->ends_with('{')) {  // `[] { code });`
    const size_t begin = outer + 5;
    return {{open->substr(begin, open->size() - begin - 4)},
            static_cast<int>(open - lines.begin()) + 1};
  }
  const auto close = std::find_if(open + 1, lines.end(), [outer](const std::string& line) {
    return indentation(line) <= outer && !line.empty();
  });
  Code code{{open + 1, close}, static_cast<int>(open - lines.begin()) + 2};
  size_t common = std::string::npos;
  for (const std::string& line : code.lines) {
    if (!line.empty()) common = std::min(common, indentation(line));
  }
  for (std::string& line : code.lines) line.erase(0, common);
  return code;
}

}  // namespace reckon::mistakes
