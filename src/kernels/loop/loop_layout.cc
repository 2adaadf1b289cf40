// SPDX-License-Identifier: Apache-2.0
// Merging of dims, and the cut of reductions into chunks: a function of extents alone.
#include "kernels/loop/loop_layout.h"

#include <algorithm>

#include "base/check.h"

namespace reckon::kernels {

// Narrow inner parts lie side by side in up to 64 lanes; whole rows reduce in 16 (kReduceLanes).
int64_t ReduceShape::lane_rows() const {
  if (inner == 1) return 16;
  return inner > 0 && inner <= 32 ? 64 / inner : 1;
}

// Short chains keep the rounding error small; few chunks keep the partial results small.
int64_t ReduceShape::chunk_rows() const {
  if (inner <= 32) return 16 * lane_rows();
  return std::max<int64_t>(32, (reduced + 255) / 256);
}

int64_t ReduceShape::unit() const {
  const bool cuts_inside = kept == 1 || reduced % chunk_rows() == 0;
  return std::max<int64_t>(1, (cuts_inside ? chunk_rows() : reduced) * inner);
}

namespace {

bool is_reduced(const LoopOutput& output, size_t dim) {
  return output.kind != ReduceKind::kNone && !output.reduced.empty() && output.reduced[dim];
}

// Whether dim `inner` continues dim `outer` for every operand.
bool are_mergeable(const LoopSpec& spec, size_t outer, size_t inner) {
  for (const std::vector<int64_t>& strides : spec.input_strides) {
    if (strides[outer] != strides[inner] * spec.dims[inner]) return false;
  }
  for (const LoopOutput& output : spec.outputs) {
    if (is_reduced(output, outer) != is_reduced(output, inner)) return false;
  }
  return true;
}

}  // namespace

LoopLayout::LoopLayout(const LoopSpec& spec, bool has_free_outer) {
  inputs_.resize(spec.input_strides.size());
  const std::vector<size_t> sources = merge(spec, has_free_outer);
  for (size_t d = has_free_outer ? 1 : 0; d < spec.dims.size(); ++d) inner_size_ *= spec.dims[d];
  for (InputLayout& input : inputs_) classify(input);
  for (const LoopOutput& output : spec.outputs) group(output, sources);
}

std::vector<size_t> LoopLayout::merge(const LoopSpec& spec, bool has_free_outer) {
  has_outer_ = has_free_outer;
  std::vector<size_t> sources;
  for (size_t d = 0; d < spec.dims.size(); ++d) {
    const bool is_free = d == 0 && has_free_outer;
    if (spec.dims[d] == 1 && !is_free) continue;
    const bool continues = !sources.empty() && are_mergeable(spec, sources.back(), d);
    if (continues) {
      extents_.back() *= spec.dims[d];
      sources.back() = d;
    } else {
      extents_.push_back(is_free ? 1 : spec.dims[d]);
      sources.push_back(d);
    }
    for (size_t i = 0; i < inputs_.size(); ++i) {
      std::vector<int64_t>& strides = inputs_[i].strides;
      strides.resize(extents_.size());
      strides.back() = spec.input_strides[i][d];
    }
  }
  return sources;
}

void LoopLayout::classify(InputLayout& input) const {
  int64_t dense = 1;
  size_t d = rank();
  while (d > 0 && input.strides[d - 1] == dense) dense *= extents_[--d];
  const bool repeats =
      std::all_of(input.strides.begin(), input.strides.begin() + static_cast<int64_t>(d),
                  [](int64_t stride) { return stride == 0; });
  if (d == rank() && repeats)
    input.access = Access::kScalar;
  else if (d == 0)
    input.access = Access::kIdentity;
  else
    input.access = repeats ? Access::kPeriodic : Access::kStrided;
}

int64_t LoopLayout::period(const InputLayout& input) const {
  int64_t period = 1;
  for (size_t d = rank(); d > 0 && input.strides[d - 1] != 0; --d) period *= extents_[d - 1];
  return period;
}

void LoopLayout::group(const LoopOutput& output, const std::vector<size_t>& sources) {
  std::vector<DimGroup> groups;
  for (size_t d = 0; d < rank(); ++d) {
    const bool reduced = is_reduced(output, sources[d]);
    if (groups.empty() || groups.back().is_reduced != reduced) groups.push_back({reduced, 1});
    groups.back().extent *= extents_[d];
  }
  const auto levels = std::count_if(groups.begin(), groups.end(),
                                    [](const DimGroup& group) { return group.is_reduced; });
  RECKON_CHECK(levels <= ReduceLevels::kMost);
  groups_.push_back(std::move(groups));
}

ReduceLevels LoopLayout::levels(size_t output, int64_t outer) const {
  const std::vector<DimGroup>& groups = groups_[output];
  ReduceLevels levels;
  int64_t inner = 1;
  for (size_t g = groups.size(); g-- > 0;) {
    const int64_t extent = groups[g].extent * (g == 0 && has_outer_ ? outer : 1);
    if (!groups[g].is_reduced) {
      inner *= extent;
      continue;
    }
    ReduceShape shape = {.kept = 1, .reduced = extent, .inner = inner};
    for (size_t before = 0; before < g; ++before) {
      shape.kept *= groups[before].extent * (before == 0 && has_outer_ ? outer : 1);
    }
    levels.shapes[static_cast<size_t>(levels.count++)] = shape;
  }
  return levels;
}

}  // namespace reckon::kernels
