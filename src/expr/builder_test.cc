// SPDX-License-Identifier: Apache-2.0
#include "expr/builder.h"

#include <gtest/gtest.h>

#include <limits>

namespace reckon::expr {
namespace {

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

}  // namespace
}  // namespace reckon::expr
