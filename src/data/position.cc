// SPDX-License-Identifier: Apache-2.0
#include "data/position.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reckon::reckon_internal::data {
namespace {

std::string hex(uint64_t value) { return fmt::format("{:016x}", value); }

/// A whole number that T holds; nlohmann's own conversion would cut others.
template <class T>
bool read_number(const nlohmann::json& json, const char* key, T* number) {
  const auto found = json.find(key);
  const bool is_whole = found != json.end() && (std::is_unsigned_v<T> ? found->is_number_unsigned()
                                                                      : found->is_number_integer());
  if (is_whole) found->get_to(*number);
  return is_whole;
}

bool read_text(const nlohmann::json& json, const char* key, std::string* text) {
  const auto found = json.find(key);
  const bool is_text = found != json.end() && found->is_string();
  if (is_text) found->get_to(*text);
  return is_text;
}

}  // namespace

std::string encode_position(const Node& node, const Position& position) {
  const nlohmann::json json = {{"consumed", position.consumed},
                               {"data", hex(node.fingerprint())},
                               {"input", hex(node.structural_hash())},
                               {"run_seed", position.context.run_seed},
                               {"start_step", position.context.start_step}};
  return json.dump();
}

std::string read_position(const Node& node, const std::string& text, Position* position) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  std::string data, input;
  if (!json.is_object() || !read_number(json, "consumed", &position->consumed) ||
      !read_text(json, "data", &data) || !read_text(json, "input", &input) ||
      !read_number(json, "run_seed", &position->context.run_seed) ||
      !read_number(json, "start_step", &position->context.start_step)) {
    return fmt::format("\"{}\" is no position of an input", text);
  }
  const std::string own_input = hex(node.structural_hash());
  if (input != own_input)
    return fmt::format("was saved for input {} but this one is {}", input, own_input);
  const std::string own_data = hex(node.fingerprint());
  if (data != own_data) {
    return fmt::format("was saved over data {} but the arrays or files now hold {}", data,
                       own_data);
  }
  if (position->consumed < 0 || position->consumed > node.size()) {
    return fmt::format("is after {} elements, and the input has {}", position->consumed,
                       node.size());
  }
  return "";
}

Position decode_position(const Node& node, const std::string& text) {
  Position position;
  const std::string mistake = read_position(node, text, &position);
  if (mistake.empty()) return position;
  throw Error(ErrorCode::kDataLoss, "input position",
              mistake +
                  "; open the input from its beginning, or bring back the one it was saved "
                  "for");
}

}  // namespace reckon::reckon_internal::data
