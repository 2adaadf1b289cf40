// SPDX-License-Identifier: Apache-2.0
// What summary::scalar and summary::histogram note in a trace, and what they refuse.
#include <reckon/summary.h>

#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>

#include "base/expect_error_testing.h"
#include "graph/trace.h"
#include "nn/losses/poison_labels_testing.h"

namespace reckon::estimator {
namespace summary_test {

using base::expect_error;
using Kind = graph::Summary::Kind;

class SummaryTest : public testing::Test {
 protected:
  const std::vector<graph::Summary>& noted() const { return graph_.trace().summaries; }

  Graph graph_;
  GraphScope scope_{graph_};
};

TEST_F(SummaryTest, AreNotedInTheOrderOfTheCalls) {
  const Tensor x = placeholder(kFloat32, {3});
  summary::histogram("all", x);
  summary::scalar("sum", reduce_sum(x));
  ASSERT_EQ(noted().size(), 2u);
  EXPECT_EQ(noted()[0].kind, Kind::kHistogram);
  EXPECT_EQ(noted()[0].tag, "all");
  EXPECT_EQ(noted()[0].value.id(), x.id());
  EXPECT_EQ(noted()[1].kind, Kind::kScalar);
  // H9: of two values of one tag a reader shows one.
  expect_error([&] { summary::scalar("sum", reduce_sum(x) * 2); }, ErrorCode::kInvalidArgument,
               "[summary::scalar] the tag \"sum\" was already used in this trace, at ");
  expect_error([&] { summary::histogram("sum", x); }, "give it another tag. At summary_test.cc");
  EXPECT_EQ(noted().size(), 2u);
}

TEST_F(SummaryTest, AnyOneElementIsAScalar) {
  summary::scalar("number", 2.5f);
  summary::scalar("int", Array::scalar<int64_t>(3));
  summary::scalar("row", placeholder(kFloat64, {1}));
  summary::scalar("matrix", placeholder(kFloat32, {1, 1}));
  EXPECT_EQ(noted().size(), 4u);
}

TEST_F(SummaryTest, StringsAreRefused) {
  expect_error([] { summary::histogram("names", placeholder(kString, {2})); },
               "\"names\" is string[2], expected numbers; number the texts first");
}

TEST_F(SummaryTest, AHistogramTakesAnyShape) {
  summary::histogram("scalar", 1.0f);
  summary::histogram("batch", placeholder(kFloat32, {kUnknown, 3}));
  summary::histogram("empty", Array::zeros(kFloat32, {0}));
  EXPECT_EQ(noted().size(), 3u);
}

TEST_F(SummaryTest, MoreOrPerhapsMoreThanOneElementIsNoScalar) {
  expect_error([] { summary::scalar("loss", placeholder(kFloat32, {2})); },
               ErrorCode::kInvalidArgument,
               "[summary::scalar] \"loss\" is float32[2], expected one element; reduce it, or use "
               "summary::histogram. At summary_test.cc:");
  expect_error([] { summary::scalar("loss", placeholder(kFloat32, {kUnknown})); },
               "\"loss\" is float32[?], expected one element");
  expect_error([] { summary::scalar("loss", placeholder(kFloat32, {0})); }, "is float32[0],");
  EXPECT_TRUE(noted().empty());
}

TEST_F(SummaryTest, ValuesInsideABranchAreRefusedByTheirTag) {
  const Tensor flag = placeholder(kBool, {}), x = placeholder(kFloat32, {});
  expect_error(
      [&] {
        cond(
            flag,
            [&] {
              summary::histogram("inner", x);
              return x;
            },
            [&] { return x; });
      },
      ErrorCode::kInvalidArgument,
      "[summary::histogram] \"inner\" is summarised inside cond or while_loop; return the value "
      "and "
      "summarise it outside. At summary_test.cc:");
}

TEST_F(SummaryTest, ValuesMadeOfTheLabelsOfPredictModeAreTakenAsTheyAre) {
  const Tensor labels = nn::poison_labels();
  EXPECT_NO_THROW(summary::scalar("loss", labels * 2));
  EXPECT_NO_THROW(summary::histogram("labels", labels));
}

TEST(Summary, NeedsAGraph) {
  expect_error([] { summary::scalar("loss", 1.0f); }, ErrorCode::kFailedPrecondition,
               "[summary::scalar]");
}

}  // namespace summary_test
}  // namespace reckon::estimator
