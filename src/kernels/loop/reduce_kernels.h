// SPDX-License-Identifier: Apache-2.0
// Reductions with 16 interleaved partial results, whatever the vector width, joined as a tree.
// In an unnamed namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/loop/element_operations.h"
#include "kernels/loop/loop_kernels.h"

// Vectors are passed between inlined functions only, so their calling convention does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace reckon::kernels {
namespace {

template <class T>
constexpr T lowest_value() {
  if constexpr (kIsFloat<T>)
    return -static_cast<T>(__builtin_inf());
  else if constexpr (static_cast<T>(-1) > 0)
    return 0;
  else
    return static_cast<T>(static_cast<Wrap<T>>(1) << (8 * sizeof(T) - 1));
}
template <class T>
constexpr T highest_value() {
  if constexpr (kIsFloat<T>)
    return static_cast<T>(__builtin_inf());
  else if constexpr (static_cast<T>(-1) > 0)
    return static_cast<T>(-1);
  else
    return static_cast<T>(~lowest_value<T>());
}

// `apply` is written so that it means the same for one element and for a vector of them.
struct SumOf {
  template <class T>
  static constexpr T kIdentity = 0;
  template <class V>
  [[gnu::always_inline]] static V apply(V a, V b) {
    return static_cast<V>(a + b);
  }
};
struct ProdOf {
  template <class T>
  static constexpr T kIdentity = 1;
  template <class V>
  [[gnu::always_inline]] static V apply(V a, V b) {
    return static_cast<V>(a * b);
  }
};
struct MaxOf {
  template <class T>
  static constexpr T kIdentity = lowest_value<T>();
  template <class V>
  [[gnu::always_inline]] static V apply(V a, V b) {
    return (b > a) | (b != b) ? b : a;
  }
};
struct MinOf {
  template <class T>
  static constexpr T kIdentity = highest_value<T>();
  template <class V>
  [[gnu::always_inline]] static V apply(V a, V b) {
    return (b < a) | (b != b) ? b : a;
  }
};
struct AnyOf {
  template <class T>
  static constexpr T kIdentity = 0;
  template <class V>
  [[gnu::always_inline]] static V apply(V a, V b) {
    return static_cast<V>(a | b);
  }
};
struct AllOf {
  template <class T>
  static constexpr T kIdentity = 1;
  template <class V>
  [[gnu::always_inline]] static V apply(V a, V b) {
    return static_cast<V>(a & b);
  }
};

template <class Op, class T>
void accumulate(void* into, const void* from, int64_t n) {
  auto* to = static_cast<T*>(into);
  const auto* values = static_cast<const T*>(from);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) to[i] = Op::apply(to[i], values[i]);
}

template <class Op, class T>
void fill_identity(void* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) static_cast<T*>(out)[i] = Op::template kIdentity<T>;
}

template <class T, int kCount>
struct VectorOf {
  typedef T Type __attribute__((vector_size(kCount * sizeof(T))));
};

// The 16 partial results, in as many registers as the instruction set needs.
template <class T>
struct Lanes {
  static constexpr int kWidth = kVectorBytes / static_cast<int>(sizeof(T)) < kReduceLanes
                                    ? kVectorBytes / static_cast<int>(sizeof(T))
                                    : kReduceLanes;
  static constexpr int kParts = kReduceLanes / kWidth;
  using Vector = typename VectorOf<T, kWidth>::Type;
  Vector parts[kParts];

  [[gnu::always_inline]] static Lanes filled(T value) {
    Lanes lanes;
    for (int p = 0; p < kParts; ++p) lanes.parts[p] = value - Vector{};
    return lanes;
  }
  [[gnu::always_inline]] static Lanes loaded(const T* from) {
    Lanes lanes;
    for (int p = 0; p < kParts; ++p) {
      __builtin_memcpy(&lanes.parts[p], from + p * kWidth, sizeof(Vector));
    }
    return lanes;
  }
};

template <class Op, class T>
[[gnu::always_inline]] inline void join_into(Lanes<T>& into, const Lanes<T>& from) {
#pragma GCC unroll 8
  for (int p = 0; p < Lanes<T>::kParts; ++p)
    into.parts[p] = Op::apply(into.parts[p], from.parts[p]);
}

template <class Op, class T, int kCount>
[[gnu::always_inline]] inline T join_vector(typename VectorOf<T, kCount>::Type v) {
  if constexpr (kCount == 4) {
    // Neighbours last: a sum of four numbers is then that of its two pairs.
    return Op::template apply<T>(Op::template apply<T>(v[0], v[1]),
                                 Op::template apply<T>(v[2], v[3]));
  } else if constexpr (kCount == 8) {
    return join_vector<Op, T, 4>(Op::apply(__builtin_shufflevector(v, v, 0, 1, 2, 3),
                                           __builtin_shufflevector(v, v, 4, 5, 6, 7)));
  } else {
    return join_vector<Op, T, 8>(
        Op::apply(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7),
                  __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)));
  }
}

// Lane i with lane i + 8, then i + 4; of the four that are left, neighbours.
template <class Op, class T>
[[gnu::always_inline]] inline T join_lanes(Lanes<T> lanes) {
  constexpr int kLast = Lanes<T>::kWidth == 2 ? 2 : 1;
#pragma GCC unroll 4
  for (int half = Lanes<T>::kParts / 2; half >= kLast; half /= 2) {
    for (int p = 0; p < half; ++p)
      lanes.parts[p] = Op::apply(lanes.parts[p], lanes.parts[p + half]);
  }
  if constexpr (kLast == 2) {
    return Op::template apply<T>(Op::template apply<T>(lanes.parts[0][0], lanes.parts[0][1]),
                                 Op::template apply<T>(lanes.parts[1][0], lanes.parts[1][1]));
  } else {
    return join_vector<Op, T, Lanes<T>::kWidth>(lanes.parts[0]);
  }
}

