// SPDX-License-Identifier: Apache-2.0
// Each mistake gets a message that says what came, what was expected, how to mend it and where; and
// docs/errors.md shows what the table gives now.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "mistakes/page.h"
#include "mistakes/run.h"

namespace reckon::mistakes {

/// For failures: without it a row is shown as bytes.
void PrintTo(const Mistake& row, std::ostream* out) { *out << row.description; }

namespace {

std::vector<Mistake> all_rows() {
  std::vector<Mistake> all;
  for (const Rows& rows : table()) all.insert(all.end(), rows.rows().begin(), rows.rows().end());
  return all;
}

void expect_part(const std::string& text, const char* what, const std::string& part) {
  EXPECT_FALSE(part.empty()) << "the row does not say " << what;
  EXPECT_NE(text.find(part), std::string::npos)
      << what << " is not said: \"" << part << "\"\nin: " << text;
}

/// The parts are said one after the other in some order, and the mend behind a semicolon or a
/// comma: one piece of text is not two of them.
void expect_apart(const std::string& text, const Mistake& row) {
  const size_t came = text.find(row.came), expected = text.find(row.expected);
  EXPECT_TRUE(came + row.came.size() <= expected || expected + row.expected.size() <= came)
      << "what came and what was expected are one text in: " << text;
  const size_t mend = text.find(row.mend);
  EXPECT_TRUE(text.substr(0, mend).find_last_of(";,") != std::string::npos)
      << "the mend is no part of its own in: " << text;
  EXPECT_TRUE(mend >= came + row.came.size() || mend + row.mend.size() <= came) << text;
}

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsToldWhatCameWhatWasExpectedHowToMendItAndWhere) {
  const Mistake& row = GetParam();
  const Message message = message_of(row);
  EXPECT_TRUE(message.text.starts_with('[')) << message.text;
  EXPECT_EQ(message.text.find('\n'), std::string::npos) << message.text;
  expect_part(message.text, "what came", row.came);
  expect_part(message.text, "what was expected", row.expected);
  expect_part(message.text, "how to mend it", row.mend);
  expect_apart(message.text, row);
  const Code code = code_of(row);
  const int index = message.line - code.first_line;
  ASSERT_TRUE(index >= 0 && index < static_cast<int>(code.lines.size()))
      << "no line of the row's code is named: " << message.text;
  expect_part(code.lines[static_cast<size_t>(index)], "the line", row.line);
}

INSTANTIATE_TEST_SUITE_P(Table, MistakeTest, testing::ValuesIn(all_rows()),
                         [](const testing::TestParamInfo<Mistake>& info) {
                           return info.param.name;
                         });

TEST(MistakeTable, HasNoNameTwice) {
  std::set<std::string> names;
  for (const Mistake& row : all_rows()) EXPECT_TRUE(names.insert(row.name).second) << row.name;
}

TEST(ErrorsPage, IsWhatTheTableGivesNow) {
  std::ifstream file("docs/errors.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), errors_page())
      << "mend it with: build/release/mistakes_page > docs/errors.md";
}

}  // namespace
}  // namespace reckon::mistakes
