// SPDX-License-Identifier: Apache-2.0
// Array's elements: conversions between numbers, what does not convert, and their text.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>

#include <reckon/array.h>
#include "base/expect_error_testing.h"
#include "tensor/half.h"

namespace reckon {
namespace array_element_test {

using base::expect_error;

TEST(ArrayItem, ConvertsBetweenNumbers) {
  EXPECT_EQ(Array::scalar(2.75f).item<double>(), 2.75);
  EXPECT_EQ(Array::scalar(2.75f).item<int>(), 2);
  EXPECT_EQ(Array::scalar(-2.75).item<int64_t>(), -2);
  EXPECT_EQ(Array::scalar(int64_t{7}).item<float>(), 7.0f);
  EXPECT_EQ(Array::scalar(true).item<int>(), 1);
  EXPECT_EQ(Array::scalar(0.5f).item<bool>(), true);
  EXPECT_EQ(Array::scalar(uint8_t{200}).item<int>(), 200);
}

TEST(ArrayItem, ReadsEveryNumericDtype) {
  EXPECT_EQ(Array::scalar(int8_t{-3}).item<double>(), -3);
  EXPECT_EQ(Array::scalar(int16_t{-300}).item<double>(), -300);
  EXPECT_EQ(Array::scalar(uint16_t{60000}).item<int>(), 60000);
  EXPECT_EQ(Array::scalar(uint32_t{4000000000}).item<int64_t>(), 4000000000);
  EXPECT_EQ(Array::scalar(tensor::to_float16(1.5f)).item<float>(), 1.5f);
  EXPECT_EQ(Array::scalar(tensor::to_bfloat16(-2.0f)).item<double>(), -2.0);
  EXPECT_EQ(Array::scalar(Float16{7}).item<Float16>().bits, 7);
}

// Friction 17: an element could not be asked for by its row and column.
TEST(ArrayAt, TakesOneIndexForEachDimension) {
  const Array matrix = Array::from<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  EXPECT_EQ(matrix.at<float>(0, 2), 3);
  EXPECT_EQ(matrix.at<int>(1, 0), 4);
  EXPECT_EQ(matrix.at<float>(5), 6) << "one index counts in row-major order";
  const Array cube = matrix.reshaped({1, 2, 3});
  EXPECT_EQ(cube.at<float>(0, 1, 2), 6);
  EXPECT_EQ(cube.at<double>(int64_t{0}, uint8_t{1}, size_t{1}), 5);
  EXPECT_EQ(Array::strings({"a", "b"}, {2, 1}).at<std::string>(1, 0), "b");
}

TEST(ArrayAt, RefusesIndicesThatAreNotThere) {
  const Array matrix = Array::from<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  expect_error([&] { (void)matrix.at<float>(2, 0); }, ErrorCode::kInvalidArgument,
               "[array] index 2 of axis 0 is outside float32[2, 3]; give one in [0, 2)");
  expect_error([&] { (void)matrix.at<float>(0, 3); },
               "index 3 of axis 1 is outside float32[2, 3]; give one in [0, 3)");
  expect_error([&] { (void)matrix.at<float>(0, -1); }, "index -1 of axis 1");
  expect_error([&] { (void)matrix.at<float>(0, 0, 0); },
               "[array] 3 indices were given for float32[2, 3]; give one for each dimension, or "
               "one in row-major order");
  expect_error([&] { (void)Array::scalar(1.0f).at<float>(0, 0); }, "2 indices were given");
  expect_error(
      [&] {
        (void)Array::zeros(kFloat32, {2, 0}).at<float>(0, 0);
      },
      "index 0 of axis 1 is outside float32[2, 0]");
}

TEST(ArrayScalar, RefusesANullText) {
  const char* none = nullptr;
  expect_error([&] { (void)Array::scalar(none); }, "[array] came as a null text");
}

TEST(ArrayItem, KeepsAll64BitsOfIntegers) {
  const uint64_t large = (uint64_t{1} << 63) + 1;
  EXPECT_EQ(Array::scalar(large).item<uint64_t>(), large);
  const int64_t odd = (int64_t{1} << 53) + 1;
  EXPECT_EQ(Array::scalar(odd).item<int64_t>(), odd);
  EXPECT_EQ(Array::scalar(std::numeric_limits<int64_t>::min()).item<int64_t>(),
            std::numeric_limits<int64_t>::min());
  EXPECT_EQ(Array::scalar(large).item<double>(), 0x1p63);
}

TEST(ArrayItem, RefusesANumberThatTheIntegerTypeCannotHold) {
  expect_error(
      [] { (void)Array::scalar(300).item<int8_t>(); },
      "[array] element 0 of int32[] is 300, outside [-128, 127] of the integer type it was "
      "read as; read it as a wider type or as double.");
  expect_error([] { (void)Array::scalar(-1).item<uint32_t>(); }, "is -1, outside [0, 4294967295]");
  expect_error([] { (void)Array::scalar(~uint64_t{0}).item<int64_t>(); },
               "is 18446744073709551615");
  expect_error([] { (void)Array::scalar(1e30).item<int64_t>(); }, "is 1e+30, outside");
  expect_error([] { (void)Array::scalar(-1.5f).item<uint8_t>(); }, "is -1.5, outside [0, 255]");
  expect_error([] { (void)Array::scalar(std::nanf("")).item<int>(); }, "is nan, outside");
  EXPECT_EQ(Array::scalar(-0.5).item<uint8_t>(), 0);
}

TEST(ArrayItem, RefusesToMixStringsAndNumbers) {
  expect_error([] { (void)Array::scalar("7").item<float>(); },
               "[array] string[] holds strings, not numbers; read it with item<std::string>() or "
               "at<std::string>().");
  expect_error([] { (void)Array::scalar("7").item<int>(); }, "string[] holds strings");
  expect_error([] { (void)Array::scalar(7).item<std::string>(); },
               "[array] int32[] holds no strings; read it with a number type, e.g. "
               "at<float>(0).");
}

TEST(ArrayItem, RefusesComplexNumbersAsRealOnes) {
  expect_error([] { (void)Array::zeros(kComplex64, {}).item<float>(); },
               "[array] complex64[] holds complex numbers, which no real type can give");
}

TEST(ArrayItem, NeedsExactlyOneElement) {
  expect_error(
      [] {
        (void)Array::zeros(kFloat32, {2, 3}).item<float>();
      },
      "[array] float32[2, 3] has 6 elements, but item() reads the only one; use at(index) "
      "or data().");
  EXPECT_EQ(Array::from<float>({5}, {1, 1}).item<float>(), 5.0f);
}

TEST(ArrayAt, RefusesAnIndexOutside) {
  const Array array = Array::from<float>({1, 2}, {2});
  EXPECT_EQ(array.at<float>(1), 2.0f);
  expect_error(
      [&] { (void)array.at<float>(2); },
      "[array] there is no element 2 in float32[2], which has 2; count from 0 in row-major order.");
  expect_error([&] { (void)array.at<int>(-1); }, "there is no element -1");
  expect_error([] { (void)Array::strings({"a"}, {1}).at<std::string>(1); },
               "there is no element 1");
}

TEST(ArrayData, RefusesAnotherType) {
  Array array = Array::from<float>({1, 2}, {2});
  expect_error(
      [&] { (void)array.data<double>(); },
      "[array] float32[2] was read as float64; read it as the C++ type of float32, or one by "
      "one with at<T>(), which converts.");
  expect_error([&] { (void)array.mutable_data<int>(); }, "float32[2] was read as int32");
  expect_error([] { (void)Array().data<float>(); }, "invalid[] was read as float32");
}

TEST(ArrayValuesText, ShowsElementsUpToTheLimit) {
  EXPECT_EQ(Array::from<float>({1, 0.1f, -3}, {3}).values_text(), "float32[3] {1, 0.1, -3}");
  EXPECT_EQ(Array::from<int>({1, 2, 3}, {3}).values_text(2), "int32[3] {1, 2, ...}");
  EXPECT_EQ(Array::from<int>({1, 2, 3}, {3}).values_text(0), "int32[3] {...}");
  EXPECT_EQ(Array::from<int>({}, {0}).values_text(), "int32[0] {}");
  EXPECT_EQ(Array::strings({"a", "b c"}, {2}).values_text(), "string[2] {\"a\", \"b c\"}");
  EXPECT_EQ(Array::scalar(~uint64_t{0}).values_text(), "uint64[] {18446744073709551615}");
  EXPECT_EQ(Array::scalar(tensor::to_float16(0.5f)).values_text(), "float16[] {0.5}");
}

TEST(ArrayValuesText, ShowsBothPartsOfComplexNumbers) {
  Array array = Array::zeros(kComplex64, {1});
  static_cast<std::complex<float>*>(array.mutable_raw())[0] = {1.5f, -2.0f};
  EXPECT_EQ(array.values_text(), "complex64[1] {1.5-2j}");
}

}  // namespace array_element_test
}  // namespace reckon
