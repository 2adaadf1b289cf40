// SPDX-License-Identifier: Apache-2.0
#include "data/node.h"

#include <algorithm>

#include "base/check.h"

namespace reckon::reckon_internal::data {
namespace {

uint64_t hash_node(const char* kind, const std::vector<NodePtr>& inputs, uint64_t parameters) {
  base::Hasher hasher;
  hasher.add(std::string_view(kind));
  hasher.add(parameters);
  for (const NodePtr& input : inputs) hasher.add(input->structural_hash());
  return hasher.value();
}

}  // namespace

Node::Node(const char* kind, std::vector<NodePtr> inputs, std::vector<DatasetSpec> parts,
           int64_t size, uint64_t parameters)
    : inputs_(std::move(inputs)),
      parts_(std::move(parts)),
      size_(size),
      hash_(hash_node(kind, inputs_, parameters)) {
  join_parts();
}

void Node::join_parts() {
  std::vector<std::pair<ComponentSpec, int32_t>> features, labels;
  for (const DatasetSpec& part : parts_) {
    for (const ComponentSpec& feature : part.features) {
      features.push_back({feature, static_cast<int32_t>(columns_.size())});
      columns_.push_back({feature.dtype, feature.shape});
    }
    for (const ComponentSpec& label : part.labels) {
      if (&part == &parts_[0]) labels.push_back({label, static_cast<int32_t>(columns_.size())});
      columns_.push_back({label.dtype, label.shape});
    }
  }
  std::stable_sort(features.begin(), features.end(),
                   [](const auto& a, const auto& b) { return a.first.name < b.first.name; });
  for (size_t i = 0; i + 1 < features.size(); ++i) {
    if (features[i].first.name == features[i + 1].first.name) twice_ = features[i].first.name;
  }
  for (auto* components : {&features, &labels}) {
    auto& joined = components == &features ? joined_.features : joined_.labels;
    for (auto& [component, column] : *components) {
      joined.push_back(std::move(component));
      joined_columns_.push_back(column);
    }
  }
}

const DatasetSpec& Node::spec() const {
  base::require(
      twice_.empty(), "zip", "both sides have a feature \"", twice_,
      "\", and a model's features need different names; rename one with map(), which takes both "
      "sides as two Elements");
  return joined_;
}

uint64_t Node::fingerprint() const {
  if (inputs_.size() == 1) return input()->fingerprint();
  base::Hasher hasher;
  for (const NodePtr& input : inputs_) hasher.add(input->fingerprint());
  return hasher.value();
}

int64_t Node::prefetch_depth() const {
  int64_t depth = 0;
  for (const NodePtr& input : inputs_) depth = std::max(depth, input->prefetch_depth());
  return depth;
}

bool is_static(const graph::Types& columns) {
  return std::all_of(columns.begin(), columns.end(),
                     [](const graph::TensorType& type) { return type.shape.is_static(); });
}

}  // namespace reckon::reckon_internal::data
