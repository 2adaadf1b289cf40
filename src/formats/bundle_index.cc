// SPDX-License-Identifier: Apache-2.0
// From a table of protobuf messages to checked entries.
#include "formats/bundle_index.h"

#include <algorithm>

#include "formats/damage.h"
#include "formats/dtype_code.h"
#include "formats/proto/tensor_bundle.pb.h"
#include "formats/table.h"

namespace reckon::formats {
namespace {

constexpr int kReaderVersion = 1;
// "-of-%05d" has five digits.
constexpr int kMaxShards = 99999;

// Throws kDataLoss that names the entry.
class EntryDecoder {
 public:
  EntryDecoder(const std::string& path, const std::string& key, int num_shards)
      : at_(path + ", entry " + printable(key)), key_(key), num_shards_(num_shards) {}

  BundleEntry decode(const std::string& bytes) const {
    proto::BundleEntryProto message;
    expect(message.ParseFromString(bytes), "the entry is not a BundleEntryProto");
    BundleEntry entry;
    entry.dtype_code = message.dtype();
    entry.dtype = dtype_from_code(message.dtype());
    expect(!message.shape().unknown_rank(), "the shape has no rank");
    for (const auto& dim : message.shape().dim()) entry.dims.push_back(dim.size());
    entry.num_elements = count_elements(entry.dims);
    expect(message.shard_id() >= 0 && message.shard_id() < num_shards_, "shard ",
           message.shard_id(), " is not one of ", num_shards_);
    expect(message.offset() >= 0 && message.size() >= 0, "offset ", message.offset(), " and size ",
           message.size(), " must not be negative");
    entry.shard = message.shard_id();
    entry.offset = static_cast<uint64_t>(message.offset());
    entry.size = static_cast<uint64_t>(message.size());
    entry.masked_crc32c = message.crc32c();
    if (message.slices().empty()) {
      check_size(entry);
    } else {
      add_slices(entry, message);
    }
    return entry;
  }

 private:
  static std::string printable(std::string key) {
    std::replace_if(
        key.begin(), key.end(), [](char c) { return static_cast<uint8_t>(c) < 32; }, '?');
    return key;
  }

  template <class... Parts>
  void expect(bool claim, const Parts&... parts) const {
    expect_sound(claim, "checkpoint index", at_, parts...);
  }

  int64_t count_elements(const std::vector<int64_t>& dims) const {
    int64_t product = 1;
    bool is_empty = false;
    for (const int64_t extent : dims) {
      expect(extent >= 0, "extent ", extent, " is negative");
      if (extent == 0) {
        is_empty = true;
      } else {
        expect(!__builtin_mul_overflow(product, extent, &product),
               "the shape has more than 2^63 elements");
      }
    }
    return is_empty ? 0 : product;
  }

  void check_size(const BundleEntry& entry) const {
    if (entry.dtype == DType::kInvalid) return;
    const unsigned __int128 elements = static_cast<unsigned __int128>(entry.num_elements);
    if (entry.dtype == kString) {
      expect(elements + 4 <= entry.size, entry.num_elements, " strings cannot lie in ", entry.size,
             " bytes");
    } else {
      expect(elements * dtype_size(entry.dtype) == entry.size, entry.size, " bytes do not hold ",
             entry.num_elements, " elements of ", dtype_name(entry.dtype));
    }
  }

  void add_slices(BundleEntry& entry, const proto::BundleEntryProto& message) const {
    int64_t covered = 0;
    for (const auto& proto_slice : message.slices()) {
      expect(proto_slice.extent_size() == static_cast<int>(entry.dims.size()), "a slice has ",
             proto_slice.extent_size(), " dimensions, its tensor ", entry.dims.size());
      TensorSlice slice, key_slice;
      int64_t elements = 1;
      for (int axis = 0; axis < proto_slice.extent_size(); ++axis) {
        const auto& extent = proto_slice.extent(axis);
        const bool is_whole =
            extent.has_length_case() == proto::TensorSliceProto::Extent::HAS_LENGTH_NOT_SET;
        const int64_t length = is_whole ? entry.dims[axis] : extent.length();
        expect(extent.start() >= 0 && length >= 0 && extent.start() <= entry.dims[axis] &&
                   length <= entry.dims[axis] - extent.start(),
               "slice [", extent.start(), ", +", length, ") is outside extent ", entry.dims[axis]);
        slice.start.push_back(extent.start());
        slice.length.push_back(length);
        key_slice.start.push_back(extent.start());
        key_slice.length.push_back(is_whole ? -1 : length);
        elements *= length;
      }
      // Slices that are disjoint and have all elements together cover the tensor.
      for (const TensorSlice& other : entry.slices) {
        expect(elements == 0 || !slices_overlap(slice, other), "two slices overlap");
      }
      covered += elements;
      entry.slices.push_back(std::move(slice));
      entry.slice_keys.push_back(slice_key(key_, key_slice));
    }
    expect(covered == entry.num_elements, "the slices hold ", covered, " of ", entry.num_elements,
           " elements");
  }

  std::string at_;
  const std::string& key_;
  int num_shards_;
};

int decode_header(const std::string& bytes, const std::string& path) {
  proto::BundleHeaderProto header;
  expect_sound(header.ParseFromString(bytes), "checkpoint index", path,
               "the header is not a BundleHeaderProto");
  if (header.endianness() != proto::BundleHeaderProto::LITTLE) {
    throw Error(
        ErrorCode::kInvalidArgument, "checkpoint index",
        "the checkpoint is big-endian, but only little-endian ones can be read; save it again on a "
        "little-endian machine",
        path);
  }
  if (header.version().min_consumer() > kReaderVersion) {
    throw Error(ErrorCode::kInvalidArgument, "checkpoint index",
                base::concat_text("the checkpoint asks for a reader of version ",
                                  header.version().min_consumer(), ", this one is ", kReaderVersion,
                                  "; use a newer Reckon"),
                path);
  }
  expect_sound(header.num_shards() >= 1 && header.num_shards() <= kMaxShards, "checkpoint index",
               path, "the header names ", header.num_shards(), " data files; 1 to ", kMaxShards,
               " are possible");
  return header.num_shards();
}

// Each slice has an entry of its own, of the same dtype and the slice's shape.
void check_slices(const BundleIndex& index, const std::string& path) {
  for (const auto& [name, entry] : index.entries) {
    for (size_t i = 0; i < entry.slices.size(); ++i) {
      const auto part = index.entries.find(entry.slice_keys[i]);
      expect_sound(part != index.entries.end() && part->second.slices.empty() &&
                       part->second.dtype_code == entry.dtype_code &&
                       part->second.dims == entry.slices[i].length,
                   "checkpoint index", path + ", entry " + name, "slice ", i,
                   " has no entry of its dtype and shape");
    }
  }
}

}  // namespace

BundleIndex decode_bundle_index(std::string_view bytes, const std::string& path) {
  const TableEntries table = decode_table(bytes, path);
  expect_sound(!table.empty() && table[0].first.empty(), "checkpoint index", path,
               "the first key is not the empty one of the header");
  BundleIndex index;
  index.num_shards = decode_header(table[0].second, path);
  for (size_t i = 1; i < table.size(); ++i) {
    const auto& [key, value] = table[i];
    index.entries.emplace_hint(index.entries.end(), key,
                               EntryDecoder(path, key, index.num_shards).decode(value));
  }
  check_slices(index, path);
  return index;
}

}  // namespace reckon::formats
