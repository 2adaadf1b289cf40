// SPDX-License-Identifier: Apache-2.0
// A result stays in registers for the next step; it is stored as well if another one reads it.
// Within a chain a bool is a mask: a value of its own, in lane int32.
#include "kernels/loop/chain_builder.h"

#include <algorithm>
#include <cstring>

namespace reckon::kernels {
namespace {

using expr::Instruction;
using expr::Lane;
using expr::Opcode;

// 32 bits as they lie in a block: a bool becomes a mask.
uint32_t block_element(const Instruction& constant) {
  uint32_t element = 0;
  const auto single = static_cast<float>(expr::constant_value(constant));
  if (constant.lane == Lane::kFloat32)
    std::memcpy(&element, &single, sizeof element);
  else if (constant.lane == Lane::kBool)
    element = constant.constant != 0 ? ~0u : 0u;
  else
    element = static_cast<uint32_t>(constant.constant);
  return element;
}

}  // namespace

bool ChainBuilder::is_light(int32_t value) const {
  const Instruction& i = *program_.instruction(value);
  const Lane operand = expr::operand_count(i.op) > 0 ? program_.lane(i.operands[0]) : Lane::kInt64;
  return kernels_.find(i.op, i.lane, operand, 0, true).wide != nullptr;
}

LoopStep ChainBuilder::build(const LoopPart& part, const std::vector<bool>& leaves) {
  begin(part, leaves);
  count_reads();
  int32_t held = -1;
  for (const Micro& micro : micros_) {
    emit(micro, held);
    if (micro.kind != Micro::kNarrow) held = micro.result;
  }
  chain_.code.push_back(kernels_.end());
  out_.chains.push_back(std::move(chain_));
  LoopStep step;
  step.chain = static_cast<int32_t>(out_.chains.size()) - 1;
  return step;
}

void ChainBuilder::begin(const LoopPart& part, const std::vector<bool>& leaves) {
  chain_ = {};
  micros_.clear();
  masks_.clear();
  is_stored_.clear();
  for (int32_t value : part.values) {
    if (values_.lane(value) == Lane::kBool) masks_[value] = values_.add(Lane::kInt32, false, true);
  }
  for (int32_t value : part.values) {
    const bool stays = !leaves[static_cast<size_t>(value)];
    if (stays)
      values_.is_block[static_cast<size_t>(value)] = true;
    else if (values_.lane(value) != Lane::kBool)
      is_stored_[value] = true;
  }
  for (int32_t value : part.values) add_micro(value, leaves[static_cast<size_t>(value)]);
}

void ChainBuilder::add_micro(int32_t value, bool leaves) {
  const Instruction& i = *program_.instruction(value);
  Micro micro = {Micro::kOpcode, {-1, -1, -1}, value, &i};
  for (size_t k = 0; k < static_cast<size_t>(expr::operand_count(i.op)); ++k) {
    micro.operands[k] = operand_of(i.operands[k]);
  }
  const bool is_bool = i.lane == Lane::kBool;
  if (is_bool) micro.result = masks_.at(value);
  micros_.push_back(micro);
  if (is_bool && leaves) micros_.push_back({Micro::kNarrow, {micro.result, -1, -1}, value});
}

// What a step reads for a value of the program: itself, a block of a scalar, or a mask.
int32_t ChainBuilder::operand_of(int32_t value) {
  if (values_.is_uniform[static_cast<size_t>(value)]) return block_splat(value);
  if (values_.lane(value) != Lane::kBool) return value;
  const auto [found, is_new] = masks_.try_emplace(value, -1);
  if (is_new) {
    found->second = values_.add(Lane::kInt32, false, true);
    micros_.push_back({Micro::kWiden, {value, -1, -1}, found->second});
  }
  return found->second;
}

int32_t ChainBuilder::block_splat(int32_t scalar) {
  const auto [found, is_new] = splats_.try_emplace(scalar, -1);
  if (!is_new) return found->second;
  found->second = values_.add(Lane::kInt32, false, true);
  const Instruction* constant = program_.instruction(scalar);
  if (constant != nullptr && constant->op == Opcode::kConstant) {
    TilePlan::BlockConstant block = {{}, found->second};
    const uint32_t element = block_element(*constant);
    for (size_t at = 0; at < block.bytes.size(); at += sizeof element) {
      std::memcpy(block.bytes.data() + at, &element, sizeof element);
    }
    out_.block_constants.push_back(block);
  } else {
    const auto bytes = static_cast<int64_t>(expr::lane_size(values_.lane(scalar)));
    out_.splats.push_back({scalar, found->second, bytes, true});
  }
  return found->second;
}

void ChainBuilder::count_reads() {
  int32_t held = -1;
  for (const Micro& micro : micros_) {
    for (int32_t operand : micro.operands) {
      if (operand >= 0 && operand != held) is_stored_[operand] = true;
    }
    if (micro.kind != Micro::kNarrow) held = micro.result;
  }
}

void ChainBuilder::emit(const Micro& micro, int32_t held) {
  unsigned in_register = 0;
  for (size_t k = 0; k < 3; ++k) {
    if (micro.operands[k] >= 0 && micro.operands[k] == held) in_register |= 1u << k;
  }
  const bool stores = micro.kind == Micro::kNarrow || is_stored_.contains(micro.result);
  ChainCode code;
  ValueUse use;
  if (micro.kind == Micro::kOpcode) {
    const Instruction& i = *micro.instruction;
    code = kernels_.find(i.op, i.lane, program_.lane(i.operands[0]), in_register, stores);
  } else {
    const ChainCopy copy = micro.kind == Micro::kWiden ? ChainCopy::kWiden : ChainCopy::kNarrow;
    code = kernels_.find_copy(copy, in_register != 0, stores);
  }
  for (size_t k = 0; k < 3; ++k) {
    if (micro.operands[k] < 0 || (in_register >> k & 1) != 0) continue;
    code.operands[k] = address(micro.operands[k]);
    use.reads[k] = micro.operands[k];
    note(micro.operands[k], false);
  }
  if (stores) {
    code.result = address(micro.result);
    use.result = micro.result;
    note(micro.result, true);
  }
  chain_.code.push_back(code);
  chain_.uses.push_back(use);
}

Address ChainBuilder::address(int32_t value) const {
  return {value, values_.is_block[static_cast<size_t>(value)] ? 0 : ~0};
}

void ChainBuilder::note(int32_t value, bool is_written) {
  if (address(value).mask == 0) return;
  const auto found = std::find_if(chain_.moving.begin(), chain_.moving.end(),
                                  [&](const LoopChain::Moving& m) { return m.value == value; });
  const auto bytes = static_cast<int32_t>(expr::lane_size(values_.lane(value)));
  // A value that is written before it is read needs nothing to be there.
  if (found == chain_.moving.end())
    chain_.moving.push_back({value, bytes, !is_written, is_written});
  else
    found->is_written = found->is_written || is_written;
}

}  // namespace reckon::kernels
