// SPDX-License-Identifier: Apache-2.0
#include "graph/attribute.h"

#include <bit>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace reckon::reckon_internal::graph {

void hash_attribute(base::Hasher& hasher, int64_t value) { hasher.add(value); }
void hash_attribute(base::Hasher& hasher, double value) {
  hasher.add(static_cast<int64_t>(std::bit_cast<uint64_t>(value)));
}
void hash_attribute(base::Hasher& hasher, const std::string& value) { hasher.add(value); }
void hash_attribute(base::Hasher& hasher, const Shape& value) {
  hasher.add(static_cast<int64_t>(value.rank()));
  for (int64_t extent : value) hasher.add(extent);
}
void hash_attribute(base::Hasher& hasher, const std::vector<int64_t>& value) {
  hasher.add(static_cast<int64_t>(value.size()));
  for (int64_t element : value) hasher.add(element);
}
void hash_attribute(base::Hasher& hasher, const Array& value) {
  hasher.add(static_cast<int64_t>(value.dtype()));
  hash_attribute(hasher, value.shape());
  if (!value.valid()) return;
  if (value.dtype() != kString) {
    hasher.add(std::string_view(static_cast<const char*>(value.raw()), value.num_bytes()));
    return;
  }
  for (std::string_view text : value.data<std::string_view>()) hasher.add(text);
}

std::string attribute_text(int64_t value) { return std::to_string(value); }
std::string attribute_text(double value) { return fmt::format("{}", value); }
std::string attribute_text(const std::string& value) { return fmt::format("\"{}\"", value); }
std::string attribute_text(const Shape& value) { return value.text(); }
std::string attribute_text(const std::vector<int64_t>& value) {
  return fmt::format("[{}]", fmt::join(value, ", "));
}
std::string attribute_text(const Array& value) { return value.values_text(8); }

}  // namespace reckon::reckon_internal::graph
