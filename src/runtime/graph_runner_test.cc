// SPDX-License-Identifier: Apache-2.0
// One function run with feeds: programs by question and shape, the ones used last kept, and feeds
// that must fit.
#include "runtime/graph_runner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/random.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "check_op.h"
#include "graph/trace.h"
#include "runtime/initialize.h"

namespace reckon::runtime {
namespace graph_runner_test {

using base::expect_error;
using testing::floats;

class GraphRunnerTest : public ::testing::Test {
 protected:
  GraphRunner runner(uint64_t seed = 1) {
    return GraphRunner(graph_.trace().module, graph_.trace().outermost(), seed);
  }
  /// Rows of ones for x.
  GraphRunner::ParameterFeeds rows(const GraphRunner& runner, int64_t count) {
    GraphRunner::ParameterFeeds feeds(runner.parameter_count());
    runner.feed(x_, floats(std::vector<float>(static_cast<size_t>(2 * count), 1), {count, 2}),
                feeds);
    return feeds;
  }

  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {kUnknown, 2}, "x");
};

TEST_F(GraphRunnerTest, EqualQuestionsAreEqualCalls) {
  const Tensor y = x_ * 2, z = x_ * 3;
  const GraphRunner runner = this->runner();
  EXPECT_TRUE(runner.resolve({y}, {}) == runner.resolve({y}, {}));
  EXPECT_FALSE(runner.resolve({y}, {}) == runner.resolve({z}, {}));
}

TEST_F(GraphRunnerTest, GivesFetchesInTheirOrderAndEachAsOftenAsAsked) {
  const Tensor y = reduce_sum(x_), z = y * 10;
  GraphRunner runner = this->runner();
  const auto got = runner.run(runner.resolve({z, y, z}, {}), rows(runner, 3));
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[0].item<float>(), 60);
  EXPECT_EQ(got[1].item<float>(), 6);
  EXPECT_EQ(got[2].item<float>(), 60);
}

TEST_F(GraphRunnerTest, AFeedThatDoesNotFitLeavesTheFeedsAsTheyWere) {
  const GraphRunner runner = this->runner();
  GraphRunner::ParameterFeeds feeds(runner.parameter_count());
  expect_error(
      [&] {
        runner.feed(x_, floats({1, 2, 3}, {1, 3}), feeds);
      },
      "[run] x is fed float32[1, 3] but is float32[?, 2]; feed its dtype and a shape that "
      "fits (x was made at graph_runner_test.cc:");
  EXPECT_FALSE(feeds[0].has_value());
  runner.feed(x_, floats({1, 2}, {1, 2}), feeds);
  expect_error(
      [&] {
        runner.feed(x_, floats({3, 4}, {1, 2}), feeds);
      },
      "[run] x is fed twice; feed it once");
  EXPECT_EQ(feeds[0]->at<float>(0), 1);
}

TEST_F(GraphRunnerTest, AnUnfedPlaceholderIsNamedBeforeAnythingIsCompiled) {
  const Tensor other = placeholder(kFloat32, {kUnknown, 3}, "other");
  const Tensor y = matmul(x_, ones({2, 3})) + other;
  GraphRunner runner = this->runner();
  expect_error([&] { runner.run(runner.resolve({y}, {}), rows(runner, 5)); },
               ErrorCode::kFailedPrecondition,
               "[run] placeholder other is needed but not fed; add it to feeds");
  EXPECT_EQ(runner.cache().compiled(), 0);
  EXPECT_NO_THROW(runner.run(runner.resolve({x_ * 2}, {}), rows(runner, 5)))
      << "which needs no other";
}

TEST_F(GraphRunnerTest, EachShapeHasItsProgramAndIsCompiledOnce) {
  const Tensor y = reduce_sum(x_);
  GraphRunner runner = this->runner();
  const auto call = runner.resolve({y}, {});
  for (const int64_t count : {3, 5, 3, 0, 5}) {
    EXPECT_EQ(runner.run(call, rows(runner, count))[0].item<float>(),
              static_cast<float>(2 * count));
  }
  EXPECT_EQ(runner.cache().compiled(), 3);
}

// H11: a loop over ever new sizes kept a program for each.
TEST_F(GraphRunnerTest, MoreShapesThanAreKeptGiveTheRightAnswersStill) {
  const Tensor y = reduce_sum(x_);
  GraphRunner runner = this->runner();
  const auto call = runner.resolve({y}, {});
  for (int round = 0; round < 2; ++round) {
    for (int64_t count = 1; count <= 70; ++count) {
      ASSERT_EQ(runner.run(call, rows(runner, count))[0].item<float>(),
                static_cast<float>(2 * count));
    }
  }
  EXPECT_EQ(runner.cache().compiled(), 140);
  EXPECT_EQ(runner.cache().size(), 64u);
}

