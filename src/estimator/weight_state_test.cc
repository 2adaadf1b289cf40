// SPDX-License-Identifier: Apache-2.0
// The states that weights in memory go through, by the events of an Estimator's life.
#include "estimator/weight_state.h"

#include <gtest/gtest.h>

namespace reckon::estimator {
namespace weight_state_test {

using Kind = WeightState::Kind;

TEST(WeightState, OfANewModelDir) {
  WeightState weights;
  EXPECT_EQ(weights.kind(), Kind::kUnknown);
  weights.look();
  weights.found_none();
  EXPECT_EQ(weights.kind(), Kind::kInitial);
  EXPECT_FALSE(weights.newest());
  weights.saved({0, true});
  EXPECT_TRUE(weights.is_newest(0) && weights.is_newest_open());
  weights.saved({5, false});
  weights.trained();
  weights.call_ended();
  EXPECT_TRUE(weights.is_trained());
  EXPECT_TRUE(weights.is_newest(5) && !weights.is_newest_open());
}

TEST(WeightState, OfAnInterruptedCallThatGoesOn) {
  WeightState weights;
  weights.look();
  CallState call;
  call.in_progress = true;
  call.input_hash = "abc";
  weights.restored(3, call);
  EXPECT_EQ(weights.kind(), Kind::kRestored);
  EXPECT_TRUE(weights.is_newest_open());
  EXPECT_EQ(weights.interrupted()->input_hash, "abc");
  weights.call_ended();
  EXPECT_FALSE(weights.interrupted());
}

TEST(WeightState, ACompletedCallInterruptsNothing) {
  WeightState weights;
  weights.restored(3, CallState());
  EXPECT_FALSE(weights.interrupted());
  EXPECT_FALSE(weights.is_newest_open());
}

TEST(WeightState, ACheckpointThatIsRefusedLeavesThemUnknown) {
  WeightState weights;
  weights.restored(3, {});
  weights.look();
  EXPECT_FALSE(weights.is_known());
  EXPECT_TRUE(weights.is_newest(3));
}

TEST(WeightState, AFailedCallTakesItsCheckpointBackOrForgetsAll) {
  WeightState weights;
  weights.restored(3, {});
  const auto before = weights.newest();
  weights.saved({4, true});
  weights.take_back(before);
  EXPECT_TRUE(weights.is_newest(3));
  weights.forget();
  EXPECT_EQ(weights.kind(), Kind::kUnknown);
  EXPECT_FALSE(weights.newest());
}

}  // namespace weight_state_test
}  // namespace reckon::estimator
