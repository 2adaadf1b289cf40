// SPDX-License-Identifier: Apache-2.0
// Philox against the known answers of Random123 (kat_vectors, philox4x32 10).
#include "base/philox.h"

#include <gtest/gtest.h>

#include <set>

namespace reckon::base {
namespace philox_test {

TEST(Philox, GivesTheKnownAnswersOfRandom123) {
  EXPECT_EQ(philox(0, 0, 0), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // Counter 243f6a88 85a308d3 13198a2e 03707344, key a4093822 299f31d0.
  EXPECT_EQ(philox(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, DiffersByKeyStreamAndCounter) {
  const std::set<PhiloxBlock> blocks = {philox(0, 0, 0), philox(1, 0, 0), philox(0, 1, 0),
                                        philox(0, 0, 1), philox(uint64_t{1} << 32, 0, 0)};
  EXPECT_EQ(blocks.size(), 5u);
}

TEST(Philox, UnitFloatsLieInTheHalfOpenInterval) {
  EXPECT_EQ(unit_float(0), 0.0f);
  EXPECT_EQ(unit_float(0x80000000), 0.5f);
  EXPECT_LT(unit_float(0xffffffff), 1.0f);
}

}  // namespace philox_test
}  // namespace reckon::base