// The last, incomplete lanes of a row, filled up with `fill`. Reads 16 elements where they exist.
template <class T>
[[gnu::always_inline]] inline Lanes<T> load_rest(const T* from, int64_t rest, const T* end,
                                                 T fill) {
  using Number = std::conditional_t<sizeof(T) == 8, int64_t,
                                    std::conditional_t<sizeof(T) == 4, int32_t, int8_t>>;
  static constexpr Number kNumbers[kReduceLanes] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                    8, 9, 10, 11, 12, 13, 14, 15};
  if (end - from < kReduceLanes) [[unlikely]] {
    T padded[kReduceLanes];
    for (int64_t i = 0; i < kReduceLanes; ++i) padded[i] = i < rest ? from[i] : fill;
    return Lanes<T>::loaded(padded);
  }
  const Lanes<Number> numbers = Lanes<Number>::loaded(kNumbers);
  const Lanes<T> fills = Lanes<T>::filled(fill);
  Lanes<T> lanes = Lanes<T>::loaded(from);
#pragma GCC unroll 8
  for (int p = 0; p < Lanes<T>::kParts; ++p) {
    lanes.parts[p] = numbers.parts[p] < static_cast<Number>(rest) ? lanes.parts[p] : fills.parts[p];
  }
  return lanes;
}

// kRows rows at once: their chains are independent, which hides the latency of the operation.
template <class Op, class T, int kRows>
[[gnu::always_inline]] inline void reduce_some_rows(const T* values, int64_t length, T* out,
                                                    const T* end) {
  constexpr T kIdentity = Op::template kIdentity<T>;
  Lanes<T> lanes[kRows];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) lanes[r] = Lanes<T>::filled(kIdentity);
  const int64_t whole = length / kReduceLanes * kReduceLanes;
  for (int64_t j = 0; j < whole; j += kReduceLanes) {
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      join_into<Op>(lanes[r], Lanes<T>::loaded(values + r * length + j));
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    if (whole < length) {
      join_into<Op>(lanes[r],
                    load_rest(values + r * length + whole, length - whole, end, kIdentity));
    }
    out[r] = join_lanes<Op>(lanes[r]);
  }
}

template <class Op, class T>
void reduce_rows(const void* from, int64_t rows, int64_t length, void* out) {
  const auto* values = static_cast<const T*>(from);
  auto* to = static_cast<T*>(out);
  const T* end = values + rows * length;
  int64_t r = 0;
  for (; r + 4 <= rows; r += 4)
    reduce_some_rows<Op, T, 4>(values + r * length, length, to + r, end);
  for (; r < rows; ++r) reduce_some_rows<Op, T, 1>(values + r * length, length, to + r, end);
}

template <class Op, class T>
void join_tree(void* groups, int64_t count, int64_t width) {
  auto* values = static_cast<T*>(groups);
  if (width > 1) {
    for (int64_t step = 1; step < count; step *= 2) {
      for (int64_t i = 0; i + step < count; i += 2 * step) {
        accumulate<Op, T>(values + i * width, values + (i + step) * width, width);
      }
    }
    return;
  }
  // The same tree, with the results moved together, level by level.
  for (; count > 1; count = (count + 1) / 2) {
    for (int64_t i = 0; i < count / 2; ++i) {
      values[i] = Op::apply(values[2 * i], values[2 * i + 1]);
    }
    if (count % 2 != 0) values[count / 2] = values[count - 1];
  }
}

template <class Op, class T>
ReduceKernels reduce_kernels_of() {
  return {accumulate<Op, T>, reduce_rows<Op, T>, join_tree<Op, T>, fill_identity<Op, T>};
}

// Sums and products are the same bits for signed and unsigned integers, and unsigned ones may wrap.
template <class Op, class Int32, class Int64>
ReduceKernels reduce_kernels_of(expr::Lane lane) {
  switch (lane) {
    case expr::Lane::kFloat32:
      return reduce_kernels_of<Op, float>();
    case expr::Lane::kFloat64:
      return reduce_kernels_of<Op, double>();
    case expr::Lane::kInt32:
      return reduce_kernels_of<Op, Int32>();
    case expr::Lane::kInt64:
      return reduce_kernels_of<Op, Int64>();
    case expr::Lane::kUInt8:
      return reduce_kernels_of<Op, uint8_t>();
    case expr::Lane::kBool:
      break;
  }
  return {};
}

ReduceKernels find_reduce_kernels(ReduceKind kind, expr::Lane lane) {
  switch (kind) {
    case ReduceKind::kSum:
      return reduce_kernels_of<SumOf, uint32_t, uint64_t>(lane);
    case ReduceKind::kProd:
      return reduce_kernels_of<ProdOf, uint32_t, uint64_t>(lane);
    case ReduceKind::kMax:
      return reduce_kernels_of<MaxOf, int32_t, int64_t>(lane);
    case ReduceKind::kMin:
      return reduce_kernels_of<MinOf, int32_t, int64_t>(lane);
    case ReduceKind::kAny:
    case ReduceKind::kAll:
      if (lane != expr::Lane::kBool) return {};
      if (kind == ReduceKind::kAny) return reduce_kernels_of<AnyOf, uint8_t>();
      return reduce_kernels_of<AllOf, uint8_t>();
    case ReduceKind::kNone:
      break;
  }
  return {};
}

}  // namespace
}  // namespace reckon::kernels
