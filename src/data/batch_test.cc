// SPDX-License-Identifier: Apache-2.0
// Stacked elements: the last, smaller batch, batches of batches, and memory that is used again.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace batch_test {

Dataset shuffled_range() {
  return Dataset::range(8).shuffle({.buffer_size = 8, .seed = 1}).repeat();
}

TEST(Batch, KeepsOrDropsTheRemainder) {
  EXPECT_EQ(read_numbers(Dataset::range(5).batch(2)), (Batches{{0, 1}, {2, 3}, {4}}));
  EXPECT_EQ(read_numbers(Dataset::range(5).batch(2, true)), (Batches{{0, 1}, {2, 3}}));
  EXPECT_EQ(read_numbers(Dataset::range(4).batch(2, true)), (Batches{{0, 1}, {2, 3}}));
  EXPECT_EQ(read_numbers(Dataset::range(2).batch(9)), (Batches{{0, 1}}));
}

TEST(Batch, HasAFreeFirstDimension) {
  const Array x = Array::zeros(kFloat32, {3, 4});
  const DatasetSpec want{{{"x", kFloat32, {kUnknown, 4}}}, {}};
  EXPECT_EQ(Dataset::from_arrays({{"x", x}}).batch(2).spec(), want);
}

TEST(Batch, StacksEqualBatches) {
  const std::vector<ArrayElement> outer = Dataset::range(8).batch(2).batch(3, true).collect(9);
  ASSERT_EQ(outer.size(), 1u);
  EXPECT_TRUE(outer[0].features[0].same_bits(Array::from<int64_t>({0, 1, 2, 3, 4, 5}, {3, 2})));
}

TEST(Batch, RefusesToStackUnequalBatches) {
  base::expect_error([] { Dataset::range(3).batch(2).batch(2).collect(1); },
                     ErrorCode::kInvalidArgument,
                     "[batch] elements int64[2] and int64[1] cannot be stacked; give every element "
                     "the same shape with "
                     "map(), or drop the last, smaller batch with batch(size, true).");
}

TEST(Batch, RefusesASizeBelowOne) {
  base::expect_error([] { Dataset::range(3).batch(0); },
                     "[batch] size is 0, expected at least 1; give the number of elements of a "
                     "batch. At batch_test.cc:");
}

TEST(Batch, UsesTheMemoryOfTheBatchBefore) {
  const auto iterator = make_iterator(shuffled_range().batch(4), {});
  ArrayElement batch;
  iterator->next(batch);
  const void* memory = batch.features[0].raw();
  iterator->next(batch);
  EXPECT_EQ(batch.features[0].raw(), memory);
}

TEST(Batch, LeavesABatchThatIsStillHeldAsItWas) {
  const auto iterator = make_iterator(shuffled_range().batch(4), {});
  ArrayElement batch;
  std::vector<Array> kept;
  Batches want;
  for (int i = 0; i < 20; ++i) {
    iterator->next(batch);
    kept.push_back(batch.features[0]);
    want.push_back(numbers_of(batch.features[0]));
  }
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(numbers_of(kept[i]), want[i]);
}

TEST(Batch, OutlivesItsIterator) {
  auto iterator = make_iterator(shuffled_range().batch(4), {});
  ArrayElement batch;
  iterator->next(batch);
  const Numbers before = numbers_of(batch.features[0]);
  iterator.reset();
  EXPECT_EQ(numbers_of(batch.features[0]), before);
}

TEST(Batch, RefusesSizesBeyondAnyMemory) {
  base::expect_error([] { Dataset::range(1).repeat().batch(int64_t{1} << 50); },
                     "[batch] size is 1125899906842624, expected at most 2147483648");
  base::expect_error([] { Dataset::range(1).prefetch(INT64_MAX); },
                     "[prefetch] depth is 9223372036854775807, expected at most 1048576");
}

}  // namespace batch_test
}  // namespace reckon::reckon_internal::data
