// SPDX-License-Identifier: Apache-2.0
#include "base/scratch_layout.h"

#include <gtest/gtest.h>

namespace reckon::base {
namespace scratch_layout_test {

TEST(ScratchLayout, AlignsEveryPartTo64Bytes) {
  ScratchLayout layout;
  EXPECT_EQ(layout.add(1), 0u);
  EXPECT_EQ(layout.add(64), 64u);
  EXPECT_EQ(layout.add(0), 128u);
  EXPECT_EQ(layout.add(65), 128u);
  EXPECT_EQ(layout.total(), 256u);
}

}  // namespace scratch_layout_test
}  // namespace reckon::base
