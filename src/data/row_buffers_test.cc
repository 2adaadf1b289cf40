// SPDX-License-Identifier: Apache-2.0
// Memory that is lent, used again when it is free, and never while somebody looks at it.
#include "data/row_buffers.h"

#include <gtest/gtest.h>

#include <set>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace row_buffers_test {

/// Lends int64[count], all of them `value`.
Array lend(RowBuffers& buffers, int64_t count, int64_t value) {
  char* memory = nullptr;
  Array array = buffers.lend(kInt64, {count}, &memory);
  for (int64_t i = 0; i < count; ++i) reinterpret_cast<int64_t*>(memory)[i] = value;
  return array;
}

TEST(RowBuffers, LendsTheMemoryThatTheCallerFills) {
  RowBuffers buffers;
  char* memory = nullptr;
  const Array array = buffers.lend(kFloat32, {2, 3}, &memory);
  EXPECT_EQ(array.raw(), memory);
  EXPECT_EQ(array.dtype(), kFloat32);
  EXPECT_EQ(array.shape(), (Shape{2, 3}));
}

TEST(RowBuffers, FreeMemoryIsLentAgain) {
  RowBuffers buffers;
  Array array = lend(buffers, 4, 1);
  const void* memory = array.raw();
  array = Array();
  EXPECT_EQ(lend(buffers, 4, 2).raw(), memory);
  EXPECT_EQ(lend(buffers, 3, 3).raw(), memory) << "a smaller batch, such as the last, fits";
}

TEST(RowBuffers, MemoryThatIsTooSmallOrOfAnotherDTypeIsNot) {
  RowBuffers buffers;
  const void* memory = lend(buffers, 4, 1).raw();
  const Array larger = lend(buffers, 5, 2);
  EXPECT_NE(larger.raw(), memory);
  char* floats = nullptr;
  const Array other = buffers.lend(kFloat64, {4}, &floats);
  EXPECT_NE(static_cast<const void*>(floats), memory);
}

TEST(RowBuffers, MemoryThatIsHeldAnywhereIsNotTouched) {
  RowBuffers buffers;
  const Array held = lend(buffers, 4, 7);
  const Array row = held.rows(1, 2);
  for (int i = 0; i < 20; ++i) EXPECT_NE(lend(buffers, 4, i).raw(), held.raw());
  EXPECT_EQ(numbers_of(held), (Numbers{7, 7, 7, 7}));
  EXPECT_EQ(numbers_of(row), (Numbers{7}));
}

TEST(RowBuffers, AViewOfALentArrayHoldsItsMemory) {
  RowBuffers buffers;
  Array whole = lend(buffers, 4, 7);
  const Array row = whole.rows(2, 3);
  const void* memory = whole.raw();
  whole = Array();
  EXPECT_NE(lend(buffers, 4, 8).raw(), memory);
  EXPECT_EQ(numbers_of(row), (Numbers{7}));
}

TEST(RowBuffers, AConsumerThatKeepsMoreThanTheRingStillGetsMemoryOfItsOwn) {
  RowBuffers buffers;
  std::vector<Array> kept;
  std::set<const void*> memories;
  for (int64_t i = 0; i < 30; ++i) {
    kept.push_back(lend(buffers, 2, i));
    memories.insert(kept.back().raw());
  }
  EXPECT_EQ(memories.size(), 30u);
  for (int64_t i = 0; i < 30; ++i)
    EXPECT_EQ(numbers_of(kept[static_cast<size_t>(i)]), (Numbers{i, i}));
}

TEST(RowBuffers, ALentArrayOutlivesThem) {
  Array array;
  {
    RowBuffers buffers;
    array = lend(buffers, 3, 9);
  }
  EXPECT_EQ(numbers_of(array), (Numbers{9, 9, 9}));
}

TEST(RowBuffers, WritingALentArrayCopiesItFirst) {
  RowBuffers buffers;
  Array array = lend(buffers, 2, 1);
  const void* memory = array.raw();
  array.mutable_data<int64_t>()[0] = 5;
  EXPECT_NE(array.raw(), memory);
  EXPECT_EQ(lend(buffers, 2, 1).raw(), memory);
  EXPECT_EQ(numbers_of(array), (Numbers{5, 1}));
}

TEST(StackArrays, PutsEqualShapesAlongANewFirstDimension) {
  RowBuffers buffers;
  const Array rows[] = {Array::from<int64_t>({1, 2}, {2}), Array::from<int64_t>({3, 4}, {2})};
  EXPECT_TRUE(stack_arrays(rows, buffers).same_bits(Array::from<int64_t>({1, 2, 3, 4}, {2, 2})));
  const Array words[] = {Array::strings({"a"}, {1}), Array::strings({"bb"}, {1})};
  EXPECT_TRUE(stack_arrays(words, buffers).same_bits(Array::strings({"a", "bb"}, {2, 1})));
  const Array empty[] = {Array::zeros(kFloat32, {0, 3}), Array::zeros(kFloat32, {0, 3})};
  EXPECT_EQ(stack_arrays(empty, buffers).shape(), (Shape{2, 0, 3}));
}

TEST(StackArrays, RefusesUnequalShapesNamingBoth) {
  RowBuffers buffers;
  const Array rows[] = {Array::zeros(kFloat32, {2}), Array::zeros(kFloat32, {2, 1})};
  base::expect_error([&] { stack_arrays(rows, buffers); }, ErrorCode::kInvalidArgument,
                     "[batch] elements float32[2] and float32[2, 1] cannot be stacked; give every "
                     "element the same shape with map()");
}

TEST(StackArrays, StackedShapeHasOneMoreDimension) {
  EXPECT_EQ(stacked_shape(3, {}), (Shape{3}));
  EXPECT_EQ(stacked_shape(0, {4, kUnknown}), (Shape{0, 4, kUnknown}));
}

}  // namespace row_buffers_test
}  // namespace reckon::reckon_internal::data
