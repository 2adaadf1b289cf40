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
#include <reckon/name.h>

namespace reckon {

namespace reckon_internal::data {
class Node;
}  // namespace reckon_internal::data

/// Name, dtype and shape of one component; after batch() the first dimension is kUnknown.
struct ComponentSpec {
  std::string name = {};          ///< "" for a single label
  DType dtype = DType::kInvalid;  ///< any that an Array can have
  Shape shape = {};               ///< kUnknown where elements differ
  /// Equal names, dtypes and shapes.
  bool operator==(const ComponentSpec&) const = default;
};

/// Components in order of name, features first.
struct DatasetSpec {
  std::vector<ComponentSpec> features = {};  ///< at least one
  std::vector<ComponentSpec> labels = {};    ///< empty, or one named "", or several
  /// Equal components in equal order.
  bool operator==(const DatasetSpec&) const = default;
};

/// The Arrays of one element or batch, in the order of the spec.
struct ArrayElement {
  std::vector<Array> features = {};  ///< one for each of DatasetSpec::features
  std::vector<Array> labels = {};    ///< one for each of DatasetSpec::labels
};

/// How Dataset::idx names its feature.
struct IdxOptions {
  std::string feature = "x";  ///< the name of the images
};
/// How Dataset::shuffle orders.
struct ShuffleOptions {
  int64_t buffer_size = 0;    ///< elements; at least 1
  Maybe<uint64_t> seed = {};  ///< set: order depends on (seed, epoch); unset: on the run's seed too
  /// false: one order in all epochs, and in all calls of a run. Needed to split by order:
  /// `all.shuffle({…, .seed = 1, .reshuffle_each_iteration = false})`, then `take(n)` to train on
  /// and `skip(n)` to test on; with another order in each epoch test rows would leak into training.
  bool reshuffle_each_iteration = true;
};

/// A description; copies share it. Files are read when their source is made, once in a process as
/// long as they do not change; nothing else is before an iterator is made. Wrong arguments throw
/// Error, kInvalidArgument, with the caller's line.
class Dataset {
 public:
  /// Of features and the only label.
  using MapFunction = std::function<Element(const Features& features, const Tensor& labels)>;
  /// Of both sides of a zip.
  using PairFunction = std::function<Element(const Element& left, const Element& right)>;
  /// Of features; the labels are dropped.
  using FeaturesFunction = std::function<Element(const Features& features)>;
  /// Of Arrays, in the order of the spec.
  using NativeFunction = std::function<ArrayElement(const ArrayElement&)>;

  /// The rows of `features`, which are shared and not copied.
  ///   features  one or more Arrays of any dtype and rank >= 1
  ///   throws    Error, kInvalidArgument, if there are none, one has no rows to count, not all have
  ///             the same first dimension, or a name comes twice or is no UTF-8
  ///   source    tf.data.Dataset.from_tensor_slices
  static Dataset from_arrays(Named<Array> features, Place place = Place::here());
  /// As above, with one label, whose name is "".
  static Dataset from_arrays(Named<Array> features, Array labels, Place place = Place::here());
  /// As above, with labels by name.
  static Dataset from_arrays(Named<Array> features, Named<Array> labels,
                             Place place = Place::here());
  /// 0 … end - 1 as the int64[] feature "x".
  static Dataset range(Integer end, Place place = Place::here());
  /// begin, begin + step … up to end, without it, as the int64[] feature "x".
  ///   throws  Error, kInvalidArgument, if step is 0
  static Dataset range(Integer begin, Integer end, Integer step = 1, Place place = Place::here());
  /// MNIST's files; finds `name` or `name.gz`. Elements are [rows, columns, 1] of the images' dtype
  /// (MNIST: uint8) and an int64[] label.
  ///   throws  Error, kNotFound, kUnavailable or kDataLoss, naming the file that is not there, not
  ///           readable or broken; kInvalidArgument if they are not images and labels of one set
  ///   source  http://yann.lecun.com/exdb/mnist
  static Dataset idx(const std::string& images, const std::string& labels, IdxOptions options = {},
                     Place place = Place::here());
  /// Pairs of elements, as many as the shorter has; a map() after it takes two Elements. As a
  /// model's input the features are joined (their names must differ) and the labels are the
  /// first's. Source: tf.data.Dataset.zip.
  static Dataset zip(const Dataset& left, const Dataset& right);

