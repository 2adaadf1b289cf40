// SPDX-License-Identifier: Apache-2.0
// What a checkpoint's state file says of the train call that saved it: its input, its hooks, its
// seed. The names of the values are those of docs/checkpoint_format.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "formats/state_values.h"

namespace reckon::estimator {

struct CallState {
  bool in_progress = false;  ///< false: the call was completed, and nothing goes on with it
  std::optional<uint64_t> random_seed;
  std::string input_hash, input_position;    ///< the position only while in progress
  std::map<std::string, std::string> hooks;  ///< states by name
  std::optional<int64_t> target;             ///< the step at which it ends, if it has one
};

formats::StateValues values_of(const CallState& call);
/// The name of the first of `values` that is of another kind than values_of() makes; "" if none is.
std::string value_of_another_kind(const formats::StateValues& values);
/// What of a call is there, none of it being of another kind.
CallState call_state_of(const formats::StateValues& values);

}  // namespace reckon::estimator
