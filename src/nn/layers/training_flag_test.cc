// SPDX-License-Identifier: Apache-2.0
// Which side of a layer is made and run: a bool decides while tracing, a Tensor in the graph.
#include "nn/layers/training_flag.h"

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/session.h>

#include "base/expect_error_testing.h"
#include "nn/losses/poison_labels_testing.h"

namespace reckon::nn {
namespace training_flag_test {

Tensor number(float value) { return Operand(value).resolve(kFloat32); }

/// 1 if it trains, 2 if not.
Tensor chosen(const layers::Training& training) {
  return choose_by_training(
      training, [] { return number(1); }, [] { return number(2); });
}

TEST(TrainingFlag, ABoolMakesOnlyItsSide) {
  Graph graph;
  const GraphScope scope(graph);
  const auto never = []() -> Tensor { throw std::logic_error("the other side was made"); };
  EXPECT_EQ(evaluate_now(choose_by_training(
                             true, [] { return number(1); }, never))
                .item<float>(),
            1);
  EXPECT_EQ(evaluate_now(choose_by_training(false, never, [] { return number(2); })).item<float>(),
            2);
}

TEST(TrainingFlag, ATensorDecidesAtEachRun) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor flag = placeholder(kBool, {});
  const Tensor y = chosen(flag);
  EXPECT_EQ(evaluate_now(y, {{flag, Array::scalar(true)}}).item<float>(), 1);
  EXPECT_EQ(evaluate_now(y, {{flag, Array::scalar(false)}}).item<float>(), 2);
}

TEST(TrainingFlag, WithoutOneTheModeDecides) {
  Graph graph;
  const GraphScope scope(graph);
  EXPECT_EQ(evaluate_now(chosen({})).item<float>(), 1) << "a session's steps are training";
}

TEST(TrainingFlag, RefusesWhatIsNoBoolScalar) {
  Graph graph;
  const GraphScope scope(graph);
  base::expect_error(
      [] { chosen(placeholder(kFloat32, {})); }, ErrorCode::kInvalidArgument,
      "[layer] training is float32[], expected bool[]; pass a bool or is_training()");
  base::expect_error([] { chosen(placeholder(kBool, {2})); }, "[layer] training is bool[2],");
  base::expect_error([] { chosen(Tensor()); }, "[layer] training is ");
}

}  // namespace training_flag_test
}  // namespace reckon::nn
