// SPDX-License-Identifier: Apache-2.0
// What TensorFlow's writers wrote is read back, and written again byte for byte.
#include "formats/event_file.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "base/file_system.h"
#include "formats/bytes_fuzzer.h"
#include "formats/error_expectation.h"
#include "formats/golden_directory.h"
#include "formats/scratch_directory.h"

namespace reckon::formats {
namespace {

using nlohmann::json;

base::FileSystem& files() { return base::FileSystem::posix(); }

double number(const json& value) {
  if (!value.is_string()) return value.get<double>();
  return std::stod(value.get<std::string>());
}

void expect_value(const SummaryValue& got, const json& want) {
  EXPECT_EQ(got.tag, want["tag"]);
  EXPECT_EQ(got.kind, want["kind"]);
  EXPECT_EQ(got.plugin, want["plugin"]);
  if (got.kind == "simple_value") {
    const double value = number(want["value"]);
    EXPECT_TRUE(got.simple_value == value || (std::isnan(got.simple_value) && std::isnan(value)))
        << got.tag;
  }
  if (got.kind == "histo") {
    EXPECT_EQ(got.histogram.sum_squares, want["value"]["sum_squares"]);
    EXPECT_EQ(got.histogram.bucket_limit, want["value"]["bucket_limit"].get<std::vector<double>>());
    EXPECT_EQ(got.histogram.bucket, want["value"]["bucket"].get<std::vector<double>>());
  }
  if (got.kind == "tensor") {
    EXPECT_EQ(dtype_name(got.tensor.dtype()), want["dtype"].get<std::string>());
    EXPECT_EQ(got.tensor.shape().dims(), want["shape"].get<std::vector<int64_t>>());
  }
}

void expect_events(const std::string& path, const json& rows) {
  SCOPED_TRACE(path);
  const std::vector<Event> events = read_events(files(), path);
  ASSERT_EQ(events.size(), rows.size());
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].what, rows[i]["what"]);
    EXPECT_EQ(events[i].step, rows[i]["step"]);
    EXPECT_EQ(static_cast<int>(events[i].status), rows[i].value("status", 0));
    const json values = rows[i].value("values", json::array());
    ASSERT_EQ(events[i].values.size(), values.size());
    for (size_t j = 0; j < values.size(); ++j) expect_value(events[i].values[j], values[j]);
  }
}

// The record that our writer makes of what was read; empty for kinds that it does not write, and
// for the first record, in which TensorFlow names itself.
std::string written_again(const Event& event) {
  ScratchDirectory scratch;
  base::ManualClock clock(event.wall_time);
  const auto file = files().open_write(scratch / "x");
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
  RecordReader reader(files(), scratch / "x");
  std::string last;
  while (auto record = reader.next()) last = *record;
  return event.what == "meta_graph_def" || event.what == "file_version" ? std::string() : last;
}

TEST(EventFile, ReadsTheGoldenEventsOfBothVersions) {
  if (golden_directory().empty())
    GTEST_SKIP() << "RECKON_GOLDEN, or ../shared/golden, is not there";
  const std::string folder = golden_directory() + "/estimator/files/";
  const json rows = json::parse(std::ifstream(folder + "events.json"));
  expect_events(folder + "events/v1/events.out.tfevents.1700000000.host", rows["v1"]);
  expect_events(folder + "events/v2/events.out.tfevents.1700000000.host", rows["v2"]);
}

TEST(EventFile, AnEstimatorsFilesAreWrittenAgainByteForByte) {
  if (golden_directory().empty())
    GTEST_SKIP() << "RECKON_GOLDEN, or ../shared/golden, is not there";
  const std::string folder = golden_directory() + "/estimator/files/model_dir/";
  for (const char* path :
       {"events.out.tfevents.1700000000.host", "eval/events.out.tfevents.1700000001.host",
        "eval_other/events.out.tfevents.1700000001.host"}) {
    const std::vector<Event> events = read_events(files(), folder + path);
    RecordReader reader(files(), folder + path);
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

TEST(EventFile, BeginsWithTheFileVersionAndKeepsWhatIsAdded) {
  ScratchDirectory scratch;
  base::ManualClock clock(1700000000.5);
  const auto file = files().open_write(scratch / "x");
  EventWriter writer(*file, clock);
  clock.advance(1);
  writer.add_scalar("loss", 0.25f, 7);
  writer.add_histogram("kernel", Array::from<float>({1, 2}, {2}), 7);
  writer.add_text("checkpoint_path", "runs/model.ckpt-7", 7);
  writer.add_graph("graph");
  writer.add_session_log(SessionStatus::kCheckpoint, 7, "runs/model.ckpt");
  const auto events = read_events(files(), scratch / "x");
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

TEST(EventFile, NameHoldsTenDigitsOfSecondsAndTheHost) {
  EXPECT_EQ(event_file_name(1700000000, "host"), "events.out.tfevents.1700000000.host");
  EXPECT_EQ(event_file_name(7, "host", ".x"), "events.out.tfevents.0000000007.host.x");
}

TEST(EventFile, DamageGivesAShorterListOrAnError) {
  ScratchDirectory scratch;
  const auto file = files().open_write(scratch / "x");
  EventWriter writer(*file);
  for (int step = 0; step < 20; ++step) writer.add_scalar("loss", 1.0f, step);
  fuzz_bytes(files().read_file(scratch / "x"), Damage::kPerhapsNoticed,
             [&](const std::string& bytes) {
               std::ofstream(scratch / "y", std::ios::binary) << bytes;
               EXPECT_LE(read_events(files(), scratch / "y").size(), 21u);
             });
}

}  // namespace
}  // namespace reckon::formats
