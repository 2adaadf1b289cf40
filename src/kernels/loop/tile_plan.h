// SPDX-License-Identifier: Apache-2.0
// A program made ready for the tile loop: what is computed once, what per tile, and where values
// lie.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/loop/loop_kernels.h"
#include "kernels/loop/loop_layout.h"

namespace reckon::kernels {

/// One kernel call. Operands and the result are entries of the run's table of addresses.
struct LoopStep {
  Kernel kernel = nullptr;
  std::array<int32_t, 3> operands = {0, 0, 0};
  int32_t result = 0;
  int32_t chain = -1;  ///< if not negative: run that chain instead
};

/// What one kernel call or step of a chain reads and writes in memory; -1 = nothing.
struct ValueUse {
  std::array<int32_t, 3> reads = {-1, -1, -1};
  int32_t result = -1;
};

/// A chain, and which of its operands and results lie along the elements.
struct LoopChain {
  struct Moving {
    int32_t value;
    int32_t element_bytes;
    bool is_read, is_written;
  };
  std::vector<ChainCode> code;
  std::vector<Moving> moving;
  std::vector<ValueUse> uses;  ///< by step
};

/// A value spread out once per shard, because no kernel takes it as a scalar.
struct Splat {
  int32_t scalar, spread;
  int64_t element_bytes;
  bool is_block;  ///< over a block of a chain (a bool as masks), not over a tile
};

/// The room in which a chain runs over elements that do not fill a vector, one for each moving
/// value.
struct ChainTail {
  alignas(64) char elements[4 * kChainLanes];
  char* address;  ///< the value's own
};

/// An input that is not read in place.
struct Fetch {
  size_t input;
  int64_t element_bytes;
  int64_t period;  ///< kPeriodic: its elements; else 0
  int64_t offset;  ///< of its buffer in the workspace
};

/// Where an output comes from.
struct LoopResult {
  int32_t value = 0;
  int64_t element_bytes = 0;
  bool is_reduced = false;
  bool is_scalar = false;   ///< the value is uniform: fill
  bool is_written = false;  ///< the value is computed where the output lies, if no input hinders
  /// Inputs read after the value is written: if the output is one of them, it must wait in a
  /// buffer.
  std::vector<int32_t> hindrances;
};

/// The addresses of values: inputs first, then one entry per instruction, then copies and splats.
struct TilePlan {
  TilePlan() = default;
  TilePlan(const LoopSpec& spec, const LoopLayout& layout, const LoopKernels& kernels);

  int64_t tile = 1024;          ///< elements
  int64_t workspace_bytes = 0;  ///< for scalars and buffers
  bool has_reductions = false;
  bool is_plain = false;  ///< neither reductions nor broadcast inputs
  double cost_ns = 0;     ///< per element, roughly
  int32_t value_count = 0;
  std::vector<int64_t> offsets;  ///< per value: its place in the workspace, -1 = elsewhere
  std::vector<LoopStep> uniform_steps, steps;
  std::vector<LoopChain> chains;
  int64_t tail_offset = 0;  ///< of the ChainTails in the workspace
  std::vector<Splat> splats;
  struct InPlaceInput {
    size_t input;
    int64_t element_bytes;
  };
  std::vector<InPlaceInput> in_place_inputs;  ///< read at the tile's own place
  std::vector<Fetch> fetches;
  std::vector<LoopResult> results;
  struct Constant {
    alignas(8) std::array<char, 8> bytes;
    int32_t value;
  };
  std::vector<Constant> constants;
  struct BlockConstant {
    alignas(64) std::array<char, 4 * kChainBlock> bytes;
    int32_t value;
  };
  std::vector<BlockConstant> block_constants;  ///< operands of chains
};

}  // namespace reckon::kernels
