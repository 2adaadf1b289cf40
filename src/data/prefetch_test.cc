// SPDX-License-Identifier: Apache-2.0
// prefetch() as part of a description: it changes neither what is read nor the hash, and of several
// the deepest counts.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/node.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace prefetch_test {

Dataset shuffled_batches() {
  return Dataset::range(23).shuffle({.buffer_size = 23}).repeat(3).batch(4);
}

TEST(Prefetch, ChangesNoOrderAndNoContent) {
  const Batches want = read_numbers(shuffled_batches(), 1000, {3, 4});
  for (const int64_t depth : {1, 2, 7, 100})
    EXPECT_EQ(read_numbers(shuffled_batches().prefetch(depth), 1000, {3, 4}), want);
}

TEST(Prefetch, IsNoPartOfTheInputsHash) {
  EXPECT_EQ(shuffled_batches().prefetch(2).structural_hash(), shuffled_batches().structural_hash());
  const std::string position = make_iterator(shuffled_batches(), {3, 4})->position();
  EXPECT_EQ(make_iterator(shuffled_batches().prefetch(5), {3, 4})->position(), position);
}

TEST(Prefetch, BelowABatchCountsInBatches) {
  EXPECT_EQ(Dataset::range(100).prefetch(64).batch(32).node()->prefetch_depth(), 2);
  EXPECT_EQ(Dataset::range(100).prefetch(1).batch(32).repeat().node()->prefetch_depth(), 1);
  EXPECT_EQ(Dataset::range(100).batch(32).repeat().node()->prefetch_depth(), 0);
}

TEST(Prefetch, RefusesADepthBelowOne) {
  base::expect_error([] { Dataset::range(3).prefetch(0); },
                     "[prefetch] depth is 0, expected at least 1; give the number of batches to "
                     "make ahead, or leave "
                     "prefetch() out. At prefetch_test.cc:");
}

}  // namespace prefetch_test
}  // namespace reckon::reckon_internal::data
