// SPDX-License-Identifier: Apache-2.0
// An element-wise program: inputs, instructions in static single assignment, outputs.
// Each opcode has one exact meaning, the same on every instruction set.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "expr/lane.h"

namespace reckon::expr {

/// What an instruction computes. "Basic" opcodes are exact or correctly rounded; the functions
/// below them stand, for float32, for the compositions of basic opcodes that `expand` writes out
/// (expr/compositions.h), and for float64 for the C library's function.
enum class Opcode : uint8_t {
  kConstant,  ///< `constant`, in the instruction's lane
  kIndex,     ///< int64: the flat row-major number of the element

  // Arithmetic; integers wrap.
  kAdd,
  kSub,
  kMul,
  kDiv,  ///< kDiv: floats only
  kFma,  ///< a * b + c, rounded once; floats only
  kSqrt,
  kNeg,
  kAbs,
  kMin,
  kMax,  ///< NaN if either is; the first operand of two equal ones
  kFloor,
  kCeil,
  kRint,
  kTrunc,  ///< floats; kRint goes to even
  kScale,  ///< x * 2^(n>>1) * 2^(n-(n>>1)), n int32 clamped to [-252, 254]; float32

  // Comparisons give bool; any comparison with NaN but kNotEqual is false.
  kLess,
  kLessEqual,
  kEqual,
  kNotEqual,
  kSelect,  ///< bool, a, b -> bool ? a : b

  // Bits: integers and bool; shift counts are taken modulo the width.
  kAnd,
  kOr,
  kXor,
  kNot,
  kShiftLeft,
  kShiftRight,
  kShiftRightLogical,
  kMulHigh,  ///< the upper 32 bits of the unsigned product; int32
  kConvert,  ///< C++'s conversion; float to integer truncates, out of range is the lowest int
  kBitcast,  ///< float32 <-> int32, float64 <-> int64

  // Division with remainder; a zero integer divisor is a fault of the loop and gives 0.
  kTruncateDiv,  ///< integers, towards zero
  kTruncateMod,  ///< sign of the dividend; floats: std::fmod
  kFloorDiv,
  kFloorMod,    ///< integers, towards minus infinity; sign of the divisor
  kIntegerPow,  ///< integers, wraps; a negative exponent is a fault and gives 0
  kRandomWord,  ///< int32: word index%4 of Philox block index/4; (key, stream, index) int64

  // Functions of floats.
  kExp,
  kExpm1,
  kLog,
  kLog1p,
  kTanh,
  kSigmoid,
  kSoftplus,
  kErf,
  kErfc,
  kSin,
  kCos,
  kTan,
  kAsin,
  kAcos,
  kAtan,
  kSinh,
  kCosh,
  kAsinh,
  kAcosh,
  kAtanh,
  kPow,
  kAtan2,
};

inline constexpr Opcode kLastOpcode = Opcode::kAtan2;

std::string_view opcode_name(Opcode op);
/// Number of operands: 0 to 3.
int operand_count(Opcode op);
/// True for the opcodes that `expand` writes out when their lane is float32.
bool is_composition(Opcode op);

/// One instruction. Operands are value ids; unused ones are -1.
struct Instruction {
  Opcode op = Opcode::kConstant;
  Lane lane = Lane::kFloat32;  ///< of the result
  std::array<int32_t, 3> operands = {-1, -1, -1};
  /// kConstant: the value; for floats the bits of a double that the lane holds exactly.
  int64_t constant = 0;
  bool operator==(const Instruction&) const = default;
};

/// Value ids: 0 … inputs-1 are the inputs, inputs+k is instruction k. Operands come before their
/// use.
struct Program {
  std::vector<Lane> inputs = {};
  std::vector<Instruction> instructions = {};
  std::vector<int32_t> outputs = {};

  bool operator==(const Program&) const = default;
  int32_t value_count() const { return static_cast<int32_t>(inputs.size() + instructions.size()); }
  Lane lane(int32_t value) const;
  Lane output_lane(size_t output) const { return lane(outputs[output]); }
  /// Null for an input.
  const Instruction* instruction(int32_t value) const;
  /// The same for equal programs, in every process.
  uint64_t hash() const;
  /// One line per value, for people: "%2:f32 = mul %0 %1".
  std::string text() const;
};

/// The double (float lanes) or integer that a kConstant holds.
double constant_value(const Instruction& constant);

}  // namespace reckon::expr
