// SPDX-License-Identifier: Apache-2.0
#include "estimator/checkpoint/call_state.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace reckon::estimator {
namespace {

using nlohmann::json;

/// Writes the value called `name` to `target`, if it is there.
template <class T>
void read_value(const formats::StateValues& values, const char* name, T& target) {
  const auto found = values.find(name);
  if (found != values.end()) target = found->second.get<T>();
}

bool are_texts(const json& hooks) {
  return hooks.is_object() &&
         std::all_of(hooks.begin(), hooks.end(), [](const json& text) { return text.is_string(); });
}

}  // namespace

formats::StateValues values_of(const CallState& call) {
  formats::StateValues values = {{"in_progress", call.in_progress},
                                 {"input_hash", call.input_hash},
                                 {"hooks", json::object()}};
  for (const auto& [name, state] : call.hooks) values["hooks"][name] = state;
  if (call.random_seed) values["random_seed"] = *call.random_seed;
  if (call.in_progress) values["input_position"] = call.input_position;
  if (call.in_progress && call.target) values["target"] = *call.target;
  return values;
}

std::string value_of_another_kind(const formats::StateValues& values) {
  const auto is_wrong = [&](const char* name, bool (*is_kind)(const json&)) {
    const auto found = values.find(name);
    return found != values.end() && !is_kind(found->second);
  };
  const auto is_text = [](const json& value) { return value.is_string(); };
  if (is_wrong("in_progress", [](const json& value) { return value.is_boolean(); }))
    return "in_progress";
  if (is_wrong("random_seed", [](const json& value) { return value.is_number_unsigned(); }))
    return "random_seed";
  for (const char* name : {"input_hash", "input_position"})
    if (is_wrong(name, is_text)) return name;
  return is_wrong("hooks", are_texts) ? "hooks" : "";
}

CallState call_state_of(const formats::StateValues& values) {
  CallState call;
  read_value(values, "in_progress", call.in_progress);
  read_value(values, "input_hash", call.input_hash);
  read_value(values, "input_position", call.input_position);
  read_value(values, "hooks", call.hooks);
  if (const auto seed = values.find("random_seed"); seed != values.end())
    call.random_seed = seed->second.get<uint64_t>();
  return call;
}

}  // namespace reckon::estimator
