// SPDX-License-Identifier: Apache-2.0
// The index of a tensor bundle as plain values, every number of which has been checked against the
// others.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <reckon/dtype.h>

#include "formats/bundle_slices.h"

namespace reckon::formats {

struct BundleEntry {
  /// kInvalid if Array lacks the dtype; `dtype_code` tells which one it is.
  DType dtype = DType::kInvalid;
  int dtype_code = 0;
  std::vector<int64_t> dims;
  int64_t num_elements = 0;
  int shard = 0;
  uint64_t offset = 0, size = 0;
  uint32_t masked_crc32c = 0;
  /// Of a partitioned variable, with their lengths filled in; the values lie under `slice_keys`.
  std::vector<TensorSlice> slices;
  std::vector<std::string> slice_keys;
};

struct BundleIndex {
  int num_shards = 1;
  /// Tensors by name, and slices by their key.
  std::map<std::string, BundleEntry> entries;
};

/// Keys of slices begin with a zero byte, which no name does.
inline bool is_slice_key(const std::string& key) { return !key.empty() && key[0] == '\0'; }

/// `path` names the file in errors. Throws Error: kDataLoss for damage, kInvalidArgument for a
/// bundle that is sound but big-endian or of a newer format.
BundleIndex decode_bundle_index(std::string_view bytes, const std::string& path);

}  // namespace reckon::formats
