// SPDX-License-Identifier: Apache-2.0
// What model_fn and Dataset::map see of the data: named Tensors.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <reckon/tensor.h>

namespace reckon {

/// Tensors by name, in order of name.
class Features {
 public:
  using Map = std::map<std::string, Tensor>;

  Features() = default;
  Features(std::initializer_list<Map::value_type> entries) : tensors_(entries) {}
  explicit Features(Map entries) : tensors_(std::move(entries)) {}

  /// Throws Error, kNotFound, with the names there are.
  const Tensor& operator[](const std::string& name) const;
  bool contains(const std::string& name) const { return tensors_.contains(name); }
  size_t size() const { return tensors_.size(); }
  bool empty() const { return tensors_.empty(); }
  Map::const_iterator begin() const { return tensors_.begin(); }
  Map::const_iterator end() const { return tensors_.end(); }
  std::vector<std::string> names() const;
  void set(const std::string& name, Tensor tensor) { tensors_[name] = std::move(tensor); }

 private:
  Map tensors_;
};

/// Labels by name, for models with several; a single label has the name "".
class Labels : public Features {
 public:
  using Features::Features;
  Labels(const Tensor& single) : Features({{"", single}}) {}  // NOLINT: meant to convert
  bool is_single() const { return size() == 1 && contains(""); }
  /// Throws Error, kInvalidArgument, if there is not exactly one label.
  const Tensor& single() const;
};

/// One element of a Dataset: features, and labels if there are any.
class Element {
 public:
  Element() = default;
  Element(Features features) : features_(std::move(features)) {}  // NOLINT: meant to convert
  Element(Features features, Labels labels)
      : features_(std::move(features)), labels_(std::move(labels)) {}

  const Features& features() const { return features_; }
  bool has_labels() const { return !labels_.empty(); }
  /// The only label. Throws Error, kInvalidArgument, if there is none or are several.
  const Tensor& labels() const { return labels_.single(); }
  const Labels& all_labels() const { return labels_; }

 private:
  Features features_;
  Labels labels_;
};

}  // namespace reckon
