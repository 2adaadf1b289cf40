// SPDX-License-Identifier: Apache-2.0
// The one exception type of Reckon, and the place in the user's program that an error names.
#pragma once

#include <stdexcept>
#include <string>

namespace reckon {

/// A stable classification of errors; the text of an error never contains it.
enum class ErrorCode {
  kInvalidArgument,     ///< a value, shape, dtype or option that is not allowed
  kFailedPrecondition,  ///< a call at the wrong time or in the wrong state
  kNotFound,            ///< a name, file or variable that is not there
  kDataLoss,            ///< a corrupt or truncated file
  kUnavailable,  ///< the system refused: disk full, permission, a lock held by another process
  kNonFinite,    ///< a loss or variable that is NaN or infinite
  kInternal,     ///< a defect of Reckon; please report it
};

/// A line of the user's program. `Place::here()` as a default argument gives the caller's line.
struct Place {
  const char* file = nullptr;  ///< as the compiler was given it; null: unknown
  int line = 0;                ///< counted from 1

  /// The line that calls it, or that calls the function it is a default argument of.
  static Place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
  /// True if it names a line.
  bool known() const { return file != nullptr; }
};

/// Every error of Reckon. The text has one form:
/// `[where] what came, what was expected; how to mend it. At file:line`.
class Error : public std::runtime_error {
 public:
  /// `where` is the function, op or file kind to blame, without brackets; `message` is the middle
  /// part.
  Error(ErrorCode code, std::string where, std::string message, Place place = {});
  /// As above; `at` stands in for the place, for instance a file name or an option.
  Error(ErrorCode code, std::string where, std::string message, std::string at);

  /// What kind of error it is.
  ErrorCode code() const { return code_; }
  /// The function, op or file kind to blame, without brackets.
  const std::string& where() const { return where_; }
  /// The part between `[where]` and `At`.
  const std::string& message() const { return message_; }
  /// "file:line", or what stands in for it; empty if unknown.
  const std::string& at() const { return at_; }

 private:
  ErrorCode code_;
  std::string where_, message_, at_;
};

}  // namespace reckon
