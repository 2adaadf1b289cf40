// SPDX-License-Identifier: Apache-2.0
#include "data/position.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace reckon::data {
namespace {

std::string hex(uint64_t value) { return fmt::format("{:016x}", value); }

void expect(bool claim, const std::string& text) {
  if (!claim) throw Error(ErrorCode::kDataLoss, "input position", text);
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

Position decode_position(const Node& node, const std::string& text) {
  Position position;
  std::string data, input;
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    json.at("consumed").get_to(position.consumed);
    json.at("data").get_to(data);
    json.at("input").get_to(input);
    json.at("run_seed").get_to(position.context.run_seed);
    json.at("start_step").get_to(position.context.start_step);
  } catch (const nlohmann::json::exception&) {
    expect(false, fmt::format("\"{}\" is no position of an input; start the input afresh", text));
  }
  expect(input == hex(node.structural_hash()),
         fmt::format("was saved for input {} but this one is {}; build the Dataset as in the saved "
                     "run, or start "
                     "the input afresh",
                     input, hex(node.structural_hash())));
  expect(data == hex(node.fingerprint()),
         fmt::format("was saved over data {} but the arrays or files now hold {}; bring the old "
                     "data back, or start "
                     "the input afresh",
                     data, hex(node.fingerprint())));
  expect(position.consumed >= 0 && position.consumed <= node.size(),
         fmt::format("is after {} elements, and the input has {}; start the input afresh",
                     position.consumed, node.size()));
  return position;
}

}  // namespace reckon::data
