// SPDX-License-Identifier: Apache-2.0
// Arguments that are numbers: what enters, what is refused at run time, what does not compile.
#include <reckon/number.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "base/expect_error_testing.h"

namespace reckon {
namespace number_test {

using base::expect_error;

template <class T, class... From>
constexpr bool all_convert = (std::is_convertible_v<From, T> && ...);
template <class T, class... From>
constexpr bool none_converts = (!std::is_convertible_v<From, T> && ...);

static_assert(all_convert<Integer, int, int8_t, uint8_t, short, long, long long, size_t, uint64_t>);
static_assert(none_converts<Integer, bool, char, wchar_t, char8_t, char16_t, char32_t, float,
                            double, long double, const char*, std::nullptr_t, std::string>);
static_assert(all_convert<Real, int, uint8_t, int64_t, float, double, long double>);
static_assert(none_converts<Real, bool, char, char32_t, const char*, std::nullptr_t>);
static_assert(all_convert<Flag, bool>);
static_assert(none_converts<Flag, int, char, double, const char*, int*, std::nullptr_t>);
static_assert(all_convert<Maybe<int64_t>, int, uint8_t, int64_t, uint64_t, std::nullopt_t,
                          std::optional<int64_t>, std::optional<int>>);
static_assert(none_converts<Maybe<int64_t>, bool, char, float, double, const char*, std::nullptr_t,
                            std::optional<double>, std::optional<bool>>);
static_assert(all_convert<Maybe<uint64_t>, int, uint64_t, std::optional<uint64_t>>);
static_assert(none_converts<Maybe<uint64_t>, bool, char, double>);
static_assert(all_convert<Maybe<double>, int, float, double, std::optional<double>>);
static_assert(none_converts<Maybe<double>, bool, char, const char*, std::nullptr_t>);

TEST(Integer, IsTheNumberThatCame) {
  EXPECT_EQ(Integer(INT64_MIN), INT64_MIN);
  EXPECT_EQ(Integer(uint64_t{INT64_MAX}), INT64_MAX);
  EXPECT_EQ(Integer(uint8_t{200}), 200);
  EXPECT_EQ(Integer(int8_t{-3}) + 1, -2);
}

TEST(Integer, RefusesWhatInt64DoesNotHold) {
  expect_error([] { (void)Integer(uint64_t{1} << 63); }, ErrorCode::kInvalidArgument,
               "[argument] the number 9223372036854775808 came, expected at most 2^63 - 1; pass a "
               "smaller one");
  expect_error([] { (void)Maybe<int64_t>(UINT64_MAX); }, "18446744073709551615");
}

TEST(Maybe, HasANumberOrNone) {
  const Maybe<int64_t> none, some = 5, copied = std::optional<int64_t>(7),
                             widened = std::optional<int>(8), empty = std::optional<int>();
  EXPECT_FALSE(none.has_value());
  EXPECT_EQ(*some, 5);
  EXPECT_EQ(copied.value(), 7);
  EXPECT_EQ(widened.value(), 8);
  EXPECT_FALSE(empty.has_value());
  EXPECT_TRUE(some == Maybe<int64_t>(5));
  EXPECT_FALSE(some == none);
  const std::optional<int64_t> plain = some;
  EXPECT_EQ(plain, 5);
  EXPECT_EQ(*Maybe<double>(3), 3.0);
  EXPECT_EQ(*Maybe<uint64_t>(UINT64_MAX), UINT64_MAX);
}

// -1 is not "none": it was the largest seed.
TEST(Maybe, OfUnsignedNumbersRefusesThoseBelowZero) {
  expect_error([] { (void)Maybe<uint64_t>(-1); }, ErrorCode::kInvalidArgument,
               "[argument] the number -1 came where none is below 0; pass 0 or more, or leave it "
               "out");
  expect_error([] { (void)Maybe<uint64_t>(std::optional<int>(-2)); }, "the number -2");
}

TEST(Real, RefusesAWholeNumberThatDoubleDoesNotHold) {
  EXPECT_EQ(static_cast<double>(Real(int64_t{1} << 53)), 0x1p53);
  EXPECT_EQ(static_cast<double>(Real(INT64_MIN)), -0x1p63);
  expect_error([] { (void)Real((int64_t{1} << 53) + 1); }, ErrorCode::kInvalidArgument,
               "[number] a whole number beside 9007199254740992 came, expected one that double");
  expect_error([] { (void)Real(INT64_MAX); }, "a whole number beside 9.2233720368547758e+18 came");
  expect_error([] { (void)Real(UINT64_MAX); }, "came, expected one that double holds");
}

}  // namespace number_test
}  // namespace reckon
