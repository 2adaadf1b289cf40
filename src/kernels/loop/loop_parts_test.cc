// SPDX-License-Identifier: Apache-2.0
// The order of instructions: every operand before its reader, heavy ones early, few chains.
#include "kernels/loop/loop_parts.h"

#include <gtest/gtest.h>

#include <set>

#include "expr/builder.h"
#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels {
namespace loop_parts_test {

using namespace testing_support;
using expr::Opcode;

using Claim = std::function<bool(int32_t)>;
const Claim kAlways = [](int32_t) { return true; };
const Claim kNever = [](int32_t) { return false; };

/// Everything but functions.
Claim without_functions(const Program& program) {
  return [&program](int32_t v) { return !expr::is_composition(program.instruction(v)->op); };
}

TEST(LoopParts, RunHeavyInstructionsFirstAndResultsWhereTheyAreUsed) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  const Expr sum = x + y, product = x * y, late = exp(sum), early = exp(x);
  const Expr root = sqrt(product);
  const Program program = b.finish({late * early, root - y});
  const std::vector<LoopPart> parts = cut_into_parts(program, kAlways, without_functions(program));
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].values, (std::vector<int32_t>{early.id()}));
  ASSERT_TRUE(parts[1].is_chain);
  ASSERT_EQ(parts[1].values.size(), 4u);
  EXPECT_EQ(parts[1].values[0], product.id());  // a root waits for it
  EXPECT_EQ(parts[1].values[1], root.id());
  EXPECT_EQ(parts[1].values[3], sum.id());
  EXPECT_EQ(parts[2].values, (std::vector<int32_t>{late.id()}));
  EXPECT_FALSE(parts[3].is_chain);
}

TEST(LoopParts, MakeNoChainOfTwo) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Program two = b.finish({(x + x) * x}), three = b.finish({(x + x) * x - x});
  const std::vector<LoopPart> short_parts = cut_into_parts(two, kAlways, kAlways);
  ASSERT_EQ(short_parts.size(), 2u);
  EXPECT_FALSE(short_parts[0].is_chain);
  EXPECT_FALSE(short_parts[1].is_chain);
  const std::vector<LoopPart> parts = cut_into_parts(three, kAlways, kAlways);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_TRUE(parts[0].is_chain);
  EXPECT_EQ(parts[0].values, (std::vector<int32_t>{1, 2, 3}));
}

TEST(LoopParts, LeaveOutWhatDoesNotVary) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), rate = b.input(Lane::kFloat32);
  const Expr factor = exp(rate * 2.0);
  const Program program = b.finish({x * factor});
  const int32_t last = program.outputs[0];
  const std::vector<LoopPart> parts = cut_into_parts(
      program, [last](int32_t v) { return v == last; }, kNever);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].values, std::vector<int32_t>{last});
}

TEST(LoopParts, OfNothingAreNone) {
  Builder b;
  const Program copy = b.finish({b.input(Lane::kFloat32)});
  EXPECT_TRUE(cut_into_parts(copy, kAlways, kAlways).empty());
}

TEST(LoopParts, PutSlowDivisionsBeforeTheRest) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  const Expr sum = x + y, quotient = x / y;
  const Program program = b.finish({sum * sum, quotient - x});
  const std::vector<LoopPart> parts = cut_into_parts(program, kAlways, kAlways);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(program.instruction(parts[0].values[0])->op, Opcode::kDiv);
}

/// Each instruction once, after all that it reads.
void expect_order(const Program& program, const std::vector<LoopPart>& parts) {
  std::set<int32_t> done;
  for (const LoopPart& part : parts) {
    ASSERT_FALSE(part.values.empty());
    ASSERT_TRUE(part.is_chain || part.values.size() == 1);
    for (int32_t value : part.values) {
      for (int32_t operand : program.instruction(value)->operands) {
        const bool is_input = operand < static_cast<int32_t>(program.inputs.size());
        ASSERT_TRUE(is_input || done.contains(operand)) << value << "\n" << program.text();
      }
      ASSERT_TRUE(done.insert(value).second) << value << " runs twice\n" << program.text();
    }
  }
  ASSERT_EQ(done.size(), program.instructions.size());
}

TEST(LoopParts, KeepTheOrderOfDataInRandomPrograms) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const Program program =
        random_program(random, {Lane::kFloat32, Lane::kInt32, Lane::kBool}, 2, false);
    const std::vector<LoopPart> parts =
        cut_into_parts(program, kAlways, without_functions(program));
    ASSERT_NO_FATAL_FAILURE(expect_order(program, parts));
    ASSERT_NO_FATAL_FAILURE(expect_order(program, cut_into_parts(program, kAlways, kNever)));
    ASSERT_NO_FATAL_FAILURE(expect_order(program, cut_into_parts(program, kAlways, kAlways)));
    for (const LoopPart& part : parts) {
      for (int32_t v : part.values) {
        EXPECT_TRUE(!part.is_chain || without_functions(program)(v)) << "a function in a chain";
      }
    }
  }
}

}  // namespace loop_parts_test
}  // namespace reckon::kernels
