// SPDX-License-Identifier: Apache-2.0
// For tests: the steps of one instruction set's chains, run by hand: every opcode that chains have,
// with each of its operands in memory, in registers or in one block, against the walk in double.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "expr/reference_testing.h"
#include "kernels/loop/loop_chain.h"

namespace reckon::kernels::testing_support {

using expr::Lane;
using expr::Opcode;

/// An opcode that chains have. Elements are 32 bits; a bool is a mask.
struct ChainCase {
  Opcode op;
  Lane lane;
  std::vector<Lane> operands;

  std::string text() const {
    return std::string(expr::opcode_name(op)) + " to " + std::string(lane_name(lane)) + " from " +
           std::string(lane_name(operands[0]));
  }
};

inline std::vector<ChainCase> chain_cases() {
  const Lane f = Lane::kFloat32, i = Lane::kInt32, b = Lane::kBool;
  std::vector<ChainCase> cases = {{Opcode::kDiv, f, {f, f}},
                                  {Opcode::kFma, f, {f, f, f}},
                                  {Opcode::kSqrt, f, {f}},
                                  {Opcode::kAbs, f, {f}},
                                  {Opcode::kNeg, f, {f}},
                                  {Opcode::kNeg, i, {i}},
                                  {Opcode::kBitcast, i, {f}},
                                  {Opcode::kBitcast, f, {i}},
                                  {Opcode::kEqual, b, {b, b}},
                                  {Opcode::kNotEqual, b, {b, b}},
                                  {Opcode::kNot, b, {b}},
                                  {Opcode::kNot, i, {i}},
                                  {Opcode::kShiftLeft, i, {i, i}},
                                  {Opcode::kShiftRight, i, {i, i}},
                                  {Opcode::kShiftRightLogical, i, {i, i}}};
  for (Opcode op : {Opcode::kAdd, Opcode::kSub, Opcode::kMul, Opcode::kMin, Opcode::kMax}) {
    for (Lane lane : {f, i}) cases.push_back({op, lane, {lane, lane}});
  }
  for (Opcode op : {Opcode::kLess, Opcode::kLessEqual, Opcode::kEqual, Opcode::kNotEqual}) {
    for (Lane lane : {f, i}) cases.push_back({op, b, {lane, lane}});
  }
  for (Opcode op : {Opcode::kAnd, Opcode::kOr, Opcode::kXor}) {
    for (Lane lane : {i, b}) cases.push_back({op, lane, {lane, lane}});
  }
  for (Lane lane : {f, i, b}) {
    cases.push_back({Opcode::kSelect, lane, {b, lane, lane}});
    for (Lane from : {f, i, b}) cases.push_back({Opcode::kConvert, lane, {from}});
  }
  return cases;
}

/// Element k of an operand: edges, in an order that brings each beside each.
inline uint32_t chain_element(Lane lane, int64_t k) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kFloats[] = {0.0f,
                               -0.0f,
                               1.0f,
                               -1.5f,
                               0.25f,
                               7.0f,
                               -3.0f,
                               1e30f,
                               2.5f,
                               9.0f,
                               kInfinity,
                               -kInfinity,
                               -1e-3f,
                               100.0f,
                               -1e20f,
                               3e9f,
                               std::numeric_limits<float>::quiet_NaN()};
  constexpr int32_t kInts[] = {0, 1, -1, 7, -9, 31, 33, 64, 2, 3, 100, INT32_MAX, INT32_MIN, 65537};
  const auto number = static_cast<size_t>(k);
  if (lane == Lane::kFloat32) return std::bit_cast<uint32_t>(kFloats[number % std::size(kFloats)]);
  if (lane == Lane::kInt32) return static_cast<uint32_t>(kInts[number % std::size(kInts)]);
  return number % 2 == 0 ? ~0u : 0u;
}

inline expr::ReferenceValue chain_value(Lane lane, uint32_t bits) {
  if (lane == Lane::kFloat32) return {.number = std::bit_cast<float>(bits)};
  return {.integer = lane == Lane::kBool ? bits != 0 : static_cast<int32_t>(bits)};
}

