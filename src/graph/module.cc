// SPDX-License-Identifier: Apache-2.0
#include "graph/module.h"

#include <fmt/format.h>

#include "base/check.h"

namespace reckon::graph {
namespace {

std::string place_text(const Place& place) {
  return place.known() ? fmt::format("{}:{}", place.file, place.line) : "an unknown place";
}

}  // namespace

Function* Module::add_function(std::string name) {
  functions_.push_back(std::make_unique<Function>(std::move(name), this));
  return functions_.back().get();
}

int32_t Module::declare(VariableDecl variable) {
  const auto [entry, is_new] = by_name_.try_emplace(variable.name, variable_count());
  if (is_new) {
    variables_.push_back(std::make_unique<VariableDecl>(std::move(variable)));
    return entry->second;
  }
  VariableDecl& known = *variables_[entry->second];
  if (known.type != variable.type) {
    throw Error(
        ErrorCode::kInvalidArgument, "variable",
        fmt::format("\"{}\" is {} here but {} at {}; give it another name, or the same shape "
                    "and dtype in every mode",
                    variable.name, type_text(variable.type), type_text(known.type),
                    place_text(known.place)),
        variable.place);
  }
  return entry->second;
}

int32_t Module::find(const std::string& name) const {
  const auto entry = by_name_.find(name);
  return entry == by_name_.end() ? -1 : entry->second;
}

int32_t Module::index_of(const char* where, const std::string& name) const {
  const int32_t index = find(name);
  if (index >= 0) return index;
  throw Error(ErrorCode::kNotFound, where,
              fmt::format("there is no variable \"{}\"; there are: {}", name,
                          fmt::join(variable_names(), ", ")));
}

std::vector<std::string> Module::variable_names() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : by_name_) names.push_back(name);
  return names;
}

}  // namespace reckon::graph
