// SPDX-License-Identifier: Apache-2.0
// What every Node derives from its parts: columns, the joined spec, hashes, the prefetch depth.
#include "data/node.h"

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace node_test {

/// A description without a reader.
class TestNode final : public Node {
 public:
  TestNode(const char* kind, std::vector<NodePtr> inputs, std::vector<DatasetSpec> parts,
           uint64_t parameters = 0, uint64_t data = 0, int64_t depth = 0)
      : Node(kind, std::move(inputs), std::move(parts), 5, parameters),
        data_(data),
        depth_(depth) {}
  uint64_t fingerprint() const override { return inputs().empty() ? data_ : Node::fingerprint(); }
  int64_t prefetch_depth() const override { return std::max(depth_, Node::prefetch_depth()); }
  std::unique_ptr<Reader> open(OpenContext&) const override { return nullptr; }

 private:
  uint64_t data_;
  int64_t depth_;
};

const DatasetSpec kLeft{{{"c", kFloat32, {2}}}, {{"", kInt64, {}}}};
const DatasetSpec kRight{{{"a", kInt32, {}}, {"d", kString, {}}}, {{"", kFloat32, {}}}};

NodePtr source(uint64_t parameters = 0, uint64_t data = 0, int64_t depth = 0) {
  return std::make_shared<TestNode>("source", std::vector<NodePtr>{},
                                    std::vector<DatasetSpec>{kLeft}, parameters, data, depth);
}
NodePtr over(const char* kind, std::vector<NodePtr> inputs, uint64_t parameters = 0) {
  return std::make_shared<TestNode>(kind, std::move(inputs), std::vector<DatasetSpec>{kLeft},
                                    parameters);
}

TEST(Node, ColumnsAreFeaturesThenLabelsPartByPart) {
  const TestNode node("x", {}, {kLeft, kRight});
  ASSERT_EQ(node.column_count(), 5);
  EXPECT_EQ(graph::type_text(node.columns()[0]), "float32[2]");
  EXPECT_EQ(graph::type_text(node.columns()[1]), "int64[]");
  EXPECT_EQ(graph::type_text(node.columns()[2]), "int32[]");
  EXPECT_EQ(graph::type_text(node.columns()[4]), "float32[]");
}

TEST(Node, TheJoinedSpecHasAllFeaturesByNameAndTheFirstPartsLabels) {
  const TestNode node("x", {}, {kLeft, kRight});
  const DatasetSpec want{{{"a", kInt32, {}}, {"c", kFloat32, {2}}, {"d", kString, {}}},
                         {{"", kInt64, {}}}};
  EXPECT_EQ(node.spec(), want);
  EXPECT_EQ(node.joined_columns(), (std::vector<int32_t>{2, 0, 3, 1}));
}

TEST(Node, AFeatureThatBothPartsHaveIsRefusedOnlyWhenTheyAreJoined) {
  const TestNode node("x", {}, {kLeft, kLeft});
  EXPECT_EQ(node.column_count(), 4);
  base::expect_error([&] { node.spec(); }, ErrorCode::kInvalidArgument,
                     "[zip] both sides have a feature \"c\", and a model's features need different "
                     "names; rename one with map()");
}

TEST(Node, TheHashIsOfKindParametersAndInputs) {
  const uint64_t hash = over("a", {source()})->structural_hash();
  EXPECT_EQ(over("a", {source()})->structural_hash(), hash);
  EXPECT_NE(over("b", {source()})->structural_hash(), hash);
  EXPECT_NE(over("a", {source()}, 1)->structural_hash(), hash);
  EXPECT_NE(over("a", {source(1)})->structural_hash(), hash);
  EXPECT_NE(over("a", {source(), source()})->structural_hash(), hash);
  EXPECT_EQ(over("a", {source(0, 99)})->structural_hash(), hash) << "data are no structure";
}

TEST(Node, TheOrderOfInputsCounts) {
  EXPECT_NE(over("a", {source(1), source(2)})->structural_hash(),
            over("a", {source(2), source(1)})->structural_hash());
  EXPECT_NE(over("a", {source(0, 1), source(0, 2)})->fingerprint(),
            over("a", {source(0, 2), source(0, 1)})->fingerprint());
}

TEST(Node, TheFingerprintIsOfTheSourcesAlone) {
  const NodePtr data = source(0, 42);
  EXPECT_EQ(over("a", {data})->fingerprint(), 42u);
  EXPECT_EQ(over("b", {over("a", {data}, 3)})->fingerprint(), 42u);
  EXPECT_NE(over("a", {data, source(0, 1)})->fingerprint(),
            over("a", {data, source(0, 2)})->fingerprint());
}

TEST(Node, TheDeepestPrefetchBelowCounts) {
  EXPECT_EQ(over("a", {source()})->prefetch_depth(), 0);
  EXPECT_EQ(over("a", {source(0, 0, 3), source(0, 0, 7)})->prefetch_depth(), 7);
}

TEST(Node, StaticColumnsKnowEveryDimension) {
  EXPECT_TRUE(is_static({}));
  EXPECT_TRUE(is_static({{kFloat32, {2, 0}}, {kInt64, {}}}));
  EXPECT_FALSE(is_static({{kInt64, {}}, {kFloat32, {2, kUnknown}}}));
}

}  // namespace node_test
}  // namespace reckon::reckon_internal::data
