// SPDX-License-Identifier: Apache-2.0
// Loops over elements for any operation on one to three of them, with or without scalar operands.
// A single element, as in programs over scalars, goes past the set-up of the vector loop.
// In an unnamed namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#include <cstdint>

#include "kernels/loop/loop_kernels.h"

namespace reckon::kernels {
namespace {

inline constexpr int64_t kBlock = 16;

template <bool kIsScalar, class T>
inline T element(const T* values, int64_t i) {
  if constexpr (kIsScalar)
    return *values;
  else
    return values[i];
}

template <class Op, class Out, class A>
void map_unary(void* out, const void* const* operands, int64_t n, KernelContext&) {
  auto* to = static_cast<Out*>(out);
  const auto* a = static_cast<const A*>(operands[0]);
  if (n == 1) {
    *to = Op::apply(*a);
    return;
  }
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = Op::apply(a[i]);
}

template <class Op, class Out, class A, class B, unsigned kScalars>
void map_binary(void* out, const void* const* operands, int64_t n, KernelContext&) {
  auto* to = static_cast<Out*>(out);
  const auto* a = static_cast<const A*>(operands[0]);
  const auto* b = static_cast<const B*>(operands[1]);
  // Scalars are read before anything is written.
  const A first_a = *a;
  const B first_b = *b;
  if (n == 1) {
    *to = Op::apply(first_a, first_b);
    return;
  }
  if constexpr ((kScalars & 1) != 0) a = &first_a;
  if constexpr ((kScalars & 2) != 0) b = &first_b;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    to[i] = Op::apply(element<(kScalars & 1) != 0>(a, i), element<(kScalars & 2) != 0>(b, i));
  }
}

template <class Op, class Out, class A, class B, class C, unsigned kScalars>
void map_ternary(void* out, const void* const* operands, int64_t n, KernelContext&) {
  auto* to = static_cast<Out*>(out);
  const auto* a = static_cast<const A*>(operands[0]);
  const auto* b = static_cast<const B*>(operands[1]);
  const auto* c = static_cast<const C*>(operands[2]);
  const A first_a = *a;
  const B first_b = *b;
  const C first_c = *c;
  if (n == 1) {
    *to = Op::apply(first_a, first_b, first_c);
    return;
  }
  if constexpr ((kScalars & 1) != 0) a = &first_a;
  if constexpr ((kScalars & 2) != 0) b = &first_b;
  if constexpr ((kScalars & 4) != 0) c = &first_c;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    to[i] = Op::apply(element<(kScalars & 1) != 0>(a, i), element<(kScalars & 2) != 0>(b, i),
                      element<(kScalars & 4) != 0>(c, i));
  }
}

// Long operations: whole blocks in the loop, the rest through one padded block, so that no scalar
// copy of the code runs. `function(float...)` on n elements, n a multiple of kBlock.
template <class Function>
[[gnu::noinline]] void whole_blocks(float* to, const float* a, int64_t blocks, Function function) {
  const int64_t n = blocks * kBlock;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = function(a[i]);
}

template <class Function>
void map_function(float* to, const float* a, int64_t n, Function function) {
  const int64_t whole = n / kBlock;
  if (whole > 0) whole_blocks(to, a, whole, function);
  const int64_t rest = n % kBlock, done = n - rest;
  if (rest == 0) return;
  float padded[kBlock];
  for (int64_t i = 0; i < kBlock; ++i) padded[i] = a[done + (i < rest ? i : 0)];
  whole_blocks(padded, padded, 1, function);
  for (int64_t i = 0; i < rest; ++i) to[done + i] = padded[i];
}

template <class Function>
[[gnu::noinline]] void whole_blocks(float* to, const float* a, const float* b, int64_t blocks,
                                    Function function) {
  const int64_t n = blocks * kBlock;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = function(a[i], b[i]);
}

template <class Function>
void map_function(float* to, const float* a, const float* b, int64_t n, Function function) {
  const int64_t whole = n / kBlock;
  if (whole > 0) whole_blocks(to, a, b, whole, function);
  const int64_t rest = n % kBlock, done = n - rest;
  if (rest == 0) return;
  float padded_a[kBlock], padded_b[kBlock];
  for (int64_t i = 0; i < kBlock; ++i) {
    padded_a[i] = a[done + (i < rest ? i : 0)];
    padded_b[i] = b[done + (i < rest ? i : 0)];
  }
  whole_blocks(padded_a, padded_a, padded_b, 1, function);
  for (int64_t i = 0; i < rest; ++i) to[done + i] = padded_a[i];
}

}  // namespace
}  // namespace reckon::kernels
