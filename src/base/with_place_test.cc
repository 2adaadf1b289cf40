// SPDX-License-Identifier: Apache-2.0
#include "base/with_place.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>

#include "base/check.h"

namespace reckon::base {
namespace with_place_test {

std::string text_of(Place place, const std::function<void()>& action) {
  try {
    with_place(place, action);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    return error.what();
  }
  return "";
}

TEST(WithPlace, AddsThePlaceToAnErrorWithoutOne) {
  EXPECT_EQ(text_of({"user/main.cc", 7}, [] { fail(ErrorCode::kNotFound, "where", "is not"); }),
            "[where] is not. At main.cc:7");
}

TEST(WithPlace, KeepsThePlaceThatAnErrorNames) {
  EXPECT_EQ(text_of({"main.cc", 7},
                    [] {
                      throw Error(ErrorCode::kNotFound, "where", "is not", Place{"a.cc", 1});
                    }),
            "[where] is not. At a.cc:1");
}

TEST(WithPlace, LeavesTheErrorAsItIsWithoutAPlace) {
  EXPECT_EQ(text_of({}, [] { fail(ErrorCode::kNotFound, "where", "is not"); }), "[where] is not.");
}

struct OwnError : Error {
  OwnError() : Error(ErrorCode::kNotFound, "own", "is the user's") {}
};

TEST(WithPlace, LeavesAnErrorOfAnotherClassItsClass) {
  EXPECT_THROW(with_place({"main.cc", 1}, [] { throw OwnError(); }), OwnError);
}

TEST(WithPlace, ReturnsWhatTheFunctionReturnsAndPassesOtherExceptions) {
  int value = 3;
  int& same = with_place({}, [&]() -> int& { return value; });
  EXPECT_EQ(&same, &value);
  EXPECT_THROW(with_place({"main.cc", 1}, [] { throw std::runtime_error("of the user"); }),
               std::runtime_error);
}

}  // namespace with_place_test
}  // namespace reckon::base
