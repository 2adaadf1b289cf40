// SPDX-License-Identifier: Apache-2.0
#include <reckon/initializers.h>
#include <reckon/session.h>

#include <algorithm>
#include <cmath>

#include "base/expect_error_testing.h"

namespace reckon::nn {
namespace initializers_test {

using base::expect_error;
using namespace initializers;

std::vector<float> draw(const Initializer& initializer, const Shape& shape,
                        const std::string& name = "w", uint64_t seed = 7) {
  Graph graph;
  const GraphScope scope(graph);
  variable(name, shape, initializer);
  Session session(graph, {.random_seed = seed});
  session.initialize_variables();
  const Array value = session.variable_value(name);
  return {value.data<float>().begin(), value.data<float>().end()};
}

struct Moments {
  double mean = 0, deviation = 0, smallest = 0, largest = 0;
};

Moments moments_of(const std::vector<float>& values) {
  const double count = static_cast<double>(values.size());
  Moments m;
  for (float value : values) m.mean += value / count;
  for (float value : values) m.deviation += (value - m.mean) * (value - m.mean) / count;
  m.deviation = std::sqrt(m.deviation);
  const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
  m.smallest = *smallest;
  m.largest = *largest;
  return m;
}

struct Row {
  const char* name;
  Initializer initializer;
  double mean, deviation;
  double low, high;  ///< hard bounds
};

// Numbers of shared/golden/training/initializers.json: shape [300, 400].
TEST(Initializers, HaveTensorFlowsBoundsAndMoments) {
  const double none = 1e9;
  const std::vector<Row> rows = {
      {"glorot_uniform", glorot_uniform(), 0, 0.05345224838, -0.09258200998, 0.09258200998},
      {"glorot_normal", glorot_normal(), 0, 0.05345224838, -0.12153408149, 0.12153408149},
      {"he_uniform", he_uniform(), 0, 0.08164965809, -0.14142135624, 0.14142135624},
      {"he_normal", he_normal(), 0, 0.08164965809, -0.18564637598, 0.18564637598},
      {"lecun_uniform", lecun_uniform(), 0, 0.05773502692, -0.1, 0.1},
      {"lecun_normal", lecun_normal(), 0, 0.05773502692, -0.13127181135, 0.13127181135},
      {"random_normal", random_normal({.mean = 1, .stddev = 0.5}), 1, 0.5, -none, none},
      {"random_uniform", random_uniform({.low = -2, .high = 3}), 0.5, 1.44337567297, -2, 3},
      {"truncated_normal", truncated_normal({.mean = 1, .stddev = 0.5}), 1, 0.43981283052, 0, 2},
      {"untruncated", variance_scaling({2, FanMode::kFanOut, Distribution::kUntruncatedNormal, {}}),
       0, 0.07071067812, -none, none},
  };
  for (const Row& row : rows) {
    const std::vector<float> values = draw(row.initializer, {300, 400});
    const double count = static_cast<double>(values.size());
    const Moments m = moments_of(values);
    EXPECT_NEAR(m.mean, row.mean, 5 * row.deviation / std::sqrt(count)) << row.name;
    EXPECT_NEAR(m.deviation, row.deviation, 5 * row.deviation / std::sqrt(2 * count)) << row.name;
    EXPECT_GE(m.smallest, row.low - 1e-7) << row.name;
    EXPECT_LE(m.largest, row.high + 1e-7) << row.name;
  }
}

TEST(Initializers, FillWithNumbers) {
  EXPECT_EQ(draw(zeros(), {2}), (std::vector<float>{0, 0}));
  EXPECT_EQ(draw(ones(), {2}), (std::vector<float>{1, 1}));
  EXPECT_EQ(draw(constant(1.5), {2, 1}), (std::vector<float>{1.5, 1.5}));
}

TEST(Initializers, CountAWindowInTheFans) {
  struct {
    Shape shape;
    FanMode mode;
    double bound;
  } const rows[] = {{{5}, FanMode::kFanIn, 0.77459666924},
                    {{3, 3, 8, 16}, FanMode::kFanIn, 0.20412414523},
                    {{3, 3, 8, 16}, FanMode::kFanOut, 0.14433756730},
                    {{5, 2, 4}, FanMode::kFanAverage, 0.44721359550},
                    {{}, FanMode::kFanIn, 1.73205080757}};
  for (const auto& row : rows) {
    // Enough draws that the largest one is near the bound.
    double largest = 0;
    for (uint64_t seed = 0; seed < 40; ++seed) {
      for (float value : draw(variance_scaling({1, row.mode, Distribution::kUniform, {}}),
                              row.shape, "w", seed)) {
        largest = std::max(largest, std::abs(static_cast<double>(value)));
      }
    }
    EXPECT_LE(largest, row.bound + 1e-7) << row.shape.text();
    EXPECT_GE(largest, row.bound * 0.8) << row.shape.text();
  }
}

TEST(Initializers, DependOnTheRunsSeedAndTheVariablesName) {
  const std::vector<float> values = draw(glorot_uniform(), {8, 8});
  EXPECT_EQ(values, draw(glorot_uniform(), {8, 8}));
  EXPECT_NE(values, draw(glorot_uniform(), {8, 8}, "other"));
  EXPECT_NE(values, draw(glorot_uniform(), {8, 8}, "w", 8));
}

TEST(Initializers, WithASeedOfTheirOwnDependOnNothingElse) {
  const std::vector<float> values = draw(glorot_uniform({.seed = 1}), {8, 8});
  EXPECT_EQ(values, draw(glorot_uniform({.seed = 1}), {8, 8}, "other", 8));
  EXPECT_NE(values, draw(glorot_uniform({.seed = 2}), {8, 8}));
}

TEST(Initializers, RefuseOptionsWithoutMeaning) {
  expect_error([] { random_uniform({.low = 1, .high = 1}); },
               "[random_uniform] low is 1 and high is 1");
  expect_error([] { random_uniform({.low = -INFINITY, .high = INFINITY}); },
               "[random_uniform] low is -inf and high is inf, expected finite numbers");
  expect_error([] { random_normal({.stddev = -1}); },
               "[random_normal] stddev is -1, expected 0 or more");
  expect_error([] { random_normal({.stddev = INFINITY}); },
               "[random_normal] stddev is inf, expected 0 or more, and finite");
  expect_error([] { truncated_normal({.stddev = -1}); },
               "[truncated_normal] stddev is -1, expected 0 or more");
  expect_error([] { variance_scaling({.scale = 0}); },
               "[variance_scaling] scale is 0, expected a positive number");
}

}  // namespace initializers_test
}  // namespace reckon::nn