/// What the walk makes of one element, as it lies in a chain.
inline uint32_t walked(const ChainCase& c, const std::vector<uint32_t>& operands) {
  if (c.op == Opcode::kFma) {  // the walk would round it to double and again to float32
    const auto number = [&](size_t k) { return std::bit_cast<float>(operands[k]); };
    return std::bit_cast<uint32_t>(std::fma(number(0), number(1), number(2)));
  }
  expr::Program program;
  program.inputs = c.operands;
  expr::Instruction instruction = {.op = c.op, .lane = c.lane};
  std::vector<expr::ReferenceValue> values;
  for (size_t k = 0; k < operands.size(); ++k) {
    instruction.operands[k] = static_cast<int32_t>(k);
    values.push_back(chain_value(c.operands[k], operands[k]));
  }
  program.instructions = {instruction};
  program.outputs = {static_cast<int32_t>(operands.size())};
  const expr::ReferenceValue value = run_reference(program, values).outputs[0];
  if (c.lane == Lane::kFloat32) return std::bit_cast<uint32_t>(static_cast<float>(value.number));
  if (c.lane == Lane::kBool) return value.integer != 0 ? ~0u : 0u;
  return static_cast<uint32_t>(value.integer);
}

inline bool same_chain_bits(Lane lane, uint32_t a, uint32_t b) {
  const auto is_nan = [](uint32_t bits) { return std::isnan(std::bit_cast<float>(bits)); };
  return a == b || (lane == Lane::kFloat32 && is_nan(a) && is_nan(b));
}

inline constexpr uint32_t kChainGuard = 0x5a5a5a5a;

/// Blocks of memory and a table of their addresses: values 0 to 2 are operands, 3 the result, 4 the
/// value that a step hands on in registers.
struct ChainMemory {
  explicit ChainMemory(int64_t n) : rooms(5) {
    for (size_t v = 0; v < rooms.size(); ++v) {
      rooms[v].assign(static_cast<size_t>(n) + kChainBlock, kChainGuard);
      addresses[v] = reinterpret_cast<char*>(rooms[v].data());
    }
  }
  std::vector<std::vector<uint32_t>> rooms;
  char* addresses[5];
};

/// The steps: first the operands that come in registers are copied there, then the opcode, which
/// stores its result or hands it on to a copy that does.
inline std::vector<ChainCode> chain_of(const ChainKernels& kernels, const ChainCase& c,
                                       unsigned in_register, bool stores) {
  std::vector<ChainCode> chain;
  if (in_register != 0) {
    chain.push_back(kernels.find(Opcode::kBitcast, Lane::kFloat32, Lane::kInt32, 0, false));
    chain.back().operands[0] = {4, ~0};
  }
  chain.push_back(kernels.find(c.op, c.lane, c.operands[0], in_register, stores));
  for (size_t k = 0; k < c.operands.size(); ++k) {
    chain.back().operands[k] = {static_cast<int32_t>(k), ~0};
  }
  chain.back().result = {3, ~0};
  if (!stores) {
    chain.push_back(kernels.find(Opcode::kBitcast, Lane::kFloat32, Lane::kInt32, 1, true));
    chain.back().result = {3, ~0};
  }
  chain.push_back(kernels.end());
  return chain;
}

