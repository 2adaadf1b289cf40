// SPDX-License-Identifier: Apache-2.0
// Random tensors: statistics, replay, independence of names and steps.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include <reckon/graph.h>
#include <reckon/random.h>
#include <reckon/session.h>
#include "check_op.h"

namespace reckon {
namespace random_test {

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

// H14: a distance of the limits that no float of that dtype holds.
TEST(RandomUniform, SpreadsOverRangesWiderThanTheLargestFloat) {
  struct Range {
    DType dtype;
    double most;
  };
  for (const Range& range : {Range{kFloat32, 3.4028234663852886e38}, Range{kFloat64, 1.7e308}}) {
    for (const double low : {-range.most, -range.most / 4}) {
      const Array drawn_array = drawn([&] {
        return random::uniform({kMany}, {.low = low, .high = range.most, .dtype = range.dtype});
      });
      double mean = 0, lowest = 1, highest = -1;  // in units of the limit
      for (int64_t i = 0; i < kMany; ++i) {
        const double share = drawn_array.at<double>(i) / range.most;
        ASSERT_LE(std::abs(share), 1) << i;
        mean += share / kMany;
        lowest = std::min(lowest, share);
        highest = std::max(highest, share);
      }
      EXPECT_NEAR(mean, (1 + low / range.most) / 2, 0.02);
      EXPECT_NEAR(lowest, low / range.most, 0.001);
      EXPECT_NEAR(highest, 1, 0.001);
    }
  }
}

TEST(RandomUniform, DrawsFromAllIntegers) {
  for (const DType dtype : {kInt32, kInt64}) {
    const double bound = dtype == kInt32 ? 0x1p31 : 0x1p63;
    const Statistics s = statistics(drawn(
        [&] { return random::uniform({kMany}, {.low = -bound, .high = bound, .dtype = dtype}); }));
    EXPECT_NEAR(s.mean / bound, 0, 0.02);
    EXPECT_NEAR(s.lowest / bound, -1, 0.001);
    EXPECT_NEAR(s.highest / bound, 1, 0.001);
  }
}

TEST(TruncatedNormal, IsFiniteUpToTheLargestDeviation) {
  const Statistics s =
      statistics(drawn([] { return random::truncated_normal({kMany}, {.deviation = 1.7e38}); }));
  EXPECT_GT(s.highest, 3.3e38);
  EXPECT_TRUE(std::isfinite(s.highest) && std::isfinite(s.lowest));
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
  expect_error([] { random::uniform({2}, {.low = -INFINITY, .high = 0}); },
               "[uniform] low is -inf, high is 0, beyond what float32 holds; pass finite ones");
  expect_error([] { random::uniform({2}, {.low = 0, .high = 3e9, .dtype = kInt32}); },
               "[uniform] low is 0, high is 3e+09, beyond what int32 holds; use int64 or a float");
  // H14: numbers that no element could be, and ranges between which none is.
  expect_error([] { random::uniform({2}, {.low = -1e39, .high = 0}); },
               "[uniform] low is -1e+39, high is 0, beyond what float32 holds; bring them closer "
               "together, or use float64");
  expect_error([] { random::uniform({2}, {.low = 0, .high = 1e19, .dtype = kInt64}); },
               "[uniform] low is 0, high is 1e+19, beyond what int64 holds; use a float");
  expect_error([] { random::uniform({2}, {.low = -0.5, .high = 0.9, .dtype = kInt32}); },
               "[uniform] low is -0.5, high is 0.9, between which there is no int32");
  expect_error([] { random::normal({2}, {.deviation = 1e38}); },
               "[normal] mean is 0, deviation is 1e+38, which reach beyond what float32 holds");
  expect_error([] { random::normal({2}, {.mean = NAN}); }, "[normal] mean is nan");
  expect_error([] { random::truncated_normal({2}, {.deviation = INFINITY}); },
               "[truncated_normal] mean is 0, deviation is inf");
  expect_error([] { random::uniform({kUnknown}); },
               "[uniform] shape is [?], expected known extents");
  expect_error([] { random::normal({2}, {.dtype = kInt32}); }, "[normal] dtype is int32");
  expect_error([] { random::truncated_normal({2}, {.deviation = -1}); },
               "[truncated_normal] deviation is -1");
}

}  // namespace random_test
}  // namespace reckon
