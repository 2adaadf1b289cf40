// SPDX-License-Identifier: Apache-2.0
// Buckets of strings: the values that TensorFlow publishes, lengths, shapes, errors.
#include <gtest/gtest.h>

#include <reckon/rows.h>
#include <reckon/strings.h>
#include "check_op.h"
#include "kernels/hash.h"

namespace reckon {
namespace hash_bucket_test {

using namespace testing;

OpUnderTest bucket(int64_t buckets) {
  return [buckets](const Tensor& x) { return strings::to_hash_bucket_fast(x, buckets); };
}

TEST(ToHashBucketFast, GivesTheBucketsOfTensorFlow) {
  // From the documentation and the test of tf.strings.to_hash_bucket_fast.
  check_op({.op = bucket(10),
            .inputs = {Array::strings({"a", "b", "c", "d"}, {4})},
            .expect = longs({9, 2, 2, 5}, {4})});
  check_op({.op = bucket(3),
            .inputs = {Array::strings({"Hello", "TensorFlow", "2.x"}, {3})},
            .expect = longs({0, 2, 2}, {3})});
}

TEST(ToHashBucketFast, KeepsTheShape) {
  const Array words = Array::strings({"", "a", "Hello World", "x"}, {2, 1, 2});
  EXPECT_EQ(run_op(bucket(10), {words})[0].text(), "int64[2, 1, 2]");
  EXPECT_EQ(run_op(bucket(10), {Array::scalar("a")})[0].item<int64_t>(), 9);
  EXPECT_EQ(run_op(bucket(10), {Array::strings({}, {0, 2})})[0].text(), "int64[0, 2]");
}

TEST(ToHashBucketFast, OfOneBucketIsZeroAndOfManyStaysInside) {
  std::vector<std::string> words;
  for (int i = 0; i < 2000; ++i)
    words.push_back(std::string(static_cast<size_t>(i % 140), 'x') + std::to_string(i));
  const Array many = Array::strings(words, {2000});
  for (const int64_t buckets : {int64_t{1}, int64_t{7}, int64_t{1} << 40}) {
    const Array got = run_op(bucket(buckets), {many})[0];
    for (int64_t i = 0; i < 2000; ++i) {
      const auto want = static_cast<int64_t>(kernels::fingerprint64(words[static_cast<size_t>(i)]) %
                                             static_cast<uint64_t>(buckets));
      ASSERT_EQ(got.at<int64_t>(i), want) << words[static_cast<size_t>(i)];
    }
  }
}

TEST(ToHashBucketFast, ReadsBytesBehindAZero) {
  const std::string a("a\0b", 3), b("a\0c", 3);
  const Array got = run_op(bucket(1 << 30), {Array::strings({a, b}, {2})})[0];
  EXPECT_NE(got.at<int64_t>(0), got.at<int64_t>(1));
}

TEST(ToHashBucketFast, TakesTheRowsThatAreThere) {
  const auto masked = [](const Tensor& x, const Tensor& mask) {
    return strings::to_hash_bucket_fast(boolean_mask(x, mask), 10);
  };
  check_op({.op = masked,
            .inputs = {Array::strings({"a", "b", "d"}, {3}), bools({true, false, true}, {3})},
            .expect = longs({9, 5}, {2})});
}

TEST(ToHashBucketFast, RefusesNumbersAndNoBuckets) {
  expect_error([] { strings::to_hash_bucket_fast(placeholder(kString, {1}), 0); },
               "[to_hash_bucket_fast] num_buckets is 0, expected 1 or more");
  expect_error([] { strings::to_hash_bucket_fast(placeholder(kFloat32, {1}), 3); },
               "[to_hash_bucket_fast] x is float32[1], expected string; pass texts");
}

}  // namespace hash_bucket_test
}  // namespace reckon
