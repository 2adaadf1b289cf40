// SPDX-License-Identifier: Apache-2.0
// A GraphDef as text: the file graph.pbtxt of a model_dir.
#pragma once

#include <string>
#include <string_view>

#include "formats/proto/graph.pb.h"

namespace reckon::formats {

/// Protobuf's text form, attributes sorted by name.
std::string graph_text(const proto::GraphDef& graph);
/// `path` names the file in errors. Throws Error, kDataLoss, for a text that is no GraphDef. Fields
/// that our schema lacks are left out.
proto::GraphDef parse_graph_text(std::string_view text, const std::string& path);
/// The message in bytes that are equal for equal graphs: map entries sorted by key.
std::string graph_bytes(const proto::GraphDef& graph);

}  // namespace reckon::formats
