// SPDX-License-Identifier: Apache-2.0
// Builder: records a Program. The same instruction twice gives one value.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "expr/expr.h"
#include "expr/program.h"

namespace reckon::expr {

///     Builder b;
///     Expr x = b.input(Lane::kFloat32);
///     Program leaky_relu = b.finish({select(x > 0, x, 0.2 * x)});
class Builder {
 public:
  Builder() = default;
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  /// The next input of the program.
  Expr input(Lane lane);
  /// `number` rounded to the lane.
  template <class T>
    requires std::is_arithmetic_v<T>
  Expr constant(T number, Lane lane) {
    return adopt(Expr(number), lane);
  }
  /// int64: the flat row-major number of the element.
  Expr index();

  /// The program with those outputs, without instructions that none of them needs. Inputs all stay.
  Program finish(const std::vector<Expr>& outputs) const;

  /// Records an instruction (or finds it, or a value known to be bit-equal).
  Expr record(Opcode op, Lane lane, Expr a, Expr b, Expr c);
  Expr record(Opcode op, Lane lane, Expr a, Expr b) { return record(op, lane, a, b, none()); }
  Expr record(Opcode op, Lane lane, Expr a) { return record(op, lane, a, none(), none()); }

  /// `x` itself if it belongs to this builder; a number becomes a constant of the lane.
  Expr adopt(Expr x, Lane lane);

  Lane lane(Expr x) const { return program_.lane(x.id()); }
  /// The instruction behind a value; null for an input.
  const Instruction* instruction(Expr x) const { return program_.instruction(x.id()); }

 private:
  struct InstructionHash {
    size_t operator()(const Instruction& instruction) const;
  };

  Expr none() { return Expr(this, -1); }
  Expr append(const Instruction& instruction);
  Expr simplified(const Instruction& instruction);

  // Inputs may be declared after instructions; ids are then handed out in order of creation and
  // put in the Program's order by finish().
  Program program_;
  std::unordered_map<Instruction, int32_t, InstructionHash> known_;
};

}  // namespace reckon::expr
