// SPDX-License-Identifier: Apache-2.0
#include "ops/dtype_set.h"

#include <utility>

#include <fmt/format.h>

namespace reckon::ops {

namespace {

/// What a beginner most likely wants, first.
constexpr std::pair<DType, const char*> kTargets[] = {
    {kFloat32, "kFloat32"}, {kInt64, "kInt64"}, {kInt32, "kInt32"},
    {kUInt8, "kUInt8"},     {kBool, "kBool"},   {kFloat64, "kFloat64"}};

}  // namespace

std::string dtype_mend(const std::string& name, DType came, DTypeSet expected) {
  for (const auto& [dtype, constant] : kTargets) {
    if (expected.contains(dtype) && kComputed.contains(came))
      return fmt::format("cast it first, e.g. cast({}, {})", name, constant);
  }
  if (came == kString) {
    const std::string numbers = fmt::format("strings::to_hash_bucket_fast({}, 100)", name);
    if (expected.contains(kInt64)) return "number the texts first, e.g. " + numbers;
    return fmt::format(
        "give each text a row of numbers first, e.g. gather(table, {}), table a variable [100, 8]",
        numbers);
  }
  if (expected.contains(kString)) return "pass texts";
  return fmt::format("give the data as one of these, for cast() has no {}", dtype_name(came));
}

std::string DTypeSet::text() const {
  std::string text;
  for (int i = 1; i <= static_cast<int>(DType::kComplex128); ++i) {
    const auto dtype = static_cast<DType>(i);
    if (contains(dtype)) text += (text.empty() ? "" : " or ") + std::string(dtype_name(dtype));
  }
  return text;
}

}  // namespace reckon::ops
