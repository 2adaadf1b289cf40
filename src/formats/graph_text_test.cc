// SPDX-License-Identifier: Apache-2.0
#include "formats/graph_text.h"

#include "base/expect_error_testing.h"
#include "base/file_system.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/golden_directory_testing.h"

namespace reckon::formats {
namespace graph_text_test {

using base::expect_error;

proto::GraphDef sample() {
  proto::GraphDef graph;
  proto::NodeDef* node = graph.add_node();
  node->set_name("w");
  node->set_op("Const");
  (*node->mutable_attr())["value"].mutable_tensor()->set_dtype(proto::DT_INT64);
  (*node->mutable_attr())["dtype"].set_type(proto::DT_INT64);
  (*node->mutable_attr())["_class"].mutable_list()->add_s("loc:@w");
  graph.mutable_versions()->set_producer(1087);
  return graph;
}

TEST(GraphText, AttributesAreSortedByName) {
  const std::string text = graph_text(sample());
  EXPECT_LT(text.find("\"_class\""), text.find("\"dtype\""));
  EXPECT_LT(text.find("\"dtype\""), text.find("\"value\""));
  EXPECT_NE(text.find("type: DT_INT64"), std::string::npos) << text;
}

TEST(GraphText, ComesBack) {
  EXPECT_EQ(graph_bytes(parse_graph_text(graph_text(sample()), "graph.pbtxt")),
            graph_bytes(sample()));
}

TEST(GraphText, EveryNodeOfTensorFlowsFileIsRead) {
  if (golden_directory().empty())
    GTEST_SKIP() << missing_golden("estimator/files/model_dir/graph.pbtxt");
  const std::string path = golden_directory() + "/estimator/files/model_dir/graph.pbtxt";
  const proto::GraphDef graph = parse_graph_text(base::FileSystem::posix().read_file(path), path);
  EXPECT_EQ(graph.node(0).name(), "global_step/Initializer/zeros");
  EXPECT_EQ(graph.node(0).attr().at("value").tensor().dtype(), proto::DT_INT64);
  EXPECT_GT(graph.node_size(), 100);
  EXPECT_EQ(graph_bytes(parse_graph_text(graph_text(graph), path)), graph_bytes(graph));
}

TEST(GraphText, DamageNamesFileAndLine) {
  expect_error([] { parse_graph_text("node {\n nam", "d/graph.pbtxt"); }, ErrorCode::kDataLoss,
               "line 2, column");
  expect_error([] { parse_graph_text("}", "d/graph.pbtxt"); }, ErrorCode::kDataLoss,
               "At d/graph.pbtxt");
}

TEST(GraphText, DeepNestingIsRefused) {
  std::string text = "node { attr { key: 'a' value { ";
  for (int i = 0; i < 100000; ++i) text += "func { attr { key: 'a' value { ";
  expect_error([&] { parse_graph_text(text, "graph.pbtxt"); }, ErrorCode::kDataLoss, "too deep");
}

TEST(GraphText, DamageGivesAValueOrAnError) {
  fuzz_bytes(
      graph_text(sample()), Damage::kPerhapsNoticed,
      [](const std::string& text) { parse_graph_text(text, "graph.pbtxt"); }, 500);
}

}  // namespace graph_text_test
}  // namespace reckon::formats
