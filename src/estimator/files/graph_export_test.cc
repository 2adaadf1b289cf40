// SPDX-License-Identifier: Apache-2.0
// A traced function as TensorBoard sees it: nodes, edges, types and the user's lines, twice the
// same.
#include "estimator/files/graph_export.h"

#include <fstream>

#include "estimator/files/written_events_testing.h"
#include "formats/graph_text.h"
#include "graph/trace.h"

namespace reckon::estimator {
namespace graph_export_test {

class GraphExport : public testing::Test {
 protected:
  /// Exports the graph; graph.pbtxt as a message.
  proto::GraphDef exported() {
    EventLog events(directory_.path());
    export_graph(*graph_.trace().outermost(), directory_.path(), events);
    const std::string path = directory_.file("graph.pbtxt");
    return formats::parse_graph_text(base::FileSystem::posix().read_file(path), path);
  }
  static const proto::NodeDef& node(const proto::GraphDef& graph, const std::string& name) {
    for (const proto::NodeDef& node : graph.node()) {
      if (node.name() == name) return node;
    }
    throw std::out_of_range(name + " is not in " + formats::graph_text(graph));
  }

  TemporaryDirectory directory_;
  Graph graph_;
  GraphScope scope_{graph_};
};

TEST_F(GraphExport, NamesNodesInputsTypesAndTheUsersLine) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
  const int line = __LINE__ + 1;
  const Tensor y = exp(x);
  const proto::GraphDef graph = exported();
  const proto::NodeDef& exp_node = node(graph, y.name());
  EXPECT_EQ(exp_node.op(), "Exp");
  ASSERT_EQ(exp_node.input_size(), 1);
  EXPECT_EQ(exp_node.input(0), "x");
  EXPECT_EQ(exp_node.attr().at("type").s(), "float32[?, 2]");
  EXPECT_EQ(exp_node.attr().at("place").s(), "graph_export_test.cc:" + std::to_string(line));
  EXPECT_EQ(node(graph, "x").input_size(), 0);
}

TEST_F(GraphExport, EveryInputIsANodeThatCameBefore) {
  const Tensor x = placeholder(kFloat32, {kUnknown, 4}, "x");
  const Tensor hidden = layers::dense(x, {.units = 3, .activation = nn::relu});
  const Tensor loss = reduce_mean(square(hidden));
  optimizers::adam().minimize(loss);
  std::set<std::string> seen;
  const proto::GraphDef graph = exported();
  ASSERT_GT(graph.node_size(), 20);
  for (const proto::NodeDef& node : graph.node()) {
    for (const std::string& input : node.input())
      EXPECT_TRUE(seen.contains(input.substr(0, input.find(':')))) << node.name() << ": " << input;
    EXPECT_TRUE(seen.insert(node.name()).second) << node.name() << " twice";
  }
}

TEST_F(GraphExport, AnotherOutputIsNamedByItsNumber) {
  const Tensor x = placeholder(kFloat32, {4}, "x");
  const Tensors parts = split(x, 2);
  const Tensor y = exp(parts[1]);
  ASSERT_EQ(parts[1].id().output, 1);
  EXPECT_TRUE(node(exported(), y.name()).input(0).ends_with(":1"));
}

TEST_F(GraphExport, TheEventFileHasTheSameGraph) {
  exp(placeholder(kFloat32, {2}, "x"));
  const proto::GraphDef graph = exported();
  const auto events = events_in(directory_.path());
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].graph_def, formats::graph_bytes(graph));
}

TEST_F(GraphExport, ReplacesTheOldFileAndLeavesNoTemporary) {
  placeholder(kFloat32, {2}, "x");
  exported();
  placeholder(kFloat32, {2}, "z");
  EXPECT_NO_THROW(node(exported(), "z"));
  EXPECT_FALSE(files_in(directory_.path()).contains("graph.pbtxt.tmp"));
}

TEST_F(GraphExport, AnEmptyGraphIsAnEmptyFile) { EXPECT_EQ(exported().node_size(), 0); }

TEST_F(GraphExport, AFileThatCannotBeWrittenIsAWarning) {
  placeholder(kFloat32, {2}, "x");
  LogCapture log;
  EventLog events(directory_.path());
  EXPECT_NO_THROW(export_graph(*graph_.trace().outermost(), directory_.file("absent"), events));
  EXPECT_EQ(log.count("graph.pbtxt was not written: ", LogLevel::kWarning), 1) << log.text();
}

}  // namespace graph_export_test
}  // namespace reckon::estimator
