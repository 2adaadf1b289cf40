// SPDX-License-Identifier: Apache-2.0
#include "kernels/move/sorted_rows.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace reckon::kernels {
namespace {

constexpr int kDigitBits = 11;
constexpr int64_t kDigits = 1 << kDigitBits;
constexpr int64_t kInsertionLimit = 32;

// The id as an unsigned key of the same order, and where it stood.
struct Entry {
  uint64_t key;
  int32_t position;
};

template <class Index>
uint64_t key_of(Index id) {
  return static_cast<uint64_t>(static_cast<int64_t>(id)) ^ (uint64_t{1} << 63);
}

void insertion_sort(Entry* entries, int64_t count) {
  for (int64_t i = 1; i < count; ++i) {
    const Entry entry = entries[i];
    int64_t j = i;
    for (; j > 0 && entries[j - 1].key > entry.key; --j) entries[j] = entries[j - 1];
    entries[j] = entry;
  }
}

void radix_pass(const Entry* from, Entry* to, int64_t count, int shift) {
  std::array<int64_t, kDigits> starts = {};
  const auto digit = [shift](const Entry& e) {
    return static_cast<size_t>(e.key >> shift) & (kDigits - 1);
  };
  for (int64_t i = 0; i < count; ++i) ++starts[digit(from[i])];
  int64_t start = 0;
  for (int64_t& entry : starts) start += std::exchange(entry, start);
  for (int64_t i = 0; i < count; ++i) to[starts[digit(from[i])]++] = from[i];
}

// Stable. Digits that all keys share are skipped: small ids take one or two passes.
Entry* sort_entries(Entry* entries, Entry* spare, int64_t count, uint64_t differing) {
  if (count <= kInsertionLimit) {
    insertion_sort(entries, count);
    return entries;
  }
  for (int shift = 0; shift < 64; shift += kDigitBits) {
    if ((differing >> shift & (kDigits - 1)) == 0) continue;
    radix_pass(entries, spare, count, shift);
    std::swap(entries, spare);
  }
  return entries;
}

template <class T>
T wrapping_add(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using Unsigned = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
  } else {
    return a + b;
  }
}

constexpr int64_t kSumAhead = 8;  // rows between fetching one and adding it

template <class T>
void fetch_row(const T* row, int64_t width) {
  const int64_t bytes = std::min<int64_t>(width * static_cast<int64_t>(sizeof(T)), 256);
  for (int64_t at = 0; at < bytes; at += 64) {
    __builtin_prefetch(reinterpret_cast<const char*>(row) + at);
  }
}

}  // namespace

size_t unique_rows_scratch_bytes(int64_t count) {
  return 2 * static_cast<size_t>(count) * sizeof(Entry);
}

template <class Index>
int64_t unique_rows(const Index* ids, int64_t count, int32_t* order, int32_t* starts,
                    void* scratch) {
  starts[0] = 0;
  if (count == 0) return 0;
  Entry* entries = static_cast<Entry*>(scratch);
  uint64_t differing = 0;
  for (int64_t i = 0; i < count; ++i) {
    entries[i] = {key_of(ids[i]), static_cast<int32_t>(i)};
    differing |= entries[i].key ^ entries[0].key;
  }
  const Entry* sorted = sort_entries(entries, entries + count, count, differing);
  int64_t groups = 0;
  for (int64_t i = 0; i < count; ++i) {
    order[i] = sorted[i].position;
    if (i > 0 && sorted[i].key != sorted[i - 1].key) starts[++groups] = static_cast<int32_t>(i);
  }
  starts[++groups] = static_cast<int32_t>(count);
  return groups;
}

template <class T>
void segment_sum(const T* rows, int64_t width, const int32_t* order, const int32_t* starts,
                 int64_t first, int64_t last, T* out) {
  const int32_t end = starts[last];
  for (int64_t group = first; group < last; ++group) {
    T* sum = out + group * width;
    for (int32_t i = starts[group]; i < starts[group + 1]; ++i) {
      if (i + kSumAhead < end) fetch_row(rows + order[i + kSumAhead] * width, width);
      const T* row = rows + order[i] * width;
      if (i == starts[group]) {
        std::copy_n(row, width, sum);
      } else {
        for (int64_t c = 0; c < width; ++c) sum[c] = wrapping_add(sum[c], row[c]);
      }
    }
  }
}

template <class T, class Index>
void scatter_add(const T* rows, const Index* ids, int64_t count, int64_t width, int64_t first,
                 int64_t last, T* dense) {
  for (int64_t i = 0; i < count; ++i) {
    if (i + kSumAhead < count) {
      fetch_row(dense + static_cast<int64_t>(ids[i + kSumAhead]) * width + first, last - first);
    }
    T* into = dense + static_cast<int64_t>(ids[i]) * width;
    const T* row = rows + i * width;
    for (int64_t c = first; c < last; ++c) into[c] = wrapping_add(into[c], row[c]);
  }
}

template int64_t unique_rows(const int32_t*, int64_t, int32_t*, int32_t*, void*);
template int64_t unique_rows(const int64_t*, int64_t, int32_t*, int32_t*, void*);

template void segment_sum(const float*, int64_t, const int32_t*, const int32_t*, int64_t, int64_t,
                          float*);
template void segment_sum(const double*, int64_t, const int32_t*, const int32_t*, int64_t, int64_t,
                          double*);
template void segment_sum(const int32_t*, int64_t, const int32_t*, const int32_t*, int64_t, int64_t,
                          int32_t*);
template void segment_sum(const int64_t*, int64_t, const int32_t*, const int32_t*, int64_t, int64_t,
                          int64_t*);

template void scatter_add(const float*, const int32_t*, int64_t, int64_t, int64_t, int64_t, float*);
template void scatter_add(const float*, const int64_t*, int64_t, int64_t, int64_t, int64_t, float*);
template void scatter_add(const double*, const int32_t*, int64_t, int64_t, int64_t, int64_t,
                          double*);
template void scatter_add(const double*, const int64_t*, int64_t, int64_t, int64_t, int64_t,
                          double*);
template void scatter_add(const int32_t*, const int32_t*, int64_t, int64_t, int64_t, int64_t,
                          int32_t*);
template void scatter_add(const int32_t*, const int64_t*, int64_t, int64_t, int64_t, int64_t,
                          int32_t*);
template void scatter_add(const int64_t*, const int32_t*, int64_t, int64_t, int64_t, int64_t,
                          int64_t*);
template void scatter_add(const int64_t*, const int64_t*, int64_t, int64_t, int64_t, int64_t,
                          int64_t*);

}  // namespace reckon::kernels
