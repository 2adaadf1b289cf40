// SPDX-License-Identifier: Apache-2.0
#include "graph/module.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/with_place.h"

namespace reckon::reckon_internal::graph {

std::string place_text(const Place& place) {
  return place.known() ? base::place_text(place) : "an unknown place";
}

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
        fmt::format(
            "\"{}\" is {} here but {} at {}, expected one shape and dtype in every mode and "
            "for every input; give the inputs one width, or the variable another name",
            variable.name, type_text(variable.type), type_text(known.type),
            place_text(known.place)),
        variable.place);
  }
  return entry->second;
}

void Module::forget_variables_after(int32_t count) {
  while (variable_count() > count) {
    by_name_.erase(variables_.back()->name);
    variables_.pop_back();
  }
}

int32_t Module::find(const std::string& name) const {
  const auto entry = by_name_.find(name);
  return entry == by_name_.end() ? -1 : entry->second;
}

int32_t Module::index_of(const char* where, const std::string& name) const {
  const int32_t index = find(name);
  if (index >= 0) return index;
  throw Error(ErrorCode::kNotFound, where,
              fmt::format("there is no variable \"{}\"; there are: {}; ask for one of these", name,
                          fmt::join(variable_names(), ", ")));
}

std::vector<std::string> Module::variable_names() const {
  std::vector<std::string> names;
  for (const auto& [name, index] : by_name_) names.push_back(name);
  return names;
}

}  // namespace reckon::reckon_internal::graph
