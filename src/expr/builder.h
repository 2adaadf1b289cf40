// SPDX-License-Identifier: Apache-2.0
// Builder: records a Program. The same instruction twice gives one value.
#pragma once

#include <array>
#include <cstdint>
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
  requires std::is_arithmetic_v<T> Expr constant(T number, Lane lane) {
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

  /// Records an instruction of another program, whose operands are now these.
  Expr repeat(const Instruction& instruction, const std::array<Expr, 3>& operands);

  /// `x` itself if it belongs to this builder; a number becomes a constant of the lane.
  Expr adopt(Expr x, Lane lane);

  Lane lane(Expr x) const { return node(x).lane; }
  /// The instruction behind a value (operands are ids of this builder); null for an input.
  const Instruction* instruction(Expr x) const;
  /// The value with that id.
  Expr value(int32_t id) { return Expr(this, id); }

 private:
  struct InstructionHash {
    size_t operator()(const Instruction& instruction) const;
  };
  // A value in order of creation; an input has its number, an instruction -1.
  struct Node {
    Lane lane;
    int32_t input = -1;
    Instruction instruction = {};
  };

  Expr none() { return Expr(this, -1); }
  const Node& node(Expr x) const;
  Expr append(const Instruction& instruction);
  /// A value with the same bits that needs no new instruction, or none().
  Expr simplified(const Instruction& instruction);
  bool is_constant(int32_t id, double value) const;

  std::vector<Node> nodes_;
  std::vector<int32_t> inputs_;
  std::unordered_map<Instruction, int32_t, InstructionHash> known_;
};

}  // namespace reckon::expr
