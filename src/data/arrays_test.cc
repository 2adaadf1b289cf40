// SPDX-License-Identifier: Apache-2.0
// Rows of Arrays: shared where they are contiguous, checked where they do not fit.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace arrays_test {

Array matrix() { return Array::from<float>({1, 2, 3, 4, 5, 6}, {3, 2}); }
Array triple() { return Array::from<int64_t>({7, 8, 9}, {3}); }

TEST(FromArrays, HasTheSpecOfItsRows) {
  const Dataset dataset = Dataset::from_arrays({{"b", triple()}, {"a", matrix()}}, triple());
  const DatasetSpec want{{{"a", kFloat32, {2}}, {"b", kInt64, {}}}, {{"", kInt64, {}}}};
  EXPECT_EQ(dataset.spec(), want);
}

TEST(FromArrays, GivesRowAfterRow) {
  const Dataset dataset =
      Dataset::from_arrays({{"x", matrix()}}, {{"first", triple()}, {"second", matrix()}});
  const std::vector<ArrayElement> rows = dataset.collect(10);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_TRUE(rows[1].features[0].same_bits(Array::from<float>({3, 4}, {2})));
  EXPECT_TRUE(rows[2].labels[0].same_bits(Array::scalar<int64_t>(9)));
  EXPECT_TRUE(rows[2].labels[1].same_bits(Array::from<float>({5, 6}, {2})));
}

TEST(FromArrays, SharesTheRowsOfABatchWithTheSource) {
  const Array source = matrix();
  const std::vector<ArrayElement> batches =
      Dataset::from_arrays({{"x", source}}).batch(2).collect(10);
  EXPECT_EQ(batches[0].features[0].raw(), source.raw());
  EXPECT_EQ(batches[1].features[0].raw(), source.data<float>().data() + 4);
}

TEST(FromArrays, IsNotChangedByWhoWritesABatch) {
  const Array source = matrix();
  for (const Dataset& rows :
       {Dataset::from_arrays({{"x", source}}),
        Dataset::from_arrays({{"x", source}}).shuffle({.buffer_size = 3, .seed = 1})}) {
    const Dataset batches = rows.repeat().batch(3);
    const auto iterator = make_iterator(batches, {});
    ArrayElement batch;
    iterator->next(batch);
    for (float& number : batch.features[0].mutable_data<float>()) number = -1;
    iterator->next(batch);
    for (const float number : batch.features[0].data<float>()) EXPECT_GT(number, 0);
    EXPECT_TRUE(source.same_bits(matrix()));
  }
}

TEST(FromArrays, CopiesStringsOfScatteredRows) {
  const Array words = Array::strings({"a", "bb", "ccc", "dddd"}, {4});
  const Dataset dataset = Dataset::from_arrays({{"x", words}});
  EXPECT_TRUE(dataset.collect(9)[2].features[0].same_bits(Array::scalar("ccc")));
  const Array batch = dataset.repeat().batch(6).collect(1)[0].features[0];
  EXPECT_TRUE(batch.same_bits(Array::strings({"a", "bb", "ccc", "dddd", "a", "bb"}, {6})));
}

TEST(FromArrays, IsEmptyWithoutRows) {
  const Dataset empty = Dataset::from_arrays({{"x", Array::zeros(kFloat32, {0, 2})}});
  EXPECT_TRUE(empty.collect(1).empty());
  EXPECT_TRUE(empty.repeat().shuffle({.buffer_size = 4}).batch(2).collect(1).empty());
}

TEST(FromArrays, RefusesUnequalRows) {
  const Array four = Array::zeros(kFloat32, {4, 1}), five = Array::zeros(kFloat32, {5});
  base::expect_error(
      [&] {
        Dataset::from_arrays({{"x", four}}, five);
      },
      ErrorCode::kInvalidArgument,
      "[from_arrays] feature \"x\" has 4 rows but labels have 5; give every Array the same first "
      "dimension. At arrays_test.cc:");
  base::expect_error(
      [&] {
        Dataset::from_arrays({{"x", four}}, {{"y", five}});
      },
      "but label \"y\" has 5;");
}

TEST(FromArrays, RefusesWhatHasNoRows) {
  base::expect_error(
      [] {
        Dataset::from_arrays({{"x", Array::scalar(1.0f)}});
      },
      "[from_arrays] feature \"x\" is float32[], which has no rows; give an Array of rank 1 or "
      "more.");
  base::expect_error(
      [] {
        Dataset::from_arrays({{"x", matrix()}}, Array());
      },
      "labels are an Array() without elements, which has no rows;");
  base::expect_error([] { Dataset::from_arrays(std::map<std::string, Array>{}); },
                     "came without features;");
}

}  // namespace arrays_test
}  // namespace reckon::reckon_internal::data
