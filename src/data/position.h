// SPDX-License-Identifier: Apache-2.0
// The position of an iterator as text: JSON with sorted keys, equal for equal runs.
#pragma once

#include <string>

#include "data/iterator.h"
#include "data/node.h"

namespace reckon::reckon_internal::data {

struct Position {
  IteratorContext context;
  int64_t consumed = 0;  ///< elements handed out, over all epochs
};

std::string encode_position(const Node& node, const Position& position);
/// Sets `position` and returns "", or returns what is wrong: the text is no position, or one of
/// another input or of other data.
std::string read_position(const Node& node, const std::string& text, Position* position);
/// The position. Throws Error, kDataLoss, with what is wrong.
Position decode_position(const Node& node, const std::string& text);

}  // namespace reckon::reckon_internal::data
