// SPDX-License-Identifier: Apache-2.0
// CRC-32C against the vectors of RFC 3720 (B.4) and of TFRecord files.
#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace reckon::base {
namespace {

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

}  // namespace
}  // namespace reckon::base
