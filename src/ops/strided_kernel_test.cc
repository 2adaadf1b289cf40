// SPDX-License-Identifier: Apache-2.0
// Kernels that copy: planned once for numbers, anew for sizes that only the data know, and as they
// lie.
#include "ops/strided_kernel.h"

#include <gtest/gtest.h>

#include <array>

namespace reckon::ops {
namespace strided_kernel_test {

/// A view of floats under `dims`, which must outlive it.
template <size_t kRank>
View view_of(float* data, const std::array<int64_t, kRank>& dims) {
  int64_t elements = 1;
  for (int64_t dim : dims) elements *= dim;
  return {data, dims.data(), elements, static_cast<int32_t>(kRank), kFloat32};
}

/// A kernel that transposes a matrix and counts how often its copy is planned.
Kernel transposing_kernel(const Shape& in, const Shape& out, int* plans) {
  const graph::Node node;
  const graph::Function function("test", nullptr);
  const KernelSpec spec{node, function, {{kFloat32, in}}, {{kFloat32, out}}, {}};
  return strided_kernel(spec, [plans](std::span<const int64_t> x, std::span<const int64_t> y) {
    EXPECT_EQ(x[0], y[1]);
    EXPECT_EQ(x[1], y[0]);
    ++*plans;
    return kernels::StridedCopy::transpose(sizeof(float), x, std::array<int, 2>{1, 0});
  });
}

void expect_transposes(const Kernel& kernel, int64_t rows) {
  const std::array<int64_t, 2> dims = {rows, 2}, transposed = {2, rows};
  std::array<float, 6> x = {1, 2, 3, 4, 5, 6}, y = {};
  const View in = view_of(x.data(), dims), out = view_of(y.data(), transposed);
  EXPECT_FALSE(kernel.run({.inputs = &in, .outputs = &out}));
  for (int64_t i = 0; i < rows; ++i) {
    EXPECT_EQ(y[i], x[2 * i]) << rows << " rows";
    EXPECT_EQ(y[rows + i], x[2 * i + 1]) << rows << " rows";
  }
}

TEST(StridedKernel, PlansOnceForKnownShapes) {
  int plans = 0;
  const Kernel kernel = transposing_kernel({3, 2}, {2, 3}, &plans);
  EXPECT_EQ(plans, 1);
  expect_transposes(kernel, 3);
  expect_transposes(kernel, 3);
  EXPECT_EQ(plans, 1);
}

TEST(StridedKernel, PlansEachRunWhereTheDataGiveTheSize) {
  int plans = 0;
  const int64_t rows = graph::extent_dim(0);
  const Kernel kernel = transposing_kernel({rows, 2}, {2, rows}, &plans);
  EXPECT_EQ(plans, 0);
  for (int64_t present : {3, 1, 0, 2}) expect_transposes(kernel, present);
  EXPECT_EQ(plans, 4);
}

TEST(CopyKernel, CopiesElementsAsTheyLie) {
  const std::array<int64_t, 2> dims = {2, 2};
  const std::array<int64_t, 1> flat = {4};
  std::array<float, 4> x = {1, 2, 3, 4}, y = {};
  const View in = view_of(x.data(), dims), out = view_of(y.data(), flat);
  EXPECT_FALSE(copy_kernel().run({.inputs = &in, .outputs = &out}));
  EXPECT_EQ(x, y);
}

TEST(CopyKernel, LeavesSharedMemoryAndNothingAlone) {
  const std::array<int64_t, 1> four = {4}, none = {0};
  std::array<float, 4> x = {1, 2, 3, 4};
  const View whole = view_of(x.data(), four), empty = view_of(nullptr, none);
  EXPECT_FALSE(copy_kernel().run({.inputs = &whole, .outputs = &whole}));
  EXPECT_EQ(x, (std::array<float, 4>{1, 2, 3, 4}));
  EXPECT_FALSE(copy_kernel().run({.inputs = &empty, .outputs = &whole}));
  EXPECT_EQ(x[0], 1);
}

TEST(WriteExtent, WritesRunTimeExtentsOnly) {
  std::array<int64_t, 3> extents = {-7, -7, -7};
  const KernelCall call{.extents = extents.data()};
  write_extent(call, graph::extent_dim(1), 5);
  write_extent(call, 3, 9);
  EXPECT_EQ(extents, (std::array<int64_t, 3>{-7, 5, -7}));
}

}  // namespace strided_kernel_test
}  // namespace reckon::ops
