// SPDX-License-Identifier: Apache-2.0
// GraphDef to text and to bytes, in one order.
#include "formats/graph_text.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "formats/damage.h"
#include "formats/message_text.h"

namespace reckon::formats {

std::string graph_text(const proto::GraphDef& graph) { return message_text(graph); }

proto::GraphDef parse_graph_text(std::string_view text, const std::string& path) {
  proto::GraphDef graph;
  const std::string complaint = parse_message_text(text, graph);
  expect_sound(complaint.empty(), "graph.pbtxt", path, "the text is not a GraphDef: ", complaint);
  return graph;
}

std::string graph_bytes(const proto::GraphDef& graph) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    RECKON_CHECK(graph.SerializeToCodedStream(&coded));
  }
  return bytes;
}

}  // namespace reckon::formats
