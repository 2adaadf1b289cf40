// SPDX-License-Identifier: Apache-2.0
// For tests: the kernels of the fused loop of one instruction set, called by themselves: every
// valid instruction has one, with the bits of the portable one, whatever the length, the place of
// its operands and which of them are scalars.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/philox.h"
#include "kernels/loop/loop_kernels.h"
#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels::testing_support {

using expr::Opcode;

/// An instruction by its result and its operands' lanes.
struct KernelCase {
  Opcode op;
  Lane lane;
  std::vector<Lane> operands;

  std::string text() const {
    std::string text = std::string(expr::opcode_name(op)) + " to " + std::string(lane_name(lane));
    for (Lane operand : operands) text += std::string(" ") + std::string(lane_name(operand));
    return text;
  }
  Lane operand_lane() const { return operands.empty() ? lane : operands[0]; }
};

inline constexpr Lane kEveryLane[] = {Lane::kFloat32, Lane::kFloat64, Lane::kInt32,
                                      Lane::kInt64,   Lane::kUInt8,   Lane::kBool};

inline bool is_comparison(Opcode op) { return op >= Opcode::kLess && op <= Opcode::kNotEqual; }

/// True if the opcode takes operands of the lane: the rules of expr.cc, for all operands of a lane.
inline bool takes_lane(Opcode op, Lane lane) {
  switch (op) {
    case Opcode::kAdd:
    case Opcode::kSub:
    case Opcode::kMul:
    case Opcode::kMin:
    case Opcode::kMax:
    case Opcode::kNeg:
    case Opcode::kAbs:
    case Opcode::kLess:
    case Opcode::kLessEqual:
    case Opcode::kTruncateMod:
      return lane != Lane::kBool;
    case Opcode::kEqual:
    case Opcode::kNotEqual:
      return true;
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kNot:
      return !expr::is_float(lane);
    case Opcode::kShiftLeft:
    case Opcode::kShiftRight:
    case Opcode::kShiftRightLogical:
    case Opcode::kTruncateDiv:
    case Opcode::kFloorDiv:
    case Opcode::kFloorMod:
    case Opcode::kIntegerPow:
      return expr::is_integer(lane);
    case Opcode::kMulHigh:
      return lane == Lane::kInt32;
    default:
      return expr::is_float(lane);
  }
}

/// Instructions whose operands are not all of one lane, or whose lane is not theirs.
inline std::vector<KernelCase> mixed_cases() {
  std::vector<KernelCase> cases = {
      {Opcode::kIndex, Lane::kInt64, {}},
      {Opcode::kScale, Lane::kFloat32, {Lane::kFloat32, Lane::kInt32}},
      {Opcode::kScale, Lane::kFloat64, {Lane::kFloat64, Lane::kInt32}},
      {Opcode::kBitcast, Lane::kInt32, {Lane::kFloat32}},
      {Opcode::kBitcast, Lane::kFloat32, {Lane::kInt32}},
      {Opcode::kBitcast, Lane::kInt64, {Lane::kFloat64}},
      {Opcode::kBitcast, Lane::kFloat64, {Lane::kInt64}},
      {Opcode::kRandomWord, Lane::kInt32, {Lane::kInt64, Lane::kInt64, Lane::kInt64}}};
  for (Lane to : kEveryLane) {
    cases.push_back({Opcode::kSelect, to, {Lane::kBool, to, to}});
    for (Lane from : kEveryLane) cases.push_back({Opcode::kConvert, to, {from}});
  }
  return cases;
}

/// Every instruction that a program may hold, but for constants.
inline std::vector<KernelCase> every_case() {
  std::vector<KernelCase> cases = mixed_cases();
  for (int number = static_cast<int>(Opcode::kAdd); number <= static_cast<int>(expr::kLastOpcode);
       ++number) {
    const auto op = static_cast<Opcode>(number);
    const bool is_mixed = std::any_of(cases.begin(), cases.begin() + 8,
                                      [&](const KernelCase& c) { return c.op == op; }) ||
                          op == Opcode::kSelect || op == Opcode::kConvert;
    if (is_mixed) continue;
    const auto count = static_cast<size_t>(expr::operand_count(op));
    for (Lane lane : kEveryLane) {
      if (!takes_lane(op, lane)) continue;
      cases.push_back({op, is_comparison(op) ? Lane::kBool : lane, std::vector<Lane>(count, lane)});
    }
  }
  return cases;
}

/// Random numbers with the edges of floats among them.
inline Buffer operand_of(Lane lane, int64_t size, uint32_t seed) {
  Buffer buffer(lane, size);
  std::mt19937 random(seed);
  buffer.fill(random);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double edges[] = {0.0, -0.0, kInfinity, -kInfinity, std::nan(""), 1e-40, 90, -1e5};
  for (int64_t i = 0; expr::is_float(lane) && i < size; i += 5) {
    buffer.set(i, edges[static_cast<size_t>(i / 5 + seed) % std::size(edges)]);
  }
  return buffer;
}

struct KernelCall {
  Buffer out;
  uint32_t faults = 0;
};