TEST_F(GraphRunnerTest, UpTo64ShapesByTurnsAreCompiledOnce) {
  const Tensor y = reduce_sum(x_);
  GraphRunner runner = this->runner();
  const auto call = runner.resolve({y}, {});
  for (int round = 0; round < 3; ++round) {
    for (int64_t count = 1; count <= 64; ++count) runner.run(call, rows(runner, count));
  }
  EXPECT_EQ(runner.cache().compiled(), 64);
}

TEST_F(GraphRunnerTest, ProgramsAndExecutionsOfOldShapesAreFreed) {
  const Tensor y = reduce_sum(x_);
  GraphRunner runner = this->runner();
  const auto call = runner.resolve({y}, {});
  std::vector<std::weak_ptr<Execution>> executions;
  for (int64_t count = 1; count <= 300; ++count) {
    GraphRunner::Recent recent;
    runner.run(call, rows(runner, count), &recent);
    executions.push_back(recent.execution);
  }
  EXPECT_EQ(std::count_if(executions.begin(), executions.end(),
                          [](const auto& execution) { return !execution.expired(); }),
            64);
  EXPECT_EQ(runner.cache().size(), 64u);
}

TEST_F(GraphRunnerTest, ARecentProgramIsUsedAsLongAsTheShapesStay) {
  const Tensor y = reduce_sum(x_);
  GraphRunner runner = this->runner();
  const auto call = runner.resolve({y}, {});
  GraphRunner::Recent recent;
  runner.run(call, rows(runner, 3), &recent);
  const std::shared_ptr<Execution> first = recent.execution;
  runner.run(call, rows(runner, 3), &recent);
  EXPECT_EQ(recent.execution, first);
  EXPECT_EQ(runner.run(call, rows(runner, 4), &recent)[0].item<float>(), 8);
  EXPECT_NE(recent.execution, first);
  EXPECT_EQ(runner.run(call, rows(runner, 3), &recent)[0].item<float>(), 6);
  EXPECT_EQ(recent.execution, first);
}

TEST_F(GraphRunnerTest, AQuestionThatCannotBeCompiledIsRefusedEveryTime) {
  const Tensor other = placeholder(kFloat32, {kUnknown, 2}, "other");
  const Tensor y = x_ + other;
  GraphRunner runner = this->runner();
  auto feeds = rows(runner, 3);
  runner.feed(other, floats({1, 2, 3, 4}, {2, 2}), feeds);
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_THROW(runner.run(runner.resolve({y}, {}), feeds), Error);
  }
}

TEST_F(GraphRunnerTest, RandomOpsDrawAnewAtEachRunAndByTheSeed) {
  const Tensor noise = random::uniform({4});
  const auto draw = [&](uint64_t seed, int runs) {
    GraphRunner runner = this->runner(seed);
    std::vector<Array> drawn;
    const GraphRunner::ParameterFeeds none(runner.parameter_count());
    for (int i = 0; i < runs; ++i)
      drawn.push_back(runner.run(runner.resolve({noise}, {}), none)[0]);
    return drawn;
  };
  const std::vector<Array> first = draw(1, 2), again = draw(1, 2);
  EXPECT_TRUE(first[1].same_bits(again[1]));
  EXPECT_FALSE(first[0].same_bits(first[1]));
  EXPECT_FALSE(draw(2, 1)[0].same_bits(first[0]));
}

TEST_F(GraphRunnerTest, AStepThatFailsCountsAndLeavesVariablesToTheNext) {
  const Tensor v = variable("v", Array::scalar<int32_t>(1));
  const Tensor divisor = placeholder(kInt32, {}, "divisor");
  const Operation step = assign_add(v, floordiv(Array::scalar<int32_t>(6), divisor));
  GraphRunner runner = this->runner();
  initialize_missing(runner.store(), 0);
  const auto feeds_of = [&](int32_t value) {
    GraphRunner::ParameterFeeds feeds(runner.parameter_count());
    runner.feed(divisor, Array::scalar<int32_t>(value), feeds);
    return feeds;
  };
  const auto call = runner.resolve({}, {step});
  EXPECT_THROW(runner.run(call, feeds_of(0)), Error);
  runner.run(call, feeds_of(3));
  EXPECT_EQ(runner.store().value(0).item<int32_t>(), 3);
}

}  // namespace graph_runner_test
}  // namespace reckon::runtime
