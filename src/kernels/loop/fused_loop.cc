// SPDX-License-Identifier: Apache-2.0
// Plans a loop for its extents, and cuts a run into shards.
#include "kernels/loop/fused_loop.h"

#include <algorithm>
#include <atomic>
#include <new>
#include <numeric>

#include "base/check.h"
#include "kernels/loop/loop_kernels.h"
#include "kernels/loop/loop_layout.h"
#include "kernels/loop/loop_reducer.h"
#include "kernels/loop/loop_shard.h"
#include "kernels/loop/tile_plan.h"

namespace reckon::kernels {

const LoopKernels& loop_kernels(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return avx512_loop_kernels();
    case Isa::kAvx2:
      return avx2_loop_kernels();
    case Isa::kPortable:
      break;
  }
  return portable_loop_kernels();
}

namespace {

constexpr int64_t kStackBytes = 64 * 1024;
// Below this, waking another thread costs more than it saves; a shard is this much work.
constexpr double kWorthSplittingNs = 20000, kShardNs = 10000;

void check_spec(const LoopSpec& spec) {
  RECKON_CHECK(spec.input_strides.size() == spec.program.inputs.size());
  RECKON_CHECK(spec.outputs.size() == spec.program.outputs.size());
  for (const auto& strides : spec.input_strides) RECKON_CHECK(strides.size() == spec.dims.size());
  for (const LoopOutput& output : spec.outputs) {
    RECKON_CHECK(output.reduced.empty() || output.reduced.size() == spec.dims.size());
  }
}

// This thread's own memory for one use; grows, never shrinks.
template <class Use>
char* own_memory(int64_t bytes) {
  struct Release {
    void operator()(char* memory) const { ::operator delete[](memory, std::align_val_t{64}); }
  };
  thread_local std::unique_ptr<char, Release> memory;
  thread_local int64_t size = 0;
  if (bytes > size) {
    memory.reset(
        static_cast<char*>(::operator new[](static_cast<size_t>(bytes), std::align_val_t{64})));
    size = bytes;
  }
  return memory.get();
}

}  // namespace

// Layout and plan, for the planned extents and, once more, for any outer extent.
struct FusedLoop::Plan {
  struct Variant {
    LoopLayout layout;
    TilePlan plan;
    ShardRooms rooms;
  };

  Plan(LoopSpec loop_spec, Isa isa)
      : spec(std::move(loop_spec)), kernels(loop_kernels(isa)), chains(kernels.chains()) {
    check_spec(spec);
    planned = make_variant(false);
    if (!spec.dims.empty()) any_outer = make_variant(true);
    for (size_t o = 0; o < spec.outputs.size(); ++o) {
      const LoopOutput& output = spec.outputs[o];
      reducers.push_back(kernels.reduce(output.kind, spec.program.output_lane(o)));
      RECKON_CHECK(output.kind == ReduceKind::kNone || reducers.back().rows != nullptr);
    }
  }

  Variant make_variant(bool has_free_outer) const {
    Variant variant;
    variant.layout = LoopLayout(spec, has_free_outer);
    variant.plan = TilePlan(spec, variant.layout, kernels);
    variant.rooms = ShardRooms(variant.plan);
    return variant;
  }

  bool is_planned(int64_t outer) const {
    return outer < 0 || spec.dims.empty() || outer == spec.dims[0];
  }
  const Variant& variant(int64_t outer) const { return is_planned(outer) ? planned : any_outer; }

  LoopSpec spec;
  const LoopKernels& kernels;
  const ChainKernels& chains;
  Variant planned, any_outer;
  std::vector<ReduceKernels> reducers;
};

