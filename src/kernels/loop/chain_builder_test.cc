// SPDX-License-Identifier: Apache-2.0
// What a chain keeps in registers, what it stores, and which blocks it reads: looked at in the
// plan, and by running the chain by hand.
#include "kernels/loop/chain_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "expr/builder.h"

namespace reckon::kernels {
namespace chain_builder_test {

using expr::Builder;
using expr::Expr;
using expr::Lane;
using expr::Program;

/// All instructions of a program as one chain. Values in `given_out` leave it.
class ChainTest : public ::testing::Test {
 protected:
  void build(const Program& program, std::vector<int32_t> given_out,
             std::vector<int32_t> scalars = {}) {
    program_ = program;
    values_ = {};
    plan_ = {};
    LoopPart part;
    part.is_chain = true;
    for (int32_t v = 0; v < program_.value_count(); ++v) {
      const bool is_scalar = std::find(scalars.begin(), scalars.end(), v) != scalars.end();
      const expr::Instruction* instruction = program_.instruction(v);
      const bool is_constant = instruction != nullptr && instruction->op == expr::Opcode::kConstant;
      values_.add(program_.lane(v), is_scalar || is_constant);
      if (instruction != nullptr && !is_constant) part.values.push_back(v);
    }
    std::vector<bool> leaves(static_cast<size_t>(program_.value_count()), false);
    for (int32_t v : given_out) leaves[static_cast<size_t>(v)] = true;
    ChainBuilder builder(program_, portable_chain_kernels(), values_, plan_);
    step_ = builder.build(part, leaves);
  }
  const LoopChain& chain() const { return plan_.chains.at(static_cast<size_t>(step_.chain)); }
  const ValueUse& use(size_t step) const { return chain().uses.at(step); }
  /// What a step reads from memory; commutative operations have their operands in either order.
  std::vector<int32_t> reads(size_t step) const {
    std::vector<int32_t> found;
    for (int32_t value : use(step).reads) {
      if (value >= 0) found.push_back(value);
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  const LoopChain::Moving* moving(int32_t value) const {
    for (const LoopChain::Moving& m : chain().moving) {
      if (m.value == value) return &m;
    }
    return nullptr;
  }
  using Reads = std::vector<int32_t>;

  Program program_;
  LoopValues values_;
  TilePlan plan_;
  LoopStep step_;
};

TEST_F(ChainTest, HandsAResultOnInRegisters) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  const Expr sum = x + y, product = sum * y, result = product - x;
  build(b.finish({result}), {result.id()});
  ASSERT_EQ(chain().uses.size(), 3u);
  ASSERT_EQ(chain().code.size(), 4u) << "an end follows the steps";
  EXPECT_EQ(reads(0), (Reads{x.id(), y.id()}));
  EXPECT_EQ(use(0).result, -1) << "only the next step reads the sum";
  EXPECT_EQ(reads(1), Reads{y.id()});
  EXPECT_EQ(reads(2), Reads{x.id()});
  EXPECT_EQ(use(2).result, result.id());
}

TEST_F(ChainTest, StoresWhatALaterStepReads) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Expr twice = x + x, negative = -twice, result = negative * twice;
  build(b.finish({result}), {result.id()});
  EXPECT_EQ(use(0).result, twice.id());
  EXPECT_TRUE(values_.is_block[static_cast<size_t>(twice.id())]) << "nothing outside reads it";
  EXPECT_EQ(chain().code[0].result.mask, 0);
  EXPECT_EQ(use(1).result, -1);
  EXPECT_EQ(reads(2), Reads{twice.id()});
  EXPECT_EQ(moving(twice.id()), nullptr);
}

TEST_F(ChainTest, StoresWhatLeavesAlongTheElements) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Expr root = sqrt(x), result = root * x, last = result + root;
  build(b.finish({last, root}), {last.id(), root.id()});
  ASSERT_NE(moving(root.id()), nullptr);
  EXPECT_TRUE(moving(root.id())->is_written);
  EXPECT_FALSE(moving(root.id())->is_read) << "it is written before it is read";
  EXPECT_EQ(moving(root.id())->element_bytes, 4);
  ASSERT_NE(moving(x.id()), nullptr);
  EXPECT_TRUE(moving(x.id())->is_read);
  EXPECT_FALSE(moving(x.id())->is_written);
  EXPECT_EQ(chain().code[0].result.mask, ~0);
}

TEST_F(ChainTest, MakesMasksOfBools) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), given = b.input(Lane::kBool);
  const Expr positive = x > 0.5, both = positive && given, chosen = select(both, x, -x);
  build(b.finish({chosen, both}), {chosen.id(), both.id()});
  int64_t copies = 0;
  for (const ChainCode& code : chain().code) {
    for (ChainCopy copy : {ChainCopy::kWiden, ChainCopy::kNarrow}) {
      for (bool flag : {false, true}) {
        const ChainCode known = copy == ChainCopy::kWiden
                                    ? portable_chain_kernels().find_copy(copy, false, flag)
                                    : portable_chain_kernels().find_copy(copy, flag, true);
        copies += known.wide == code.wide;
      }
    }
  }
  EXPECT_EQ(copies, 2) << "the given bool is widened, the one that leaves is narrowed";
  ASSERT_NE(moving(given.id()), nullptr);
  EXPECT_EQ(moving(given.id())->element_bytes, 1);
  ASSERT_NE(moving(both.id()), nullptr);
  EXPECT_TRUE(moving(both.id())->is_written);
  EXPECT_EQ(moving(positive.id()), nullptr);
}