  /// A graph function of each element: traced here, compiled once for all equal functions of the
  /// process and each shape of an element, as long as it is among the 256 programs used last. It
  /// has no variables; its random ops are keyed by (run seed, name, epoch, element).
  ///   throws  Error, kInvalidArgument, with the line in the function that is wrong, if it is
  ///           empty, returns no features or calls is_training(), or if there is not exactly one
  ///           label
  ///   source  tf.data.Dataset.map
  Dataset map(MapFunction function, Place place = Place::here()) const;
  /// As above, of both sides of a zip; throws without one.
  Dataset map(PairFunction function, Place place = Place::here()) const;
  /// As above, of the features alone, whatever the labels.
  Dataset map(FeaturesFunction function, Place place = Place::here()) const;
  /// A C++ function of each element's Arrays, in the order of spec(); `spec` says what it returns,
  /// in the order in which it is written.
  /// It must be a pure function: with prefetch() it runs on another thread, and a resumed input may
  /// call it anew.
  ///   throws  Error, kInvalidArgument, if it is empty or `spec` has no features; while reading, if
  ///           it returns something else than `spec` says
  Dataset map_native(NativeFunction function, DatasetSpec spec, Place place = Place::here()) const;
  /// A permutation of all elements of an epoch if buffer_size is at least their number, else of
  /// each buffer_size consecutive ones; another in each epoch, unless reshuffle_each_iteration is
  /// false. Nothing is buffered.
  ///   throws  Error, kInvalidArgument, if buffer_size < 1
  ///   source  tf.data.Dataset.shuffle, but for the windows
  Dataset shuffle(ShuffleOptions options, Place place = Place::here()) const;
  /// `count` epochs, 0 for none; without it (-1) for ever. Below that it throws. Each epoch has
  /// orders and random numbers of its own, also where an endless one is cut by take() or zip() and
  /// repeated again.
  Dataset repeat(Integer count = -1, Place place = Place::here()) const;
  /// Stacks `size` elements along a new first dimension, kUnknown in the spec; the last batch has
  /// the rest, or is left out. A repeat() below makes batches reach over the ends of epochs.
  ///   throws  Error, kInvalidArgument, if size < 1; while reading, if shapes differ in a batch
  Dataset batch(Integer size, Flag drop_remainder = false, Place place = Place::here()) const;
  /// The first `count` elements of each epoch, at most; a negative count throws.
  Dataset take(Integer count, Place place = Place::here()) const;
  /// All but the first `count` elements of each epoch; a negative count throws.
  Dataset skip(Integer count, Place place = Place::here()) const;
  /// Makes up to `depth` elements of the whole input ahead on a thread of its own; order and
  /// content do not change. Of several the deepest counts; below batch() `depth` counts rows.
  ///   throws  Error, kInvalidArgument, if depth < 1
  Dataset prefetch(Integer depth, Place place = Place::here()) const;

  /// Of what a model gets.
  ///   throws  Error, kInvalidArgument, if both sides of a zip have a feature of one name
  const DatasetSpec& spec() const;
  /// The same for equal descriptions in every process; part of a checkpoint. Contents of Arrays and
  /// files, map_native's functions and prefetch() are no part of it.
  uint64_t structural_hash() const;
  /// The first `limit` elements, or all if there are fewer, to look at: as a run with seed 0 sees
  /// them. Throws what reading throws.
  std::vector<ArrayElement> collect(Integer limit) const;

  /// For the library: the description.
  const std::shared_ptr<const reckon_internal::data::Node>& node() const { return node_; }
  /// For the library; throws Error, kInvalidArgument, without a node.
  explicit Dataset(std::shared_ptr<const reckon_internal::data::Node> node);
  /// Moving copies too: a Dataset always describes something.
  Dataset(const Dataset&) = default;
  /// As above.
  Dataset& operator=(const Dataset&) = default;

 private:
  std::shared_ptr<const reckon_internal::data::Node> node_;
};

/// Makes a Dataset; called once per train, evaluate or predict call. Batches are up to it.
using InputFn = std::function<Dataset()>;

}  // namespace reckon
