// SPDX-License-Identifier: Apache-2.0
// For tests of every room: an action must throw an Error whose text contains what it should say.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include <reckon/error.h>

namespace reckon::base {

/// Also checks that the text begins with where it happened, and ends with a full stop or names a
/// place. A failure names the caller's line.
template <class Action>
void expect_error(Action action, std::string_view text, Place place = Place::here()) {
  const ::testing::ScopedTrace trace(place.file, place.line, "expect_error");
  try {
    action();
    ADD_FAILURE() << "nothing thrown, expected: " << text;
  } catch (const Error& error) {
    const std::string_view got = error.what();
    EXPECT_NE(got.find(text), std::string_view::npos)
        << "got:      " << got << "\nexpected: " << text;
    EXPECT_TRUE(got.starts_with('[')) << got;
    EXPECT_TRUE(got.ends_with('.') || !error.at().empty()) << got;
  }
}

/// As above, and the code.
template <class Action>
void expect_error(Action action, ErrorCode code, std::string_view text,
                  Place place = Place::here()) {
  expect_error(
      [&] {
        try {
          action();
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), code) << error.what();
          throw;
        }
      },
      text, place);
}

}  // namespace reckon::base