namespace {

// How a run is cut; a matter of time alone, for chunks of reductions are cut elsewhere.
struct Cut {
  int64_t shards = 1, shard_size = 0;
};

Cut cut(const LoopLayout& layout, const TilePlan& plan, int64_t outer, int64_t size) {
  const double cost = plan.cost_ns * static_cast<double>(size);
  Cut whole = {.shards = 1, .shard_size = size};
  if (cost < kWorthSplittingNs) return whole;
  int64_t unit = 1;
  for (size_t o = 0; o < plan.results.size(); ++o) {
    if (!plan.results[o].is_reduced) continue;
    // Reductions of several forms at once: a common cut may be far apart, then there is none.
    unit = std::lcm(unit, layout.levels(o, outer).shapes[0].unit());
    if (unit >= size) return whole;
  }
  if (!plan.has_reductions) unit = plan.tile;
  const auto wanted = static_cast<int64_t>(kShardNs / plan.cost_ns);
  const int64_t shard_size = std::max<int64_t>(1, wanted / unit) * unit;
  return {.shards = (size + shard_size - 1) / shard_size, .shard_size = shard_size};
}

// Where tiles had best end: at the end of rows that are reduced, or of a long broadcast row.
int64_t row_of(const LoopLayout& layout, const TilePlan& plan, int64_t outer) {
  for (size_t o = 0; o < plan.results.size(); ++o) {
    if (!plan.results[o].is_reduced) continue;
    const ReduceShape shape = layout.levels(o, outer).shapes[0];
    if (shape.inner == 1 && shape.kept > 1) return std::max<int64_t>(1, shape.reduced);
  }
  for (const Fetch& fetch : plan.fetches) {
    if (fetch.period > plan.tile) return fetch.period;
  }
  return 1;
}

void finish(const LoopRun& run) {
  char* scratch = run.scratch;
  for (size_t o = 0; o < run.plan.results.size(); ++o) {
    const LoopResult& result = run.plan.results[o];
    if (!result.is_reduced) continue;
    const ReduceLevels levels = run.layout.levels(o, run.outer);
    finish_reduction(run.reducers[o], levels, result.element_bytes, scratch, run.outputs[o]);
    scratch += reduce_scratch_bytes(levels, result.element_bytes);
  }
}

Fault fault_of(uint32_t faults) {
  if ((faults & kDividedByZero) != 0) {
    return Fault(
        "an integer is divided by zero, divisors other than 0 are expected; check the "
        "divisor, or convert to a float first");
  }
  if ((faults & kNegativePower) != 0) {
    return Fault(
        "an integer is raised to a negative power, exponents of at least 0 are expected; "
        "convert to a float first");
  }
  return Fault();
}

// Memory for one shard: this thread's stack, unless the program needs very much.
void compute_shard(LoopRun& run, int64_t begin, int64_t end) {
  if (run.rooms.bytes <= kStackBytes) {
    alignas(64) char workspace[kStackBytes];
    Shard(run, workspace).compute(begin, end);
  } else {
    Shard(run, own_memory<struct Workspace>(run.rooms.bytes)).compute(begin, end);
  }
}

}  // namespace

FusedLoop::FusedLoop(LoopSpec spec) : FusedLoop(std::move(spec), kernels::isa()) {}
FusedLoop::FusedLoop(LoopSpec spec, Isa isa)
    : plan_(std::make_unique<Plan>(std::move(spec), isa)) {}
FusedLoop::~FusedLoop() = default;
FusedLoop::FusedLoop(FusedLoop&&) noexcept = default;
FusedLoop& FusedLoop::operator=(FusedLoop&&) noexcept = default;

const LoopSpec& FusedLoop::spec() const { return plan_->spec; }

size_t FusedLoop::scratch_bytes(int64_t outer_extent) const {
  const Plan::Variant& variant = plan_->variant(outer_extent);
  if (!variant.plan.has_reductions) return 0;
  const int64_t outer = plan_->is_planned(outer_extent) ? 1 : outer_extent;
  int64_t bytes = 0;
  for (size_t o = 0; o < variant.plan.results.size(); ++o) {
    const LoopResult& result = variant.plan.results[o];
    if (!result.is_reduced) continue;
    bytes += reduce_scratch_bytes(variant.layout.levels(o, outer), result.element_bytes);
  }
  return static_cast<size_t>(bytes);
}

Fault FusedLoop::run(const void* const* inputs, void* const* outputs, int64_t outer_extent,
                     base::Pool* pool, void* scratch) const {
  const Plan::Variant& variant = plan_->variant(outer_extent);
  const TilePlan& plan = variant.plan;
  const int64_t outer = plan_->is_planned(outer_extent) ? 1 : outer_extent;
  const int64_t size = variant.layout.size(outer);
  if (scratch == nullptr && plan.has_reductions) {
    scratch = own_memory<struct Scratch>(static_cast<int64_t>(scratch_bytes(outer_extent)));
  }
  LoopRun run = {.layout = variant.layout,
                 .plan = plan,
                 .rooms = variant.rooms,
                 .kernels = plan_->kernels,
                 .chains = plan_->chains,
                 .reducers = plan_->reducers.data(),
                 .outer = outer,
                 .inputs = inputs,
                 .outputs = outputs,
                 .scratch = static_cast<char*>(scratch)};
  if (size > 0) {
    if (!plan.is_plain) run.row = row_of(variant.layout, plan, outer);
    const Cut parts = pool == nullptr || pool->threads() == 1
                          ? Cut{.shards = 1, .shard_size = size}
                          : cut(variant.layout, plan, outer, size);
    if (parts.shards == 1) {
      compute_shard(run, 0, size);
    } else {
      pool->run(parts.shards, [&](int64_t part) {
        const int64_t begin = part * parts.shard_size;
        compute_shard(run, begin, std::min(size, begin + parts.shard_size));
      });
    }
  }
  if (plan.has_reductions) finish(run);
  return fault_of(run.faults.load(std::memory_order_relaxed));
}

}  // namespace reckon::kernels
