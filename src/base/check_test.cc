// SPDX-License-Identifier: Apache-2.0
// The two ways to throw: the user's mistake with what to do about it, Reckon's own with a request
// for a report.
#include "base/check.h"

#include <string>

#include "base/expect_error_testing.h"

namespace reckon::base {
namespace check_test {

TEST(ConcatText, JoinsPartsOfAnyKind) {
  EXPECT_EQ(concat_text("units is ", 0, ", rate ", 0.5, std::string("; give "), 'x'),
            "units is 0, rate 0.5; give x");
}

TEST(Fail, ThrowsTheCodeAndTheJoinedParts) {
  try {
    fail(ErrorCode::kNotFound, "restore", "no ", 3, " files");
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_EQ(error.where(), "restore");
    EXPECT_STREQ(error.what(), "[restore] no 3 files.");
    EXPECT_TRUE(error.at().empty());
  }
}

TEST(Require, ThrowsTheJoinedPartsUnlessTheClaimHolds) {
  EXPECT_NO_THROW(require(true, "dense", "units is ", 0));
  try {
    require(false, "dense", "units is ", 0, "; give 1 or more");
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "[dense] units is 0; give 1 or more.");
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
  }
}

TEST(Check, AsksForAReportAndShowsTheClaim) {
  const int line = __LINE__ + 2;
  try {
    RECKON_CHECK(1 + 1 == 3);
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    const std::string text = error.what();
    EXPECT_TRUE(
        text.starts_with("[reckon] a defect of Reckon: `1 + 1 == 3` does not hold; please "
                         "report it with this line and your program"))
        << text;
    EXPECT_TRUE(text.ends_with(". At check_test.cc:" + std::to_string(line))) << text;
  }
}

TEST(Check, LooksAtItsClaimOnce) {
  int looks = 0;
  RECKON_CHECK(++looks == 1);
  EXPECT_EQ(looks, 1);
}

// It is an expression: it may stand where a statement alone may not.
TEST(Check, TakesPointersAndStandsInAnIf) {
  const int value = 1;
  const int* pointer = &value;
  if (pointer != nullptr)
    RECKON_CHECK(pointer);
  else
    FAIL();
  pointer = nullptr;
  expect_error([&] { RECKON_CHECK(pointer); }, ErrorCode::kInternal, "`pointer` does not hold");
}

}  // namespace check_test
}  // namespace reckon::base
