// SPDX-License-Identifier: Apache-2.0
#include "mistakes/page.h"

#include <regex>

#include "mistakes/run.h"

namespace reckon::mistakes {
namespace {

constexpr const char* kHead = R"(# What Reckon says of mistakes

Each message is one line: `[where] what came, what was expected; how to mend it. At file:line`. Below are mistakes as
they are made, and what is said of them. `At main.cc:3` is the third line of the code above it; what is logged as a
warning is marked so. The inputs `flowers`, `houses` and the model functions `classify`, `price` are those of
`tests/mistakes/example.h`. Warnings of one kind come once for an Estimator.

This page is printed by `mistakes_page` (`tests/mistakes`); every row is a test.
)";

/// "model_mistakes.cc:217" as "main.cc:4": the line is counted in the code that is shown.
std::string with_shown_lines(std::string text, const std::string& file, int first_line) {
  const std::string name = file + ":";
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
    size_t digits = 0;
    const int line = std::stoi(text.substr(at + name.size()), &digits);
    text.replace(at, name.size() + digits, "main.cc:" + std::to_string(line - first_line + 1));
  }
  return text;
}

/// The message without what differs from run to run.
std::string stand_in(const Message& message, int first_line) {
  std::string text = with_shown_lines(message.text, message.file, first_line);
  text = std::regex_replace(text, std::regex("[^ ]*\\breckon-[A-Za-z0-9]{6}"), "reckon-XXXXXX");
  return std::regex_replace(text, std::regex("process [0-9]+"), "process 4711");
}

std::string row_text(const Mistake& row) {
  const Message message = message_of(row);
  const Code code = code_of(row);
  std::string text = "\n### " + row.description + "\n\n```cpp\n";
  for (const std::string& line : code.lines) text += line + "\n";
  text += "```\n\n```text\n";
  if (row.is_warning) text += "warning: ";
  return text + stand_in(message, code.first_line) + "\n```\n";
}

}  // namespace

std::string errors_page() {
  std::string page = kHead;
  for (const Rows& rows : table()) {
    page += "\n## " + rows.title() + "\n";
    for (const Mistake& row : rows.rows()) page += row_text(row);
  }
  return page;
}

}  // namespace reckon::mistakes
