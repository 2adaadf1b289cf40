// SPDX-License-Identifier: Apache-2.0
#include "passes/loop_kernel.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "ops/lanes.h"
#include "passes/loop.h"

namespace reckon::passes {
namespace {

constexpr size_t kMaxPointers = 64;

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
    base::require(!graph::is_extent(loop.dims[axis]), node.op->where.c_str(), "dimension ", axis,
                  " of ", node.name, " has a size that only the data knows; only the ",
                  "outermost may: transpose or flatten first");
  }
  const bool is_dynamic = loop.dims.rank() > 0 && graph::is_extent(loop.dims[0]);
  return is_dynamic ? graph::extent_index(loop.dims[0]) : -1;
}

/// A dimension of an input that must turn out equal to the loop's: a size that only the data know
/// meets a number or another such size, and nothing broadcasts by chance.
struct ExtentCheck {
  int32_t input, axis;
  int64_t expected;  ///< -1: the loop's outermost extent
};

std::vector<ExtentCheck> extent_checks(const LoopOptions& loop, const ops::KernelSpec& spec) {
  std::vector<ExtentCheck> checks;
  for (size_t i = 0; i < spec.inputs.size(); ++i) {
    const Shape& shape = spec.inputs[i].shape;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const int64_t dim = shape[axis], wanted = loop.dims[loop.dims.rank() - shape.rank() + axis];
      if (dim == wanted || (!graph::is_extent(dim) && !graph::is_extent(wanted)) || dim == 1)
        continue;
      checks.push_back({static_cast<int32_t>(i), axis, graph::is_extent(wanted) ? -1 : wanted});
    }
  }
  return checks;
}

kernels::Fault check_extents(const std::vector<ExtentCheck>& checks, const ops::KernelCall& call,
                             int64_t outer) {
  for (const ExtentCheck& check : checks) {
    const int64_t extent = call.inputs[check.input].dims[check.axis];
    const int64_t expected = check.expected < 0 ? outer : check.expected;
    if (extent == expected) continue;
    return kernels::Fault(
        fmt::format("operands have {} and {} rows in this batch; sizes that only the data knows "
                    "must be equal here: select both by one mask",
                    expected, extent));
  }
  return {};
}

/// One program over arrays of different lengths. Chunks come from lengths alone; each is one job
/// for the pool.
class UpdateTable {
 public:
  explicit UpdateTable(const LoopTableOptions& table);
  kernels::Fault run(const ops::KernelCall& call) const;

 private:
  static constexpr int64_t kChunk = 8192;
  struct Chunk {
    int64_t segment, begin, length;
  };
  void run_chunk(const Chunk& chunk, const ops::KernelCall& call) const;

  std::unique_ptr<kernels::FusedLoop> loop_;
  std::vector<Chunk> chunks_;
  std::vector<int64_t> in_sizes_, out_sizes_;  ///< bytes of an element: arrays, outputs
  int64_t scalars_, segments_;
  bool is_long_;  ///< enough work to wake the pool
};

UpdateTable::UpdateTable(const LoopTableOptions& table)
    : scalars_(table.scalars), segments_(static_cast<int64_t>(table.lengths.size())) {
  kernels::LoopSpec spec{table.program, {kChunk}, {}, {}};
  for (int64_t i = 0; i < table.arrays + table.scalars; ++i) {
    spec.input_strides.push_back({i < table.arrays ? 1 : 0});
    if (i < table.arrays)
      in_sizes_.push_back(static_cast<int64_t>(expr::lane_size(table.program.inputs[i])));
  }
  for (size_t i = 0; i < table.program.outputs.size(); ++i) {
    spec.outputs.push_back({});
    out_sizes_.push_back(static_cast<int64_t>(expr::lane_size(table.program.output_lane(i))));
  }
  loop_ = std::make_unique<kernels::FusedLoop>(std::move(spec));
  int64_t total = 0;
  for (int64_t s = 0; s < segments_; ++s) {
    const int64_t length = table.lengths[s];
    total += length;
    for (int64_t begin = 0; begin < length; begin += kChunk) {
      chunks_.push_back({s, begin, std::min(kChunk, length - begin)});
    }
  }
  is_long_ = total >= 4 * kChunk;
}

void UpdateTable::run_chunk(const Chunk& chunk, const ops::KernelCall& call) const {
  const void* in[kMaxPointers];
  void* out[kMaxPointers];
  const auto arrays = static_cast<int64_t>(in_sizes_.size()),
             outputs = static_cast<int64_t>(out_sizes_.size());
  for (int64_t i = 0; i < arrays; ++i) {
    in[i] =
        call.in<char>(static_cast<int>(chunk.segment * arrays + i)) + chunk.begin * in_sizes_[i];
  }
  for (int64_t i = 0; i < scalars_; ++i) in[arrays + i] = call.inputs[segments_ * arrays + i].data;
  for (int64_t i = 0; i < outputs; ++i) {
    out[i] =
        call.out<char>(static_cast<int>(chunk.segment * outputs + i)) + chunk.begin * out_sizes_[i];
  }
  // Updates are float arithmetic: they cannot fault.
  (void)loop_->run(in, out, chunk.length);
}

kernels::Fault UpdateTable::run(const ops::KernelCall& call) const {
  const auto chunks = static_cast<int64_t>(chunks_.size());
  const auto work = [&](int64_t index) { run_chunk(chunks_[index], call); };
  if (is_long_ && call.pool != nullptr) {
    call.pool->run(chunks, work);
  } else {
    for (int64_t i = 0; i < chunks; ++i) work(i);
  }
  return {};
}

}  // namespace

ops::Kernel loop_kernel(const void* options, const ops::KernelSpec& spec) {
  const LoopOptions& loop = *static_cast<const LoopOptions*>(options);
  const int32_t extent = outer_extent(loop, spec.node);
  auto fused = std::make_shared<const kernels::FusedLoop>(loop_spec(loop, spec));
  const size_t inputs = spec.inputs.size(), outputs = spec.outputs.size();
  RECKON_CHECK(inputs <= kMaxPointers && outputs <= kMaxPointers);
  const size_t scratch = fused->scratch_bytes();
  auto run = [fused, extent, inputs, outputs,
              checks = extent_checks(loop, spec)](const ops::KernelCall& call) -> kernels::Fault {
    const void* in[kMaxPointers];
    void* out[kMaxPointers];
    for (size_t i = 0; i < inputs; ++i) in[i] = call.inputs[i].data;
    for (size_t i = 0; i < outputs; ++i) out[i] = call.outputs[i].data;
    const int64_t outer = extent >= 0 ? call.extents[extent] : -1;
    if (kernels::Fault fault = check_extents(checks, call, outer)) return fault;
    return fused->run(in, out, outer, call.pool, call.scratch);
  };
  return {std::move(run), scratch};
}

ops::Kernel loop_table_kernel(const void* options, const ops::KernelSpec&) {
  auto table = std::make_shared<const UpdateTable>(*static_cast<const LoopTableOptions*>(options));
  return {[table](const ops::KernelCall& call) { return table->run(call); }, 0};
}

}  // namespace reckon::passes
