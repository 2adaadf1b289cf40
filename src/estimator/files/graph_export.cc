// SPDX-License-Identifier: Apache-2.0
#include "estimator/files/graph_export.h"

#include "base/file_system.h"
#include "base/logging.h"
#include "formats/graph_text.h"

namespace reckon::estimator {
namespace {

void add_node(const graph::Function& function, const graph::Node& node, proto::GraphDef& graph) {
  proto::NodeDef& out = *graph.add_node();
  out.set_name(node.name);
  out.set_op(node.op->name);
  for (graph::ValueId input : node.inputs) {
    const std::string& name = function.node(input).name;
    out.add_input(input.output == 0 ? name : name + ":" + std::to_string(input.output));
  }
  const std::string options = node.op->options_text(node.options);
  if (!options.empty()) (*out.mutable_attr())["options"].set_s(options);
  if (node.place.known()) {
    (*out.mutable_attr())["place"].set_s(base::base_name_of(node.place.file) + ":" +
                                         std::to_string(node.place.line));
  }
  if (node.outputs.empty()) return;
  (*out.mutable_attr())["type"].set_s(graph::type_text(node.outputs[0]));
}

proto::GraphDef to_graph_def(const graph::Function& function) {
  proto::GraphDef graph;
  for (const graph::Node& node : function.nodes) add_node(function, node, graph);
  return graph;
}

/// What a full disk leaves.
void remove_half(base::FileSystem& files, const std::string& path) {
  try {
    files.remove(path);
  } catch (const Error&) {
    // The same trouble as before, which was logged.
  }
}

}  // namespace

std::string export_graph(const graph::Function& function, const std::string& model_dir,
                         EventLog& events) {
  const proto::GraphDef graph = to_graph_def(function);
  events.with_writer(
      [&](formats::EventWriter& writer) { writer.add_graph(formats::graph_bytes(graph)); });
  base::FileSystem& files = base::FileSystem::posix();
  const std::string path = base::join_path(model_dir, "graph.pbtxt"), half = path + ".tmp";
  try {
    files.write_file(half, formats::graph_text(graph));
    files.rename(half, path);
    return path;
  } catch (const Error& error) {
    base::log(LogLevel::kWarning, std::string("graph.pbtxt was not written: ") + error.what());
    remove_half(files, half);
  }
  return "";
}

}  // namespace reckon::estimator
