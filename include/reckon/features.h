// SPDX-License-Identifier: Apache-2.0
// What model_fn and Dataset::map see of the data: named Tensors.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <reckon/name.h>
#include <reckon/tensor.h>

namespace reckon {

/// Tensors by name, in order of name.
class Features {
 public:
  /// What it holds.
  using Map = std::map<std::string, Tensor>;

  /// None.
  Features() = default;
  /// `{{"x", x}, {"y", y}}`
  ///   throws  Error, kInvalidArgument, naming a name that comes twice
  Features(std::initializer_list<Map::value_type> entries) : tensors_(Named<Tensor>(entries)) {}
  /// These.
  explicit Features(Map entries) : tensors_(std::move(entries)) {}

  /// The Tensor of that name.
  ///   throws  Error, kNotFound, with the names there are and the caller's line
  const Tensor& operator[](const Name& name) const;
  /// `features[0]` would be the null text: features have names, not numbers.
  const Tensor& operator[](std::nullptr_t) const = delete;
  /// True if there is one of that name.
  bool contains(const std::string& name) const { return tensors_.contains(name); }
  /// How many there are.
  size_t size() const { return tensors_.size(); }
  /// True if there are none.
  bool empty() const { return tensors_.empty(); }
  /// Pairs of name and Tensor, in order of name, up to end().
  Map::const_iterator begin() const { return tensors_.begin(); }
  /// Behind the last pair.
  Map::const_iterator end() const { return tensors_.end(); }
  /// The names, in order.
  std::vector<std::string> names() const;
  /// Adds a Tensor, or puts it in the place of the one of that name.
  void set(const std::string& name, Tensor tensor) { tensors_[name] = std::move(tensor); }

 private:
  Map tensors_;
};

/// Labels by name, for models with several; a single label has the name "".
class Labels : public Features {
 public:
  using Features::Features;
  /// A single label.
  Labels(const Tensor& single) : Features({{"", single}}) {}  // NOLINT: meant to convert
  /// True for one label without a name.
  bool is_single() const { return size() == 1 && contains(""); }
  /// The only label, whatever its name.
  ///   throws  Error, kInvalidArgument, if there is not exactly one
  const Tensor& single() const;
};

/// One element of a Dataset: features, and labels if there are any.
class Element {
 public:
  /// Without anything.
  Element() = default;
  /// Without labels.
  Element(Features features) : features_(std::move(features)) {}  // NOLINT: meant to convert
  /// With a label, or several by name.
  Element(Features features, Labels labels)
      : features_(std::move(features)), labels_(std::move(labels)) {}

  /// The features, by name.
  const Features& features() const { return features_; }
  /// True if there is a label.
  bool has_labels() const { return !labels_.empty(); }
  /// The only label.
  ///   throws  Error, kInvalidArgument, if there is none or are several
  const Tensor& labels() const { return labels_.single(); }
  /// The labels, by name; none are fine.
  const Labels& all_labels() const { return labels_; }

 private:
  Features features_;
  Labels labels_;
};

}  // namespace reckon
