// SPDX-License-Identifier: Apache-2.0
// What shape rules may ask, and how an op compares and prints its options.
#include "graph/op.h"

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "graph/function.h"

namespace reckon::reckon_internal::graph {
namespace op_test {

TEST(TypeText, ShowsDtypeAndUnknownDimensions) {
  EXPECT_EQ(type_text({kFloat32, {kUnknown, 784}}), "float32[?, 784]");
  EXPECT_EQ(type_text({kInt64, {}}), "int64[]");
}

TEST(SnakeCase, PutsALineBeforeEachCapital) {
  EXPECT_EQ(snake_case("ReduceSum"), "reduce_sum");
  EXPECT_EQ(snake_case("Add"), "add");
  EXPECT_EQ(snake_case("OneHot2D"), "one_hot2_d");
  EXPECT_EQ(snake_case(""), "");
}

/// A function being planned, and what its shape rules ask.
class PlannedShapes : public ::testing::Test {
 protected:
  Function function_{"main", nullptr};
  InferContext planned_{.inputs = {}, .subgraphs = nullptr, .planned = &function_};
  InferContext traced_;
  int64_t product(const std::vector<int64_t>& dims) const { return planned_.product(dims); }
};

TEST_F(PlannedShapes, AreUnknownWhileTracingWhereTheDataDecide) {
  EXPECT_EQ(traced_.data_extent(10), kUnknown);
  EXPECT_EQ(traced_.product(std::vector<int64_t>{3, kUnknown}), kUnknown);
  EXPECT_EQ(traced_.product(std::vector<int64_t>{3, 4}), 12);
  EXPECT_EQ(traced_.product({}), 1);
  EXPECT_EQ(traced_.bound(kUnknown), kUnknown);
}

TEST_F(PlannedShapes, GetAnExtentOfTheFunctionWherePlanned) {
  const int64_t rows = planned_.data_extent(10), words = planned_.data_extent(7);
  EXPECT_TRUE(is_extent(rows));
  EXPECT_NE(rows, words);
  ASSERT_EQ(function_.extents.size(), 2u);
  EXPECT_EQ(function_.extents[0].bound, 10);
  EXPECT_LT(function_.extents[0].base, 0) << "the step writes it";
  EXPECT_EQ(planned_.bound(rows), 10);
  EXPECT_EQ(planned_.bound(words), 7);
  EXPECT_EQ(planned_.bound(5), 5);
}

TEST_F(PlannedShapes, AreProductsOfNumbersAndOneExtent) {
  const int64_t rows = planned_.data_extent(10);
  EXPECT_EQ(product({rows}), rows);
  EXPECT_EQ(product({1, rows, 1}), rows) << "no new extent";
  const int64_t flat = product({rows, 6});
  ASSERT_TRUE(is_extent(flat));
  const Extent extent = function_.extents[static_cast<size_t>(extent_index(flat))];
  EXPECT_EQ(extent.bound, 60);
  EXPECT_EQ(extent.base, extent_index(rows));
  EXPECT_EQ(extent.multiplier, 6);
}

// A product of a product counts from the extent that the step writes.
TEST_F(PlannedShapes, MultiplyTheFirstExtentOfAChain) {
  const int64_t rows = planned_.data_extent(10);
  const int64_t flat = product({rows, 6}), longer = product({2, flat});
  const Extent extent = function_.extents[static_cast<size_t>(extent_index(longer))];
  EXPECT_EQ(extent.bound, 120);
  EXPECT_EQ(extent.base, extent_index(rows));
  EXPECT_EQ(extent.multiplier, 12);
  const int64_t none = product({rows, 0});
  EXPECT_EQ(planned_.bound(none), 0);
}

TEST_F(PlannedShapes, RefuseTheProductOfTwoExtents) {
  const int64_t rows = planned_.data_extent(10), words = planned_.data_extent(7);
  base::expect_error(
      [&] {
        product({rows, words});
      },
      ErrorCode::kInvalidArgument,
      "[shape] two dimensions that only the data knows are multiplied; keep them "
      "apart by reshaping less");
}

TEST_F(PlannedShapes, RefuseAProductThatIsNoNumber) {
  const int64_t quarter = int64_t{1} << 62, rows = planned_.data_extent(10);
  const char* text = "[shape] dimensions of ";
  base::expect_error([&] { product({quarter, 4}); }, text);
  base::expect_error([&] { product({rows, quarter}); }, text);
  EXPECT_EQ(product({quarter, 4, 0}), 0);
}

struct SliceOptions {
  int64_t begin = 0;
  std::string label;
  int64_t unlisted = 0;
};

Op slice_op() {
  Op op;
  op.name = "Slice";
  op.attributes = {make_attribute("begin", &SliceOptions::begin),
                   make_attribute("label", &SliceOptions::label)};
  return op;
}

Options options(SliceOptions value) { return std::make_shared<const SliceOptions>(value); }

uint64_t op_hash_of(const Op& op, const Options& of) {
  base::Hasher hasher;
  op.hash_options(of, hasher);
  return hasher.value();
}

TEST(Op, ComparesOptionsByTheListedMembers) {
  const Op op = slice_op();
  const Options a = options({1, "x", 5}), b = options({1, "x", 6}), c = options({1, "y", 5});
  EXPECT_TRUE(op.equal_options(a, a));
  EXPECT_TRUE(op.equal_options(a, b)) << "not listed";
  EXPECT_FALSE(op.equal_options(a, c));
  EXPECT_EQ(op_hash_of(op, a), op_hash_of(op, b));
  EXPECT_NE(op_hash_of(op, a), op_hash_of(op, c));
}

TEST(Op, PrintsTheListedMembers) {
  EXPECT_EQ(slice_op().options_text(options({7, "rows", 5})), "begin=7, label=\"rows\"");
  EXPECT_EQ(Op().options_text(nullptr), "");
}

TEST(Op, WithoutAttributesHasEqualOptions) {
  EXPECT_TRUE(Op().equal_options(options({1, "a", 0}), options({2, "b", 0})));
  EXPECT_EQ(op_hash_of(Op(), nullptr), base::Hasher().value());
}

}  // namespace op_test
}  // namespace reckon::reckon_internal::graph
