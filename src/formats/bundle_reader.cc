// SPDX-License-Identifier: Apache-2.0
// The reader of tensor bundles. The index is verified when the bundle is opened, a tensor when it
// is read.
#include "formats/bundle_reader.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <tuple>

#include "base/check.h"
#include "base/crc32c.h"
#include "base/file_system.h"
#include "formats/bundle_index.h"
#include "formats/bundle_writer.h"
#include "formats/damage.h"
#include "formats/digested_file.h"
#include "formats/string_tensor.h"

namespace reckon::formats {

struct BundleReader::State {
  base::FileSystem& files;
  std::string prefix;
  BundleIndex index;
  std::vector<std::string> names;
  // Opened at the first use, then kept: a checkpoint that is deleted meanwhile stays readable.
  std::mutex mutex;
  std::vector<std::shared_ptr<base::ReadableFile>> shards;
  const bool takes_digests;
  std::shared_ptr<DigestedFile> digested;  ///< shard 0, once it is open

  State(base::FileSystem& file_system, const std::string& path_prefix, FileDigest* digests)
      : files(file_system), prefix(path_prefix), takes_digests(digests != nullptr) {
    const std::string path = bundle_index_name(prefix);
    const std::string bytes = files.read_file(path);
    if (takes_digests) digests->extend(bytes);
    index = decode_bundle_index(bytes, path);
    shards.resize(index.num_shards);
    for (const auto& [name, entry] : index.entries) {
      if (!is_slice_key(name)) names.push_back(name);
    }
  }

  std::string data_path(int shard) const {
    return bundle_data_name(prefix, shard, index.num_shards);
  }
  std::string at(const BundleEntry& entry, const std::string& name) const {
    return data_path(entry.shard) + ", tensor " + name;
  }

  const BundleEntry& find(const std::string& name) const {
    const auto found = index.entries.find(name);
    if (found == index.entries.end() || is_slice_key(name)) {
      throw Error(ErrorCode::kNotFound, "checkpoint",
                  "there is no tensor '" + name + "'; names() lists those that are there",
                  bundle_index_name(prefix));
    }
    return found->second;
  }

  std::shared_ptr<base::ReadableFile> shard(int number) {
    const std::lock_guard lock(mutex);
    if (shards[number]) return shards[number];
    std::unique_ptr<base::ReadableFile> file = files.open_read(data_path(number));
    if (!takes_digests || number != 0) return shards[number] = std::move(file);
    return shards[0] = digested = std::make_shared<DigestedFile>(std::move(file));
  }

  // The shard of the entry, which is long enough to hold it.
  std::shared_ptr<base::ReadableFile> sound_shard(const std::string& name,
                                                  const BundleEntry& entry) {
    auto file = shard(entry.shard);
    const uint64_t size = file->size();
    expect_sound(entry.offset <= size && entry.size <= size - entry.offset, "checkpoint",
                 at(entry, name), "the tensor has ", entry.size, " bytes at offset ", entry.offset,
                 ", but the file has only ", size, " bytes");
    return file;
  }

  void read_bytes(const std::string& name, const BundleEntry& entry, base::ReadableFile& file,
                  char* bytes) {
    const size_t count = file.read(entry.offset, bytes, entry.size);
    expect_sound(count == entry.size, "checkpoint", at(entry, name), "the file ended after ", count,
                 " of ", entry.size, " bytes");
  }

  Array read_whole(const std::string& name, const BundleEntry& entry) {
    const auto file = sound_shard(name, entry);
    const Shape shape(entry.dims);
    if (entry.dtype == kString) {
      std::string bytes(entry.size, '\0');
      read_bytes(name, entry, *file, bytes.data());
      return decode_string_tensor(bytes, shape, entry.masked_crc32c, at(entry, name));
    }
    Array value = Array::uninitialized(entry.dtype, shape);
    char* elements = static_cast<char*>(value.mutable_raw());
    read_bytes(name, entry, *file, elements);
    expect_sound(base::masked_crc32c({elements, entry.size}) == entry.masked_crc32c, "checkpoint",
                 at(entry, name), "the CRC of ", entry.size, " bytes at offset ", entry.offset,
                 " differs from the index");
    if (entry.dtype == kBool) check_bools(name, entry, elements);
    return value;
  }

  // A bool that is neither 0 nor 1 is no value of C++.
  void check_bools(const std::string& name, const BundleEntry& entry, const char* elements) const {
    for (uint64_t i = 0; i < entry.size; ++i) {
      expect_sound(static_cast<uint8_t>(elements[i]) <= 1, "checkpoint", at(entry, name),
                   "element ", i, " is neither false nor true");
    }
  }

