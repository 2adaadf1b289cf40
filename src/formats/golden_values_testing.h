// SPDX-License-Identifier: Apache-2.0
// For tests: the digests that the scripts in golden/ compute.
#pragma once

#include <zlib.h>

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <reckon/array.h>
#include <nlohmann/json.hpp>

#include "formats/byte_order.h"
#include "formats/golden_directory_testing.h"

namespace reckon::formats {

inline nlohmann::json golden_json(const std::string& name) {
  return nlohmann::json::parse(std::ifstream(golden_file(name)));
}

/// zlib's CRC of the elements; a string counts as its uint64 length and its bytes.
inline uint32_t value_digest(const Array& value) {
  std::string bytes;
  if (value.dtype() == kString) {
    for (const std::string_view text : value.data<std::string_view>()) {
      append_fixed<uint64_t>(bytes, text.size());
      bytes += text;
    }
  } else {
    bytes.assign(static_cast<const char*>(value.raw()), value.num_bytes());
  }
  return crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
}

/// `row` is [dtype, shape, digest].
inline void expect_digest(const Array& value, const nlohmann::json& row, const std::string& name) {
  EXPECT_EQ(dtype_name(value.dtype()), row[0].get<std::string>()) << name;
  EXPECT_EQ(value.shape().dims(), row[1].get<std::vector<int64_t>>()) << name;
  EXPECT_EQ(value_digest(value), row[2].get<uint32_t>()) << name;
}

}  // namespace reckon::formats
