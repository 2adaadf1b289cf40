// SPDX-License-Identifier: Apache-2.0
// One walk serves all: instructions are recorded anew under a rule for what each becomes.
#include "expr/transform.h"

#include <algorithm>

#include "base/check.h"
#include "expr/wide_compositions.h"

namespace reckon::expr {

// The vocabulary of the compositions for Expr; argument-dependent lookup finds it in this
// namespace.
static Expr to_int(Expr x) { return convert(x, Lane::kInt32); }
static Expr to_float(Expr x) { return convert(x, Lane::kFloat32); }
static Expr to_double(Expr x) { return convert(x, Lane::kFloat64); }
static Expr widen(Expr x) { return convert(x, Lane::kFloat64); }
static Expr narrow(Expr x) { return convert(x, Lane::kFloat32); }
static Expr bits_of(Expr x) { return bitcast(x, Lane::kInt32); }
static Expr float_of_bits(Expr x) { return bitcast(x, Lane::kFloat32); }

namespace {

// Three types, so that a number among them takes the right lane.
template <Lane kLane>
class Laned : public Expr {
 public:
  Laned(Expr x) : Expr(x.is_number() ? current->adopt(x, kLane) : x) {}
  Laned(double number) : Expr(current->constant(number, kLane)) {}
  // The builder that a composition is being recorded into.
  static thread_local Builder* current;
};
template <Lane kLane>
thread_local Builder* Laned<kLane>::current = nullptr;

using F = Laned<Lane::kFloat32>;
using D = Laned<Lane::kFloat64>;
using I = Laned<Lane::kInt32>;
using Record = WideCompositions<F, D, I>;

Expr unary_composition(Opcode op, F x) {
  switch (op) {
    case Opcode::kExp:
      return Record::exp(x);
    case Opcode::kExpm1:
      return Record::expm1(x);
    case Opcode::kLog:
      return Record::log(x);
    case Opcode::kLog1p:
      return Record::log1p(x);
    case Opcode::kTanh:
      return Record::tanh(x);
    case Opcode::kSigmoid:
      return Record::sigmoid(x);
    case Opcode::kSoftplus:
      return Record::softplus(x);
    case Opcode::kErf:
      return Record::erf(x);
    case Opcode::kErfc:
      return Record::erfc(x);
    case Opcode::kSin:
      return Record::sin(x);
    case Opcode::kCos:
      return Record::cos(x);
    case Opcode::kTan:
      return Record::tan(x);
    case Opcode::kAsin:
      return Record::asin(x);
    case Opcode::kAcos:
      return Record::acos(x);
    case Opcode::kAtan:
      return Record::atan(x);
    case Opcode::kSinh:
      return Record::sinh(x);
    case Opcode::kCosh:
      return Record::cosh(x);
    case Opcode::kAsinh:
      return Record::asinh(x);
    case Opcode::kAcosh:
      return Record::acosh(x);
    case Opcode::kAtanh:
      return Record::atanh(x);
    default:
      break;
  }
  RECKON_CHECK(!"a composition without an expansion");
  return x;
}

Expr expanded(Builder& builder, const Instruction& instruction,
              const std::array<Expr, 3>& operands) {
  F::current = D::current = I::current = &builder;
  if (instruction.op == Opcode::kPow) return Record::pow(operands[0], operands[1]);
  if (instruction.op == Opcode::kAtan2) return Record::atan2(operands[0], operands[1]);
  return unary_composition(instruction.op, operands[0]);
}

std::vector<Expr> replay(Builder& builder, const Program& program, const std::vector<Expr>& inputs,
                         bool expands) {
  std::vector<Expr> values = inputs;
  for (const Instruction& instruction : program.instructions) {
    std::array<Expr, 3> operands = {0, 0, 0};
    const auto count = static_cast<size_t>(operand_count(instruction.op));
    for (size_t i = 0; i < count; ++i) {
      operands[i] = values[static_cast<size_t>(instruction.operands[i])];
    }
    if (expands && is_composition(instruction.op) && instruction.lane == Lane::kFloat32) {
      values.push_back(expanded(builder, instruction, operands));
    } else {
      values.push_back(builder.repeat(instruction, operands));
    }
  }
  std::vector<Expr> outputs;
  for (int32_t output : program.outputs) outputs.push_back(values[static_cast<size_t>(output)]);
  return outputs;
}

}  // namespace

std::vector<Expr> inline_program(Builder& builder, const Program& program,
                                 const std::vector<Expr>& inputs) {
  RECKON_CHECK(inputs.size() == program.inputs.size());
  std::vector<Expr> adopted;
  for (size_t i = 0; i < inputs.size(); ++i) {
    adopted.push_back(builder.adopt(inputs[i], program.inputs[i]));
    RECKON_CHECK(adopted.back().lane() == program.inputs[i]);
  }
  return replay(builder, program, adopted, false);
}

Program expand(const Program& program) {
  Builder builder;
  std::vector<Expr> inputs;
  for (Lane lane : program.inputs) inputs.push_back(builder.input(lane));
  return builder.finish(replay(builder, program, inputs, true));
}

bool may_fault(const Program& program) {
  const auto faults = [](const Instruction& instruction) {
    switch (instruction.op) {
      case Opcode::kTruncateDiv:
      case Opcode::kTruncateMod:
      case Opcode::kFloorDiv:
      case Opcode::kFloorMod:
      case Opcode::kIntegerPow:
        return !is_float(instruction.lane);
      default:
        return false;
    }
  };
  return std::any_of(program.instructions.begin(), program.instructions.end(), faults);
}

}  // namespace reckon::expr
