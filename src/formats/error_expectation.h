// SPDX-License-Identifier: Apache-2.0
// For tests: an action throws an Error of a code, and its text contains something.
#pragma once

#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <reckon/error.h>

namespace reckon::formats {

inline void expect_error(ErrorCode code, const std::string& part,
                         const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "no error; expected: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
        << error.what() << "\nlacks: " << part;
  }
}

}  // namespace reckon::formats
