// SPDX-License-Identifier: Apache-2.0
// The space of a loop in its simplest form: dims merged where every operand allows it, extents of
// one left out; and how each input is read along it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/loop/fused_loop.h"

namespace reckon::kernels {

/// How the elements of an input lie along the flat space.
enum class Access : uint8_t {
  kIdentity,  ///< dense, in step with it
  kScalar,    ///< one element
  kPeriodic,  ///< dense over the inner dims, over and over again (a bias)
  kStrided,   ///< anything else
};

struct InputLayout {
  Access access = Access::kIdentity;
  std::vector<int64_t> strides;
};

/// One level of reduction of [kept, reduced, inner] to [kept, inner]. `chunk_rows` rows are joined
/// one after the other (`lane_rows` of them side by side), the chunks as a tree.
struct ReduceShape {
  int64_t kept = 1, reduced = 1, inner = 1;

  int64_t lane_rows() const;
  int64_t chunk_rows() const;
  int64_t chunks() const { return (reduced + chunk_rows() - 1) / chunk_rows(); }
  int64_t result_size() const { return kept * inner; }
  /// Flat elements between places where a loop may be cut without cutting a chunk.
  int64_t unit() const;
};

/// The levels of reduction of one output, innermost first; none if it is not reduced.
struct ReduceLevels {
  static constexpr int kMost = 8;
  std::array<ReduceShape, kMost> shapes;
  int count = 0;
};

class LoopLayout {
 public:
  LoopLayout() = default;
  /// `has_free_outer`: dims[0] may have any extent, so it is neither dropped nor taken as known.
  LoopLayout(const LoopSpec& spec, bool has_free_outer);

  int64_t size(int64_t outer) const { return inner_size_ * outer; }
  /// The merged dims, the first one multiplied by the outer extent where it contains dims[0].
  int64_t extent(size_t dim, int64_t outer) const {
    return dim == 0 && has_outer_ ? extents_[0] * outer : extents_[dim];
  }
  size_t rank() const { return extents_.size(); }
  const std::vector<InputLayout>& inputs() const { return inputs_; }
  /// Elements of the period of a kPeriodic input.
  int64_t period(const InputLayout& input) const;
  ReduceLevels levels(size_t output, int64_t outer) const;

 private:
  // Fills extents_ and the strides; returns for each merged dim one dim of the spec within it.
  std::vector<size_t> merge(const LoopSpec& spec, bool has_free_outer);
  void classify(InputLayout& input) const;
  void group(const LoopOutput& output, const std::vector<size_t>& sources);

  std::vector<int64_t> extents_;
  bool has_outer_ = false;  // extents_[0] is to be multiplied by dims[0]
  int64_t inner_size_ = 1;
  std::vector<InputLayout> inputs_;
  // Per output: consecutive merged dims that it all keeps or all reduces over.
  struct DimGroup {
    bool is_reduced = false;
    int64_t extent = 1;  // the first one without dims[0] if has_outer_
  };
  std::vector<std::vector<DimGroup>> groups_;
};

}  // namespace reckon::kernels