/// Operands in registers are all one value: that of the step before.
inline void expect_chain(const ChainKernels& kernels, const ChainCase& c, unsigned in_register,
                         bool stores, int64_t n) {
  const std::vector<ChainCode> chain = chain_of(kernels, c, in_register, stores);
  for (const ChainCode& code : chain) ASSERT_NE(code.wide, nullptr) << c.text();
  ChainMemory memory(n);
  int64_t period = 1;
  for (size_t k = 0; k < c.operands.size(); ++k) {
    const bool is_held = (in_register >> k & 1) != 0;
    std::vector<uint32_t>& room = memory.rooms[is_held ? 4 : k];
    for (int64_t i = 0; i < n; ++i) {
      room[static_cast<size_t>(i)] = chain_element(c.operands[k], is_held ? i : i / period);
    }
    period *= 5;
  }
  const int64_t done = kernels.run(chain.data(), memory.addresses, n);
  for (int64_t i = 0; i < done; ++i) {
    const auto at = static_cast<size_t>(i);
    std::vector<uint32_t> operands;
    for (size_t k = 0; k < c.operands.size(); ++k) {
      operands.push_back(memory.rooms[(in_register >> k & 1) != 0 ? 4 : k][at]);
    }
    ASSERT_TRUE(same_chain_bits(c.lane, memory.rooms[3][at], walked(c, operands)))
        << c.text() << ", element " << i << " of " << n << ", in registers " << in_register
        << (stores ? ", stored" : ", handed on");
  }
  for (size_t i = static_cast<size_t>(done); i < memory.rooms[3].size(); ++i) {
    ASSERT_EQ(memory.rooms[3][i], kChainGuard) << c.text() << ", behind " << done << " of " << n;
  }
}

/// True if all operands in `in_register` have one lane: they are one value.
inline bool may_be_one_value(const ChainCase& c, unsigned in_register) {
  int lane = -1;
  for (size_t k = 0; k < c.operands.size(); ++k) {
    if ((in_register >> k & 1) == 0) continue;
    if (lane >= 0 && lane != static_cast<int>(c.operands[k])) return false;
    lane = static_cast<int>(c.operands[k]);
  }
  return true;
}

/// Long enough for wide blocks and narrow ones after them.
inline void expect_every_step(const ChainKernels& kernels) {
  for (const ChainCase& c : chain_cases()) {
    for (unsigned in_register = 0; in_register < 1u << c.operands.size(); ++in_register) {
      if (!may_be_one_value(c, in_register)) continue;
      for (bool stores : {true, false}) {
        ASSERT_NO_FATAL_FAILURE(
            expect_chain(kernels, c, in_register, stores, 2 * kChainBlock + 49));
      }
    }
  }
}

/// Whole vectors only; what does not fill one is left to the caller.
inline void expect_whole_vectors(const ChainKernels& kernels, int64_t lanes) {
  const ChainCase sum = {Opcode::kAdd, Lane::kFloat32, {Lane::kFloat32, Lane::kFloat32}};
  for (int64_t n = 0; n <= 2 * kChainVectors * lanes + 3; ++n) {
    ASSERT_NO_FATAL_FAILURE(expect_chain(kernels, sum, 0, true, n));
    const std::vector<ChainCode> chain = chain_of(kernels, sum, 0, true);
    ChainMemory memory(n);
    ASSERT_EQ(kernels.run(chain.data(), memory.addresses, n), n / lanes * lanes);
  }
}

/// One vector, whatever the addresses hold.
inline void expect_one_vector(const ChainKernels& kernels, int64_t lanes) {
  const ChainCase negative = {Opcode::kNeg, Lane::kInt32, {Lane::kInt32}};
  const std::vector<ChainCode> chain = chain_of(kernels, negative, 0, true);
  ChainMemory memory(kChainLanes);
  for (size_t i = 0; i < kChainLanes; ++i) memory.rooms[0][i] = static_cast<uint32_t>(i);
  kernels.run_vector(chain.data(), memory.addresses);
  for (size_t i = 0; i < memory.rooms[3].size(); ++i) {
    const bool is_within = i < static_cast<size_t>(lanes);
    ASSERT_EQ(memory.rooms[3][i], is_within ? 0u - static_cast<uint32_t>(i) : kChainGuard) << i;
  }
}

