// SPDX-License-Identifier: Apache-2.0
// A contiguous part of a loop's flat space, run by one thread, tile by tile.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "kernels/loop/loop_kernels.h"
#include "kernels/loop/loop_layout.h"
#include "kernels/loop/loop_reducer.h"
#include "kernels/loop/tile_plan.h"

namespace reckon::kernels {

/// The parts of a shard's workspace: a table of addresses, then these.
struct ShardRooms {
  ShardRooms() = default;
  explicit ShardRooms(const TilePlan& plan);

  int64_t flags = 0, reducers = 0, buffers = 0;
  int64_t bytes = 0;  ///< of the whole, which is 64-byte aligned
};

/// One call of FusedLoop::run: what all its shards share.
struct LoopRun {
  const LoopLayout& layout;
  const TilePlan& plan;
  const ShardRooms& rooms;
  const LoopKernels& kernels;
  const ChainKernels& chains;
  const ReduceKernels* reducers;  ///< per output
  int64_t outer;
  const void* const* inputs;
  void* const* outputs;
  char* scratch;
  int64_t row = 1;  ///< tiles end where rows of this many elements do, if they can
  std::atomic<uint32_t> faults{0};
};

class Shard {
 public:
  Shard(LoopRun& run, char* workspace);

  /// Computes the elements begin … end-1; faults go to the run.
  void compute(int64_t begin, int64_t end);

 private:
  int64_t tile_size() const;
  void compute_uniform();
  void note_faults();
  void prepare(int64_t longest);
  void prepare_results();
  void repeat_period(const Fetch& fetch, int64_t longest);
  void compute_tile(int64_t start, int64_t n);
  void call(const LoopStep& step, int64_t n);
  void spread(const Splat& splat, int64_t longest);
  void run_chain(const LoopChain& chain, int64_t n);
  void run_tail(const LoopChain& chain, int64_t done, int64_t n);
  void deliver(size_t output, int64_t start, int64_t n);
  char* fetched(const Fetch& fetch, int64_t start, int64_t n);
  int64_t offset(const std::vector<int64_t>& strides, int64_t flat) const;
  void gather_strided(const Fetch& fetch, char* to, int64_t start, int64_t n);
  char* input(size_t i) const { return static_cast<char*>(const_cast<void*>(run_.inputs[i])); }
  char* output(size_t o) const { return static_cast<char*>(run_.outputs[o]); }

  LoopRun& run_;
  const TilePlan& plan_;
  // In the workspace, one after the other.
  char** values_;      // address of each value
  bool* is_direct_;    // per output: computed where it is to lie
  Reducer* reducers_;  // per output; only those of reduced ones are alive
  char* buffers_;
  KernelContext context_;
};

}  // namespace reckon::kernels
