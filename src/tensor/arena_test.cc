// SPDX-License-Identifier: Apache-2.0
// Arenas: aligned, zero, resident, movable.
#include "tensor/arena.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace reckon::tensor {
namespace arena_test {

constexpr size_t kSizes[] = {1, 63, 4096, (2u << 20) - 1, 2u << 20, (2u << 20) + 1, 9'000'000};

TEST(Arena, IsAlignedAndZeroAtAnySize) {
  for (const size_t size : kSizes) {
    const Arena arena(size);
    ASSERT_EQ(arena.size(), size);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.data()) % Arena::kAlignment, 0u);
    EXPECT_TRUE(std::all_of(arena.data(), arena.data() + size,
                            [](std::byte value) { return value == std::byte{0}; }));
    std::fill(arena.data(), arena.data() + size, std::byte{1});
  }
}

TEST(Arena, LiesOnABoundaryOfHugePagesWhenLarge) {
  const Arena arena(5'000'000);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.data()) % Arena::kHugePageBytes, 0u);
}

TEST(Arena, IsResidentBeforeItsFirstUse) {
  const Arena arena(6u << 20);
  std::vector<unsigned char> is_resident(arena.size() / 4096);
  ASSERT_EQ(mincore(arena.data(), arena.size(), is_resident.data()), 0);
  for (const unsigned char page : is_resident) ASSERT_EQ(page & 1, 1);
}

TEST(Arena, MovesWithoutMovingItsMemory) {
  Arena first(3u << 20);
  std::byte* const data = first.data();
  Arena second(std::move(first));
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(first.data(), nullptr);
  Arena third(100);
  third = std::move(second);
  EXPECT_EQ(third.data(), data);
  EXPECT_EQ(third.size(), 3u << 20);
}

TEST(Arena, MayBeEmpty) {
  EXPECT_EQ(Arena(0).size(), 0u);
  EXPECT_EQ(Arena().data(), nullptr);
}

TEST(Arena, SaysWhenThereIsNoMemory) {
  for (const size_t size : {size_t{1} << 60, SIZE_MAX}) {
    try {
      Arena arena(size);
      FAIL() << "nothing thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
      EXPECT_EQ(error.message(),
                "there is no memory for " + std::to_string(size) +
                    " bytes of variables or intermediate values; use a smaller model or "
                    "batch");
    }
  }
}

}  // namespace arena_test
}  // namespace reckon::tensor
