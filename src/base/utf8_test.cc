// SPDX-License-Identifier: Apache-2.0
// H9, H15: names and states that are no UTF-8.
#include "base/utf8.h"

#include "base/expect_error_testing.h"

namespace reckon::base {
namespace utf8_test {

TEST(Utf8, WellFormedTextsOfEveryLengthAreUtf8) {
  for (const char* text :
       {"", "plain", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
        "gr\xC3\xB6\xC3\x9F"
        "e"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(shown_utf8(text), text);
  }
  EXPECT_TRUE(is_utf8(std::string("a\0b", 3)));
}

TEST(Utf8, BrokenLongSurrogateAndTooLargeFormsAreNot) {
  for (const char* text :
       {"\xE9", "a\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82",
        "\xF0\x90\x80", "\xE2\x28\xA1"}) {
    EXPECT_FALSE(is_utf8(text)) << shown_utf8(text);
  }
}

TEST(Utf8, WhatIsBrokenIsShownByteByByte) {
  EXPECT_EQ(shown_utf8("caf\xE9 \xC3\xA9"), "caf\\xE9 \xC3\xA9");
  EXPECT_EQ(shown_utf8("\xE2\x82"), "\\xE2\\x82");
}

TEST(Utf8, ARefusedTextIsNamedWithItsRoleAndLine) {
  require_utf8("summary", "the tag", "fine");
  expect_error(
      [] {
        require_utf8("summary", "the tag", "caf\xE9", {"model.cc", 7});
      },
      ErrorCode::kInvalidArgument,
      "[summary] the tag \"caf\\xE9\" is not UTF-8, which files and logs keep texts in; "
      "convert it, or use letters of ASCII. At model.cc:7");
}

}  // namespace utf8_test
}  // namespace reckon::base
