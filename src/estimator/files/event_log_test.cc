// SPDX-License-Identifier: Apache-2.0
// One event file for a directory, made when it is needed; a disk that refuses costs summaries only.
#include "estimator/files/event_log.h"

#include <fstream>

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace event_log_test {

void add(EventLog& log, float value, int64_t step) {
  log.with_writer([&](formats::EventWriter& writer) { writer.add_scalar("loss", value, step); });
}

std::vector<formats::Event> events_in(const std::string& directory, const std::string& name) {
  return formats::read_events(base::FileSystem::posix(), directory + "/" + name);
}

TEST(EventLog, MakesNothingBeforeTheFirstEvent) {
  const TemporaryDirectory directory;
  { const EventLog log(directory.file("run")); }
  EXPECT_TRUE(files_in(directory.path()).empty());
}

TEST(EventLog, MakesTheDirectoryAndOneFileForAllEvents) {
  const TemporaryDirectory directory;
  EventLog log(directory.file("a/b"));
  for (int step = 1; step <= 3; ++step) add(log, 0.5f, step);
  const std::set<std::string> names = files_in(directory.file("a/b"));
  ASSERT_EQ(names.size(), 1u);
  EXPECT_TRUE(names.begin()->starts_with("events.out.tfevents."));
  const auto events = events_in(directory.file("a/b"), *names.begin());
  ASSERT_EQ(events.size(), 4u) << "at once, without closing the file";
  EXPECT_EQ(events[0].file_version, "brain.Event:2");
  EXPECT_EQ(events[3].step, 3);
  EXPECT_EQ(events[3].values.at(0).simple_value, 0.5f);
}

TEST(EventLog, TwoThatStartInOneSecondHaveFilesOfTheirOwn) {
  const TemporaryDirectory directory;
  EventLog logs[] = {EventLog(directory.path()), EventLog(directory.path()),
                     EventLog(directory.path())};
  for (EventLog& log : logs) add(log, 1, 1);
  const std::set<std::string> names = files_in(directory.path());
  EXPECT_EQ(names.size(), 3u);
  for (const std::string& name : names)
    EXPECT_EQ(events_in(directory.path(), name).size(), 2u) << name;
}

TEST(EventLog, ADirectoryThatCannotBeMadeIsSaidOnceAndCostsNothingElse) {
  const TemporaryDirectory directory;
  std::ofstream(directory.file("plain")) << "a file";
  LogCapture captured;
  EventLog log(directory.file("plain/run"));
  int calls = 0;
  for (int step = 0; step < 3; ++step) log.with_writer([&](formats::EventWriter&) { ++calls; });
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(captured.count("no more summaries are written to " + directory.file("plain/run"),
                           LogLevel::kWarning),
            1)
      << captured.text();
}

TEST(EventLog, AWriteThatFailsIsSaidOnceAndEndsTheLog) {
  const TemporaryDirectory directory;
  LogCapture captured;
  EventLog log(directory.path());
  add(log, 1, 1);
  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_NO_THROW(log.with_writer([](formats::EventWriter&) {
      throw Error(ErrorCode::kUnavailable, "file", "No space left on device", "events");
    }));
  }
  add(log, 2, 2);
  EXPECT_EQ(captured.count("No space left on device", LogLevel::kWarning), 1) << captured.text();
  const std::set<std::string> names = files_in(directory.path());
  ASSERT_EQ(names.size(), 1u);
  EXPECT_EQ(events_in(directory.path(), *names.begin()).size(), 2u) << "what was written stays";
}

}  // namespace event_log_test
}  // namespace reckon::estimator
