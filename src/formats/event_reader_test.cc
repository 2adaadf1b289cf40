// SPDX-License-Identifier: Apache-2.0
// Events that TensorFlow's writers made, and damaged files, back into plain values.
#include <fstream>

#include <nlohmann/json.hpp>

#include "base/expect_error_testing.h"
#include "base/memory_file_system_testing.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/event_file.h"
#include "formats/golden_directory_testing.h"
#include "formats/proto/event.pb.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace event_reader_test {

using base::expect_error;
using nlohmann::json;

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
  const std::vector<Event> events = read_events(disk(), path);
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

/// The file of one record that holds `event`.
std::vector<Event> read_one(const proto::Event& event) {
  base::MemoryFileSystem files;
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  RecordWriter(*file).write(event.SerializeAsString());
  return read_events(files, "x");
}

TEST(EventReader, ReadsTheGoldenEventsOfBothVersions) {
  if (golden_directory().empty()) GTEST_SKIP() << missing_golden("estimator/files/events");
  const std::string folder = golden_directory() + "/estimator/files/";
  const json rows = json::parse(std::ifstream(folder + "events.json"));
  expect_events(folder + "events/v1/events.out.tfevents.1700000000.host", rows["v1"]);
  expect_events(folder + "events/v2/events.out.tfevents.1700000000.host", rows["v2"]);
}

TEST(EventReader, AnEmptyFileHasNoEvents) {
  base::MemoryFileSystem files;
  files.write_file("x", "");
  EXPECT_TRUE(read_events(files, "x").empty());
  expect_error([&] { read_events(files, "y"); }, ErrorCode::kNotFound, "y could not be opened");
}

TEST(EventReader, AnEventWithoutContentHasItsTimeAndStepOnly) {
  proto::Event message;
  message.set_wall_time(2.5);
  message.set_step(-3);
  const Event event = read_one(message).at(0);
  EXPECT_EQ(event.wall_time, 2.5);
  EXPECT_EQ(event.step, -3);
  EXPECT_EQ(event.what, "");
  EXPECT_TRUE(event.values.empty());
}

TEST(EventReader, ValuesOfEveryKindAreNamed) {
  proto::Event message;
  auto& summary = *message.mutable_summary();
  summary.add_value()->set_simple_value(0.5f);
  auto& histogram = *summary.add_value()->mutable_histo();
  histogram.set_sum(3);
  histogram.add_bucket_limit(1);
  histogram.add_bucket(2);
  auto& tensor = *summary.add_value();
  tensor.set_tag("t");
  tensor.mutable_metadata()->mutable_plugin_data()->set_plugin_name("scalars");
  tensor.mutable_tensor()->set_dtype(proto::DT_FLOAT);
  tensor.mutable_tensor()->add_float_val(7);
  summary.add_value()->set_tag("nothing");
  const std::vector<SummaryValue> values = read_one(message).at(0).values;
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0].kind, "simple_value");
  EXPECT_EQ(values[0].simple_value, 0.5f);
  EXPECT_EQ(values[1].kind, "histo");
  EXPECT_EQ(values[1].histogram.bucket_limit, std::vector<double>{1});
  EXPECT_EQ(values[1].histogram.bucket, std::vector<double>{2});
  EXPECT_EQ(values[2].kind, "tensor");
  EXPECT_EQ(values[2].plugin, "scalars");
  EXPECT_EQ(values[2].tensor.item<float>(), 7);
  EXPECT_EQ(values[3].kind, "");
}

TEST(EventReader, ATensorOfADTypeThatNoArrayHoldsIsNotValid) {
  proto::Event message;
  auto& value = *message.mutable_summary()->add_value();
  value.mutable_tensor()->set_dtype(proto::DT_VARIANT);
  const SummaryValue read = read_one(message).at(0).values.at(0);
  EXPECT_EQ(read.kind, "tensor");
  EXPECT_FALSE(read.tensor.valid());
}

TEST(EventReader, ATensorThatContradictsItselfIsDataLossNamingTheTag) {
  proto::Event message;
  auto& value = *message.mutable_summary()->add_value();
  value.set_tag("broken");
  value.mutable_tensor()->set_dtype(proto::DT_FLOAT);
  value.mutable_tensor()->mutable_tensor_shape()->add_dim()->set_size(2);
  value.mutable_tensor()->set_tensor_content("12345");
  expect_error([&] { read_one(message); }, ErrorCode::kDataLoss, "tag broken");
}

TEST(EventReader, ARecordThatIsNoEventIsDataLossWithItsOffset) {
  base::MemoryFileSystem files;
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  RecordWriter records(*file);
  records.write(proto::Event().SerializeAsString());
  records.write("\xff\xff\xff");
  expect_error([&] { read_events(files, "x"); }, ErrorCode::kDataLoss,
               "is not an Event; the file is damaged: use another copy. At x, offset ");
}

// A trainer that is killed leaves half a record; TensorBoard reads such files all the time.
TEST(EventReader, ATailThatWasCutShortIsLeftOut) {
  base::MemoryFileSystem files;
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  EventWriter writer(*file);
  for (int step = 0; step < 3; ++step) writer.add_scalar("loss", 1.0f, step);
  const std::string whole = files.read_file("x");
  size_t previous = 0;
  for (size_t size = 0; size <= whole.size(); ++size) {
    files.write_file("x", whole.substr(0, size));
    const size_t events = read_events(files, "x").size();
    ASSERT_GE(events, previous) << size;
    previous = events;
  }
  EXPECT_EQ(previous, 4u);
}

TEST(EventReader, DamageGivesAShorterListOrAnError) {
  base::MemoryFileSystem files;
  const auto file = files.open_write("x", base::WriteMode::kTruncate);
  EventWriter writer(*file);
  for (int step = 0; step < 20; ++step) writer.add_scalar("loss", 1.0f, step);
  fuzz_bytes(
      files.read_file("x"), Damage::kPerhapsNoticed,
      [&](const std::string& bytes) {
        files.write_file("y", bytes);
        EXPECT_LE(read_events(files, "y").size(), 21u);
      },
      1000);
}

}  // namespace event_reader_test
}  // namespace reckon::formats
