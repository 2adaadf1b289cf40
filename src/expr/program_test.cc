// SPDX-License-Identifier: Apache-2.0
// Programs as values: equality, hash and text, and the table of opcodes.
#include "expr/program.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/expect_error_testing.h"
#include "expr/builder.h"

namespace reckon::expr {
namespace program_test {

Program leaky_relu(double slope) {
  Builder b;
  // One after the other: the order of a call's arguments is the compiler's.
  const Expr x = b.input(Lane::kFloat32), is_positive = x > 0, scaled = slope * x;
  return b.finish({select(is_positive, x, scaled)});
}

std::vector<Opcode> every_opcode() {
  std::vector<Opcode> all;
  for (int op = 0; op <= static_cast<int>(kLastOpcode); ++op)
    all.push_back(static_cast<Opcode>(op));
  return all;
}

// A row too many or too few shifts all names after it.
TEST(Opcodes, AreNamedInTheirOrder) {
  EXPECT_EQ(opcode_name(Opcode::kConstant), "constant");
  EXPECT_EQ(opcode_name(Opcode::kAdd), "add");
  EXPECT_EQ(opcode_name(Opcode::kTrunc), "trunc");
  EXPECT_EQ(opcode_name(Opcode::kScale), "scale");
  EXPECT_EQ(opcode_name(Opcode::kSelect), "select");
  EXPECT_EQ(opcode_name(Opcode::kMulHigh), "mul_high");
  EXPECT_EQ(opcode_name(Opcode::kBitcast), "bitcast");
  EXPECT_EQ(opcode_name(Opcode::kRandomWord), "random_word");
  EXPECT_EQ(opcode_name(Opcode::kExp), "exp");
  EXPECT_EQ(opcode_name(Opcode::kErfc), "erfc");
  EXPECT_EQ(opcode_name(Opcode::kAtan2), "atan2");
}

TEST(Opcodes, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (Opcode op : every_opcode()) {
    EXPECT_FALSE(opcode_name(op).empty());
    EXPECT_TRUE(names.insert(opcode_name(op)).second) << opcode_name(op);
  }
}

TEST(Opcodes, TakeNoneToThreeOperands) {
  std::set<Opcode> three, none;
  for (Opcode op : every_opcode()) {
    ASSERT_GE(operand_count(op), 0);
    ASSERT_LE(operand_count(op), 3);
    if (operand_count(op) == 3) three.insert(op);
    if (operand_count(op) == 0) none.insert(op);
  }
  EXPECT_EQ(three, (std::set<Opcode>{Opcode::kFma, Opcode::kSelect, Opcode::kRandomWord}));
  EXPECT_EQ(none, (std::set<Opcode>{Opcode::kConstant, Opcode::kIndex}));
  for (Opcode op : {Opcode::kPow, Opcode::kAtan2, Opcode::kScale, Opcode::kIntegerPow}) {
    EXPECT_EQ(operand_count(op), 2);
  }
}

TEST(Opcodes, FunctionsAreWhatExpansionWritesOut) {
  EXPECT_FALSE(is_composition(Opcode::kRandomWord));
  EXPECT_FALSE(is_composition(Opcode::kSqrt));
  EXPECT_TRUE(is_composition(Opcode::kExp));
  EXPECT_TRUE(is_composition(Opcode::kAtan2));
}

TEST(Lanes, KnowTheirSizesAndNames) {
  const Lane all[] = {Lane::kFloat32, Lane::kFloat64, Lane::kInt32,
                      Lane::kInt64,   Lane::kUInt8,   Lane::kBool};
  const size_t sizes[] = {4, 8, 4, 8, 1, 1};
  std::string names;
  for (size_t i = 0; i < std::size(all); ++i) {
    EXPECT_EQ(lane_size(all[i]), sizes[i]);
    names += std::string(lane_name(all[i])) + " ";
  }
  EXPECT_EQ(names, "f32 f64 i32 i64 u8 bool ");
  EXPECT_TRUE(is_integer(Lane::kUInt8));
  EXPECT_FALSE(is_integer(Lane::kBool));
  EXPECT_EQ(lane_of<double>(), Lane::kFloat64);
  EXPECT_EQ(lane_of<bool>(), Lane::kBool);
}

TEST(Program, IsAValueWithEqualityAndHash) {
  EXPECT_EQ(leaky_relu(0.2), leaky_relu(0.2));
  EXPECT_EQ(leaky_relu(0.2).hash(), leaky_relu(0.2).hash());
  EXPECT_NE(leaky_relu(0.2), leaky_relu(0.3));
  EXPECT_NE(leaky_relu(0.2).hash(), leaky_relu(0.3).hash());
}

TEST(Program, HashesEveryPart) {
  const Program original = leaky_relu(0.2);
  std::vector<Program> changed(7, original);
  changed[0].inputs[0] = Lane::kFloat64;
  changed[1].inputs.push_back(Lane::kFloat32);
  changed[2].instructions[0].constant = std::bit_cast<int64_t>(-0.0);
  changed[3].instructions[1].op = Opcode::kLessEqual;
  changed[4].instructions[2].lane = Lane::kFloat64;
  std::swap(changed[5].instructions[3].operands[0], changed[5].instructions[3].operands[1]);
  changed[6].outputs.push_back(0);
  std::set<uint64_t> hashes = {original.hash()};
  for (size_t i = 0; i < changed.size(); ++i) {
    EXPECT_NE(changed[i], original) << i;
    EXPECT_TRUE(hashes.insert(changed[i].hash()).second) << i;
  }
}

TEST(Program, HashesTheOrderOfOutputs) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = exp(x);
  EXPECT_NE(b.finish({x, y}).hash(), b.finish({y, x}).hash());
  EXPECT_NE(b.finish({x}).hash(), b.finish({x, x}).hash());
}

// Cached kernels are found by it after years: a change of the hash is a change of format.
TEST(Program, HasTheSameHashInEveryProcess) {
  EXPECT_EQ(Program().hash(), Program().hash());
  EXPECT_NE(Program().hash(), leaky_relu(0.2).hash());
}

TEST(Program, KnowsTheLaneOfEveryValue) {
  const Program program = leaky_relu(0.2);
  EXPECT_EQ(program.value_count(), 6);
  EXPECT_EQ(program.lane(0), Lane::kFloat32);
  EXPECT_EQ(program.instruction(0), nullptr) << "an input";
  ASSERT_NE(program.instruction(2), nullptr);
  EXPECT_EQ(program.instruction(2)->op, Opcode::kLess);
  EXPECT_EQ(program.lane(2), Lane::kBool);
  EXPECT_EQ(program.output_lane(0), Lane::kFloat32);
  base::expect_error([&] { program.lane(6); }, ErrorCode::kInternal, "value < value_count()");
  base::expect_error([&] { program.lane(-1); }, ErrorCode::kInternal, "value >= 0");
}

TEST(Program, PrintsOneLineForEachValue) {
  EXPECT_EQ(leaky_relu(0.25).text(),
            "%0:f32 = input\n%1:f32 = constant 0\n%2:bool = less %1 %0\n%3:f32 = constant 0.25\n"
            "%4:f32 = mul %0 %3\n%5:f32 = select %2 %0 %4\nreturn %5\n");
  EXPECT_EQ(Program().text(), "return\n");
}

TEST(Program, PrintsConstantsOfEveryKind) {
  Builder b;
  const Expr x = b.input(Lane::kInt32), y = b.input(Lane::kInt64);
  EXPECT_EQ(b.finish({x * -7}).text(),
            "%0:i32 = input\n%1:i64 = input\n%2:i32 = constant -7\n%3:i32 = mul %0 %2\nreturn "
            "%3\n");
  EXPECT_NE(b.finish({y + std::numeric_limits<int64_t>::max()})
                .text()
                .find("constant 9223372036854775807"),
            std::string::npos);
}

// The text is the options' hash and equality in a plan: two constants must never print alike.
TEST(Program, PrintsEnoughDigitsToTellConstantsApart) {
  Builder a, b;
  const double third = 1.0 / 3;
  const Program one = a.finish({a.input(Lane::kFloat64) + third});
  const Program next = b.finish({b.input(Lane::kFloat64) + std::nextafter(third, 1.0)});
  EXPECT_NE(one.text(), next.text());
}

TEST(Program, PrintsZerosOfEitherSignApart) {
  Builder a, b;
  EXPECT_NE(a.finish({a.input(Lane::kFloat32) + 0.0}).text(),
            b.finish({b.input(Lane::kFloat32) + -0.0}).text());
}

TEST(ConstantValue, ReadsFloatsByTheirBitsAndIntegersAsTheyAre) {
  const Instruction half = {.lane = Lane::kFloat32, .constant = std::bit_cast<int64_t>(0.5)};
  const Instruction two = {.lane = Lane::kInt64, .constant = 2};
  EXPECT_EQ(constant_value(half), 0.5);
  EXPECT_EQ(constant_value(two), 2);
}

}  // namespace program_test
}  // namespace reckon::expr