/// An operand that does not move is read from the start of its block, again and again.
inline void expect_one_block(const ChainKernels& kernels) {
  const ChainCase sum = {Opcode::kAdd, Lane::kInt32, {Lane::kInt32, Lane::kInt32}};
  constexpr int64_t kSize = 5 * kChainBlock;
  std::vector<ChainCode> chain = chain_of(kernels, sum, 0, true);
  chain[0].operands[1].mask = 0;
  ChainMemory memory(kSize);
  for (size_t i = 0; i < kSize; ++i) memory.rooms[0][i] = static_cast<uint32_t>(i);
  kernels.spread(memory.addresses[1], 1000, kSize);
  ASSERT_EQ(kernels.run(chain.data(), memory.addresses, kSize), kSize);
  for (size_t i = 0; i < kSize; ++i) ASSERT_EQ(memory.rooms[3][i], 1000 + i);
}

/// A block, or its first n elements and less than a vector more.
inline void expect_spread(const ChainKernels& kernels, int64_t lanes) {
  for (int64_t n : {int64_t{1}, lanes, lanes + 1, kChainBlock, 3 * kChainBlock}) {
    std::vector<uint32_t> block(2 * kChainBlock, kChainGuard);
    kernels.spread(reinterpret_cast<char*>(block.data()), 42, n);
    const int64_t filled = std::min(n, kChainBlock);
    for (int64_t i = 0; i < filled; ++i) ASSERT_EQ(block[static_cast<size_t>(i)], 42u) << n;
    for (int64_t i = std::min(filled + lanes - 1, kChainBlock); i < 2 * kChainBlock; ++i) {
      ASSERT_EQ(block[static_cast<size_t>(i)], kChainGuard) << i << " of " << n;
    }
  }
}

/// Bytes of bools to masks and back, through memory and through registers.
inline void expect_bool_copies(const ChainKernels& kernels) {
  constexpr int64_t kSize = 3 * kChainBlock;
  for (bool through_registers : {true, false}) {
    std::vector<ChainCode> chain = {kernels.find_copy(ChainCopy::kWiden, false, !through_registers),
                                    kernels.find_copy(ChainCopy::kNarrow, through_registers, true),
                                    kernels.end()};
    chain[0].operands[0] = {0, ~0};
    chain[0].result = chain[1].operands[0] = {1, ~0};
    chain[1].result = {3, ~0};
    ChainMemory memory(kSize);
    for (int64_t i = 0; i < kSize; ++i) memory.addresses[0][i] = i % 3 == 0;
    ASSERT_EQ(kernels.run(chain.data(), memory.addresses, kSize), kSize);
    for (int64_t i = 0; i < kSize; ++i) {
      ASSERT_EQ(memory.addresses[3][i], i % 3 == 0) << i;
      if (!through_registers) {
        ASSERT_EQ(memory.rooms[1][static_cast<size_t>(i)], i % 3 == 0 ? ~0u : 0u) << i;
      }
    }
    EXPECT_EQ(memory.addresses[3][kSize], static_cast<char>(0x5a));
  }
}

/// What is slow, wide or may fault is left to kernels of tiles.
inline void expect_light_opcodes_only(const ChainKernels& kernels) {
  for (Opcode op : {Opcode::kExp, Opcode::kFloor, Opcode::kMulHigh, Opcode::kTruncateDiv,
                    Opcode::kFloorMod, Opcode::kRandomWord, Opcode::kScale, Opcode::kIndex}) {
    for (Lane lane : {Lane::kFloat32, Lane::kInt32}) {
      EXPECT_EQ(kernels.find(op, lane, lane, 0, true).wide, nullptr) << expr::opcode_name(op);
    }
  }
  for (Lane lane : {Lane::kFloat64, Lane::kInt64, Lane::kUInt8}) {
    EXPECT_EQ(kernels.find(Opcode::kAdd, lane, lane, 0, true).wide, nullptr) << lane_name(lane);
    EXPECT_EQ(kernels.find(Opcode::kConvert, Lane::kFloat32, lane, 0, true).wide, nullptr);
  }
  EXPECT_EQ(kernels.find(Opcode::kDiv, Lane::kInt32, Lane::kInt32, 0, true).wide, nullptr);
  EXPECT_EQ(kernels.find(Opcode::kLess, Lane::kBool, Lane::kBool, 0, true).wide, nullptr);
}

}  // namespace reckon::kernels::testing_support
