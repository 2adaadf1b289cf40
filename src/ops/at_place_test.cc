// SPDX-License-Identifier: Apache-2.0
// The user's line in calls that the library composes: on nodes, on errors, the outermost first.
#include "ops/at_place.h"

#include <gtest/gtest.h>

#include <functional>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "base/expect_error_testing.h"

namespace reckon::ops {
namespace at_place_test {

constexpr Place kUser = {"user.cc", 12}, kLibrary = {"library.cc", 34};

class AtPlaceTest : public ::testing::Test {
 protected:
  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {2}, "x");
};

TEST_F(AtPlaceTest, ErrorsOfTheCallsInsideHaveItsLine) {
  const auto refuse = [](const std::function<void()>& call) {
    base::expect_error([&] { at_place(kUser, call); }, ". At user.cc:12");
  };
  const Tensor text = placeholder(kString, {2}, "text");
  refuse([&] { cast(text, kInt32); });
  refuse([&] { reduce_sum(x_, {1}); });
  refuse([&] { reduce_variance(text); });
  refuse([&] { reshape(x_, {-2}); });
  refuse([&] { broadcast_to(x_, {kUnknown}); });
  refuse([&] { concat({}, 0); });
}

TEST_F(AtPlaceTest, EveryNodeOfACallHasItsLine) {
  const Tensor y = at_place(kUser, [&] { return square(x_) + 1; });
  EXPECT_EQ(y.place().line, 12);
  EXPECT_EQ(Tensor(y.module(), y.function(), y.function()->node(y.id()).inputs[0]).place().line,
            12);
  EXPECT_NE(square(x_).place().line, 12);
}

TEST_F(AtPlaceTest, TheOutermostCallWins) {
  const Tensor y = at_place(kUser, [&] { return at_place(kLibrary, [&] { return square(x_); }); });
  EXPECT_STREQ(y.place().file, "user.cc");
}

TEST_F(AtPlaceTest, AnErrorWithoutALineGetsTheUsers) {
  const auto fail = [] { base::require(false, "test", "is wrong; mend it"); };
  base::expect_error([&] { at_place(kUser, fail); }, "[test] is wrong; mend it. At user.cc:12");
  base::expect_error([&] { at_place(kUser, [&] { at_place(kLibrary, fail); }); }, "At user.cc:12");
}

TEST_F(AtPlaceTest, AnErrorThatHasALineKeepsIt) {
  base::expect_error(
      [&] {
        at_place(kUser, [] {
          throw Error(ErrorCode::kInvalidArgument, "test", "is wrong; mend it",
                      Place{"data.cc", 5});
        });
      },
      "At data.cc:5");
}

TEST(AtPlace, WorksOnErrorsOutsideAnyGraph) {
  base::expect_error([] { at_place(kUser, [] { base::require(false, "test", "is wrong"); }); },
                     "user.cc:12");
}

}  // namespace at_place_test
}  // namespace reckon::ops
