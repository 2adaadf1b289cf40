// SPDX-License-Identifier: Apache-2.0
// The public face of datasets over the nodes.
#include <reckon/dataset.h>

#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/with_place.h"
#include "data/iterator.h"
#include "data/nodes.h"

namespace reckon {
namespace {

/// The parts of an element as one: all features, the first part's labels.
Element joined(const std::vector<Element>& parts) {
  Features features;
  for (const Element& part : parts) {
    for (const auto& [name, tensor] : part.features()) features.set(name, tensor);
  }
  return {features, parts[0].all_labels()};
}

void require_function(bool is_there, Place place) {
  data::require_at(is_there, "map", place,
                   "the function is empty; pass one that returns an element");
}

std::string feature_names(const DatasetSpec& spec) {
  std::vector<std::string> names;
  for (const ComponentSpec& feature : spec.features) names.push_back(feature.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Dataset::Dataset(std::shared_ptr<const data::Node> node) : node_(std::move(node)) {
  base::require(node_ != nullptr, "Dataset",
                "came without a description; make one with from_arrays, range, idx or zip");
}

Dataset Dataset::from_arrays(Named<Array> features, Place place) {
  return Dataset(data::make_arrays(features, {}, place));
}
Dataset Dataset::from_arrays(Named<Array> features, Array labels, Place place) {
  return Dataset(data::make_arrays(features, {{"", std::move(labels)}}, place));
}
Dataset Dataset::from_arrays(Named<Array> features, Named<Array> labels, Place place) {
  return Dataset(data::make_arrays(features, labels, place));
}

Dataset Dataset::range(Integer end, Place place) {
  return Dataset(data::make_range(0, end, 1, place));
}
Dataset Dataset::range(Integer begin, Integer end, Integer step, Place place) {
  return Dataset(data::make_range(begin, end, step, place));
}

Dataset Dataset::idx(const std::string& images, const std::string& labels, IdxOptions options,
                     Place place) {
  return base::with_place(place, [&] { return Dataset(data::make_idx(images, labels, options)); });
}

Dataset Dataset::zip(const Dataset& left, const Dataset& right) {
  return Dataset(data::make_zip(left.node_, right.node_));
}

Dataset Dataset::map(MapFunction function, Place place) const {
  require_function(static_cast<bool>(function), place);
  const DatasetSpec& spec = node_->spec();
  data::require_at(
      spec.labels.size() == 1, "map", place,
      fmt::format("the function takes one label, and the dataset has {} (features: {}); take the "
                  "features alone",
                  spec.labels.size(), feature_names(spec)));
  return Dataset(data::make_map(
      node_,
      [&function](const std::vector<Element>& parts) {
        const Element element = joined(parts);
        return function(element.features(), element.labels());
      },
      place));
}

Dataset Dataset::map(FeaturesFunction function, Place place) const {
  require_function(static_cast<bool>(function), place);
  node_->spec();  // throws if two parts have a feature of the same name
  return Dataset(data::make_map(
      node_,
      [&function](const std::vector<Element>& parts) { return function(joined(parts).features()); },
      place));
}

Dataset Dataset::map(PairFunction function, Place place) const {
  require_function(static_cast<bool>(function), place);
  data::require_at(
      node_->parts().size() == 2, "map", place,
      fmt::format("the function takes two Elements, and the dataset's elements have {}; call it on "
                  "Dataset::zip of two",
                  node_->parts().size()));
  return Dataset(data::make_map(
      node_,
      [&function](const std::vector<Element>& parts) { return function(parts[0], parts[1]); },
      place));
}

Dataset Dataset::map_native(NativeFunction function, DatasetSpec spec, Place place) const {
  return Dataset(data::make_map_native(node_, std::move(function), std::move(spec), place));
}
Dataset Dataset::shuffle(ShuffleOptions options, Place place) const {
  return Dataset(data::make_shuffle(node_, options, place));
}
Dataset Dataset::repeat(Integer count, Place place) const {
  return Dataset(data::make_repeat(node_, count, place));
}
Dataset Dataset::batch(Integer size, Flag drop_remainder, Place place) const {
  return Dataset(data::make_batch(node_, size, drop_remainder, place));
}
Dataset Dataset::take(Integer count, Place place) const {
  return Dataset(data::make_take(node_, count, place));
}
Dataset Dataset::skip(Integer count, Place place) const {
  return Dataset(data::make_skip(node_, count, place));
}
Dataset Dataset::prefetch(Integer depth, Place place) const {
  return Dataset(data::make_prefetch(node_, depth, place));
}

const DatasetSpec& Dataset::spec() const { return node_->spec(); }
uint64_t Dataset::structural_hash() const { return node_->structural_hash(); }

std::vector<ArrayElement> Dataset::collect(Integer limit) const {
  const std::unique_ptr<data::Iterator> iterator = data::make_iterator(*this, {});
  size_t count = 0;
  try {
    std::vector<ArrayElement> elements;
    for (ArrayElement element; std::ssize(elements) < limit && iterator->next(element);) {
      elements.push_back(std::move(element));
      count = elements.size();
      element = {};
    }
    return elements;
  } catch (const std::bad_alloc&) {
    // The elements are gone, so that there is memory to say it.
    base::fail(ErrorCode::kUnavailable, "collect", "there is no memory for more than ", count,
               " elements; ask for fewer");
  }
}

}  // namespace reckon
