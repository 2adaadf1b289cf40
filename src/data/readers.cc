// SPDX-License-Identifier: Apache-2.0
#include "data/readers.h"

#include <cstring>

namespace reckon::reckon_internal::data {
namespace {

Shape row_shape(const Array& column) {
  const Shape& shape = column.shape();
  return Shape(std::vector<int64_t>(shape.begin() + 1, shape.end()));
}

// A row of a shuffled batch comes from anywhere in memory: its lines are asked for a few rows
// ahead.
constexpr size_t kRowsAhead = 4;
constexpr size_t kLineBytes = 64;

void ask_for(const char* source, size_t bytes) {
  for (size_t line = 0; line < bytes; line += kLineBytes) __builtin_prefetch(source + line);
}

void copy_rows(std::span<const Run> runs, const char* source, size_t row_bytes, char* target) {
  for (size_t i = 0; i < runs.size(); ++i) {
    if (i + kRowsAhead < runs.size()) {
      ask_for(source + row_bytes * static_cast<size_t>(runs[i + kRowsAhead].first), row_bytes);
    }
    const size_t bytes = row_bytes * static_cast<size_t>(runs[i].count);
    if (bytes > 0) {
      std::memcpy(target, source + row_bytes * static_cast<size_t>(runs[i].first), bytes);
    }
    target += bytes;
  }
}

Array copy_string_rows(std::span<const Run> runs, const Array& column, const Shape& shape) {
  const auto values = column.data<std::string_view>();
  const auto row = static_cast<size_t>(column.num_elements() / column.shape()[0]);
  std::vector<std::string_view> views;
  for (const Run& run : runs) {
    const auto part =
        values.subspan(row * static_cast<size_t>(run.first), row * static_cast<size_t>(run.count));
    views.insert(views.end(), part.begin(), part.end());
  }
  return Array::string_views(views, shape);
}

}  // namespace

int64_t total_count(std::span<const Run> runs) {
  int64_t count = 0;
  for (const Run& run : runs) count += run.count;
  return count;
}

void RowReader::read(int64_t epoch, int64_t index, Columns out) {
  const Run run{epoch, index, 1};
  gather({&run, 1}, out);
  for (Array* column : out) *column = column->reshaped(row_shape(*column));
}

void ElementReader::gather(std::span<const Run> runs, Columns out) {
  std::vector<std::vector<Array>> elements(out.size());
  ColumnStore element(static_cast<int64_t>(out.size()));
  for (const Run& run : runs) {
    for (int64_t i = 0; i < run.count; ++i) {
      read(run.epoch, run.first + i, element.columns());
      for (size_t c = 0; c < out.size(); ++c) elements[c].push_back(std::move(element[c]));
    }
  }
  for (size_t c = 0; c < out.size(); ++c) *out[c] = stack_arrays(elements[c], buffers_);
}

void RemapReader::read(int64_t epoch, int64_t index, Columns out) {
  runs_.clear();
  remap({epoch, index, 1}, runs_);
  input_->read(runs_[0].epoch, runs_[0].first, out);
}

void RemapReader::gather(std::span<const Run> runs, Columns out) {
  runs_.clear();
  for (const Run& run : runs) remap(run, runs_);
  input_->gather(runs_, out);
}

void ColumnReader::gather(std::span<const Run> runs, Columns out) {
  if (runs.size() == 1) {
    for (size_t c = 0; c < out.size(); ++c) {
      *out[c] = columns_[c].rows(runs[0].first, runs[0].first + runs[0].count);
    }
    return;
  }
  const int64_t count = total_count(runs);
  for (size_t c = 0; c < out.size(); ++c) {
    const Array& column = columns_[c];
    Shape shape = column.shape();
    const size_t row_bytes = column.num_bytes() / static_cast<size_t>(shape[0]);
    shape.set(0, count);
    *out[c] = Array();  // gives back the memory of the batch before
    if (column.dtype() == kString) {
      *out[c] = copy_string_rows(runs, column, shape);
      continue;
    }
    char* memory = nullptr;
    *out[c] = buffers_.lend(column.dtype(), shape, &memory);
    copy_rows(runs, static_cast<const char*>(column.raw()), row_bytes, memory);
  }
}

ColumnStore::ColumnStore(int64_t count) : arrays_(static_cast<size_t>(count)) {
  for (Array& array : arrays_) pointers_.push_back(&array);
}

}  // namespace reckon::reckon_internal::data
