// SPDX-License-Identifier: Apache-2.0
// Three ways through a chunk: whole rows, narrow columns side by side, wide columns in place.
#include "kernels/loop/loop_reducer.h"
#include "base/scratch_layout.h"

#include <algorithm>
#include <cstring>

namespace reckon::kernels {

Reducer::Reducer(const ReduceKernels& kernels, const ReduceShape& shape, int64_t element_bytes,
                 void* chunks)
    : kernels_(kernels),
      shape_(shape),
      bytes_(element_bytes),
      lane_rows_(shape.lane_rows()),
      chunk_rows_(shape.chunk_rows()),
      chunk_count_(shape.chunks()),
      chunks_(static_cast<char*>(chunks)) {}

void Reducer::take(const void* values, int64_t start, int64_t n) {
  const auto* from = static_cast<const char*>(values);
  const int64_t row = shape_.reduced * shape_.inner, chunk = chunk_rows_ * shape_.inner;
  while (n > 0) {
    int64_t taken = shape_.inner == 1 ? take_rows(from, start, n) : 0;
    if (taken == 0) {
      const int64_t within = start % row, number = within / chunk, place = within % chunk;
      const int64_t length = std::min(chunk, row - number * chunk);
      taken = std::min(n, length - place);
      char* result = at(chunks_, (start / row * chunk_count_ + number) * shape_.inner);
      if (shape_.inner <= 32)
        take_side_by_side(from, place, taken, length, result);
      else
        take_columns(from, place, taken, result);
    }
    from += taken * bytes_;
    start += taken;
    n -= taken;
  }
}

// Whole chunks that lie within the values, inner == 1; 0 if there is none at the start.
int64_t Reducer::take_rows(const char* values, int64_t start, int64_t n) {
  const int64_t row = shape_.reduced, within = start % row;
  if (chunk_count_ == 1) {
    const int64_t rows = within == 0 ? n / row : 0;
    if (rows > 0) kernels_.rows(values, rows, row, at(chunks_, start / row));
    return rows * row;
  }
  if (within % chunk_rows_ != 0) return 0;
  const int64_t whole = std::min(n, row - within) / chunk_rows_;
  char* result = at(chunks_, start / row * chunk_count_ + within / chunk_rows_);
  if (whole > 0) kernels_.rows(values, whole, chunk_rows_, result);
  return whole * chunk_rows_;
}

// Element `place` of a chunk belongs to lane place % width, whoever brings it.
void Reducer::take_side_by_side(const char* values, int64_t place, int64_t n, int64_t length,
                                char* result) {
  const int64_t width = lane_rows_ * shape_.inner;
  if (place == 0) kernels_.identity(lanes_, width);
  const int64_t end = place + n;
  while (place < end) {
    const int64_t lane = place % width, count = std::min(width - lane, end - place);
    kernels_.accumulate(at(lanes_, lane), values, count);
    values += count * bytes_;
    place += count;
  }
  if (end < length) return;
  if (shape_.inner == 1) {
    kernels_.rows(lanes_, 1, width, result);
  } else {
    kernels_.tree(lanes_, lane_rows_, shape_.inner);
    std::memcpy(result, lanes_, static_cast<size_t>(shape_.inner * bytes_));
  }
}

// The result itself is the running total; the first row of a chunk starts it.
void Reducer::take_columns(const char* values, int64_t place, int64_t n, char* result) {
  while (n > 0) {
    const int64_t column = place % shape_.inner, count = std::min(shape_.inner - column, n);
    char* into = at(result, column);
    if (place < shape_.inner)
      std::memcpy(into, values, static_cast<size_t>(count * bytes_));
    else
      kernels_.accumulate(into, values, count);
    values += count * bytes_;
    place += count;
    n -= count;
  }
}

namespace {

int64_t chunk_bytes(const ReduceShape& shape, int64_t element_bytes) {
  return shape.chunks() > 1
             ? base::whole_lines(shape.result_size() * shape.chunks() * element_bytes)
             : 0;
}

// From chunk results to [kept, inner]; nothing to do if each chunk is a result already.
void join_chunks(const ReduceKernels& kernels, const ReduceShape& shape, int64_t element_bytes,
                 char* chunks, char* result) {
  if (shape.reduced == 0) {
    kernels.identity(result, shape.result_size());
    return;
  }
  if (shape.chunks() == 1 || shape.result_size() == 0) return;
  const int64_t bytes = shape.inner * element_bytes;
  for (int64_t k = 0; k < shape.kept; ++k) {
    char* own = chunks + k * shape.chunks() * bytes;
    kernels.tree(own, shape.chunks(), shape.inner);
    std::memcpy(result + k * bytes, own, static_cast<size_t>(bytes));
  }
}

}  // namespace

int64_t reduce_scratch_bytes(const ReduceLevels& levels, int64_t element_bytes) {
  int64_t bytes = 0;
  for (int level = 0; level < levels.count; ++level) {
    const ReduceShape& shape = levels.shapes[static_cast<size_t>(level)];
    bytes += chunk_bytes(shape, element_bytes);
    if (level + 1 < levels.count) bytes += base::whole_lines(shape.result_size() * element_bytes);
  }
  return bytes;
}

void* first_chunks(const ReduceLevels& levels, int64_t element_bytes, void* scratch, void* output) {
  const bool goes_to_output =
      levels.count == 1 && chunk_bytes(levels.shapes[0], element_bytes) == 0;
  return goes_to_output ? output : scratch;
}

void finish_reduction(const ReduceKernels& kernels, const ReduceLevels& levels,
                      int64_t element_bytes, void* scratch, void* output) {
  auto* place = static_cast<char*>(scratch);
  const char* values = nullptr;
  for (int level = 0; level < levels.count; ++level) {
    const ReduceShape& shape = levels.shapes[static_cast<size_t>(level)];
    char* chunks = place;
    place += chunk_bytes(shape, element_bytes);
    char* result = static_cast<char*>(output);
    if (level + 1 < levels.count) {
      result = place;
      place += base::whole_lines(shape.result_size() * element_bytes);
    }
    if (shape.chunks() == 1) chunks = result;
    if (level > 0) {
      Reducer(kernels, shape, element_bytes, chunks)
          .take(values, 0, shape.kept * shape.reduced * shape.inner);
    }
    join_chunks(kernels, shape, element_bytes, chunks, result);
    values = result;
  }
}

}  // namespace reckon::kernels
