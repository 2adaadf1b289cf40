// SPDX-License-Identifier: Apache-2.0
// Array's buffers: who shares them, who owns them, and when they are copied.
#include <reckon/array.h>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <thread>

#include "base/expect_error_testing.h"

namespace reckon {
namespace array_test {

using base::expect_error;

bool is_aligned(const Array& array) { return reinterpret_cast<uintptr_t>(array.raw()) % 64 == 0; }

TEST(Array, IsNotValidUntilItHasADtype) {
  const Array array;
  EXPECT_FALSE(array.valid());
  EXPECT_EQ(array.text(), "invalid[]");
  EXPECT_EQ(array.num_bytes(), 0u);
  expect_error([] { Array().mutable_raw(); }, "[array] an empty Array() has no elements to write");
}

TEST(Array, ZerosAreZeroFalseOrEmptyAndAligned) {
  const Array numbers = Array::zeros(kFloat64, {3, 5});
  EXPECT_TRUE(is_aligned(numbers));
  EXPECT_EQ(numbers.num_elements(), 15);
  EXPECT_EQ(numbers.num_bytes(), 120u);
  for (const double value : numbers.data<double>()) EXPECT_EQ(value, 0.0);
  EXPECT_FALSE(Array::zeros(kBool, {1}).item<bool>());
  EXPECT_EQ(Array::zeros(kString, {2}).at<std::string>(1), "");
  EXPECT_EQ(Array::zeros(kInt8, {0, 4}).data<int8_t>().size(), 0u);
}

TEST(Array, RefusesShapesAndDtypesItCannotHold) {
  expect_error(
      [] {
        Array::zeros(kFloat32, {kUnknown, 2});
      },
      "[shape] [?, 2] has an unknown dimension");
  expect_error(
      [] { Array::zeros(DType::kInvalid, {2}); },
      "[array] an array of shape [2] was asked for without a dtype; give one, e.g. kFloat32.");
  expect_error(
      [] {
        Array::zeros(kFloat64, {int64_t{1} << 61, 2});
      },
      ErrorCode::kUnavailable, "[array] there is no memory for float64[2305843009213693952, 2]");
}

TEST(Array, TakesValuesOfEveryType) {
  EXPECT_EQ(Array::from<float>({1, 2, 3, 4}, {2, 2}).text(), "float32[2, 2]");
  EXPECT_EQ(Array::from<bool>({true, false, true}, {3}).values_text(),
            "bool[3] {true, false, true}");
  EXPECT_EQ(Array::from<std::string>({"a", "b"}, {2}).at<std::string>(1), "b");
  EXPECT_EQ(Array::from<long long>({7}, {1}).dtype(), kInt64);
  EXPECT_EQ(Array::scalar(2.5).text(), "float64[]");
  EXPECT_EQ(Array::scalar(true).item<bool>(), true);
  EXPECT_EQ(Array::scalar("text").item<std::string>(), "text");
}

TEST(Array, RefusesTheWrongNumberOfValues) {
  expect_error(
      [] {
        Array::from<float>({1, 2, 3}, {2, 2});
      },
      "[array] 3 values were given for float32[2, 2], which has 4 elements; give one value "
      "for each element.");
  expect_error([] { Array::strings({"a"}, {2}); }, "1 values were given for string[2]");
}

TEST(Array, CopiesShareTheBufferUntilOneIsWritten) {
  Array first = Array::from<int>({1, 2, 3}, {3});
  Array second = first;
  EXPECT_EQ(first.raw(), second.raw());
  second.mutable_data<int>()[0] = 9;
  EXPECT_EQ(first.at<int>(0), 1);
  EXPECT_EQ(second.at<int>(0), 9);
  const void* own = second.raw();
  second.mutable_data<int>()[1] = 8;
  EXPECT_EQ(second.raw(), own) << "the only owner must write in place";
}

TEST(Array, WritesInPlaceOnceTheOtherOwnersAreGone) {
  Array array = Array::from<int>({1, 2, 3}, {3});
  std::thread reader([copy = array] { EXPECT_EQ(copy.at<int>(2), 3); });
  array.mutable_data<int>()[2] = 4;
  reader.join();
  { const Array copy = array; }
  const void* const buffer = array.raw();
  array.mutable_data<int>()[2] = 5;
  EXPECT_EQ(array.raw(), buffer);
}

TEST(Array, NeverWritesABorrowedBuffer) {
  auto memory = std::make_shared<std::vector<float>>(std::vector<float>{1, 2});
  Array array = Array::borrow(kFloat32, {2}, memory->data(), memory);
  EXPECT_EQ(array.raw(), memory->data());
  array.mutable_data<float>()[0] = 9;
  EXPECT_EQ((*memory)[0], 1.0f);
  EXPECT_EQ(array.at<float>(0), 9.0f);
  EXPECT_EQ(memory.use_count(), 1) << "the copy needs no keeper";
}

TEST(Array, KeepsTheKeeperOfABorrowedBufferAlive) {
  auto memory = std::make_shared<std::vector<float>>(std::vector<float>{1, 2, 3, 4});
  const std::weak_ptr<std::vector<float>> watcher = memory;
  Array rows = Array::borrow(kFloat32, {2, 2}, memory->data(), memory).rows(1, 2);
  memory.reset();
  EXPECT_FALSE(watcher.expired());
  EXPECT_EQ(rows.at<float>(0), 3.0f);
  rows = Array();
  EXPECT_TRUE(watcher.expired());
}

TEST(Array, CopiesAnUnalignedBufferAtOnce) {
  alignas(8) static const char bytes[] = {0, 7, 0, 0, 0, 8, 0, 0, 0};
  const Array array = Array::borrow(kInt32, {2}, bytes + 1, nullptr);
  EXPECT_NE(array.raw(), bytes + 1);
  EXPECT_EQ(array.at<int>(1), 8);
}

TEST(Array, RefusesToBorrowNothing) {
  expect_error([] { Array::borrow(kInt32, {2}, nullptr, nullptr); },
               "[array] no data was given to borrow int32[2] from");
}

TEST(Array, OwnsTheBytesOfItsStrings) {
  Array copy;
  {
    std::vector<std::string> values = {"a long string that lives on the heap", "",
                                       std::string("\0x", 2)};
    copy = Array::strings(values, {3});
  }
  EXPECT_EQ(copy.at<std::string>(0), "a long string that lives on the heap");
  EXPECT_EQ(copy.at<std::string>(1), "");
  EXPECT_EQ(copy.at<std::string>(2).size(), 2u);
}

TEST(Array, WritesStringReferencesToItsOwnCopyOnly) {
  const Array first = Array::strings({"a", "b"}, {2});
  Array second = first;
  std::span<std::string_view> views = second.mutable_data<std::string_view>();
  std::swap(views[0], views[1]);
  EXPECT_EQ(first.at<std::string>(0), "a");
  EXPECT_EQ(second.at<std::string>(0), "b");
}

TEST(Array, ReshapesWithoutACopy) {
  const Array array = Array::from<int>({1, 2, 3, 4, 5, 6}, {2, 3});
  const Array tall = array.reshaped({3, 2});
  EXPECT_EQ(tall.text(), "int32[3, 2]");
  EXPECT_EQ(tall.raw(), array.raw());
  expect_error([&] { (void)array.reshaped({4}); },
               "[reshape] int32[2, 3] has 6 elements and cannot become [4]; the product of the "
               "extents must stay the same: write out every extent.");
  expect_error([&] { (void)array.reshaped({kUnknown, 2}); }, "cannot become [?, 2]");
}

TEST(Array, CutsRowsWithoutACopyAndWritesThemApart) {
  const Array array = Array::from<int>({1, 2, 3, 4, 5, 6}, {3, 2});
  Array rows = array.rows(1, 3);
  EXPECT_EQ(rows.values_text(), "int32[2, 2] {3, 4, 5, 6}");
  EXPECT_EQ(rows.raw(), static_cast<const int*>(array.raw()) + 2);
  rows.mutable_data<int>()[0] = 9;
  EXPECT_EQ(array.at<int>(2), 3);
  EXPECT_EQ(array.rows(2, 2).text(), "int32[0, 2]");
  EXPECT_EQ(Array::zeros(kInt32, {0, 2}).rows(0, 0).num_elements(), 0);
}

TEST(Array, RefusesRowsItDoesNotHave) {
  const Array array = Array::zeros(kInt32, {3, 2});
  expect_error([&] { (void)array.rows(2, 4); },
               "[rows] rows [2, 4) of int32[3, 2] were asked for; give 0 <= begin <= end <= 3.");
  expect_error([&] { (void)array.rows(2, 1); }, "rows [2, 1)");
  expect_error([] { (void)Array::scalar(1).rows(0, 1); }, "[rows] int32[] has no rows");
}

TEST(Array, ComparesBits) {
  const Array array = Array::from<float>({0.0f, 1.0f}, {2});
  EXPECT_TRUE(array.same_bits(Array::from<float>({0.0f, 1.0f}, {2})));
  EXPECT_FALSE(array.same_bits(Array::from<float>({-0.0f, 1.0f}, {2})));
  EXPECT_FALSE(array.same_bits(array.reshaped({1, 2})));
  EXPECT_FALSE(array.same_bits(Array::from<int>({0, 1}, {2})));
  EXPECT_TRUE(Array::scalar(NAN).same_bits(Array::scalar(NAN)));
  EXPECT_TRUE(Array::strings({"a", ""}, {2}).same_bits(Array::strings({"a", ""}, {2})));
  EXPECT_FALSE(Array::strings({"a", "b"}, {2}).same_bits(Array::strings({"a", "c"}, {2})));
}

TEST(Array, PrintsItsDtypeAndShape) {
  std::ostringstream out;
  out << Array::zeros(kFloat32, {64, 784});
  EXPECT_EQ(out.str(), "float32[64, 784]");
}

TEST(Array, OneThatWasMovedFromIsEmpty) {
  Array first = Array::from<float>({1, 2}, {2});
  { const Array second = std::move(first); }
  EXPECT_FALSE(first.valid());
  EXPECT_EQ(first.num_elements(), 0);
  EXPECT_EQ(first.raw(), nullptr);
  Array third = Array::scalar(3.0f), fourth = Array::scalar(4.0f);
  third = std::move(fourth);
  EXPECT_EQ(third.item<float>(), 4);
  EXPECT_FALSE(fourth.valid());
}

}  // namespace array_test
}  // namespace reckon