/// Runs the kernel over n elements from element `skip` of each buffer on; a scalar operand is its
/// first. The rest of the result keeps its guard bytes.
inline KernelCall call_kernel(Kernel kernel, const KernelCase& c, unsigned scalars, int64_t n,
                              int64_t skip, bool spreads_scalars = false) {
  KernelCall call = {Buffer(c.lane, n + skip + 64)};
  std::memset(call.out.bytes.data(), 0x5a, call.out.bytes.size());
  std::vector<Buffer> operands;
  const void* addresses[3] = {};
  for (size_t k = 0; k < c.operands.size(); ++k) {
    operands.push_back(operand_of(c.operands[k], n + skip, static_cast<uint32_t>(k + 1)));
    Buffer& operand = operands.back();
    const size_t bytes = lane_size(operand.lane);
    for (int64_t i = 0; spreads_scalars && (scalars >> k & 1) != 0 && i < n; ++i) {
      std::memcpy(operand.bytes.data() + static_cast<size_t>(skip + i) * bytes,
                  operand.bytes.data() + static_cast<size_t>(skip) * bytes, bytes);
    }
  }
  for (size_t k = 0; k < operands.size(); ++k) {
    addresses[k] =
        operands[k].bytes.data() + static_cast<size_t>(skip) * lane_size(operands[k].lane);
  }
  KernelContext context;
  context.index = 1001;
  kernel(call.out.bytes.data() + static_cast<size_t>(skip) * lane_size(c.lane), addresses, n,
         context);
  call.faults = context.faults;
  return call;
}

/// The kernel of every valid instruction, with equal bits of `other`, at any length and place.
inline void expect_kernels_of(const LoopKernels& kernels, const LoopKernels& other) {
  for (const KernelCase& c : every_case()) {
    const Kernel kernel = kernels.find(c.op, c.lane, c.operand_lane(), 0);
    const Kernel wanted = other.find(c.op, c.lane, c.operand_lane(), 0);
    ASSERT_NE(kernel, nullptr) << c.text();
    ASSERT_NE(wanted, nullptr) << c.text();
    for (int64_t n : {1, 3, 7, 8, 15, 16, 17, 33, 64, 100}) {
      for (int64_t skip : {0, 1}) {
        const KernelCall got = call_kernel(kernel, c, 0, n, skip);
        const KernelCall want = call_kernel(wanted, c, 0, n, skip);
        ASSERT_TRUE(is_same(got.out, want.out)) << c.text() << ", " << n << " from " << skip;
        ASSERT_EQ(got.faults, want.faults) << c.text() << ", " << n;
      }
    }
  }
}

/// A kernel with scalar operands does what the plain one does with the scalar spread out.
inline void expect_scalar_kernels(const LoopKernels& kernels) {
  int64_t found = 0;
  for (const KernelCase& c : every_case()) {
    for (unsigned scalars = 1; scalars < 8; ++scalars) {
      const Kernel kernel = kernels.find(c.op, c.lane, c.operand_lane(), scalars);
      if (kernel == nullptr || scalars >> c.operands.size() != 0) continue;
      ++found;
      const Kernel plain = kernels.find(c.op, c.lane, c.operand_lane(), 0);
      for (int64_t n : {1, 16, 37}) {
        const KernelCall got = call_kernel(kernel, c, scalars, n, 0);
        const KernelCall want = call_kernel(plain, c, scalars, n, 0, true);
        ASSERT_TRUE(is_same(got.out, want.out)) << c.text() << ", scalars " << scalars;
      }
    }
  }
  // Arithmetic and comparisons of both float lanes by one scalar, fma and select by up to two.
  EXPECT_GE(found, 2 * (6 + 4) * 2);
}

/// Divisors of zero and negative exponents give 0 and a fault, wherever they stand.
inline void expect_faults(const LoopKernels& kernels) {
  const KernelCase division = {Opcode::kFloorDiv, Lane::kInt32, {Lane::kInt32, Lane::kInt32}};
  const KernelCase power = {Opcode::kIntegerPow, Lane::kInt32, {Lane::kInt32, Lane::kInt32}};
  for (const KernelCase& c : {division, power}) {
    const Kernel kernel = kernels.find(c.op, c.lane, c.lane, 0);
    const bool is_power = c.op == Opcode::kIntegerPow;
    for (size_t bad = 0; bad < 21; ++bad) {
      std::vector<int32_t> left(20, 9), right(20, 2), out(20, -7);
      if (bad < 20) right[bad] = is_power ? -1 : 0;
      const void* operands[] = {left.data(), right.data(), nullptr};
      KernelContext context;
      kernel(out.data(), operands, 20, context);
      const uint32_t fault = is_power ? kNegativePower : kDividedByZero;
      EXPECT_EQ(context.faults, bad < 20 ? fault : 0u) << c.text() << " " << bad;
      for (size_t i = 0; i < 20; ++i) {
        EXPECT_EQ(out[i], i == bad ? 0 : is_power ? 81 : 4) << c.text() << " " << bad;
      }
    }
  }
}

/// The words of consecutive elements, from any word of a block on and across the 32-bit counter.
inline void expect_random_words(const LoopKernels& kernels) {
  const int64_t key = 0x123456789abcdef, stream = -3;
  const void* operands[] = {&key, &stream, &key};
  for (int64_t first : {int64_t{0}, int64_t{1}, int64_t{6}, (int64_t{1} << 34) - 9}) {
    for (int64_t n : {1, 2, 5, 31, 32, 33, 100}) {
      std::vector<uint32_t> out(static_cast<size_t>(n) + 8, 77);
      KernelContext context;
      context.index = first;
      kernels.random_words(out.data(), operands, n, context);
      for (int64_t i = 0; i < n; ++i) {
        const auto index = static_cast<uint64_t>(first + i);
        const base::PhiloxBlock block =
            base::philox(static_cast<uint64_t>(key), static_cast<uint64_t>(stream), index / 4);
        ASSERT_EQ(out[static_cast<size_t>(i)], block[index % 4]) << first << " + " << i;
      }
      for (size_t i = static_cast<size_t>(n); i < out.size(); ++i) ASSERT_EQ(out[i], 77u) << n;
    }
  }
}

}  // namespace reckon::kernels::testing_support
