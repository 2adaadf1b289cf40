// SPDX-License-Identifier: Apache-2.0
// Events as TensorFlow v1's writers make them, field by field.
#include <fmt/format.h>

#include "base/check.h"
#include "formats/event_file.h"
#include "formats/proto/event.pb.h"
#include "formats/tensor_message.h"

namespace reckon::formats {
namespace {

constexpr char kFileVersion[] = "brain.Event:2";

proto::HistogramProto message_of(const Histogram& histogram) {
  proto::HistogramProto message;
  message.set_min(histogram.min);
  message.set_max(histogram.max);
  message.set_num(histogram.num);
  message.set_sum(histogram.sum);
  message.set_sum_squares(histogram.sum_squares);
  message.mutable_bucket_limit()->Add(histogram.bucket_limit.begin(), histogram.bucket_limit.end());
  message.mutable_bucket()->Add(histogram.bucket.begin(), histogram.bucket.end());
  return message;
}

// A Summary of one value; repeated fields of joined messages are joined.
template <class Fill>
std::string one_value(const std::string& tag, const Fill& fill) {
  proto::Summary summary;
  proto::Summary::Value* value = summary.add_value();
  value->set_tag(tag);
  fill(*value);
  return summary.SerializeAsString();
}

}  // namespace

Summary& Summary::scalar(const std::string& tag, float value) {
  bytes_ += one_value(tag, [&](proto::Summary::Value& out) { out.set_simple_value(value); });
  return *this;
}

Summary& Summary::histogram(const std::string& tag, const Histogram& histogram) {
  bytes_ += one_value(
      tag, [&](proto::Summary::Value& out) { *out.mutable_histo() = message_of(histogram); });
  return *this;
}

Summary& Summary::text(const std::string& tag, const std::string& text) {
  bytes_ += one_value(tag, [&](proto::Summary::Value& out) {
    *out.mutable_tensor() = tensor_message(Array::scalar(text));
  });
  return *this;
}

EventWriter::EventWriter(base::WritableFile& file, base::Clock& clock)
    : records_(file), clock_(clock) {
  write([](proto::Event& event) { event.set_file_version(kFileVersion); });
}

template <class Fill>
void EventWriter::write(const Fill& fill) {
  proto::Event event;
  event.set_wall_time(clock_.wall_seconds());
  fill(event);
  records_.write(event.SerializeAsString());
}

void EventWriter::add(const Summary& summary, int64_t step) {
  write([&](proto::Event& event) {
    event.set_step(step);
    RECKON_CHECK(event.mutable_summary()->ParseFromString(summary.bytes()));
  });
}

void EventWriter::add_scalar(const std::string& tag, float value, int64_t step) {
  add(Summary().scalar(tag, value), step);
}

void EventWriter::add_histogram(const std::string& tag, const Array& values, int64_t step) {
  add(Summary().histogram(tag, make_histogram(values)), step);
}

void EventWriter::add_text(const std::string& tag, const std::string& text, int64_t step) {
  add(Summary().text(tag, text), step);
}

void EventWriter::add_graph(const std::string& graph_def, int64_t step) {
  write([&](proto::Event& event) {
    event.set_step(step);
    event.set_graph_def(graph_def);
  });
}

void EventWriter::add_session_log(SessionStatus status, int64_t step,
                                  const std::string& checkpoint_path) {
  write([&](proto::Event& event) {
    event.set_step(step);
    event.mutable_session_log()->set_status(static_cast<proto::SessionLog::SessionStatus>(status));
    event.mutable_session_log()->set_checkpoint_path(checkpoint_path);
  });
}

std::string event_file_name(int64_t unix_seconds, const std::string& host,
                            const std::string& suffix) {
  return fmt::format("events.out.tfevents.{:010}.{}{}", unix_seconds, host, suffix);
}

}  // namespace reckon::formats
