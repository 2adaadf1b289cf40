// SPDX-License-Identifier: Apache-2.0
// CRC-32C against the vectors of RFC 3720 (B.4) and of TFRecord files.
#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

namespace reckon::base {
namespace crc32c_test {

TEST(Crc32c, MatchesPublishedVectors) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43u);
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending += c;
  EXPECT_EQ(crc32c(ascending), 0x46DD794Eu);
}

TEST(Crc32c, ExtendsOverAnySplit) {
  const std::string text = "The quick brown fox jumps over the lazy dog";
  for (size_t split = 0; split <= text.size(); ++split) {
    EXPECT_EQ(extend_crc32c(crc32c(text.substr(0, split)), text.substr(split)), crc32c(text));
  }
}

TEST(Crc32c, MasksAsTensorFlowDoes) {
  EXPECT_EQ(masked_crc32c("123456789"), 0xC78AB0E5u);
  EXPECT_EQ(masked_crc32c(""), 0xA282EAD8u);
}

TEST(Crc32c, UnmaskUndoesMask) {
  for (const uint32_t crc : {0u, 1u, 0xE3069283u, 0x5D7D1528u, 0xffffffffu}) {
    EXPECT_EQ(unmask_crc32c(mask_crc32c(crc)), crc);
  }
}

/// The definition, bit by bit: the reflected polynomial 0x82F63B78.
uint32_t plain_crc32c(std::string_view bytes) {
  uint32_t crc = ~0u;
  for (char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
  }
  return ~crc;
}

// Vector code has other paths for short, long and unaligned bytes.
TEST(Crc32c, IsThatOfItsDefinitionAtEveryLengthAndAlignment) {
  std::mt19937 random(1);
  std::string bytes(5000, 0);
  for (char& byte : bytes) byte = static_cast<char>(random());
  const std::string_view all = bytes;
  for (size_t begin : {0, 1, 3, 7, 8, 15}) {
    for (size_t length : {1, 7, 8, 9, 63, 64, 65, 255, 256, 1023, 1024, 4097}) {
      const std::string_view part = all.substr(begin, length);
      ASSERT_EQ(crc32c(part), plain_crc32c(part)) << begin << " + " << length;
    }
  }
}

TEST(Crc32c, SeesEveryFlippedBit) {
  std::string bytes(40, 'x');
  const uint32_t whole = crc32c(bytes);
  for (char& byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      byte = static_cast<char>(byte ^ (1 << bit));
      EXPECT_NE(crc32c(bytes), whole);
      byte = static_cast<char>(byte ^ (1 << bit));
    }
  }
}

}  // namespace crc32c_test
}  // namespace reckon::base
