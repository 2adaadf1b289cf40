// SPDX-License-Identifier: Apache-2.0
#include "passes/loop_kernel.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "ops/lanes.h"
#include "passes/loop.h"

namespace reckon::passes {
namespace {

constexpr size_t kMaxOperands = 64;

kernels::LoopSpec loop_spec(const LoopOptions& loop, const ops::KernelSpec& spec) {
  kernels::LoopSpec result{loop.program, spec.bound(loop.dims).dims(), {}, loop.outputs};
  for (const graph::TensorType& input : spec.inputs) {
    result.input_strides.push_back(loop_strides(input.shape, loop.dims));
  }
  return result;
}

/// The extent that sizes the outermost dimension, or -1. No other dimension may be sized by data.
int32_t outer_extent(const LoopOptions& loop, const graph::Node& node) {
  for (int axis = 1; axis < loop.dims.rank(); ++axis) {
    base::require(!graph::is_extent(loop.dims[axis]), node.op->where.c_str(),
                  "dimension ", axis, " of ", node.name, " has a size that only the data knows; only the ",
                  "outermost may: transpose or flatten first");
  }
  const bool is_dynamic = loop.dims.rank() > 0 && graph::is_extent(loop.dims[0]);
  return is_dynamic ? graph::extent_index(loop.dims[0]) : -1;
}

/// Inputs whose outermost dimension must turn out equal to the loop's.
std::vector<int32_t> inputs_to_check(const LoopOptions& loop, const ops::KernelSpec& spec) {
  std::vector<int32_t> inputs;
  for (size_t i = 0; i < spec.inputs.size(); ++i) {
    const Shape& shape = spec.inputs[i].shape;
    const bool is_outer = shape.rank() == loop.dims.rank() && shape.rank() > 0;
    if (is_outer && shape[0] != 1 && shape[0] != loop.dims[0]) inputs.push_back(static_cast<int32_t>(i));
  }
  return inputs;
}

kernels::Fault check_extents(const std::vector<int32_t>& inputs, const ops::KernelCall& call, int64_t outer) {
  for (int32_t i : inputs) {
    const int64_t extent = call.inputs[i].dims[0];
    if (extent == outer) continue;
    return kernels::Fault(fmt::format(
        "operands have {} and {} rows in this batch; sizes that only the data knows must be equal here",
        outer, extent));
  }
  return {};
}

}  // namespace

ops::Kernel loop_kernel(const void* options, const ops::KernelSpec& spec) {
  const LoopOptions& loop = *static_cast<const LoopOptions*>(options);
  const int32_t extent = outer_extent(loop, spec.node);
  auto fused = std::make_shared<const kernels::FusedLoop>(loop_spec(loop, spec));
  const size_t inputs = spec.inputs.size(), outputs = spec.outputs.size();
  RECKON_CHECK(inputs <= kMaxOperands && outputs <= kMaxOperands);
  const size_t scratch = fused->scratch_bytes();
  auto run = [fused, extent, inputs, outputs, check = inputs_to_check(loop, spec)](
                 const ops::KernelCall& call) -> kernels::Fault {
    const void* in[kMaxOperands];
    void* out[kMaxOperands];
    for (size_t i = 0; i < inputs; ++i) in[i] = call.inputs[i].data;
    for (size_t i = 0; i < outputs; ++i) out[i] = call.outputs[i].data;
    int64_t outer = -1;
    if (extent >= 0) {
      outer = call.extents[extent];
      if (kernels::Fault fault = check_extents(check, call, outer)) return fault;
    }
    return fused->run(in, out, outer, call.pool, call.scratch);
  };
  return {std::move(run), scratch};
}

ops::Kernel loop_table_kernel(const void* options, const ops::KernelSpec&) {
  const LoopTableOptions& table = *static_cast<const LoopTableOptions*>(options);
  // Chunks come from lengths alone; each is one job for the pool.
  constexpr int64_t kChunk = 8192;
  struct Chunk {
    int32_t segment;
    int64_t begin, length;
  };
  struct Plan {
    std::unique_ptr<kernels::FusedLoop> loop;
    std::vector<Chunk> chunks;
    std::vector<size_t> in_sizes, out_sizes;
    int64_t arrays, scalars, segments;
    bool is_long;
  };
  auto plan = std::make_shared<Plan>();
  kernels::LoopSpec spec{table.program, {kChunk}, {}, {}};
  for (int64_t i = 0; i < table.arrays + table.scalars; ++i) {
    spec.input_strides.push_back({i < table.arrays ? 1 : 0});
    plan->in_sizes.push_back(expr::lane_size(table.program.inputs[i]));
  }
  for (size_t i = 0; i < table.program.outputs.size(); ++i) {
    spec.outputs.push_back({});
    plan->out_sizes.push_back(expr::lane_size(table.program.output_lane(i)));
  }
  plan->loop = std::make_unique<kernels::FusedLoop>(std::move(spec));
  plan->arrays = table.arrays;
  plan->scalars = table.scalars;
  plan->segments = static_cast<int64_t>(table.lengths.size());
  int64_t total = 0;
  for (size_t s = 0; s < table.lengths.size(); ++s) {
    total += table.lengths[s];
    for (int64_t begin = 0; begin < table.lengths[s]; begin += kChunk) {
      plan->chunks.push_back({static_cast<int32_t>(s), begin, std::min(kChunk, table.lengths[s] - begin)});
    }
  }
  plan->is_long = total >= 4 * kChunk;
  auto run = [plan](const ops::KernelCall& call) -> kernels::Fault {
    const auto work = [&](int64_t index) {
      const Chunk& chunk = plan->chunks[index];
      const void* in[kMaxOperands];
      void* out[kMaxOperands];
      for (int64_t i = 0; i < plan->arrays; ++i) {
        in[i] = call.in<char>(chunk.segment * plan->arrays + i) + chunk.begin * plan->in_sizes[i];
      }
      for (int64_t i = 0; i < plan->scalars; ++i) {
        in[plan->arrays + i] = call.inputs[plan->segments * plan->arrays + i].data;
      }
      const auto outputs = static_cast<int64_t>(plan->out_sizes.size());
      for (int64_t i = 0; i < outputs; ++i) {
        out[i] = call.out<char>(chunk.segment * outputs + i) + chunk.begin * plan->out_sizes[i];
      }
      // Updates are float arithmetic: they cannot fault.
      (void)plan->loop->run(in, out, chunk.length);
    };
    const auto chunks = static_cast<int64_t>(plan->chunks.size());
    if (plan->is_long && call.pool != nullptr) {
      call.pool->run(chunks, work);
    } else {
      for (int64_t i = 0; i < chunks; ++i) work(i);
    }
    return {};
  };
  return {std::move(run), 0};
}

}  // namespace reckon::passes
