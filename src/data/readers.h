// SPDX-License-Identifier: Apache-2.0
// Three ways to be a Reader: by rows of something, by one element at a time, or by another order of
// an input's elements. Each gives the other half of the interface.
#pragma once

#include <memory>
#include <vector>

#include "data/node.h"
#include "data/row_buffers.h"

namespace reckon::reckon_internal::data {

/// Gives `gather`; an element is one gathered row without its first dimension.
class RowReader : public Reader {
 public:
  void read(int64_t epoch, int64_t index, Columns out) final;
};

/// Gives `read`; elements are stacked one by one.
class ElementReader : public Reader {
 public:
  void gather(std::span<const Run> runs, Columns out) override;

 protected:
  RowBuffers& buffers() { return buffers_; }

 private:
  RowBuffers buffers_;
};

/// Gives `remap`: its elements are those of its input in another order.
class RemapReader : public Reader {
 public:
  explicit RemapReader(std::unique_ptr<Reader> input) : input_(std::move(input)) {}
  void read(int64_t epoch, int64_t index, Columns out) final;
  void gather(std::span<const Run> runs, Columns out) final;

 protected:
  /// Appends where the elements of `run` are in the input, in order.
  virtual void remap(const Run& run, std::vector<Run>& out) = 0;

 private:
  std::unique_ptr<Reader> input_;
  std::vector<Run> runs_;
};

/// Reads rows of Arrays that have as many rows each: a slice without a copy where the rows are one
/// run, else one copy of memory for each run.
class ColumnReader : public RowReader {
 public:
  explicit ColumnReader(std::vector<Array> columns) : columns_(std::move(columns)) {}
  void gather(std::span<const Run> runs, Columns out) override;

 private:
  std::vector<Array> columns_;
  RowBuffers buffers_;
};

/// Arrays and the pointers to them that a Reader fills.
class ColumnStore {
 public:
  explicit ColumnStore(int64_t count);
  ColumnStore(const ColumnStore&) = delete;
  ColumnStore& operator=(const ColumnStore&) = delete;
  Columns columns() const { return pointers_; }
  Array& operator[](size_t column) { return arrays_[column]; }
  size_t size() const { return arrays_.size(); }

 private:
  std::vector<Array> arrays_;
  std::vector<Array*> pointers_;
};

int64_t total_count(std::span<const Run> runs);

}  // namespace reckon::reckon_internal::data
