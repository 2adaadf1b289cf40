// SPDX-License-Identifier: Apache-2.0
#include "estimator/run/single_elements.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reckon::estimator {
namespace {

std::vector<ComponentSpec> components(const DatasetSpec& input) {
  std::vector<ComponentSpec> all = input.features;
  all.insert(all.end(), input.labels.begin(), input.labels.end());
  return all;
}

std::string component_text(const ComponentSpec& component) {
  return fmt::format("{} is {}", component.name.empty() ? "the label" : component.name,
                     graph::type_text({component.dtype, component.shape}));
}

}  // namespace

bool has_batch(const DatasetSpec& input) {
  const std::vector<ComponentSpec> all = components(input);
  return std::any_of(all.begin(), all.end(), [](const ComponentSpec& component) {
    return component.shape.rank() > 0 && component.shape[0] == kUnknown;
  });
}

bool are_single_elements(const DatasetSpec& input) {
  if (has_batch(input)) return false;
  const std::vector<ComponentSpec> all = components(input);
  const Shape& first = all.front().shape;
  const bool is_common = std::all_of(all.begin(), all.end(), [&](const ComponentSpec& component) {
    return component.shape.rank() > 0 && first.rank() > 0 && component.shape[0] == first[0];
  });
  // One list of numbers is a row of them; [1] beside [1] is no batch that anybody makes by hand.
  return !is_common || first[0] == 1 || (all.size() == 1 && first.rank() == 1);
}

DatasetSpec with_batch(DatasetSpec input) {
  for (std::vector<ComponentSpec>* side : {&input.features, &input.labels}) {
    for (ComponentSpec& component : *side) {
      Shape shape = {kUnknown};
      for (int64_t extent : component.shape) shape.append(extent);
      component.shape = shape;
    }
  }
  return input;
}

std::string single_elements_text(const DatasetSpec& input) {
  constexpr size_t kShown = 4;
  std::vector<std::string> texts;
  for (const ComponentSpec& component : components(input)) {
    if (texts.size() < kShown) texts.push_back(component_text(component));
  }
  return fmt::format(
      "input_fn gives single elements ({}), expected batches, whose first dimension counts their "
      "rows; add .batch(n) to the Dataset",
      fmt::join(texts, ", "));
}

bool works_with(const ModelFunction& model, const Params& params, const RunConfig& config,
                Mode mode, const DatasetSpec& input) {
  try {
    ModelTracer(model, params, config, std::make_shared<graph::Module>()).get(mode, input);
    return true;
  } catch (...) {
    return false;  // the first error stands
  }
}

}  // namespace reckon::estimator
