// SPDX-License-Identifier: Apache-2.0
// A chain: light instructions that run block by block, a result staying in registers for its
// successor. Values that only the chain uses lie in blocks of their own; the others lie along the
// elements.
#pragma once

#include <array>
#include <cstdint>

#include "expr/program.h"

namespace reckon::kernels {

/// Where an operand or a result lies: an entry of the run's table of addresses. The elements are 32
/// bits wide (bool: a mask) but for those of the two steps that widen and narrow bools.
struct Address {
  int32_t value = 0;
  int32_t mask = 0;  ///< all bits: along the elements; 0: one block, used over and over
};

/// One instruction of a chain; the last one is followed by an end.
struct ChainCode {
  using Step = void (*)();  ///< in truth a function of the instruction set's vectors
  Step wide = nullptr;      ///< kChainVectors vectors at once
  Step narrow = nullptr;    ///< one vector
  std::array<Address, 3> operands = {};
  Address result = {};
};
inline constexpr int64_t kChainVectors = 8;
/// Elements of the widest block of any instruction set, and of its widest vector.
inline constexpr int64_t kChainBlock = 128, kChainLanes = 16;

/// What a chain does besides the opcodes: bytes of bools to masks, masks to bytes.
enum class ChainCopy : uint8_t { kWiden, kNarrow };

struct ChainKernels {
  /// The steps of an opcode. Bit i of `in_register`: operand i is the result of the step before.
  /// `stores`: the result is written. Null where chains do not have the opcode.
  ChainCode (*find)(expr::Opcode op, expr::Lane lane, expr::Lane operand, unsigned in_register,
                    bool stores);
  ChainCode (*find_copy)(ChainCopy copy, bool in_register, bool stores);
  ChainCode (*end)();
  /// Runs over the first n elements less those that do not fill a vector; returns how many it ran
  /// over.
  int64_t (*run)(const ChainCode* code, char* const* values, int64_t n);
  /// Runs over one vector, whatever the addresses hold there.
  void (*run_vector)(const ChainCode* code, char* const* values);
  /// Fills a block, or its first n elements and less than a vector more, with one element.
  void (*spread)(char* block, uint32_t element, int64_t n);
};

const ChainKernels& portable_chain_kernels();
const ChainKernels& avx2_chain_kernels();
const ChainKernels& avx512_chain_kernels();

}  // namespace reckon::kernels
