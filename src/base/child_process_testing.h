// SPDX-License-Identifier: Apache-2.0
// For tests: runs a function in a forked child, which may close, limit or give up what this process
// needs.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <functional>
#include <stdexcept>
#include <string>

extern "C" void __tsan_init() __attribute__((weak));

namespace reckon::base {

/// What `body` returned in the child, or the text of what it threw; "signal 25" if one ended it.
inline std::string in_child(const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    std::string text;
    // Out of the way of what the child does with low numbers.
    const int out = ::fcntl(ends[1], F_DUPFD, 200);
    ::close(ends[0]);
    ::close(ends[1]);
    try {
      text = body();
    } catch (const std::exception& error) {
      text = error.what();
    }
    ::_exit(::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  ::close(ends[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? text : "exit code " + std::to_string(WEXITSTATUS(status));
}

/// "true" or "false", as `claim()` is in a child, or what else came of it: "signal 14" if it hung
/// for a minute.
inline std::string claim_in_child(const std::function<bool()>& claim) {
  return in_child([&claim]() -> std::string {
    ::alarm(60);
    return claim() ? "true" : "false";
  });
}

/// ThreadSanitizer ends a child that starts threads after a fork of a process that had some.
inline bool may_start_threads_in_child() { return &__tsan_init == nullptr; }

/// Goes on as an ordinary user, whom the system refuses what it does not refuse to root.
inline void become_nobody() {
  constexpr unsigned kNobody = 65534;
  if (::geteuid() != 0) return;
  if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) throw std::runtime_error("still root");
}

/// As become_nobody, and no thread can be started.
inline void become_nobody_without_threads() {
  become_nobody();
  const rlimit limit{1, 1};
  if (::setrlimit(RLIMIT_NPROC, &limit) != 0) throw std::runtime_error("no limit");
}

}  // namespace reckon::base
