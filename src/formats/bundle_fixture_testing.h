// SPDX-License-Identifier: Apache-2.0
// For tests of bundles: whole checkpoints written and read, and an index of one entry made by hand.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "base/expect_error_testing.h"
#include "base/memory_file_system_testing.h"
#include "formats/bundle_reader.h"
#include "formats/bundle_writer.h"
#include "formats/proto/tensor_bundle.pb.h"

namespace reckon::formats {

/// Writes both files of a bundle; their digests must be those of the files.
inline void write_bundle(base::FileSystem& files, const std::string& prefix,
                         const std::map<std::string, Array>& values) {
  const auto data = files.open_write(bundle_data_name(prefix));
  const auto index = files.open_write(bundle_index_name(prefix));
  BundleWriter writer(*data, *index);
  for (const auto& [name, value] : values) writer.add(name, value);
  writer.finish();
  data->close();
  index->close();
  EXPECT_EQ(writer.data_digest(), digest_of_file(files, bundle_data_name(prefix)));
  EXPECT_EQ(writer.index_digest(), digest_of_file(files, bundle_index_name(prefix)));
}

inline std::map<std::string, Array> read_all(base::FileSystem& files, const std::string& prefix) {
  const BundleReader reader(files, prefix);
  std::map<std::string, Array> values;
  for (const std::string& name : reader.names()) values[name] = reader.read(name);
  return values;
}

/// A checkpoint of w = float32[2] {0, 0}, whose index a test spoils. CRCs of the table are right.
struct CraftedBundle {
  CraftedBundle() {
    header.set_num_shards(1);
    entry.set_dtype(proto::DT_FLOAT);
    entry.mutable_shape()->add_dim()->set_size(2);
    entry.set_size(8);
    entry.set_crc32c(base::masked_crc32c(data));
  }
  std::string index() const {
    return encode_table({{"", header.SerializeAsString()}, {"w", entry.SerializeAsString()}});
  }
  BundleReader open() {
    files.write_file(bundle_index_name("w"), index());
    files.write_file(bundle_data_name("w"), data);
    return BundleReader(files, "w");
  }
  Array read() { return open().read("w"); }

  base::MemoryFileSystem files;
  std::string data = std::string(8, '\0');
  proto::BundleHeaderProto header;
  proto::BundleEntryProto entry;
};

/// Reading the bundle that `spoil` has spoilt must throw an Error whose text contains `part`.
inline void expect_refused(ErrorCode code, const std::string& part,
                           const std::function<void(CraftedBundle&)>& spoil) {
  CraftedBundle crafted;
  spoil(crafted);
  base::expect_error([&] { crafted.read(); }, code, part);
}

}  // namespace reckon::formats
