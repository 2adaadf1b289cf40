// SPDX-License-Identifier: Apache-2.0
// Writes that would end the process fail instead, and leave signals as they were.
#include "base/write_signals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "base/child_process_testing.h"
#include "base/file_system.h"
#include "base/logging.h"
#include "base/temporary_directory_testing.h"

namespace reckon::base {
namespace write_signals_test {

/// A pipe of which nobody reads the other end.
int broken_pipe() {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  ::close(ends[0]);
  return ends[1];
}

void limit_file_size(rlim_t bytes) {
  const rlimit limit{bytes, bytes};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) throw std::runtime_error("no limit");
}

std::string waiting_signals() {
  sigset_t pending, blocked;
  ::sigpending(&pending);
  ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  std::string text;
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    if (::sigismember(&pending, signal) == 1) text += " pending " + std::to_string(signal);
    if (::sigismember(&blocked, signal) == 1) text += " blocked " + std::to_string(signal);
  }
  return text;
}

TEST(WriteSignals, BecomeTheErrorOfTheWrite) {
  const std::string text = in_child([] {
    const int pipe = broken_pipe();
    int failure = 0;
    {
      const WriteSignalsBlocked blocked;
      for (int i = 0; i < 2; ++i) failure = ::write(pipe, "x", 1) == -1 ? errno : 0;
    }
    return (failure == EPIPE ? "EPIPE" : "written") + waiting_signals();
  });
  EXPECT_EQ(text, "EPIPE");
}

TEST(WriteSignals, OfTheUsersOwnWritesStayAsTheyWere) {
  EXPECT_EQ(in_child([]() -> std::string {
              { const WriteSignalsBlocked blocked; }
              return ::write(broken_pipe(), "x", 1) == 1 ? "written" : "failed";
            }),
            "signal " + std::to_string(SIGPIPE));
}

TEST(WriteSignals, ThatWaitAlreadyStayForWhomTheyAreMeant) {
  const std::string text = in_child([] {
    sigset_t pipe;
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    ::raise(SIGPIPE);
    { const WriteSignalsBlocked blocked; }
    return waiting_signals();
  });
  EXPECT_EQ(text, " pending " + std::to_string(SIGPIPE) + " blocked " + std::to_string(SIGPIPE));
}

// `program 2>&1 | head -1` ended a training with its first line after head's last.
TEST(WriteSignals, OfLogLinesThatNobodyReadsEndNothing) {
  const std::string text = in_child([] {
    ::dup2(broken_pipe(), STDERR_FILENO);
    set_log_sink({});
    for (int i = 0; i < 3; ++i) log(LogLevel::kError, "a line");
    return "alive" + waiting_signals();
  });
  EXPECT_EQ(text, "alive");
}

TEST(WriteSignals, OfALogBeyondTheLimitOfFileSizesEndNothing) {
  const TemporaryDirectory directory;
  const std::string text = in_child([&] {
    ::dup2(::open(directory.file("log").c_str(), O_WRONLY | O_CREAT, 0666), STDERR_FILENO);
    set_log_sink({});
    limit_file_size(60);
    for (int i = 0; i < 3; ++i) log(LogLevel::kError, "a line");
    return "alive" + waiting_signals();
  });
  EXPECT_EQ(text, "alive");
}

TEST(WriteSignals, OfAFileBeyondTheLimitAreAnErrorThatSaysSo) {
  const TemporaryDirectory directory;
  const std::string path = directory.file("a");
  for (const auto action : {SIG_DFL, SIG_IGN}) {
    const std::string text = in_child([&]() -> std::string {
      ::signal(SIGXFSZ, action);
      limit_file_size(100);
      FileSystem& files = FileSystem::posix();
      const auto file = files.open_write(path);
      file->reserve(1000);
      file->append(std::string(60, 'x'));
      file->append(std::string(60, 'x'));
      return "written";
    });
    EXPECT_EQ(text, "[file] " + path +
                        " could not be written: File too large; raise the limit of file sizes "
                        "(ulimit -f).");
  }
}

TEST(WriteSignals, OfALockBeyondTheLimitAreAnError) {
  const TemporaryDirectory directory;
  const std::string text = in_child([&]() -> std::string {
    limit_file_size(0);
    FileSystem::posix().lock(directory.file("lock"));
    return "locked";
  });
  EXPECT_EQ(text, "[file] " + directory.file("lock") +
                      " could not be written: File too large; raise the limit of file sizes "
                      "(ulimit -f).");
}

}  // namespace write_signals_test
}  // namespace reckon::base
