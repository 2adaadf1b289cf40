// SPDX-License-Identifier: Apache-2.0
// TensorBoard's event files in the form of TensorFlow v1's writers: scalars as simple_value,
// histograms as HistogramProto, no metadata. A reader turns them back into plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <reckon/array.h>

#include "base/clock.h"
#include "formats/histogram.h"
#include "formats/record_file.h"

namespace reckon::formats {

/// Values that belong to one step; they become one event.
class Summary {
 public:
  Summary& scalar(const std::string& tag, float value);
  Summary& histogram(const std::string& tag, const Histogram& histogram);
  /// A string scalar tensor, such as the evaluation's `checkpoint_path`.
  Summary& text(const std::string& tag, const std::string& text);
  bool empty() const { return bytes_.empty(); }
  /// A serialised Summary message.
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

enum class SessionStatus { kUnspecified = 0, kStart = 1, kStop = 2, kCheckpoint = 3 };

/// Writes one event file. Each event is one append; syncing and closing are the owner's, through
/// `file`.
class EventWriter {
 public:
  /// Writes the file_version event. `file` must be empty; it and the clock must outlive the writer.
  explicit EventWriter(base::WritableFile& file, base::Clock& clock = base::Clock::system());

  void add(const Summary& summary, int64_t step);
  void add_scalar(const std::string& tag, float value, int64_t step);
  void add_histogram(const std::string& tag, const Array& values, int64_t step);
  void add_text(const std::string& tag, const std::string& text, int64_t step);
  /// `graph_def` is a serialised GraphDef (formats/proto/graph.proto).
  void add_graph(const std::string& graph_def, int64_t step = 0);
  void add_session_log(SessionStatus status, int64_t step, const std::string& checkpoint_path = {});

 private:
  template <class Fill>
  void write(const Fill& fill);

  RecordWriter records_;
  base::Clock& clock_;
};

/// "events.out.tfevents.<seconds, 10 digits>.<host><suffix>"
std::string event_file_name(int64_t unix_seconds, const std::string& host,
                            const std::string& suffix = {});

/// One value of a summary as read back.
struct SummaryValue {
  std::string tag;
  std::string plugin;
  /// "simple_value", "histo", "tensor", "image", "audio", or empty.
  std::string kind;
  float simple_value = 0;
  Histogram histogram;
  /// Of kind tensor; not valid if Array lacks its dtype.
  Array tensor;
};

/// One event as read back; the fields that `what` does not name are empty.
struct Event {
  double wall_time = 0;
  int64_t step = 0;
  /// "file_version", "graph_def", "summary", "session_log", "meta_graph_def", …, or empty.
  std::string what;
  std::string file_version, graph_def;
  SessionStatus status = SessionStatus::kUnspecified;
  std::string checkpoint_path;
  std::vector<SummaryValue> values;
};

/// All events of a file; a tail cut short is left out. Throws Error, kDataLoss, for a damaged
/// record.
std::vector<Event> read_events(base::FileSystem& files, const std::string& path);

}  // namespace reckon::formats