  // Every slice must lie in its file before memory for the whole is taken.
  void check_slices(const std::string& name, const BundleEntry& entry) {
    for (const std::string& key : entry.slice_keys) sound_shard(name, index.entries.at(key));
  }

  Array read_sliced(const std::string& name, const BundleEntry& entry) {
    check_slices(name, entry);
    const Shape shape(entry.dims);
    if (entry.dtype == kString) return read_sliced_strings(name, entry, shape);
    Array value = Array::uninitialized(entry.dtype, shape);
    char* elements = static_cast<char*>(value.mutable_raw());
    const size_t width = dtype_size(entry.dtype);
    for (size_t i = 0; i < entry.slices.size(); ++i) {
      const Array part = read_whole(name, index.entries.at(entry.slice_keys[i]));
      const char* from = static_cast<const char*>(part.raw());
      for_each_run(entry.dims, entry.slices[i], [&](int64_t whole, int64_t in_part, int64_t count) {
        std::memcpy(elements + whole * width, from + in_part * width, count * width);
      });
    }
    return value;
  }

  Array read_sliced_strings(const std::string& name, const BundleEntry& entry, const Shape& shape) {
    std::vector<std::string_view> strings(entry.num_elements);
    std::vector<Array> parts;
    for (size_t i = 0; i < entry.slices.size(); ++i) {
      parts.push_back(read_whole(name, index.entries.at(entry.slice_keys[i])));
      const auto from = parts.back().data<std::string_view>();
      for_each_run(entry.dims, entry.slices[i], [&](int64_t whole, int64_t in_part, int64_t count) {
        std::copy_n(from.begin() + in_part, count, strings.begin() + whole);
      });
    }
    return Array::string_views(strings, shape);
  }
};

BundleReader::BundleReader(base::FileSystem& files, const std::string& prefix, FileDigest* digests)
    : state_(std::make_unique<State>(files, prefix, digests)) {}
BundleReader::~BundleReader() = default;
BundleReader::BundleReader(BundleReader&&) noexcept = default;

const std::vector<std::string>& BundleReader::names() const { return state_->names; }

std::vector<std::string> BundleReader::names_as_stored() const {
  const auto place_of = [this](const std::string& name) {
    const BundleEntry* entry = &state_->find(name);
    // A partitioned variable lies where its slices do.
    if (!entry->slice_keys.empty()) entry = &state_->index.entries.at(entry->slice_keys.front());
    return std::tuple(entry->shard, entry->offset);
  };
  std::vector<std::string> names = state_->names;
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return place_of(a) < place_of(b);
  });
  return names;
}

bool BundleReader::contains(const std::string& name) const {
  return !is_slice_key(name) && state_->index.entries.contains(name);
}

DType BundleReader::dtype(const std::string& name) const {
  const BundleEntry& entry = state_->find(name);
  if (entry.dtype == DType::kInvalid) {
    throw Error(ErrorCode::kInvalidArgument, "checkpoint",
                base::concat_text("tensor ", name, " has TensorFlow's DataType ", entry.dtype_code,
                                  ", which no Array holds; leave it out"),
                bundle_index_name(state_->prefix));
  }
  return entry.dtype;
}

Shape BundleReader::shape(const std::string& name) const {
  const BundleEntry& entry = state_->find(name);
  if (entry.dims.size() > Shape::kMaxRank) {
    throw Error(
        ErrorCode::kInvalidArgument, "checkpoint",
        base::concat_text("tensor ", name, " has ", entry.dims.size(),
                          " dimensions, an Array at most ", Shape::kMaxRank, "; leave it out"),
        bundle_index_name(state_->prefix));
  }
  return Shape(entry.dims);
}

Array BundleReader::read(const std::string& name) const {
  dtype(name);
  shape(name);
  const BundleEntry& entry = state_->find(name);
  return entry.slices.empty() ? state_->read_whole(name, entry) : state_->read_sliced(name, entry);
}

FileDigest BundleReader::data_digest() const {
  RECKON_CHECK(state_->takes_digests && state_->index.num_shards == 1);
  (void)state_->shard(0);
  return state_->digested->digest();
}

void BundleReader::verify() const {
  for (const std::string& name : names()) {
    if (state_->find(name).dtype != DType::kInvalid) read(name);
  }
}

std::vector<std::string> BundleReader::paths() const {
  std::vector<std::string> paths = {bundle_index_name(state_->prefix)};
  for (int shard = 0; shard < state_->index.num_shards; ++shard)
    paths.push_back(state_->data_path(shard));
  return paths;
}

}  // namespace reckon::formats
