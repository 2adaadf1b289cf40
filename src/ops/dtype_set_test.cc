// SPDX-License-Identifier: Apache-2.0
#include "ops/dtype_set.h"

#include <gtest/gtest.h>

namespace reckon::ops {
namespace dtype_set_test {

TEST(DTypeMend, NamesTheCastThatHelps) {
  EXPECT_EQ(dtype_mend("x", kUInt8, kFloating), "cast it first, e.g. cast(x, kFloat32)");
  EXPECT_EQ(dtype_mend("ids", kFloat32, kIndices), "cast it first, e.g. cast(ids, kInt64)");
  EXPECT_EQ(dtype_mend("a", kFloat32, kBooleans), "cast it first, e.g. cast(a, kBool)");
}

TEST(DTypeMend, NamesNoCastThatThereIsNot) {
  EXPECT_EQ(dtype_mend("x", kString, kFloating),
            "give each text a row of numbers first, e.g. "
            "gather(table, strings::to_hash_bucket_fast(x, 100)), table a variable [100, 8]");
  EXPECT_EQ(dtype_mend("ids", kString, kIndices),
            "number the texts first, e.g. strings::to_hash_bucket_fast(ids, 100)");
  EXPECT_EQ(dtype_mend("x", kFloat32, kStrings), "pass texts");
  EXPECT_EQ(dtype_mend("x", kUInt16, kFloating),
            "give the data as one of these, for cast() has no uint16");
}

}  // namespace dtype_set_test
}  // namespace reckon::ops
