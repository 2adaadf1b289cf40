// SPDX-License-Identifier: Apache-2.0
#include <reckon/features.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reckon {

const Tensor& Features::operator[](const Name& name) const {
  const auto entry = tensors_.find(name.text());
  if (entry != tensors_.end()) return entry->second;
  throw Error(
      ErrorCode::kNotFound, "features",
      empty()
          ? fmt::format("there is no feature \"{}\"; there are none; return it from input_fn",
                        name.text())
          : fmt::format("there is no feature \"{}\"; there are: {}; read one of these, or return "
                        "it from input_fn",
                        name.text(), fmt::join(names(), ", ")),
      name.place());
}

std::vector<std::string> Features::names() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors_) names.push_back(name);
  return names;
}

const Tensor& Labels::single() const {
  if (size() == 1) return begin()->second;
  throw Error(
      ErrorCode::kInvalidArgument, "labels",
      empty() ? std::string(
                    "there are none, expected one label; return labels from input_fn, e.g. as the "
                    "second argument of Dataset::from_arrays")
              : fmt::format("there are {} ({}), expected one; ask for each by its name", size(),
                            fmt::join(names(), ", ")));
}

}  // namespace reckon
