// SPDX-License-Identifier: Apache-2.0
// The one form of an error's text.
#include <reckon/error.h>

#include <gtest/gtest.h>

namespace reckon {
namespace error_test {

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

TEST(Error, ShowsWhatFollowsANul) {
  const Error error(ErrorCode::kInvalidArgument, "variable", std::string("the name is a\0b", 15),
                    Place{"f.cc", 3});
  EXPECT_STREQ(error.what(), "[variable] the name is a\\x00b. At f.cc:3");
}

}  // namespace error_test
}  // namespace reckon
