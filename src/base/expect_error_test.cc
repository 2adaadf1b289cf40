// SPDX-License-Identifier: Apache-2.0
// The check that all tests of error texts go through must itself fail when it should.
#include "base/expect_error_testing.h"

#include <gtest/gtest-spi.h>

#include "base/check.h"

namespace reckon::base {
namespace expect_error_test {

[[noreturn]] void throw_error() {
  throw Error(ErrorCode::kNotFound, "restore", "no w in a.ckpt; name another", Place{"b.cc", 7});
}

TEST(ExpectError, PassesIfTheTextContainsWhatItShould) {
  expect_error(throw_error, "[restore] no w in a.ckpt; name another. At b.cc:7");
  expect_error(throw_error, "no w");
  expect_error(throw_error, ErrorCode::kNotFound, "name another");
}

TEST(ExpectError, FailsIfNothingIsThrown) {
  EXPECT_NONFATAL_FAILURE(expect_error([] {}, "no w"), "nothing thrown, expected: no w");
  EXPECT_NONFATAL_FAILURE(expect_error([] {}, ErrorCode::kNotFound, "no w"), "nothing thrown");
}

TEST(ExpectError, FailsAndShowsATextThatSaysSomethingElse) {
  EXPECT_NONFATAL_FAILURE(expect_error(throw_error, "no b"), "got:      [restore] no w in a.ckpt");
}

TEST(ExpectError, FailsIfTheCodeIsAnother) {
  EXPECT_NONFATAL_FAILURE(expect_error(throw_error, ErrorCode::kDataLoss, "no w"), "error.code()");
}

// An exception of another type is no error of Reckon's: it must not be swallowed.
TEST(ExpectError, LetsOtherExceptionsThrough) {
  EXPECT_THROW(expect_error([] { throw std::runtime_error("other"); }, "other"),
               std::runtime_error);
}

}  // namespace expect_error_test
}  // namespace reckon::base
