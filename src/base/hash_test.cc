// SPDX-License-Identifier: Apache-2.0
// The structural hash: stable, and sensitive to every part, order and boundary.
#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace reckon::base {
namespace hash_test {

template <class... Parts>
uint64_t hash_of(const Parts&... parts) {
  Hasher hasher;
  (hasher.add(parts), ...);
  return hasher.value();
}

TEST(Hasher, DependsOnOrderAndBoundaries) {
  const std::string ab = "ab", a = "a", b = "b", bc = "bc", c = "c", empty;
  EXPECT_NE(hash_of(ab, c), hash_of(a, bc));
  EXPECT_NE(hash_of(a, b), hash_of(b, a));
  EXPECT_NE(hash_of(1, 2), hash_of(2, 1));
  EXPECT_NE(hash_of(empty), hash_of());
  EXPECT_NE(hash_of(a, empty), hash_of(empty, a));
  EXPECT_NE(hash_of(std::string(8, '\0')), hash_of(std::string(9, '\0')));
}

TEST(Hasher, HashesEqualNumbersOfAnyIntegerTypeAlike) {
  EXPECT_EQ(hash_of(7), hash_of(int64_t{7}));
  EXPECT_EQ(hash_of(-1), hash_of(int64_t{-1}));
  EXPECT_NE(hash_of(0.0), hash_of(-0.0));
}

TEST(Hasher, HasNoCollisionsAmongSmallStructures) {
  std::set<uint64_t> values;
  for (int i = 0; i < 300; ++i) {
    for (int j = 0; j < 300; ++j) values.insert(hash_of(i, j));
  }
  EXPECT_EQ(values.size(), 90'000u);
}

TEST(Hasher, IsTheSameInEveryRun) {
  // Computed apart from this code, from the definition of splitmix64.
  const std::string matmul = "MatMul";
  EXPECT_EQ(hash_of(matmul, 1, -2, 0.5), 0xcbe58ab22ee2cbaeull);
}

}  // namespace hash_test
}  // namespace reckon::base
