// SPDX-License-Identifier: Apache-2.0
// What must hold, and what a call that must fail may throw.
#pragma once

#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>

#include <reckon/array.h>
#include <reckon/error.h>

namespace reckon::fuzz_face {

/// Something that must hold does not.
class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the sequences' own hooks and functions throw: it must come back unchanged.
class UsersOwn : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <class... Parts>
void must(bool claim, const Parts&... parts) {
  if (claim) return;
  std::ostringstream text;
  (text << ... << parts);
  throw Broken(text.str());
}

/// How a call ended.
struct Ending {
  enum class Kind { kReturned, kError, kUsersOwn };
  Kind kind = Kind::kReturned;
  std::string text = {};  ///< of what was thrown

  bool has_returned() const { return kind == Kind::kReturned; }
  bool is_error() const { return kind == Kind::kError; }
};

/// Runs `call`; any other exception than Reckon's Error and UsersOwn is a fault.
Ending ending_of(const std::string& what, const std::function<void()>& call);

/// `call` must throw Error.
void must_refuse(const std::string& what, const std::function<void()>& call);

/// Equal dtype, shape and bits.
void must_equal(const std::string& what, const Array& got, const Array& wanted);

}  // namespace reckon::fuzz_face
