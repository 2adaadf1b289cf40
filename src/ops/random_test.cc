// SPDX-License-Identifier: Apache-2.0
// Random tensors and dropout: statistics, replay, independence of names and steps, gradients.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include <reckon/graph.h>
#include <reckon/nn.h>
#include <reckon/random.h>
#include <reckon/session.h>
#include <reckon/strings.h>
#include "check_op.h"

namespace reckon {
namespace {

using namespace testing;

Array drawn(const std::function<Tensor()>& make, uint64_t run_seed = 1) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor value = make();
  return Session(graph, {.random_seed = run_seed}).run({.fetches = {value}})[0];
}

struct Statistics {
  double mean = 0, deviation = 0, lowest = 1e300, highest = -1e300;
};

Statistics statistics(const Array& x) {
  Statistics s;
  double squares = 0;
  const auto n = static_cast<double>(x.num_elements());
  for (int64_t i = 0; i < x.num_elements(); ++i) {
    const double value = x.at<double>(i);
    s.mean += value / n;
    squares += value * value / n;
    s.lowest = std::min(s.lowest, value);
    s.highest = std::max(s.highest, value);
  }
  s.deviation = std::sqrt(squares - s.mean * s.mean);
  return s;
}

constexpr int64_t kMany = 100000;

TEST(RandomUniform, SpreadsEvenly) {
  for (const DType dtype : {kFloat32, kFloat64}) {
    const Statistics s = statistics(
        drawn([=] { return random::uniform({kMany}, {.low = -1, .high = 3, .dtype = dtype}); }));
    EXPECT_NEAR(s.mean, 1, 0.02);
    EXPECT_NEAR(s.deviation, 4 / std::sqrt(12), 0.02);
    EXPECT_GE(s.lowest, -1);
    EXPECT_LT(s.highest, 3);
  }
}

TEST(RandomUniform, DrawsIntegersOfARange) {
  std::map<int64_t, int> counts;
  const Array dice =
      drawn([] { return random::uniform({60000}, {.low = 1, .high = 7, .dtype = kInt32}); });
  for (int64_t i = 0; i < dice.num_elements(); ++i) ++counts[dice.at<int64_t>(i)];
  ASSERT_EQ(counts.size(), 6u);
  for (const auto& [face, count] : counts) EXPECT_NEAR(count, 10000, 400) << face;
}

TEST(RandomNormal, HasMeanAndDeviation) {
  const Statistics s =
      statistics(drawn([] { return random::normal({kMany}, {.mean = 2, .deviation = 3}); }));
  EXPECT_NEAR(s.mean, 2, 0.04);
  EXPECT_NEAR(s.deviation, 3, 0.03);
}

TEST(TruncatedNormal, StaysWithinTwoDeviations) {
  const Statistics s =
      statistics(drawn([] { return random::truncated_normal({kMany}, {.deviation = 3}); }));
  EXPECT_NEAR(s.mean, 0, 0.04);
  EXPECT_NEAR(s.deviation, 3 * 0.8796, 0.03);
  EXPECT_GE(s.lowest, -6);
  EXPECT_LE(s.highest, 6);
}

TEST(Random, DependsOnRunSeedAndName) {
  const auto draw = [] { return random::uniform({4}); };
  EXPECT_TRUE(drawn(draw, 1).same_bits(drawn(draw, 1)));
  EXPECT_FALSE(drawn(draw, 1).same_bits(drawn(draw, 2)));
  Graph graph;
  GraphScope scope(graph);
  const Tensor first = draw(), second = draw();
  const std::vector<Array> values = Session(graph).run({.fetches = {first, second}});
  EXPECT_FALSE(values[0].same_bits(values[1]));
}

TEST(Random, WithASeedOfItsOwnForgetsNameAndRunSeed) {
  const auto draw = [] { return random::normal({4}, {.seed = 7}); };
  const auto other_name = [&] {
    draw();
    return draw();
  };
  EXPECT_TRUE(drawn(draw, 1).same_bits(drawn(other_name, 2)));
  EXPECT_FALSE(drawn(draw).same_bits(drawn([] { return random::normal({4}, {.seed = 8}); })));
}

TEST(Random, RefusesRangesAndDtypesThatCannotBe) {
  expect_error([] { random::uniform({2}, {.low = 1, .high = 1}); },
               "[uniform] low is 1, high is 1");
  expect_error([] { random::uniform({kUnknown}); },
               "[uniform] shape is [?], expected known extents");
  expect_error([] { random::normal({2}, {.dtype = kInt32}); }, "[normal] dtype is int32");
  expect_error([] { random::truncated_normal({2}, {.deviation = -1}); },
               "[truncated_normal] deviation is -1");
}

TEST(Dropout, ZeroesAShareAndKeepsTheMean) {
  const Array ones = Array::from(std::vector<float>(kMany, 1.0f), {kMany});
  const Array y = drawn([&] { return nn::dropout(ones, {.rate = 0.2}); });
  int64_t zeros = 0;
  for (float value : y.data<float>()) {
    EXPECT_TRUE(value == 0 || value == 1.25f) << value;
    zeros += value == 0;
  }
  EXPECT_NEAR(static_cast<double>(zeros) / kMany, 0.2, 0.005);
}

TEST(Dropout, MakesTheSameMaskInTheGradient) {
  Graph graph;
  GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {kUnknown, 50});
  const Tensor y = nn::dropout(x, {.rate = 0.5});
  const Tensor slope = gradients(y, {x})[0];
  const Array ones = Array::from(std::vector<float>(1000, 1.0f), {20, 50});
  const std::vector<Array> values =
      Session(graph).run({.fetches = {y, slope}, .feeds = {{x, ones}}});
  EXPECT_TRUE(values[0].same_bits(values[1]));
}

TEST(Dropout, RefusesARateOutside) {
  expect_error([] { nn::dropout(placeholder(kFloat32, {2}), {.rate = 1}); },
               "[dropout] rate is 1, expected a number in [0, 1)");
  expect_error([] { nn::dropout(placeholder(kFloat32, {2}), {.rate = -0.1}); },
               "[dropout] rate is -0.1");
  expect_error([] { nn::dropout(placeholder(kInt32, {2})); }, "[dropout] x is int32[2]");
}

TEST(ToHashBucketFast, IsFarmHashFingerprint64) {
  const auto bucket = [](int64_t buckets) {
    return [buckets](const Tensor& x) { return strings::to_hash_bucket_fast(x, buckets); };
  };
  const Array words = Array::strings({"", "a", "Hello World"}, {3});
  const Array got = run_op(bucket(10), {words})[0];
  EXPECT_EQ(got.text(), "int64[3]");
  EXPECT_TRUE(run_op(bucket(1), {words})[0].same_bits(longs({0, 0, 0}, {3})));
  for (int64_t value : got.data<int64_t>()) EXPECT_TRUE(value >= 0 && value < 10);
  expect_error([] { strings::to_hash_bucket_fast(placeholder(kString, {1}), 0); },
               "[to_hash_bucket_fast] num_buckets is 0, expected 1 or more");
  expect_error([] { strings::to_hash_bucket_fast(placeholder(kFloat32, {1}), 3); },
               "[to_hash_bucket_fast] x is float32[1], expected string");
}

}  // namespace
}  // namespace reckon
