// SPDX-License-Identifier: Apache-2.0
// map_native(): a C++ function of each element. What it returns is checked against the spec that
// came with it.
#include <set>

#include <fmt/format.h>

#include "base/utf8.h"
#include "data/nodes.h"
#include "data/readers.h"
#include "graph/function.h"
#include "ops/axis.h"

namespace reckon::reckon_internal::data {
namespace {

bool fits(const Array& array, const ComponentSpec& component) {
  return array.dtype() == component.dtype && ops::may_be_equal(array.shape(), component.shape);
}

void check(const std::vector<Array>& arrays, const std::vector<ComponentSpec>& spec,
           const char* what, Place place) {
  require_at(
      arrays.size() == spec.size(), "map_native", place,
      fmt::format(
          "the function returned {} {}, and its spec names {}; return one Array for each component",
          arrays.size(), what, spec.size()));
  for (size_t i = 0; i < spec.size(); ++i) {
    const std::string type = graph::type_text({spec[i].dtype, spec[i].shape});
    require_at(
        fits(arrays[i], spec[i]), "map_native", place,
        fmt::format(
            "the function returned {} for \"{}\" of its {}, and its spec says {}; return what the "
            "spec says, or mend the spec",
            arrays[i].text(), spec[i].name, what, type));
  }
}

class NativeReader final : public ElementReader {
 public:
  NativeReader(std::unique_ptr<Reader> input, const Node& node, Dataset::NativeFunction function,
               Place place)
      : input_(std::move(input)),
        spec_(node.parts().front()),
        joined_columns_(node.input()->joined_columns()),
        feature_count_(node.input()->spec().features.size()),
        function_(std::move(function)),
        place_(place),
        columns_(node.input()->column_count()) {}

  void read(int64_t epoch, int64_t index, Columns out) override {
    input_->read(epoch, index, columns_.columns());
    ArrayElement element;
    for (size_t i = 0; i < joined_columns_.size(); ++i) {
      auto& components = i < feature_count_ ? element.features : element.labels;
      components.push_back(columns_[static_cast<size_t>(joined_columns_[i])]);
    }
    ArrayElement result = function_(element);
    check(result.features, spec_.features, "features", place_);
    check(result.labels, spec_.labels, "labels", place_);
    size_t column = 0;
    for (Array& feature : result.features) *out[column++] = std::move(feature);
    for (Array& label : result.labels) *out[column++] = std::move(label);
  }

 private:
  std::unique_ptr<Reader> input_;
  DatasetSpec spec_;  ///< in the order that the user wrote
  std::vector<int32_t> joined_columns_;
  size_t feature_count_;
  Dataset::NativeFunction function_;
  Place place_;
  ColumnStore columns_;
};

void check_spec(const DatasetSpec& spec, Place place) {
  require_at(!spec.features.empty(), "map_native", place,
             "the spec names no features; name each component that the function returns");
  for (const auto* components : {&spec.features, &spec.labels}) {
    std::set<std::string> names;
    for (const ComponentSpec& component : *components) {
      base::require_utf8("map_native", "the name", component.name, place);
      require_at(names.insert(component.name).second, "map_native", place,
                 fmt::format("the spec names \"{}\" twice; give each component a name of its own",
                             component.name));
      require_at(component.dtype != DType::kInvalid, "map_native", place,
                 fmt::format("the spec says no dtype for \"{}\"; say the one that the function "
                             "returns",
                             component.name));
    }
  }
}

uint64_t hash_spec(const DatasetSpec& spec) {
  base::Hasher hasher;
  for (const auto* components : {&spec.features, &spec.labels}) {
    hasher.add(components->size());
    for (const ComponentSpec& component : *components) {
      hasher.add(component.name);
      hasher.add(static_cast<int64_t>(component.dtype));
      graph::hash_attribute(hasher, component.shape);
    }
  }
  return hasher.value();
}

class NativeNode final : public Node {
 public:
  NativeNode(NodePtr input, Dataset::NativeFunction function, const DatasetSpec& spec, Place place)
      : Node("map_native", {input}, {spec}, input->size(), hash_spec(spec)),
        function_(std::move(function)),
        place_(place) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    return std::make_unique<NativeReader>(input()->open(context), *this, function_, place_);
  }

 private:
  Dataset::NativeFunction function_;
  Place place_;
};

}  // namespace

NodePtr make_map_native(NodePtr input, Dataset::NativeFunction function, DatasetSpec spec,
                        Place place) {
  require_at(function != nullptr, "map_native", place,
             "came without a function; give one from Arrays to Arrays");
  check_spec(spec, place);
  for (auto* components : {&spec.features, &spec.labels}) {
    for (ComponentSpec& component : *components)
      component.shape = graph::with_unknown(component.shape);
  }
  input->spec();  // joined, the names of both sides of a zip must differ
  return std::make_shared<NativeNode>(std::move(input), std::move(function), spec, place);
}

}  // namespace reckon::reckon_internal::data
