// SPDX-License-Identifier: Apache-2.0
// Hyper-parameters: kinds, conversions between numbers, and what is refused by name.
#include <reckon/params.h>

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"

namespace reckon::estimator {
namespace params_test {

using base::expect_error;

const Params kParams = {{"flag", true},
                        {"units", 256},
                        {"rate", 0.5},
                        {"whole", 4.0},
                        {"name", "relu"},
                        {"sizes", std::vector<int64_t>{1, 2}},
                        {"rates", std::vector<double>{0.5}},
                        {"words", std::vector<std::string>{"a", "b"}}};

TEST(Params, GiveBackWhatWasPutIn) {
  EXPECT_TRUE(kParams.get<bool>("flag"));
  EXPECT_EQ(kParams.get<int64_t>("units"), 256);
  EXPECT_EQ(kParams.get<double>("rate"), 0.5);
  EXPECT_EQ(kParams.get<std::string>("name"), "relu");
  EXPECT_EQ(kParams.get<std::vector<int64_t>>("sizes"), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(kParams.get<std::vector<std::string>>("words"), (std::vector<std::string>{"a", "b"}));
}

TEST(Params, NumbersConvertWhereNothingIsLost) {
  EXPECT_EQ(kParams.get<float>("rate"), 0.5f);
  EXPECT_EQ(kParams.get<double>("units"), 256.0);
  EXPECT_EQ(kParams.get<int>("whole"), 4);
  EXPECT_EQ(kParams.get<uint16_t>("units"), 256);
  EXPECT_EQ(kParams.get<std::vector<double>>("sizes"), (std::vector<double>{1, 2}));
}

TEST(Params, AWrongKindNamesTheKeyAndBothKinds) {
  expect_error([] { (void)kParams.get<int>("rate"); }, ErrorCode::kInvalidArgument,
               "[params] \"rate\" is a number, expected an integer; change the value or the type");
  expect_error([] { (void)kParams.get<bool>("units"); },
               "\"units\" is an integer, expected a flag");
  expect_error([] { (void)kParams.get<float>("name"); }, "\"name\" is a text, expected a number");
  expect_error([] { (void)kParams.get<std::string>("flag"); },
               "\"flag\" is a flag, expected a text");
  expect_error([] { (void)kParams.get<std::vector<int64_t>>("rates"); },
               "\"rates\" is a list of numbers, expected a list of integers");
  expect_error([] { (void)kParams.get<std::vector<std::string>>("sizes"); },
               "expected a list of texts");
}

TEST(Params, AnIntegerThatDoesNotFitIsRefused) {
  const Params params = {{"big", int64_t{1} << 40}, {"huge", 1e30}, {"negative", -1}};
  expect_error([&] { (void)params.get<int32_t>("big"); },
               "\"big\" is 1099511627776, which does not fit");
  expect_error([&] { (void)params.get<int64_t>("huge"); }, "does not fit the integer type");
  // F2, its kind: 2^63 is no int64, though the double of the highest one.
  const Params edges = {{"end", 0x1p63}, {"low", -0x1p63}, {"half", 0.5}};
  expect_error([&] { (void)edges.get<int64_t>("end"); }, "ask for int64_t or double");
  EXPECT_EQ(edges.get<uint64_t>("end"), uint64_t{1} << 63);
  EXPECT_EQ(edges.get<int64_t>("low"), INT64_MIN);
  expect_error([&] { (void)Params({{"top", 0x1p64}}).get<uint64_t>("top"); }, "does not fit");
  expect_error([&] { (void)edges.get<uint64_t>("low"); }, "does not fit");
  expect_error([&] { (void)params.get<uint8_t>("negative"); },
               "\"negative\" is -1, which does not fit");
}

TEST(Params, AMissingKeyListsThoseThereAre) {
  const Params params = {{"a", 1}, {"b", 2}};
  expect_error([&] { (void)params.get<int>("c"); }, ErrorCode::kNotFound,
               "[params] there is no \"c\"; there are: a, b");
  EXPECT_EQ(params.get("c", 7), 7);
  EXPECT_EQ(params.get("a", 7), 1);
}

TEST(Params, ASetKeyReplacesTheOldValue) {
  Params params = {{"a", 1}};
  params.set("a", "text");
  params.set("b", 2.5);
  EXPECT_EQ(params.get<std::string>("a"), "text");
  EXPECT_EQ(params.keys(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(params, (Params{{"a", "text"}, {"b", 2.5}}));
}

TEST(Params, ANumberTooLargeIsRefusedAndNotMadeInfinite) {
  const Params params = {{"huge", 1e300}, {"endless", std::numeric_limits<double>::infinity()}};
  EXPECT_EQ(params.get<double>("huge"), 1e300);
  EXPECT_TRUE(std::isinf(params.get<float>("endless")));
  expect_error([&] { (void)params.get<float>("huge"); },
               "[params] \"huge\" is 1e+300, too large for a float; ask for double");
  expect_error([] { (void)ParamValue(std::numeric_limits<uint64_t>::max()); },
               "a value is 18446744073709551615, expected at most");
}

}  // namespace params_test
}  // namespace reckon::estimator
