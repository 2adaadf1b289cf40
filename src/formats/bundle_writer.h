// SPDX-License-Identifier: Apache-2.0
// Writes TensorFlow's V2 checkpoint ("tensor bundle"): one data file and its index.
// Equal names and values give equal bytes, and the bytes that TensorFlow's own writer gives.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <reckon/array.h>

#include "formats/file_digest.h"
#include "formats/table.h"

namespace reckon::base {
class WritableFile;
}

namespace reckon::formats {

/// Streams tensors into files that the caller opened under names of its own choice.
///
/// The caller syncs, closes and renames both files; the names inside the bundle do not matter to
/// it, as a reader derives them from its prefix: see `bundle_index_name` and `bundle_data_name`.
class BundleWriter {
 public:
  /// Both files must be empty and outlive the writer.
  BundleWriter(base::WritableFile& data, base::WritableFile& index);

  /// Appends the elements of `value` to the data file. All dtypes are stored.
  ///   name    not empty, and greater than all names before it (bytewise)
  ///   throws  Error, kInvalidArgument, for a name out of order or an Array without dtype
  void add(const std::string& name, const Array& value);
  /// Writes the index. Nothing may be added later.
  void finish();

  /// Size and CRC of all bytes written to each file so far.
  const FileDigest& data_digest() const { return data_digest_; }
  const FileDigest& index_digest() const { return index_digest_; }

 private:
  void append_data(std::string_view bytes);
  /// Gives the CRC that belongs into the entry, not masked.
  uint32_t append_strings(std::span<const std::string_view> strings);

  base::WritableFile& data_;
  base::WritableFile& index_;
  FileDigest data_digest_, index_digest_;
  TableEntries entries_;  // name, BundleEntryProto; first the header
  bool is_finished_ = false;
};

/// "<prefix>.index"
std::string bundle_index_name(const std::string& prefix);
/// "<prefix>.data-00000-of-00001"
std::string bundle_data_name(const std::string& prefix, int shard = 0, int num_shards = 1);

}  // namespace reckon::formats
