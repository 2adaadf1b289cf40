// SPDX-License-Identifier: Apache-2.0
// golden/make_histograms.py made the expectations with TensorFlow.
#include "formats/histogram.h"

#include <fstream>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/expect_error_testing.h"
#include "formats/golden_directory_testing.h"

namespace reckon::formats {
namespace histogram_test {

using base::expect_error;

TEST(Histogram, EqualsTensorFlowsBitForBit) {
  const auto rows = nlohmann::json::parse(std::ifstream(golden_file("histograms.json")));
  ASSERT_EQ(rows.size(), 7u);
  for (const auto& row : rows) {
    const auto values = row["values"].get<std::vector<double>>();
    const Histogram got = make_histogram(std::span(values));
    const auto& want = row["histogram"];
    EXPECT_EQ(got.min, want["min"].get<double>());
    EXPECT_EQ(got.max, want["max"].get<double>());
    EXPECT_EQ(got.num, want["num"].get<double>());
    EXPECT_EQ(got.sum, want["sum"].get<double>());
    EXPECT_EQ(got.sum_squares, want["sum_squares"].get<double>());
    EXPECT_EQ(got.bucket_limit, want["bucket_limit"].get<std::vector<double>>());
    EXPECT_EQ(got.bucket, want["bucket"].get<std::vector<double>>());
  }
}

TEST(Histogram, ArraysOfAnyRealDTypeCountAlike) {
  const std::vector<double> values = {1, 0, 3};
  const Histogram want = make_histogram(std::span(values));
  for (const Array& array :
       {Array::from<float>({1, 0, 3}, {3}), Array::from<int64_t>({1, 0, 3}, {3}),
        Array::from<uint8_t>({1, 0, 3}, {3}), Array::from<double>({1, 0, 3}, {3, 1})}) {
    EXPECT_EQ(make_histogram(array).bucket, want.bucket) << array.text();
    EXPECT_EQ(make_histogram(array).sum_squares, 10) << array.text();
  }
}

TEST(Histogram, RefusesWhatIsNotAFiniteNumber) {
  expect_error(
      [] {
        make_histogram(Array::from<float>({1, std::numeric_limits<float>::quiet_NaN()}, {2}));
      },
      ErrorCode::kInvalidArgument, "value 1 is nan");
  expect_error([] { make_histogram(Array::scalar(-std::numeric_limits<double>::infinity())); },
               ErrorCode::kInvalidArgument, "value 0 is -inf");
  expect_error([] { make_histogram(Array::scalar("x")); }, ErrorCode::kInvalidArgument,
               "not real numbers");
}

TEST(Histogram, OfNothingHasOneEmptyBucket) {
  const Histogram empty = make_histogram(Array::zeros(kFloat32, {0}));
  EXPECT_EQ(empty.num, 0);
  EXPECT_EQ(empty.sum, 0);
  EXPECT_EQ(empty.bucket, std::vector<double>{0});
  EXPECT_EQ(empty.bucket_limit, std::vector<double>{std::numeric_limits<double>::max()});
}

TEST(Histogram, EveryValueIsBelowTheLimitOfItsBucketAndNotOfTheOneBefore) {
  for (const double value :
       {-1e300, -1.5, -1e-13, -0.0, 0.0, 1e-12, 0.999, 1.0, 1.1, 7e19, 1e300}) {
    const Histogram one = make_histogram(std::span(&value, 1));
    EXPECT_EQ(one.min, value);
    EXPECT_EQ(one.max, value);
    ASSERT_EQ(one.bucket.size(), one.bucket_limit.size());
    for (size_t i = 0; i < one.bucket.size(); ++i) {
      if (one.bucket[i] == 0) continue;
      EXPECT_LT(value, one.bucket_limit[i]);
      if (i > 0) {
        EXPECT_GE(value, one.bucket_limit[i - 1]);
      }
    }
  }
}

TEST(Histogram, CountsAddUpAndLimitsAscend) {
  std::vector<double> values;
  for (int i = -500; i < 500; ++i) values.push_back(i * i * i / 1000.0);
  const Histogram all = make_histogram(std::span(values));
  double counted = 0;
  for (size_t i = 0; i < all.bucket.size(); ++i) {
    counted += all.bucket[i];
    if (i > 0) {
      EXPECT_GT(all.bucket_limit[i], all.bucket_limit[i - 1]);
    }
    EXPECT_FALSE(i > 0 && all.bucket[i] == 0 && all.bucket[i - 1] == 0) << "empty runs are one";
  }
  EXPECT_EQ(counted, 1000);
  EXPECT_EQ(all.num, 1000);
}

}  // namespace histogram_test
}  // namespace reckon::formats
