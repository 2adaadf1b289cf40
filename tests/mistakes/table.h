// SPDX-License-Identifier: Apache-2.0
// The table of mistakes: code that beginners write, and what Reckon says of it. Each row's code is
// run; its lines are shown in docs/errors.md as they stand in the source.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <reckon/reckon.h>

namespace reckon::mistakes {

/// What Reckon says of a row's code, in one line.
struct Message {
  std::string
      text;  ///< whole: `[where] what came, what was expected; how to mend it. At file:line`
  std::string file;  ///< of the row's code, without folders
  int line = 0;      ///< that `At` names; 0: it names another file, or none
};

/// One mistake: a heading, the code between the braces of `code`, and what its message must hold.
struct Mistake {
  std::string name;         ///< unique; the test's name
  std::string description;  ///< one line: what was done wrong
  std::string came;         ///< of the message: what came
  std::string expected;     ///< of the message: what is right
  std::string mend;         ///< of the message: what to do
  std::string line;         ///< a part of the one line of the code that the message names
  bool is_warning = false;  ///< false: it is thrown
  std::function<void()> code = {};
  const char* file = nullptr;  ///< where the row stands
};

/// Rows of one subject: `add(row, code)` keeps the code's file.
class Rows {
 public:
  explicit Rows(std::string title) : title_(std::move(title)) {}
  /// `code` stands in the lines after this call's first one, up to its closing brace.
  void add(Mistake row, std::function<void()> code, Place place = Place::here()) {
    row.code = std::move(code);
    row.file = place.file;
    rows_.push_back(std::move(row));
  }
  const std::string& title() const { return title_; }
  const std::vector<Mistake>& rows() const { return rows_; }

 private:
  std::string title_;
  std::vector<Mistake> rows_;
};

/// All of them, in the order in which docs/errors.md shows them.
std::vector<Rows> table();

// One file for each.
Rows input_mistakes();
Rows label_mistakes();
Rows shape_mistakes();
Rows model_mistakes();
Rows optimizer_mistakes();
Rows call_mistakes();
Rows file_mistakes();
Rows graph_mistakes();

}  // namespace reckon::mistakes
