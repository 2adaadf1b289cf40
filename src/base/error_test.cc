// SPDX-License-Identifier: Apache-2.0
// The one form of an error's text.
#include <reckon/error.h>

#include <gtest/gtest.h>

#include "base/check.h"

namespace reckon {
namespace {

TEST(Error, JoinsWhereMessageAndPlace) {
  const Error error(ErrorCode::kNotFound, "restore", "no w in a.ckpt; name another",
                    Place{"b.cc", 7});
  EXPECT_STREQ(error.what(), "[restore] no w in a.ckpt; name another. At b.cc:7");
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_EQ(error.where(), "restore");
  EXPECT_EQ(error.message(), "no w in a.ckpt; name another");
  EXPECT_EQ(error.at(), "b.cc:7");
}

TEST(Error, ShowsTheBaseNameOfTheFile) {
  const Error error(ErrorCode::kInternal, "train", "x", Place{"/home/me/premature.cc", 10});
  EXPECT_STREQ(error.what(), "[train] x. At premature.cc:10");
}

TEST(Error, LeavesOutAnUnknownPlace) {
  EXPECT_STREQ(Error(ErrorCode::kInternal, "train", "x").what(), "[train] x.");
}

TEST(Error, DoesNotDoubleAFullStop) {
  EXPECT_STREQ(Error(ErrorCode::kInternal, "train", "x.").what(), "[train] x.");
}

TEST(Error, TakesATextInsteadOfAPlace) {
  const Error error(ErrorCode::kInvalidArgument, "cli", "steps is -1; give 1 or more", "--steps");
  EXPECT_STREQ(error.what(), "[cli] steps is -1; give 1 or more. At --steps");
}

TEST(Place, HereIsTheLineOfTheCaller) {
  const Place place = Place::here();
  EXPECT_EQ(place.line, __LINE__ - 1);
  EXPECT_TRUE(std::string(place.file).ends_with("error_test.cc"));
}

TEST(Require, ThrowsTheJoinedPartsUnlessTheClaimHolds) {
  EXPECT_NO_THROW(base::require(true, "dense", "units is ", 0));
  try {
    base::require(false, "dense", "units is ", 0, "; give 1 or more");
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "[dense] units is 0; give 1 or more.");
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
  }
}

TEST(Check, AsksForAReportAndShowsTheClaim) {
  try {
    RECKON_CHECK(1 + 1 == 3);
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("[reckon] a defect of Reckon: `1 + 1 == 3` does not hold"))
        << text;
    EXPECT_NE(text.find(". At error_test.cc:"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace reckon
