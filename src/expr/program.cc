// SPDX-License-Identifier: Apache-2.0
// Names, text and hash of programs; the table of opcodes is the only list of them.
#include "expr/program.h"

#include <bit>
#include <sstream>

#include "base/check.h"

namespace reckon::expr {
namespace {

struct OpcodeRow {
  std::string_view name;
  int operands;
};

// In the order of Opcode; program_test checks the ends.
constexpr OpcodeRow kOpcodes[] = {
    {"constant", 0},
    {"index", 0},
    {"add", 2},
    {"sub", 2},
    {"mul", 2},
    {"div", 2},
    {"fma", 3},
    {"sqrt", 1},
    {"neg", 1},
    {"abs", 1},
    {"min", 2},
    {"max", 2},
    {"floor", 1},
    {"ceil", 1},
    {"rint", 1},
    {"trunc", 1},
    {"scale", 2},
    {"less", 2},
    {"less_equal", 2},
    {"equal", 2},
    {"not_equal", 2},
    {"select", 3},
    {"and", 2},
    {"or", 2},
    {"xor", 2},
    {"not", 1},
    {"shift_left", 2},
    {"shift_right", 2},
    {"shift_right_logical", 2},
    {"mul_high", 2},
    {"convert", 1},
    {"bitcast", 1},
    {"truncate_div", 2},
    {"truncate_mod", 2},
    {"floor_div", 2},
    {"floor_mod", 2},
    {"integer_pow", 2},
    {"random_word", 3},
    {"exp", 1},
    {"expm1", 1},
    {"log", 1},
    {"log1p", 1},
    {"tanh", 1},
    {"sigmoid", 1},
    {"softplus", 1},
    {"erf", 1},
    {"erfc", 1},
    {"sin", 1},
    {"cos", 1},
    {"tan", 1},
    {"asin", 1},
    {"acos", 1},
    {"atan", 1},
    {"sinh", 1},
    {"cosh", 1},
    {"asinh", 1},
    {"acosh", 1},
    {"atanh", 1},
    {"pow", 2},
    {"atan2", 2},
};
static_assert(std::size(kOpcodes) == static_cast<size_t>(kLastOpcode) + 1);

constexpr std::string_view kLaneNames[kLaneCount] = {"f32", "f64", "i32", "i64", "u8", "bool"};

// FNV-1a over 64-bit words, with a final mix: stable across processes, good enough for hash maps.
class WordHash {
 public:
  void add(uint64_t word) { state_ = (std::rotl(state_, 23) ^ word) * 0x9E3779B97F4A7C15u; }
  uint64_t value() const { return state_ ^ (state_ >> 29); }

 private:
  uint64_t state_ = 0xCBF29CE484222325u;
};

}  // namespace

std::string_view lane_name(Lane lane) { return kLaneNames[static_cast<size_t>(lane)]; }

std::string_view opcode_name(Opcode op) { return kOpcodes[static_cast<size_t>(op)].name; }

int operand_count(Opcode op) { return kOpcodes[static_cast<size_t>(op)].operands; }

bool is_composition(Opcode op) { return op >= Opcode::kExp; }

double constant_value(const Instruction& constant) {
  if (is_float(constant.lane)) return std::bit_cast<double>(constant.constant);
  return static_cast<double>(constant.constant);
}

Lane Program::lane(int32_t value) const {
  RECKON_CHECK(value >= 0 && value < value_count());
  const auto id = static_cast<size_t>(value);
  return id < inputs.size() ? inputs[id] : instructions[id - inputs.size()].lane;
}

const Instruction* Program::instruction(int32_t value) const {
  const auto id = static_cast<size_t>(value);
  return id < inputs.size() ? nullptr : &instructions[id - inputs.size()];
}

uint64_t Program::hash() const {
  WordHash hash;
  hash.add(inputs.size());
  for (Lane lane : inputs) hash.add(static_cast<uint64_t>(lane));
  for (const Instruction& i : instructions) {
    hash.add(static_cast<uint64_t>(i.op) << 8 | static_cast<uint64_t>(i.lane));
    for (int32_t operand : i.operands) hash.add(static_cast<uint32_t>(operand));
    hash.add(static_cast<uint64_t>(i.constant));
  }
  for (int32_t output : outputs) hash.add(static_cast<uint32_t>(output));
  return hash.value();
}

std::string Program::text() const {
  std::ostringstream text;
  text.precision(17);
  for (size_t i = 0; i < inputs.size(); ++i) {
    text << '%' << i << ':' << lane_name(inputs[i]) << " = input\n";
  }
  for (size_t k = 0; k < instructions.size(); ++k) {
    const Instruction& instruction = instructions[k];
    text << '%' << inputs.size() + k << ':' << lane_name(instruction.lane) << " = "
         << opcode_name(instruction.op);
    for (int i = 0; i < operand_count(instruction.op); ++i) {
      text << " %" << instruction.operands[static_cast<size_t>(i)];
    }
    if (instruction.op == Opcode::kConstant) {
      text << ' ';
      if (is_float(instruction.lane))
        text << constant_value(instruction);
      else
        text << instruction.constant;
    }
    text << '\n';
  }
  text << "return";
  for (int32_t output : outputs) text << " %" << output;
  text << '\n';
  return text.str();
}

}  // namespace reckon::expr
