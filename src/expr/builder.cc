// SPDX-License-Identifier: Apache-2.0
// Recording with value numbering; algebra only where no bit of a number can change.
#include "expr/builder.h"

#include <bit>
#include <cmath>
#include <optional>

#include "base/check.h"
#include "base/exact_integer.h"

namespace reckon::expr {
namespace {

bool is_commutative(Opcode op) {
  switch (op) {
    case Opcode::kAdd:
    case Opcode::kMul:
    case Opcode::kEqual:
    case Opcode::kNotEqual:
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kMulHigh:
      return true;
    default:
      return false;  // min and max of +0 and -0 are not
  }
}

template <class T>
std::optional<int64_t> as_wide(double number) {
  const std::optional<T> whole = base::exact_integer<T>(number);
  return whole ? std::optional<int64_t>(*whole) : std::nullopt;
}

// The bits that Instruction::constant holds for a number in a lane.
int64_t constant_bits(double number, int64_t integer, bool is_integer, Lane lane) {
  switch (lane) {
    case Lane::kFloat32:
      return std::bit_cast<int64_t>(static_cast<double>(is_integer ? static_cast<float>(integer)
                                                                   : static_cast<float>(number)));
    case Lane::kFloat64:
      return std::bit_cast<int64_t>(number);
    default:
      break;
  }
  // Integers may wrap, for they can be masks of bits; a real number is meant as it is.
  if (!is_integer) {
    const std::optional<int64_t> whole = lane == Lane::kInt32   ? as_wide<int32_t>(number)
                                         : lane == Lane::kUInt8 ? as_wide<uint8_t>(number)
                                                                : as_wide<int64_t>(number);
    base::require(whole.has_value(), "expr", "number ", number, " meets a value of lane ",
                  lane_name(lane),
                  ", which does not hold it; convert the value to a float lane first");
    integer = *whole;
  }
  if (lane == Lane::kInt32) return static_cast<int32_t>(integer);
  if (lane == Lane::kUInt8) return static_cast<uint8_t>(integer);
  if (lane == Lane::kBool) return integer != 0;
  return integer;
}

}  // namespace

size_t Builder::InstructionHash::operator()(const Instruction& i) const {
  uint64_t hash = static_cast<uint64_t>(i.op) << 8 | static_cast<uint64_t>(i.lane);
  for (int32_t operand : i.operands) {
    hash = (std::rotl(hash, 23) ^ static_cast<uint32_t>(operand)) * 0x9E3779B97F4A7C15u;
  }
  return std::rotl(hash, 23) ^ static_cast<uint64_t>(i.constant) * 0x9E3779B97F4A7C15u;
}

const Builder::Node& Builder::node(Expr x) const {
  RECKON_CHECK(x.builder() == this && x.id() >= 0 && static_cast<size_t>(x.id()) < nodes_.size());
  return nodes_[static_cast<size_t>(x.id())];
}

const Instruction* Builder::instruction(Expr x) const {
  const Node& found = node(x);
  return found.input >= 0 ? nullptr : &found.instruction;
}

Expr Builder::input(Lane lane) {
  const auto id = static_cast<int32_t>(nodes_.size());
  nodes_.push_back({.lane = lane, .input = static_cast<int32_t>(inputs_.size())});
  inputs_.push_back(id);
  return Expr(this, id);
}

Expr Builder::index() { return append({.op = Opcode::kIndex, .lane = Lane::kInt64}); }

Expr Builder::adopt(Expr x, Lane lane) {
  if (!x.is_number()) {
    RECKON_CHECK(x.builder() == this);
    return x;
  }
  return append({.op = Opcode::kConstant,
                 .lane = lane,
                 .constant = constant_bits(x.number_, x.integer_, x.is_integer_, lane)});
}

Expr Builder::append(const Instruction& instruction) {
  const auto [found, is_new] = known_.try_emplace(instruction, static_cast<int32_t>(nodes_.size()));
  if (is_new) nodes_.push_back({.lane = instruction.lane, .instruction = instruction});
  return Expr(this, found->second);
}

Expr Builder::record(Opcode op, Lane lane, Expr a, Expr b, Expr c) {
  // A value of another builder would be taken for the value of this one with its number.
  RECKON_CHECK(a.builder() == this && b.builder() == this && c.builder() == this);
  Instruction instruction = {.op = op, .lane = lane, .operands = {a.id(), b.id(), c.id()}};
  if (is_commutative(op) && a.id() > b.id())
    std::swap(instruction.operands[0], instruction.operands[1]);
  const Expr same = simplified(instruction);
  return same.id() >= 0 ? same : append(instruction);
}

Expr Builder::repeat(const Instruction& instruction, const std::array<Expr, 3>& operands) {
  const int count = operand_count(instruction.op);
  if (count == 0) return append(instruction);
  const auto operand = [&](int i) { return i < count ? operands[static_cast<size_t>(i)] : none(); };
  return record(instruction.op, instruction.lane, operand(0), operand(1), operand(2));
}

bool Builder::is_constant(int32_t id, double value) const {
  const Node& node = nodes_[static_cast<size_t>(id)];
  if (node.input >= 0 || node.instruction.op != Opcode::kConstant) return false;
  const double held = constant_value(node.instruction);
  return held == value && std::signbit(held) == std::signbit(value);
}

Expr Builder::simplified(const Instruction& instruction) {
  const auto [a, b, c] = instruction.operands;
  const auto made_by = [&](int32_t id, Opcode op) {
    const Node& node = nodes_[static_cast<size_t>(id)];
    return node.input < 0 && node.instruction.op == op;
  };
  switch (instruction.op) {
    case Opcode::kMul:  // x * 1, either way round
      if (is_constant(b, 1)) return Expr(this, a);
      if (is_constant(a, 1)) return Expr(this, b);
      break;
    case Opcode::kDiv:
      if (is_constant(b, 1)) return Expr(this, a);
      break;
    case Opcode::kSub:  // x - (+0) keeps -0, x + (+0) would not
      if (is_constant(b, 0)) return Expr(this, a);
      break;
    case Opcode::kNeg:
    case Opcode::kNot:
      if (made_by(a, instruction.op)) {
        return Expr(this, nodes_[static_cast<size_t>(a)].instruction.operands[0]);
      }
      break;
    case Opcode::kSelect:
      if (b == c) return Expr(this, b);
      break;
    case Opcode::kConvert:
    case Opcode::kBitcast:
      if (nodes_[static_cast<size_t>(a)].lane == instruction.lane) return Expr(this, a);
      break;
    default:
      break;
  }
  return none();
}

Program Builder::finish(const std::vector<Expr>& outputs) const {
  std::vector<bool> is_needed(nodes_.size(), false);
  for (Expr output : outputs) {
    node(output);
    is_needed[static_cast<size_t>(output.id())] = true;
  }
  for (size_t id = nodes_.size(); id-- > 0;) {
    if (!is_needed[id] || nodes_[id].input >= 0) continue;
    for (int32_t operand : nodes_[id].instruction.operands) {
      if (operand >= 0) is_needed[static_cast<size_t>(operand)] = true;
    }
  }
  Program program;
  std::vector<int32_t> renamed(nodes_.size(), -1);
  for (int32_t id : inputs_) {
    renamed[static_cast<size_t>(id)] = static_cast<int32_t>(program.inputs.size());
    program.inputs.push_back(nodes_[static_cast<size_t>(id)].lane);
  }
  for (size_t id = 0; id < nodes_.size(); ++id) {
    if (!is_needed[id] || nodes_[id].input >= 0) continue;
    Instruction instruction = nodes_[id].instruction;
    for (int32_t& operand : instruction.operands) {
      if (operand >= 0) operand = renamed[static_cast<size_t>(operand)];
    }
    renamed[id] = program.value_count();
    program.instructions.push_back(instruction);
  }
  for (Expr output : outputs) program.outputs.push_back(renamed[static_cast<size_t>(output.id())]);
  return program;
}

}  // namespace reckon::expr
