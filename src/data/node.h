// SPDX-License-Identifier: Apache-2.0
// What a Dataset is made of: a tree of Nodes (descriptions) that open Readers (running parts).
// Readers have random access: element k of epoch e is a pure function of (description, seed, e, k),
// so a position in a whole input is one number and is reached at once.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <reckon/dataset.h>
#include "base/hash.h"
#include "data/iterator.h"
#include "graph/op.h"

namespace reckon::reckon_internal::data {

/// The size of an input that never ends.
constexpr int64_t kEndless = std::numeric_limits<int64_t>::max();

/// Elements first … first + count - 1 of one epoch.
struct Run {
  int64_t epoch = 0;
  int64_t first = 0;
  int64_t count = 0;
};

/// Where a Reader puts the components of an element: pointers to the Arrays, which it overwrites.
using Columns = std::span<Array* const>;

/// A running part of an input, used by one thread at a time. Positions are those of its Node and
/// lie within its size.
class Reader {
 public:
  virtual ~Reader() = default;
  /// One element.
  virtual void read(int64_t epoch, int64_t index, Columns out) = 0;
  /// The elements of all runs, stacked along a new first dimension. At least one element.
  ///   throws  Error, kInvalidArgument, if their shapes differ
  virtual void gather(std::span<const Run> runs, Columns out) = 0;
};

/// What the parts of one input share while they are opened.
struct OpenContext {
  IteratorContext run;
  int shuffles = 0;  ///< shuffles without a seed opened so far: each has an order of its own
};

using NodePtr = std::shared_ptr<const Node>;

/// An immutable description of one step of an input and of what it reads.
class Node {
 public:
  virtual ~Node() = default;

  /// One spec, or those of both sides after zip. The columns of an element are, part by part, the
  /// features and then the labels.
  const std::vector<DatasetSpec>& parts() const { return parts_; }
  /// The spec of an element as a model sees it: the parts' features, the first part's labels.
  ///   throws  Error, kInvalidArgument, if two parts have a feature of the same name
  const DatasetSpec& spec() const;
  int64_t column_count() const { return static_cast<int64_t>(columns_.size()); }
  /// dtype and shape of each column.
  const graph::Types& columns() const { return columns_; }
  /// The column of each component of spec(): features, then labels.
  const std::vector<int32_t>& joined_columns() const { return joined_columns_; }

  /// The number of elements of one epoch, or kEndless.
  int64_t size() const { return size_; }
  virtual uint64_t structural_hash() const { return hash_; }
  /// A hash of the data that the sources hold, so that a changed file is noticed.
  virtual uint64_t fingerprint() const;
  /// How many elements an input thread makes ahead; 0: there is none.
  virtual int64_t prefetch_depth() const;
  virtual std::unique_ptr<Reader> open(OpenContext& context) const = 0;

  const std::vector<NodePtr>& inputs() const { return inputs_; }
  const NodePtr& input() const { return inputs_[0]; }

 protected:
  /// `parameters` is the hash of what distinguishes nodes of one kind.
  Node(const char* kind, std::vector<NodePtr> inputs, std::vector<DatasetSpec> parts, int64_t size,
       uint64_t parameters);

 private:
  void join_parts();

  std::vector<NodePtr> inputs_;
  std::vector<DatasetSpec> parts_;
  graph::Types columns_;
  DatasetSpec joined_;
  std::vector<int32_t> joined_columns_;
  std::string twice_;  ///< a feature name that two parts have
  int64_t size_;
  uint64_t hash_;
};

template <class... Parts>
uint64_t hash_of(const Parts&... parts) {
  base::Hasher hasher;
  (hasher.add(parts), ...);
  return hasher.value();
}

/// True if every dimension of every column is known.
bool is_static(const graph::Types& columns);

}  // namespace reckon::reckon_internal::data
