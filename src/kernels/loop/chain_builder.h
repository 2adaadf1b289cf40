// SPDX-License-Identifier: Apache-2.0
// From a part of a program to a chain: what stays in registers, what is stored and where.
#pragma once

#include <map>
#include <vector>

#include "kernels/loop/loop_parts.h"
#include "kernels/loop/tile_plan.h"

namespace reckon::kernels {

/// The values of a plan: the program's, then copies, splats and masks.
struct LoopValues {
  std::vector<expr::Lane> lanes;
  std::vector<bool> is_uniform;
  std::vector<bool> is_block;  ///< lies in one block of a chain

  int32_t add(expr::Lane lane, bool uniform, bool block = false) {
    lanes.push_back(lane);
    is_uniform.push_back(uniform);
    is_block.push_back(block);
    return static_cast<int32_t>(lanes.size()) - 1;
  }
  expr::Lane lane(int32_t value) const { return lanes[static_cast<size_t>(value)]; }
};

/// Adds chains, and the splats and constants that they read, to a plan.
class ChainBuilder {
 public:
  ChainBuilder(const expr::Program& program, const ChainKernels& kernels, LoopValues& values,
               TilePlan& plan)
      : program_(program), kernels_(kernels), values_(values), out_(plan) {}

  /// True if chains have the instruction of that value.
  bool is_light(int32_t value) const;
  /// The chain of a part. `leaves` holds, by value, whether anything outside of the part reads it.
  LoopStep build(const LoopPart& part, const std::vector<bool>& leaves);

 private:
  struct Micro {
    enum Kind : uint8_t { kOpcode, kWiden, kNarrow } kind;
    std::array<int32_t, 3> operands;
    int32_t result;
    const expr::Instruction* instruction = nullptr;
  };

  void begin(const LoopPart& part, const std::vector<bool>& leaves);
  void add_micro(int32_t value, bool leaves);
  int32_t operand_of(int32_t value);
  int32_t block_splat(int32_t scalar);
  void count_reads();
  void emit(const Micro& micro, int32_t held);
  Address address(int32_t value) const;
  void note(int32_t value, bool is_written);

  const expr::Program& program_;
  const ChainKernels& kernels_;
  LoopValues& values_;
  TilePlan& out_;
  std::map<int32_t, int32_t> splats_;  // across chains
  std::map<int32_t, int32_t> masks_;   // bools of the chain in progress
  std::vector<Micro> micros_;
  std::map<int32_t, bool> is_stored_;  // by result
  LoopChain chain_;
};

}  // namespace reckon::kernels
