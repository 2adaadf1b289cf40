// SPDX-License-Identifier: Apache-2.0
// Dataset: a description of where data come from and what is done to them, with a static spec.
// An iterator over it has a position of a few hundred bytes that saves and restores exactly.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <reckon/array.h>
#include <reckon/features.h>

namespace reckon {

namespace data {
class Node;
}  // namespace data

/// Name, dtype and shape of one component; after batch() the first dimension is kUnknown.
struct ComponentSpec {
  std::string name;
  DType dtype = DType::kInvalid;
  Shape shape;
  bool operator==(const ComponentSpec&) const = default;
};

/// Components in order of name, features first.
struct DatasetSpec {
  std::vector<ComponentSpec> features;
  std::vector<ComponentSpec> labels;  ///< empty, or one named "", or several
  bool operator==(const DatasetSpec&) const = default;
};

/// The Arrays of one element or batch, in the order of the spec.
struct ArrayElement {
  std::vector<Array> features;
  std::vector<Array> labels;
};

struct IdxOptions {
  std::string feature = "x";
};
struct ShuffleOptions {
  int64_t buffer_size = 0;             ///< elements; at least 1
  std::optional<uint64_t> seed = {};   ///< set: order depends on (seed, epoch); unset: on the run's seed too
};

/// A description; copies share it. Nothing is read before an iterator is made, but sources that are files are
/// opened once for their spec.
class Dataset {
 public:
  using MapFunction = std::function<Element(const Features& features, const Tensor& labels)>;
  using NativeFunction = std::function<ArrayElement(const ArrayElement&)>;

  /// Rows of `features` (and `labels`): all Arrays have the same first dimension.
  ///   throws  Error, kInvalidArgument, if they have not
  static Dataset from_arrays(std::map<std::string, Array> features);
  static Dataset from_arrays(std::map<std::string, Array> features, Array labels);
  static Dataset from_arrays(std::map<std::string, Array> features, std::map<std::string, Array> labels);
  /// 0 … end-1 as the int64[] feature "x"; or begin, begin + step …
  static Dataset range(int64_t end);
  static Dataset range(int64_t begin, int64_t end, int64_t step = 1);
  /// MNIST's files: uint8[rows, columns, 1] and an int64[] label; finds `name` or `name.gz`.
  ///   throws  Error, kNotFound or kDataLoss, naming the file
  static Dataset idx(const std::string& images, const std::string& labels, IdxOptions options = {});
  /// Pairs of elements; a map() after it takes two Elements. As a model's input the features are joined
  /// (their names must differ) and the labels are the first's.
  static Dataset zip(const Dataset& left, const Dataset& right);

  /// A graph function of each element: traced, compiled, cached by its structural hash.
  Dataset map(MapFunction function) const;
  Dataset map(std::function<Element(const Element& left, const Element& right)> function) const;
  Dataset map(std::function<Element(const Features& features)> function) const;
  /// A C++ function of each element's Arrays; `spec` says what it returns.
  Dataset map_native(NativeFunction function, DatasetSpec spec) const;
  Dataset shuffle(ShuffleOptions options) const;
  /// `count` times; without it for ever.
  Dataset repeat(int64_t count = -1) const;
  Dataset batch(int64_t size, bool drop_remainder = false) const;
  Dataset take(int64_t count) const;
  Dataset skip(int64_t count) const;
  /// Makes up to `depth` batches ahead on a thread of its own; order and content do not change.
  Dataset prefetch(int64_t depth) const;

  const DatasetSpec& spec() const;
  /// The same for equal descriptions in every process; part of a checkpoint.
  uint64_t structural_hash() const;
  const std::shared_ptr<const data::Node>& node() const { return node_; }
  explicit Dataset(std::shared_ptr<const data::Node> node) : node_(std::move(node)) {}

 private:
  std::shared_ptr<const data::Node> node_;
};

/// Makes a Dataset; called once per train, evaluate or predict call.
using InputFn = std::function<Dataset()>;

}  // namespace reckon
