// SPDX-License-Identifier: Apache-2.0
// The walk in double. Only bit casts and conversions to float32 bits round.
#include "expr/reference_testing.h"

#include <bit>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/philox.h"

namespace reckon::expr {
namespace {

using Operands = std::array<ReferenceValue, 3>;

// An integer brought into its lane: wrapped, as arithmetic does.
int64_t wrapped(uint64_t value, Lane lane) {
  switch (lane) {
    case Lane::kInt32:
      return static_cast<int32_t>(static_cast<uint32_t>(value));
    case Lane::kUInt8:
      return static_cast<uint8_t>(value);
    case Lane::kBool:
      return value & 1;
    default:
      return static_cast<int64_t>(value);
  }
}

double propagating(double a, double b, bool takes_b) {
  if (std::isnan(a) || std::isnan(b)) return a + b;
  return takes_b ? b : a;
}

double function(Opcode op, double a, double b) {
  switch (op) {
    case Opcode::kExp:
      return std::exp(a);
    case Opcode::kExpm1:
      return std::expm1(a);
    case Opcode::kLog:
      return std::log(a);
    case Opcode::kLog1p:
      return std::log1p(a);
    case Opcode::kTanh:
      return std::tanh(a);
    case Opcode::kSigmoid:
      return a < 0 ? std::exp(a) / (1 + std::exp(a)) : 1 / (1 + std::exp(-a));
    case Opcode::kSoftplus:
      return (a > 0 ? a : 0.0) + std::log1p(std::exp(-std::abs(a)));
    case Opcode::kErf:
      return std::erf(a);
    case Opcode::kErfc:
      return std::erfc(a);
    case Opcode::kSin:
      return std::sin(a);
    case Opcode::kCos:
      return std::cos(a);
    case Opcode::kTan:
      return std::tan(a);
    case Opcode::kAsin:
      return std::asin(a);
    case Opcode::kAcos:
      return std::acos(a);
    case Opcode::kAtan:
      return std::atan(a);
    case Opcode::kSinh:
      return std::sinh(a);
    case Opcode::kCosh:
      return std::cosh(a);
    case Opcode::kAsinh:
      return std::asinh(a);
    case Opcode::kAcosh:
      return std::acosh(a);
    case Opcode::kAtanh:
      return std::atanh(a);
    case Opcode::kPow:
      return std::pow(a, b);
    case Opcode::kAtan2:
      return std::atan2(a, b);
    default:
      break;
  }
  RECKON_CHECK(!"an opcode that is no function");
  return 0;
}

double float_result(Opcode op, const Operands& x) {
  const double a = x[0].number, b = x[1].number;
  switch (op) {
    case Opcode::kAdd:
      return a + b;
    case Opcode::kSub:
      return a - b;
    case Opcode::kMul:
      return a * b;
    case Opcode::kDiv:
      return a / b;
    case Opcode::kFma:
      return std::fma(a, b, x[2].number);
    case Opcode::kSqrt:
      return std::sqrt(a);
    case Opcode::kNeg:
      return -a;
    case Opcode::kAbs:
      return std::abs(a);
    case Opcode::kMin:
      return propagating(a, b, b < a);
    case Opcode::kMax:
      return propagating(a, b, b > a);
    case Opcode::kFloor:
      return std::floor(a);
    case Opcode::kCeil:
      return std::ceil(a);
    case Opcode::kRint:
      return std::nearbyint(a);
    case Opcode::kTrunc:
      return std::trunc(a);
    case Opcode::kScale:
      return std::ldexp(a, static_cast<int>(x[1].integer));
    case Opcode::kTruncateMod:
      return std::fmod(a, b);
    default:
      return function(op, a, b);
  }
}

// Quotient and remainder towards zero, in wrapping arithmetic.
int64_t divided(Opcode op, int64_t a, int64_t b, bool& fault) {
  if (b == 0) {
    fault = true;
    return 0;
  }
  if (b == -1) {  // the one quotient that could overflow
    const bool is_quotient = op == Opcode::kTruncateDiv || op == Opcode::kFloorDiv;
    return is_quotient ? static_cast<int64_t>(-static_cast<uint64_t>(a)) : 0;
  }
  const int64_t quotient = a / b, rest = a % b;
  const bool is_off = rest != 0 && (rest < 0) != (b < 0);
  switch (op) {
    case Opcode::kTruncateDiv:
      return quotient;
    case Opcode::kTruncateMod:
      return rest;
    case Opcode::kFloorDiv:
      return quotient - is_off;
    default:
      return is_off ? rest + b : rest;
  }
}

int64_t power(int64_t base, int64_t exponent, bool& fault) {
  if (exponent < 0) {
    fault = true;
    return 0;
  }
  uint64_t result = 1;
  for (auto square = static_cast<uint64_t>(base); exponent > 0; exponent >>= 1, square *= square) {
    if (exponent & 1) result *= square;
  }
  return static_cast<int64_t>(result);
}

uint64_t bits_of_width(int64_t value, Lane lane) {
  const size_t bits = 8 * lane_size(lane);
  return bits == 64 ? static_cast<uint64_t>(value)
                    : static_cast<uint64_t>(value) & ((uint64_t{1} << bits) - 1);
}

int64_t random_word(const Operands& x) {
  const auto index = static_cast<uint64_t>(x[2].integer);
  const auto block = base::philox(static_cast<uint64_t>(x[0].integer),
                                  static_cast<uint64_t>(x[1].integer), index / 4);
  return static_cast<int32_t>(block[index % 4]);
}

uint64_t integer_result(const Instruction& i, const Operands& x, bool& fault) {
  const auto a = static_cast<uint64_t>(x[0].integer), b = static_cast<uint64_t>(x[1].integer);
  const uint64_t count = b & (8 * lane_size(i.lane) - 1);
  switch (i.op) {
    case Opcode::kAdd:
      return a + b;
    case Opcode::kSub:
      return a - b;
    case Opcode::kMul:
      return a * b;
    case Opcode::kNeg:
      return -a;
    case Opcode::kAbs:
      return x[0].integer < 0 ? -a : a;
    case Opcode::kMin:
      return x[1].integer < x[0].integer ? b : a;
    case Opcode::kMax:
      return x[1].integer > x[0].integer ? b : a;
    case Opcode::kAnd:
      return a & b;
    case Opcode::kOr:
      return a | b;
    case Opcode::kXor:
      return a ^ b;
    case Opcode::kNot:
      return ~a;
    case Opcode::kShiftLeft:
      return a << count;
    case Opcode::kShiftRight:
      return static_cast<uint64_t>(x[0].integer >> count);
    case Opcode::kShiftRightLogical:
      return bits_of_width(x[0].integer, i.lane) >> count;
    case Opcode::kMulHigh:
      return (uint64_t{static_cast<uint32_t>(a)} * static_cast<uint32_t>(b)) >> 32;
    case Opcode::kIntegerPow:
      return static_cast<uint64_t>(power(x[0].integer, x[1].integer, fault));
    case Opcode::kRandomWord:
      return static_cast<uint64_t>(random_word(x));
    default:
      return static_cast<uint64_t>(divided(i.op, x[0].integer, x[1].integer, fault));
  }
}

bool compared(Opcode op, Lane lane, const Operands& x) {
  const auto holds = [op](auto a, auto b) {
    if (op == Opcode::kLess) return a < b;
    if (op == Opcode::kLessEqual) return a <= b;
    return op == Opcode::kEqual ? a == b : a != b;
  };
  return is_float(lane) ? holds(x[0].number, x[1].number) : holds(x[0].integer, x[1].integer);
}

// Out of range is the lowest integer, as the processor has it; uint8 goes by way of int32.
int64_t to_integer(double x, Lane lane) {
  if (lane == Lane::kInt64) {
    return x >= -0x1p63 && x < 0x1p63 ? static_cast<int64_t>(x)
                                      : std::numeric_limits<int64_t>::min();
  }
  const double whole = std::trunc(x);
  const bool fits = whole >= -0x1p31 && whole < 0x1p31;
  return fits ? static_cast<int32_t>(whole) : std::numeric_limits<int32_t>::min();
}

ReferenceValue converted(const ReferenceValue& x, Lane from, Lane to) {
  if (is_float(to)) {
    const double number = is_float(from) ? x.number : static_cast<double>(x.integer);
    return {.number = number};
  }
  if (to == Lane::kBool) return {.integer = is_float(from) ? x.number != 0 : x.integer != 0};
  const int64_t integer = is_float(from) ? to_integer(x.number, to) : x.integer;
  return {.integer = wrapped(static_cast<uint64_t>(integer), to)};
}

ReferenceValue bit_casted(const ReferenceValue& x, Lane to) {
  switch (to) {
    case Lane::kInt32:
      return {.integer = std::bit_cast<int32_t>(static_cast<float>(x.number))};
    case Lane::kInt64:
      return {.integer = std::bit_cast<int64_t>(x.number)};
    case Lane::kFloat32:
      return {.number = std::bit_cast<float>(static_cast<int32_t>(x.integer))};
    default:
      return {.number = std::bit_cast<double>(x.integer)};
  }
}

ReferenceValue step(const Program& program, const Instruction& i, const Operands& x, int64_t index,
                    bool& fault) {
  switch (i.op) {
    case Opcode::kConstant:
      return is_float(i.lane) ? ReferenceValue{.number = constant_value(i)}
                              : ReferenceValue{.integer = i.constant};
    case Opcode::kIndex:
      return {.integer = index};
    case Opcode::kSelect:
      return x[0].integer != 0 ? x[1] : x[2];
    case Opcode::kConvert:
      return converted(x[0], program.lane(i.operands[0]), i.lane);
    case Opcode::kBitcast:
      return bit_casted(x[0], i.lane);
    case Opcode::kLess:
    case Opcode::kLessEqual:
    case Opcode::kEqual:
    case Opcode::kNotEqual:
      return {.integer = compared(i.op, program.lane(i.operands[0]), x)};
    default:
      break;
  }
  if (is_float(i.lane)) return {.number = float_result(i.op, x)};
  return {.integer = wrapped(integer_result(i, x, fault), i.lane)};
}

}  // namespace

ReferenceResult run_reference(const Program& program, const std::vector<ReferenceValue>& inputs,
                              int64_t index) {
  RECKON_CHECK(inputs.size() == program.inputs.size());
  ReferenceResult result;
  std::vector<ReferenceValue> values = inputs;
  for (const Instruction& instruction : program.instructions) {
    Operands operands;
    for (size_t k = 0; k < 3; ++k) {
      const int32_t id = instruction.operands[k];
      if (id >= 0) operands[k] = values[static_cast<size_t>(id)];
    }
    values.push_back(step(program, instruction, operands, index, result.fault));
  }
  for (int32_t output : program.outputs)
    result.outputs.push_back(values[static_cast<size_t>(output)]);
  return result;
}

}  // namespace reckon::expr
