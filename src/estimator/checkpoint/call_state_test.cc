// SPDX-License-Identifier: Apache-2.0
#include "estimator/checkpoint/call_state.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reckon::estimator {
namespace call_state_test {

using formats::StateValues;

TEST(CallState, ComesBackFromItsValues) {
  const CallState call{.in_progress = true,
                       .random_seed = UINT64_MAX,
                       .input_hash = "abc",
                       .input_position = "{}",
                       .hooks = {{"stop", "2 of 5"}},
                       .target = 7};
  const StateValues values = values_of(call);
  EXPECT_EQ(values.at("target"), 7);
  EXPECT_EQ(value_of_another_kind(values), "");
  const CallState back = call_state_of(values);
  EXPECT_TRUE(back.in_progress);
  EXPECT_EQ(back.random_seed, UINT64_MAX);
  EXPECT_EQ(back.input_hash, "abc");
  EXPECT_EQ(back.input_position, "{}");
  EXPECT_EQ(back.hooks, call.hooks);
}

TEST(CallState, OfACompletedCallTellsNoPositionAndNoTarget) {
  const StateValues values = values_of({.in_progress = false,
                                        .random_seed = 1,
                                        .input_hash = "abc",
                                        .input_position = "somewhere",
                                        .hooks = {},
                                        .target = 7});
  EXPECT_FALSE(values.contains("input_position"));
  EXPECT_FALSE(values.contains("target"));
  EXPECT_EQ(values.at("hooks"), nlohmann::json::object());
}

TEST(CallState, OfAFileWithoutValuesIsThatOfNoCall) {
  EXPECT_EQ(value_of_another_kind({}), "");
  EXPECT_FALSE(call_state_of({}).in_progress);
  EXPECT_FALSE(call_state_of({}).random_seed);
}

TEST(CallState, ValuesOfAnotherKindAreNamed) {
  for (const auto& [name, value] : StateValues{{"in_progress", 3},
                                               {"random_seed", -1},
                                               {"input_hash", 7},
                                               {"input_position", nullptr},
                                               {"hooks", {1}}}) {
    EXPECT_EQ(value_of_another_kind({{name, value}}), name);
  }
  EXPECT_EQ(value_of_another_kind({{"hooks", {{"a", 5}}}}), "hooks");
  EXPECT_EQ(value_of_another_kind({{"of a later version", {1, 2}}}), "");
}

}  // namespace call_state_test
}  // namespace reckon::estimator
