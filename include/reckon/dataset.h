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
  std::string feature = "x";  ///< the name of the images
};
struct ShuffleOptions {
  int64_t buffer_size = 0;  ///< elements; at least 1
  std::optional<uint64_t> seed =
      {};  ///< set: order depends on (seed, epoch); unset: on the run's seed too
};

/// A description; copies share it. Files are read when their source is made, once in a process as
/// long as they do not change; nothing else is before an iterator is made. Wrong arguments throw
/// Error, kInvalidArgument, with the caller's line.
class Dataset {
 public:
  using MapFunction = std::function<Element(const Features& features, const Tensor& labels)>;
  using PairFunction = std::function<Element(const Element& left, const Element& right)>;
  using FeaturesFunction = std::function<Element(const Features& features)>;
  using NativeFunction = std::function<ArrayElement(const ArrayElement&)>;

  /// Rows of `features` (and `labels`), which are shared and not copied.
  ///   throws  Error, kInvalidArgument, if not all Arrays have the same first dimension
  static Dataset from_arrays(std::map<std::string, Array> features, Place place = Place::here());
  static Dataset from_arrays(std::map<std::string, Array> features, Array labels,
                             Place place = Place::here());
  static Dataset from_arrays(std::map<std::string, Array> features,
                             std::map<std::string, Array> labels, Place place = Place::here());
  /// 0 … end-1 as the int64[] feature "x"; or begin, begin + step …
  static Dataset range(int64_t end, Place place = Place::here());
  static Dataset range(int64_t begin, int64_t end, int64_t step = 1, Place place = Place::here());
  /// MNIST's files: uint8[rows, columns, 1] and an int64[] label; finds `name` or `name.gz`.
  ///   throws  Error, kNotFound or kDataLoss, naming the file; kInvalidArgument if they are not of
  ///   one set
  static Dataset idx(const std::string& images, const std::string& labels, IdxOptions options = {});
  /// Pairs of elements, as many as the shorter has; a map() after it takes two Elements. As a
  /// model's input the features are joined (their names must differ) and the labels are the
  /// first's.
  static Dataset zip(const Dataset& left, const Dataset& right);

  /// A graph function of each element: traced here, compiled once for all equal functions of the
  /// process. It has no variables; its random ops are keyed by (run seed, name, epoch, element).
  ///   throws  Error, kInvalidArgument, with the line in the function that is wrong
  Dataset map(MapFunction function, Place place = Place::here()) const;
  Dataset map(PairFunction function, Place place = Place::here()) const;
  Dataset map(FeaturesFunction function, Place place = Place::here()) const;
  /// A C++ function of each element's Arrays, in the order of spec(); `spec` says what it returns.
  /// It must be a pure function: with prefetch() it runs on another thread, and a resumed input may
  /// call it anew.
  Dataset map_native(NativeFunction function, DatasetSpec spec, Place place = Place::here()) const;
  /// A permutation of all elements of an epoch if buffer_size is at least their number, else of
  /// each buffer_size consecutive ones; another in each epoch.
  Dataset shuffle(ShuffleOptions options, Place place = Place::here()) const;
  /// `count` epochs; without it for ever.
  Dataset repeat(int64_t count = -1, Place place = Place::here()) const;
  /// Stacks `size` elements; the last batch has the rest, or is left out.
  Dataset batch(int64_t size, bool drop_remainder = false, Place place = Place::here()) const;
  /// The first `count` elements, at most.
  Dataset take(int64_t count, Place place = Place::here()) const;
  /// All but the first `count` elements.
  Dataset skip(int64_t count, Place place = Place::here()) const;
  /// Makes up to `depth` batches ahead on a thread of its own; order and content do not change.
  Dataset prefetch(int64_t depth, Place place = Place::here()) const;

  /// Of what a model gets. Throws Error, kInvalidArgument, if both sides of a zip have one name.
  const DatasetSpec& spec() const;
  /// The same for equal descriptions in every process; part of a checkpoint. Contents of Arrays and
  /// files, map_native's functions and prefetch() are no part of it.
  uint64_t structural_hash() const;
  /// The first `limit` elements, to look at: as a run with seed 0 sees them.
  std::vector<ArrayElement> collect(int64_t limit) const;

  const std::shared_ptr<const data::Node>& node() const { return node_; }
  explicit Dataset(std::shared_ptr<const data::Node> node) : node_(std::move(node)) {}

 private:
  std::shared_ptr<const data::Node> node_;
};

/// Makes a Dataset; called once per train, evaluate or predict call.
using InputFn = std::function<Dataset()>;

}  // namespace reckon
