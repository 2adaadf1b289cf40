// SPDX-License-Identifier: Apache-2.0
#include "expr/builder.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/expect_error.h"
#include "expr/transform.h"

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

Program leaky_relu(double slope) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  return b.finish({select(x > 0, x, slope * x)});
}

TEST(Program, IsAValueWithEqualityAndHash) {
  EXPECT_EQ(leaky_relu(0.2), leaky_relu(0.2));
  EXPECT_EQ(leaky_relu(0.2).hash(), leaky_relu(0.2).hash());
  EXPECT_NE(leaky_relu(0.2), leaky_relu(0.3));
  EXPECT_NE(leaky_relu(0.2).hash(), leaky_relu(0.3).hash());
}

TEST(Program, PrintsConstantsOfEveryKind) {
  Builder b;
  const Expr x = b.input(Lane::kInt32);
  EXPECT_EQ(b.finish({x * -7}).text(),
            "%0:i32 = input\n%1:i32 = constant -7\n%2:i32 = mul %0 %1\nreturn %2\n");
}

TEST(Expr, RefusesLanesThatDiffer) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), n = b.input(Lane::kInt32);
  base::expect_error(
      [&] { x + n; }, ErrorCode::kInvalidArgument,
      "[expr] add came with lanes f32 and i32, equal ones are expected; convert one of them");
}
TEST(Expr, RefusesLanesThatAnOpcodeDoesNotTake) {
  Builder b;
  const Expr n = b.input(Lane::kInt32), x = b.input(Lane::kFloat32);
  base::expect_error(
      [&] { exp(n); }, ErrorCode::kInvalidArgument,
      "[expr] exp came with a value of lane i32, expected a float; convert it first");
  base::expect_error([&] { x&& x; }, ErrorCode::kInvalidArgument,
                     "[expr] and came with a value of lane f32, expected a bool; convert it first");
  base::expect_error(
      [&] { n / n; }, ErrorCode::kInvalidArgument,
      "[expr] div came with a value of lane i32, expected a float; convert it first");
}
TEST(Expr, RefusesFractionsAmongIntegers) {
  Builder b;
  const Expr n = b.input(Lane::kInt32);
  base::expect_error([&] { n + 0.5; }, ErrorCode::kInvalidArgument,
                     "[expr] number 0.5 meets a value of lane i32");
}
TEST(Expr, RefusesNumbersAlone) {
  base::expect_error([] { Expr(1) + Expr(2); }, ErrorCode::kInvalidArgument,
                     "[expr] add came with numbers only");
  base::expect_error([] { Expr(1.5).lane(); }, ErrorCode::kInvalidArgument,
                     "[expr] number 1.5 came alone");
}

TEST(InlineProgram, FusesAndSharesWhatIsEqual) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Expr first = inline_program(b, leaky_relu(0.2), {x})[0];
  const Expr second = inline_program(b, leaky_relu(0.2), {x})[0];
  EXPECT_EQ(first.id(), second.id());
  const Expr other = inline_program(b, leaky_relu(0.2), {first * 2})[0];
  EXPECT_NE(first.id(), other.id());
  EXPECT_EQ(inline_program(b, leaky_relu(0.2), {-1.0})[0].lane(), Lane::kFloat32);
}

TEST(InlineProgram, OfAFinishedProgramGivesItBack) {
  const Program program = leaky_relu(0.2);
  EXPECT_EQ(dead_code_free(program), program);
  Program with_dead_code = program;
  with_dead_code.instructions.push_back(
      {.op = Opcode::kExp, .lane = Lane::kFloat32, .operands = {0, -1, -1}});
  EXPECT_EQ(dead_code_free(with_dead_code), program);
}

TEST(Expand, LeavesFloat64FunctionsToTheLibrary) {
  Builder b;
  const Expr x = b.input(Lane::kFloat64);
  const Program program = b.finish({exp(x)});
  EXPECT_EQ(expand(program), program);
}

}  // namespace
}  // namespace reckon::expr
