// SPDX-License-Identifier: Apache-2.0
// H6, H9, H15: names of look-ups and of lists.
#include <reckon/name.h>

#include "base/expect_error_testing.h"

namespace reckon {
namespace name_test {

Name passed(const Name& name) { return name; }

TEST(Name, BringsTheTextAndTheCallersLine) {
  const Name literal = passed("units");
  EXPECT_EQ(literal.text(), "units");
  EXPECT_EQ(literal.place().line, __LINE__ - 2);
  const std::string text("a\0b", 3);
  const Name name = passed(text);
  EXPECT_EQ(name.text(), text);
  EXPECT_EQ(name.place().line, __LINE__ - 2);
  EXPECT_NE(std::string(name.place().file).find("name_test.cc"), std::string::npos);
}

TEST(Name, ANullLiteralIsRefusedAtTheCallersLine) {
  const char* null = nullptr;
  base::expect_error([&] { passed(null); }, ErrorCode::kInvalidArgument,
                     "[name] came as a null pointer, expected a text; pass the name to look up. "
                     "At name_test.cc:");
}

TEST(Named, IsAMapWhoseListNamesNothingTwice) {
  const Named<int> values = {{"b", 2}, {"a", 1}};
  EXPECT_EQ(values.begin()->first, "a");
  EXPECT_EQ(values.at("b"), 2);
  const std::map<std::string, int> map = {{"c", 3}};
  EXPECT_EQ(Named<int>(map).size(), 1u);
  EXPECT_TRUE(Named<int>().empty());
  base::expect_error(
      [] {
        (void)Named<int>{{"a", 1}, {"b", 2}, {"a", 1}};
      },
      ErrorCode::kInvalidArgument,
      "[names] \"a\" is in one list twice, of which one entry would be lost; rename "
      "one");
}

}  // namespace name_test
}  // namespace reckon
