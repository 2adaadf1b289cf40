// SPDX-License-Identifier: Apache-2.0
// Sources in memory: their spec, what their hash says, and that a changed element shows.
#include "data/columns.h"

#include <gtest/gtest.h>

#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace columns_test {

DatasetSpec spec_of(const std::string& feature, const Array& column) {
  return {{row_spec(feature, column)}, {}};
}
NodePtr columns_of(const Array& column, const std::string& feature = "x",
                   const char* kind = "arrays") {
  return make_columns(kind, spec_of(feature, column), {column});
}

TEST(Columns, ARowHasNoFirstDimension) {
  EXPECT_EQ(row_spec("x", Array::zeros(kFloat32, {5, 2, 3})),
            (ComponentSpec{"x", kFloat32, {2, 3}}));
  EXPECT_EQ(row_spec("y", Array::zeros(kInt64, {5})), (ComponentSpec{"y", kInt64, {}}));
}

TEST(Columns, SizeIsTheNumberOfRows) {
  EXPECT_EQ(columns_of(Array::zeros(kFloat32, {5, 2}))->size(), 5);
  EXPECT_EQ(columns_of(Array::zeros(kFloat32, {0, 2}))->size(), 0);
}

TEST(Columns, ReadTheirRows) {
  const NodePtr node = columns_of(Array::from<int64_t>({1, 2, 3, 4, 5, 6}, {3, 2}));
  EXPECT_EQ(read_numbers(Dataset(node)), (Batches{{1, 2}, {3, 4}, {5, 6}}));
}

TEST(Columns, TheStructureIsNamesDTypesAndShapesAndNotTheData) {
  const uint64_t hash = columns_of(Array::from<float>({1, 2}, {2}))->structural_hash();
  EXPECT_EQ(columns_of(Array::from<float>({3, 4}, {2}))->structural_hash(), hash);
  EXPECT_NE(columns_of(Array::from<float>({1, 2}, {2}), "y")->structural_hash(), hash);
  EXPECT_NE(columns_of(Array::from<float>({1, 2}, {2}), "x", "idx")->structural_hash(), hash);
  EXPECT_NE(columns_of(Array::from<float>({1, 2}, {2, 1}))->structural_hash(), hash);
  EXPECT_NE(columns_of(Array::from<float>({1, 2, 3}, {3}))->structural_hash(), hash);
  EXPECT_NE(columns_of(Array::from<int32_t>({1, 2}, {2}))->structural_hash(), hash);
}

TEST(Columns, AFeatureIsNoLabel) {
  const Array column = Array::from<float>({1, 2}, {2});
  const NodePtr label = make_columns("arrays", {{}, {row_spec("x", column)}}, {column});
  EXPECT_NE(label->structural_hash(), columns_of(column)->structural_hash());
}

TEST(Columns, TheFingerprintShowsAnyChangedByteOfSmallData) {
  Array array = Array::zeros(kUInt8, {1000});
  const uint64_t before = columns_of(array)->fingerprint();
  for (const size_t byte : {0, 499, 999}) {
    Array changed = array;
    changed.mutable_data<uint8_t>()[byte] = 1;
    EXPECT_NE(columns_of(changed)->fingerprint(), before) << byte;
  }
  EXPECT_EQ(columns_of(array)->fingerprint(), before);
}

// Of large data only pieces are looked at, the ends among them.
TEST(Columns, TheFingerprintOfLargeDataSeesBothEndsAndEvenlySpacedPieces) {
  const int64_t size = 8 << 20;
  const Array array = Array::zeros(kUInt8, {size});
  const uint64_t before = columns_of(array)->fingerprint();
  for (const int64_t byte : {int64_t{0}, int64_t{16 << 10} - 1, size - 1, size - (16 << 10)}) {
    Array changed = array;
    changed.mutable_data<uint8_t>()[static_cast<size_t>(byte)] = 1;
    EXPECT_NE(columns_of(changed)->fingerprint(), before) << byte;
  }
}

TEST(Columns, TheFingerprintOfStringsKeepsThemApart) {
  const auto fingerprint = [](const std::vector<std::string>& values) {
    return columns_of(Array::strings(values, {static_cast<int64_t>(values.size())}))->fingerprint();
  };
  EXPECT_NE(fingerprint({"ab", "c"}), fingerprint({"a", "bc"}));
  EXPECT_EQ(fingerprint({"ab", "c"}), fingerprint({"ab", "c"}));
  std::vector<std::string> many(50000, "w");
  const uint64_t before = fingerprint(many);
  many[0] = "v";
  EXPECT_NE(fingerprint(many), before);
}

}  // namespace columns_test
}  // namespace reckon::reckon_internal::data