TEST_F(ChainTest, SpreadsAScalarOnceForAllItsReaders) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), rate = b.input(Lane::kFloat32);
  const Expr scaled = x * rate, result = scaled + rate, last = result * result;
  build(b.finish({last}), {last.id()}, {rate.id()});
  ASSERT_EQ(plan_.splats.size(), 1u);
  EXPECT_EQ(plan_.splats[0].scalar, rate.id());
  EXPECT_TRUE(plan_.splats[0].is_block);
  EXPECT_EQ(reads(0), (Reads{x.id(), plan_.splats[0].spread}));
  EXPECT_EQ(reads(1), Reads{plan_.splats[0].spread});
  EXPECT_EQ(chain().code[0].operands[1].mask, 0);
}

TEST_F(ChainTest, FillsBlocksWithConstantsWhileItPlans) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), n = b.input(Lane::kInt32), flag = b.input(Lane::kBool);
  const Expr scaled = x * 1.5, shifted = n + 7, differs = flag != b.constant(true, Lane::kBool);
  const Program program = b.finish({scaled, shifted, differs});
  build(program, {program.outputs[0], program.outputs[1], program.outputs[2]});
  ASSERT_EQ(plan_.block_constants.size(), 3u);
  EXPECT_TRUE(plan_.splats.empty());
  std::vector<uint32_t> elements;
  for (const TilePlan::BlockConstant& constant : plan_.block_constants) {
    uint32_t first = 0, last = 0;
    std::memcpy(&first, constant.bytes.data(), 4);
    std::memcpy(&last, constant.bytes.data() + 4 * (kChainBlock - 1), 4);
    EXPECT_EQ(first, last);
    elements.push_back(first);
  }
  std::sort(elements.begin(), elements.end());
  EXPECT_EQ(elements, (std::vector<uint32_t>{7, 0x3fc00000, ~0u})) << "7, 1.5f and a mask";
}

TEST_F(ChainTest, KnowsLightInstructions) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), wide = b.input(Lane::kFloat64);
  const Expr sum = x + x, function = exp(x), doubled = wide + wide;
  const Expr index = convert(b.index(), Lane::kFloat32);
  const Program program = b.finish({sum, function, doubled, index});
  ChainBuilder builder(program, portable_chain_kernels(), values_, plan_);
  EXPECT_TRUE(builder.is_light(program.outputs[0]));
  EXPECT_FALSE(builder.is_light(program.outputs[1]));
  EXPECT_FALSE(builder.is_light(program.outputs[2]));
  EXPECT_FALSE(builder.is_light(program.outputs[3])) << "int64 does not fit";
}

// select(x > 0, x * 2, -x) + x over eleven elements of memory that the test lays out.
TEST_F(ChainTest, ComputesWhatTheProgramSays) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Expr result = select(x > 0, x * 2, -x) + x;
  const Program program = b.finish({result});
  build(program, {program.outputs[0]});
  const size_t blocks = values_.lanes.size();
  std::vector<std::vector<float>> rooms(blocks, std::vector<float>(kChainBlock, 0.0f));
  std::vector<char*> addresses;
  for (std::vector<float>& room : rooms) addresses.push_back(reinterpret_cast<char*>(room.data()));
  for (const TilePlan::BlockConstant& constant : plan_.block_constants) {
    addresses[static_cast<size_t>(constant.value)] = const_cast<char*>(constant.bytes.data());
  }
  for (size_t i = 0; i < 12; ++i) rooms[0][i] = static_cast<float>(i) - 5;
  EXPECT_EQ(portable_chain_kernels().run(chain().code.data(), addresses.data(), 12), 12);
  const std::vector<float>& got = rooms[static_cast<size_t>(program.outputs[0])];
  for (size_t i = 0; i < 12; ++i) {
    const float value = static_cast<float>(i) - 5;
    EXPECT_EQ(got[i], value > 0 ? 3 * value : 0) << i;
  }
}

}  // namespace chain_builder_test
}  // namespace reckon::kernels
