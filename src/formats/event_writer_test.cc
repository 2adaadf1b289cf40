// SPDX-License-Identifier: Apache-2.0
// Events are byte for byte those of TensorFlow's writers.
#include <cmath>

#include "base/expect_error_testing.h"
#include "base/faulty_file_system_testing.h"
#include "base/memory_file_system_testing.h"
#include "formats/event_file.h"
#include "formats/golden_directory_testing.h"
#include "formats/proto/event.pb.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace event_writer_test {

using base::expect_error;

// The record that our writer makes of what was read; empty for kinds that it does not write, and
// for the first record, in which TensorFlow names itself.
std::string written_again(const Event& event) {
  base::MemoryFileSystem files;
  base::ManualClock clock(event.wall_time);
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  EventWriter writer(*file, clock);
  Summary summary;
  for (const SummaryValue& value : event.values) {
    if (value.kind == "simple_value") summary.scalar(value.tag, value.simple_value);
    if (value.kind == "histo") summary.histogram(value.tag, value.histogram);
    if (value.kind == "tensor") summary.text(value.tag, value.tensor.item<std::string>());
  }
  if (event.what == "summary") writer.add(summary, event.step);
  if (event.what == "graph_def") writer.add_graph(event.graph_def, event.step);
  if (event.what == "session_log")
    writer.add_session_log(event.status, event.step, event.checkpoint_path);
  RecordReader reader(files, "x");
  std::string last;
  while (auto record = reader.next()) last = *record;
  return event.what == "meta_graph_def" || event.what == "file_version" ? std::string() : last;
}

TEST(EventWriter, AnEstimatorsFilesAreWrittenAgainByteForByte) {
  if (golden_directory().empty()) GTEST_SKIP() << missing_golden("estimator/files/model_dir");
  const std::string folder = golden_directory() + "/estimator/files/model_dir/";
  for (const char* path :
       {"events.out.tfevents.1700000000.host", "eval/events.out.tfevents.1700000001.host",
        "eval_other/events.out.tfevents.1700000001.host"}) {
    const std::vector<Event> events = read_events(disk(), folder + path);
    RecordReader reader(disk(), folder + path);
    int compared = 0;
    for (const Event& event : events) {
      const std::string want = *reader.next(), got = written_again(event);
      if (got.empty()) continue;
      EXPECT_EQ(got, want) << path << ": " << event.what << " at step " << event.step;
      ++compared;
    }
    EXPECT_GE(compared, 3) << path;
  }
}

TEST(EventWriter, BeginsWithTheFileVersionAndKeepsWhatIsAdded) {
  base::MemoryFileSystem files;
  base::ManualClock clock(1700000000.5);
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  EventWriter writer(*file, clock);
  clock.advance(1);
  writer.add_scalar("loss", 0.25f, 7);
  writer.add_histogram("kernel", Array::from<float>({1, 2}, {2}), 7);
  writer.add_text("checkpoint_path", "runs/model.ckpt-7", 7);
  writer.add_graph("graph");
  writer.add_session_log(SessionStatus::kCheckpoint, 7, "runs/model.ckpt");
  const auto events = read_events(files, "x");
  ASSERT_EQ(events.size(), 6u);
  EXPECT_EQ(events[0].file_version, "brain.Event:2");
  EXPECT_EQ(events[0].wall_time, 1700000000.5);
  EXPECT_EQ(events[1].wall_time, 1700000001.5);
  EXPECT_EQ(events[1].values.at(0).simple_value, 0.25f);
  EXPECT_EQ(events[2].values.at(0).histogram.sum, 3);
  EXPECT_EQ(events[3].values.at(0).tensor.item<std::string>(), "runs/model.ckpt-7");
  EXPECT_EQ(events[4].graph_def, "graph");
  EXPECT_EQ(events[5].status, SessionStatus::kCheckpoint);
  EXPECT_EQ(events[5].checkpoint_path, "runs/model.ckpt");
}

TEST(EventWriter, ValuesAddedToOneSummaryAreOneEvent) {
  base::MemoryFileSystem files;
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  EventWriter writer(*file);
  Summary summary;
  EXPECT_TRUE(summary.empty());
  summary.scalar("a", 1).scalar("b", 2).text("c", "three");
  EXPECT_FALSE(summary.empty());
  writer.add(summary, 5);
  const auto events = read_events(files, "x");
  ASSERT_EQ(events.size(), 2u);
  ASSERT_EQ(events[1].values.size(), 3u);
  EXPECT_EQ(events[1].step, 5);
  EXPECT_EQ(events[1].values[1].tag, "b");
  EXPECT_EQ(events[1].values[2].tensor.item<std::string>(), "three");
}

TEST(EventWriter, NonFiniteScalarsAreWrittenAsTheyAre) {
  base::MemoryFileSystem files;
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  EventWriter writer(*file);
  writer.add_scalar("loss", NAN, 1);
  writer.add_scalar("loss", -INFINITY, 2);
  const auto events = read_events(files, "x");
  EXPECT_TRUE(std::isnan(events.at(1).values.at(0).simple_value));
  EXPECT_EQ(events.at(2).values.at(0).simple_value, -INFINITY);
}

TEST(EventWriter, ScalarsHaveNoMetadataAsInVersionOne) {
  const std::string bytes = Summary().scalar("loss", 0.5f).bytes();
  proto::Summary message;
  ASSERT_TRUE(message.ParseFromString(bytes));
  EXPECT_FALSE(message.value(0).has_metadata());
  EXPECT_EQ(message.value(0).simple_value(), 0.5f);
}

// A reader that follows the file, such as TensorBoard, never waits for the rest of an event.
TEST(EventWriter, EachEventIsOneAppend) {
  base::MemoryFileSystem memory;
  base::FaultyFileSystem files(memory);
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  files.heal();
  EventWriter writer(*file);
  writer.add_scalar("loss", 1, 1);
  writer.add_graph(std::string(100000, 'g'));
  EXPECT_EQ(files.calls(), (std::vector<std::string>(3, "append x")));
}

TEST(EventWriter, AFullDiskIsAnErrorNamingTheFile) {
  base::MemoryFileSystem memory;
  base::FaultyFileSystem files(memory);
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  EventWriter writer(*file);
  files.fail_call(1, ENOSPC);
  expect_error([&] { writer.add_scalar("loss", 1, 1); }, ErrorCode::kUnavailable,
               "x could not be written: No space left on device");
}

TEST(EventWriter, NameHoldsTenDigitsOfSecondsAndTheHost) {
  EXPECT_EQ(event_file_name(1700000000, "host"), "events.out.tfevents.1700000000.host");
  EXPECT_EQ(event_file_name(7, "host", ".x"), "events.out.tfevents.0000000007.host.x");
}

}  // namespace event_writer_test
}  // namespace reckon::formats
