// SPDX-License-Identifier: Apache-2.0
// Events back into plain values.
#include "base/file_system.h"
#include "formats/damage.h"
#include "formats/dtype_code.h"
#include "formats/event_file.h"
#include "formats/proto/event.pb.h"
#include "formats/tensor_message.h"

namespace reckon::formats {
namespace {

Histogram histogram_of(const proto::HistogramProto& message) {
  return {message.min(),
          message.max(),
          message.num(),
          message.sum(),
          message.sum_squares(),
          {message.bucket_limit().begin(), message.bucket_limit().end()},
          {message.bucket().begin(), message.bucket().end()}};
}

// The name of the oneof's field that is set.
template <class Message>
std::string set_field(const Message& message, const char* oneof) {
  const auto* descriptor = Message::descriptor()->FindOneofByName(oneof);
  const auto* field = message.GetReflection()->GetOneofFieldDescriptor(message, descriptor);
  return field == nullptr ? std::string() : field->name();
}

SummaryValue value_of(const proto::Summary::Value& message, const std::string& at) {
  SummaryValue value;
  value.tag = message.tag();
  value.plugin = message.metadata().plugin_data().plugin_name();
  value.kind = set_field(message, "value");
  value.simple_value = message.simple_value();
  if (message.has_histo()) value.histogram = histogram_of(message.histo());
  if (message.has_tensor() && dtype_from_code(message.tensor().dtype()) != DType::kInvalid) {
    value.tensor = array_from_tensor_message(message.tensor(), at + ", tag " + message.tag());
  }
  return value;
}

Event event_of(const proto::Event& message, const std::string& at) {
  Event event;
  event.wall_time = message.wall_time();
  event.step = message.step();
  event.what = set_field(message, "what");
  event.file_version = message.file_version();
  event.graph_def = message.graph_def();
  event.status = static_cast<SessionStatus>(message.session_log().status());
  event.checkpoint_path = message.session_log().checkpoint_path();
  for (const auto& value : message.summary().value()) event.values.push_back(value_of(value, at));
  return event;
}

}  // namespace

std::vector<Event> read_events(base::FileSystem& files, const std::string& path) {
  RecordReader reader(files, path, {.allow_truncated_tail = true});
  std::vector<Event> events;
  while (const auto record = reader.next()) {
    const std::string at = at_offset(path, reader.offset());
    proto::Event message;
    expect_sound(message.ParseFromString(*record), "events", at,
                 "the record before is not an Event");
    events.push_back(event_of(message, at));
  }
  return events;
}

}  // namespace reckon::formats
