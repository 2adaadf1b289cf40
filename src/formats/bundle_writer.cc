// SPDX-License-Identifier: Apache-2.0
// The writer of tensor bundles; the layout is that of
// tensorflow/core/util/tensor_bundle/tensor_bundle.cc.
#include "formats/bundle_writer.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/crc32c.h"
#include "base/file_system.h"
#include "formats/dtype_code.h"
#include "formats/proto/tensor_bundle.pb.h"
#include "formats/string_tensor.h"
#include "formats/table.h"

namespace reckon::formats {
namespace {

// Many short strings make few writes.
constexpr size_t kStringChunkBytes = 1 << 20;

std::string header_bytes() {
  proto::BundleHeaderProto header;
  header.set_num_shards(1);
  header.mutable_version()->set_producer(1);
  return header.SerializeAsString();
}

proto::BundleEntryProto entry_of(const Array& value, const FileDigest& data) {
  proto::BundleEntryProto entry;
  entry.set_dtype(dtype_code(value.dtype()));
  proto::TensorShapeProto* shape = entry.mutable_shape();
  for (const int64_t extent : value.shape().dims()) shape->add_dim()->set_size(extent);
  entry.set_offset(static_cast<int64_t>(data.size));
  return entry;
}

}  // namespace

std::string bundle_index_name(const std::string& prefix) { return prefix + ".index"; }

std::string bundle_data_name(const std::string& prefix, int shard, int num_shards) {
  return fmt::format("{}.data-{:05}-of-{:05}", prefix, shard, num_shards);
}

BundleWriter::BundleWriter(base::WritableFile& data, base::WritableFile& index)
    : data_(data), index_(index) {
  entries_.emplace_back("", header_bytes());
}

void BundleWriter::append_data(std::string_view bytes) {
  data_.append(bytes);
  data_digest_.extend(bytes);
}

uint32_t BundleWriter::append_strings(std::span<const std::string_view> strings) {
  StringTensorHead head = string_tensor_head(strings);
  std::string pending = std::move(head.bytes);
  uint32_t crc = head.crc32c;
  for (const std::string_view text : strings) {
    crc = base::extend_crc32c(crc, text);
    pending += text;
    if (pending.size() >= kStringChunkBytes) {
      append_data(pending);
      pending.clear();
    }
  }
  append_data(pending);
  return crc;
}

void BundleWriter::add(const std::string& name, const Array& value) {
  base::require(!is_finished_, "checkpoint", "'", name, "' is added after finish()");
  base::require(value.valid(), "checkpoint", "'", name, "' has no dtype; give it a value first");
  // Such a name is a slice's key, and a zero byte would end the text of any error that quotes it.
  base::require(!name.empty() && name[0] != '\0', "checkpoint",
                "a tensor's name is empty or begins with a zero byte (it has ", name.size(),
                " bytes), expected one such as 'dense/kernel'; give it a name");
  base::require(entries_.back().first < name, "checkpoint", "'", name, "' comes after '",
                entries_.back().first, "'; add tensors in ascending order of their names");
  proto::BundleEntryProto entry = entry_of(value, data_digest_);
  uint32_t crc = 0;
  if (value.dtype() == kString) {
    crc = append_strings(value.data<std::string_view>());
  } else {
    const std::string_view bytes(static_cast<const char*>(value.raw()), value.num_bytes());
    append_data(bytes);
    crc = base::crc32c(bytes);
  }
  entry.set_size(static_cast<int64_t>(data_digest_.size) - entry.offset());
  entry.set_crc32c(base::mask_crc32c(crc));
  entries_.emplace_back(name, entry.SerializeAsString());
}

void BundleWriter::finish() {
  base::require(!is_finished_, "checkpoint", "finish() was called twice; it ends the bundle");
  is_finished_ = true;
  const std::string table = encode_table(entries_);
  index_.append(table);
  index_digest_.extend(table);
}

}  // namespace reckon::formats
