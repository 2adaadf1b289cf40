// SPDX-License-Identifier: Apache-2.0
// Rows by index: bounds first, then copies with the rows to come already on their way.
#include <algorithm>
#include <cstring>
#include <string>

#include "kernels/move/strided_copy.h"

namespace reckon::kernels {
namespace {

constexpr int64_t kGatherAhead = 16;

template <class Index>
bool all_inside(const Index* indices, int64_t count, int64_t bound) {
  uint64_t outside = 0;
  for (int64_t i = 0; i < count; ++i) {
    // A negative index is a huge unsigned one.
    outside |=
        static_cast<uint64_t>(static_cast<int64_t>(indices[i])) >= static_cast<uint64_t>(bound);
  }
  return outside == 0;
}

template <class T, class Index>
void gather_elements(const char* table, const Index* indices, int64_t count, char* out) {
  const T* from = reinterpret_cast<const T*>(table);
  T* to = reinterpret_cast<T*>(out);
  for (int64_t i = 0; i < count; ++i) to[i] = from[indices[i]];
}

template <class Index>
void gather_wide(const char* table, const Index* indices, int64_t count, int64_t row_bytes,
                 char* out) {
  const int64_t fetched = std::min<int64_t>(row_bytes, 512);
  for (int64_t i = 0; i < count; ++i) {
    if (i + kGatherAhead < count) {
      const char* ahead = table + static_cast<int64_t>(indices[i + kGatherAhead]) * row_bytes;
      for (int64_t at = 0; at < fetched; at += 64) __builtin_prefetch(ahead + at);
    }
    std::memcpy(out + i * row_bytes, table + static_cast<int64_t>(indices[i]) * row_bytes,
                static_cast<size_t>(row_bytes));
  }
}

template <class Index>
void gather(const char* table, const Index* indices, int64_t count, int64_t row_bytes, char* out) {
  switch (row_bytes) {
    case 0:
      return;
    case 1:
      return gather_elements<uint8_t>(table, indices, count, out);
    case 2:
      return gather_elements<uint16_t>(table, indices, count, out);
    case 4:
      return gather_elements<uint32_t>(table, indices, count, out);
    case 8:
      return gather_elements<uint64_t>(table, indices, count, out);
    default:
      return gather_wide(table, indices, count, row_bytes, out);
  }
}

}  // namespace

template <class Index>
Fault check_indices(const Index* indices, int64_t count, int64_t bound, const char* what,
                    const char* mend) {
  if (all_inside(indices, count, bound)) return {};
  const Index* bad = std::find_if(indices, indices + count, [bound](Index index) {
    return static_cast<int64_t>(index) < 0 || static_cast<int64_t>(index) >= bound;
  });
  return Fault(std::string(what) + " " + std::to_string(*bad) + " is not in [0, " +
               std::to_string(bound) + "), at position " + std::to_string(bad - indices) + " of " +
               std::to_string(count) + "; " + mend);
}

template <class Index>
Fault gather_rows(const GatherShape& s, const void* table, const Index* indices, void* out) {
  Fault fault = check_indices(indices, s.batch * s.count, s.rows);
  if (fault) return fault;
  const char* from = static_cast<const char*>(table);
  char* to = static_cast<char*>(out);
  for (int64_t batch = 0; batch < s.batch; ++batch) {
    for (int64_t outer = 0; outer < s.outer; ++outer) {
      gather(from, indices + batch * s.count, s.count, s.row_bytes, to);
      from += s.rows * s.row_bytes;
      to += s.count * s.row_bytes;
    }
  }
  return {};
}

template Fault check_indices(const int32_t*, int64_t, int64_t, const char*, const char*);
template Fault check_indices(const int64_t*, int64_t, int64_t, const char*, const char*);
template Fault gather_rows(const GatherShape&, const void*, const int32_t*, void*);
template Fault gather_rows(const GatherShape&, const void*, const int64_t*, void*);

}  // namespace reckon::kernels
