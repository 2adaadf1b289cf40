// SPDX-License-Identifier: Apache-2.0
#include "expr/builder.h"

#include <gtest/gtest.h>

#include <limits>

namespace reckon::expr {
namespace builder_test {

TEST(Builder, RecordsOneInstructionForTheSameComputationTwice) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  const Expr once = exp(x * y), again = exp(y * x);
  EXPECT_EQ(once.id(), again.id());
  EXPECT_EQ(b.finish({once, again}).instructions.size(), 2u);
}

TEST(Builder, DoesNotTakeMinimaOfZerosAsCommutative) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  EXPECT_NE(min(x, y).id(), min(y, x).id());
}

TEST(Builder, SimplifiesOnlyWhereNoBitChanges) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), c = x > 0;
  EXPECT_EQ((x * 1).id(), x.id());
  EXPECT_EQ((1 * x).id(), x.id());
  EXPECT_EQ((x / 1).id(), x.id());
  EXPECT_EQ((x - 0).id(), x.id());
  EXPECT_EQ((-(-x)).id(), x.id());
  EXPECT_EQ((!(!c)).id(), c.id());
  EXPECT_EQ(select(c, x, x).id(), x.id());
  EXPECT_EQ(convert(x, Lane::kFloat32).id(), x.id());
  EXPECT_NE((x + 0).id(), x.id());  // -0 + 0 is +0
  EXPECT_NE((x - (-0.0)).id(), x.id());
  EXPECT_NE((x * 0).id(), b.constant(0, Lane::kFloat32).id());
}

TEST(Builder, GivesNumbersTheLaneOfTheOtherOperand) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), n = b.input(Lane::kInt64), byte = b.input(Lane::kUInt8);
  const Program program = b.finish({x + 0.1, n + (int64_t{1} << 62), byte + 300, 2 * x});
  const auto constant = [&](size_t output) {
    const Instruction& i = *program.instruction(program.outputs[output]);
    for (int32_t operand : i.operands) {
      const Instruction* made = operand >= 0 ? program.instruction(operand) : nullptr;
      if (made != nullptr && made->op == Opcode::kConstant) return *made;
    }
    return Instruction{};
  };
  EXPECT_EQ(constant_value(constant(0)), double{0.1f});
  EXPECT_EQ(constant(1).constant, int64_t{1} << 62);
  EXPECT_EQ(constant(2).constant, 300 & 255);
  EXPECT_EQ(constant(3).lane, Lane::kFloat32);
}

TEST(Builder, FinishesWithInputsFirstWheneverTheyWereDeclared) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Expr root = sqrt(x);
  const Expr late = b.input(Lane::kFloat32);
  const Program program = b.finish({root * late});
  EXPECT_EQ(program.inputs.size(), 2u);
  EXPECT_EQ(program.text(),
            "%0:f32 = input\n%1:f32 = input\n%2:f32 = sqrt %0\n%3:f32 = mul %2 %1\nreturn %3\n");
}

TEST(Builder, LeavesOutWhatNoOutputNeeds) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  exp(x);
  EXPECT_TRUE(b.finish({x}).instructions.empty());
  EXPECT_EQ(b.finish({x}).inputs.size(), 1u);
}

TEST(Builder, OrdersTheOperandsOfCommutativeOperations) {
  for (Lane lane : {Lane::kFloat32, Lane::kInt32}) {
    Builder b;
    const Expr x = b.input(lane), y = b.input(lane);
    EXPECT_EQ((x + y).id(), (y + x).id());
    EXPECT_EQ((x == y).id(), (y == x).id());
    EXPECT_NE((x - y).id(), (y - x).id());
    EXPECT_NE((x < y).id(), (y < x).id());
  }
  Builder b;
  const Expr m = b.input(Lane::kInt32), n = b.input(Lane::kInt32);
  EXPECT_EQ((m & n).id(), (n & m).id());
  EXPECT_EQ(mul_high(m, n).id(), mul_high(n, m).id());
  EXPECT_NE(floordiv(m, n).id(), floordiv(n, m).id());
}

// An identity of real numbers that is none of floats.
TEST(Builder, KeepsWhatRoundingOrNaNWouldChange) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  EXPECT_NE((x - x).id(), b.constant(0, Lane::kFloat32).id());
  EXPECT_NE((x / x).id(), b.constant(1, Lane::kFloat32).id());
  EXPECT_NE(((x + y) - y).id(), x.id());
  EXPECT_NE((x == x).id(), b.constant(true, Lane::kBool).id());
  EXPECT_NE((1 / (1 / x)).id(), x.id());
  EXPECT_NE((x * -1).id(), (-x).id()) << "NaN has a sign";
  EXPECT_NE(convert(convert(x, Lane::kInt32), Lane::kFloat32).id(), x.id());
}

TEST(Builder, RoundsConstantsToTheirLane) {
  Builder b;
  const auto held = [&](Expr x) { return constant_value(*b.instruction(x)); };
  EXPECT_EQ(held(b.constant(0.1, Lane::kFloat32)), double{0.1f});
  EXPECT_EQ(held(b.constant(0.1, Lane::kFloat64)), 0.1);
  EXPECT_EQ(held(b.constant(16777217, Lane::kFloat32)), 16777216);
  EXPECT_EQ(held(b.constant(int64_t{1} << 40, Lane::kInt32)), 0);
  EXPECT_EQ(held(b.constant(-1, Lane::kUInt8)), 255);
  EXPECT_EQ(held(b.constant(7, Lane::kBool)), 1);
  EXPECT_EQ(b.constant(0.1, Lane::kFloat32).id(), b.constant(0.1f, Lane::kFloat32).id());
  EXPECT_NE(b.constant(0.0, Lane::kFloat32).id(), b.constant(-0.0, Lane::kFloat32).id());
  EXPECT_NE(b.constant(1, Lane::kFloat32).id(), b.constant(1, Lane::kInt32).id());
}

TEST(Builder, HasOneIndex) {
  Builder b;
  EXPECT_EQ(b.index().id(), b.index().id());
  EXPECT_EQ(b.index().lane(), Lane::kInt64);
}

TEST(Builder, GivesTheInstructionBehindAValue) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = exp(x);
  EXPECT_EQ(b.instruction(x), nullptr) << "an input";
  ASSERT_NE(b.instruction(y), nullptr);
  EXPECT_EQ(b.instruction(y)->op, Opcode::kExp);
  EXPECT_EQ(b.instruction(y)->operands, (std::array<int32_t, 3>{x.id(), -1, -1}));
  EXPECT_EQ(b.value(y.id()).id(), y.id());
}

TEST(Builder, FinishesTheSameValueTwice) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = exp(x);
  const Program program = b.finish({y, x, y});
  EXPECT_EQ(program.outputs, (std::vector<int32_t>{1, 0, 1}));
  EXPECT_EQ(b.finish({}).outputs.size(), 0u);
  EXPECT_EQ(b.finish({}).inputs.size(), 1u);
}

// A builder goes on after finish: programs of different outputs share it.
TEST(Builder, MayFinishAgain) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Program first = b.finish({exp(x)});
  const Program second = b.finish({sin(exp(x))});
  EXPECT_EQ(first.instructions.size(), 1u);
  EXPECT_EQ(second.instructions.size(), 2u);
  EXPECT_EQ(b.finish({exp(x)}), first);
}

}  // namespace builder_test
}  // namespace reckon::expr
