// SPDX-License-Identifier: Apache-2.0
#include "data/idx_cache.h"

#include <cstring>
#include <filesystem>
#include <mutex>

#include "base/check.h"
#include "base/file_system.h"
#include "base/fork.h"
#include "base/recent.h"
#include "formats/idx_file.h"
#include "tensor/arena.h"

namespace reckon::reckon_internal::data {
namespace {

namespace fs = std::filesystem;

/// Files of ever new names must not all stay in memory.
constexpr size_t kKeptFiles = 64;

struct Entry {
  fs::file_time_type time;
  uintmax_t size = 0;
  Array array;
};

struct Cache {
  Cache() { base::hold_while_forking(mutex); }
  std::mutex mutex;
  base::Recent<std::string, Entry> entries{kKeptFiles};  ///< by kind and path
  int files_read = 0;
};

Cache& cache() {
  static Cache the_cache;
  return the_cache;
}

// Shuffled rows come from everywhere: on huge pages, most of them miss no address translation.
Array on_huge_pages(const Array& array) {
  if (array.num_bytes() < tensor::Arena::kHugePageBytes) return array;
  const auto arena = std::make_shared<tensor::Arena>(array.num_bytes());
  std::memcpy(arena->data(), array.raw(), array.num_bytes());
  return Array::borrow(array.dtype(), array.shape(), arena->data(), arena);
}

Array as_images(const Array& array, const std::string& path) {
  const Shape& shape = array.shape();
  base::require(shape.rank() == 3, "idx", path, " holds ", array,
                ", expected images, of shape [rows, height, width]; give the file of images first, "
                "then that of "
                "labels");
  return on_huge_pages(array.reshaped({shape[0], shape[1], shape[2], 1}));
}

Array as_labels(const Array& array, const std::string& path) {
  base::require(array.shape().rank() == 1 && array.dtype() != kFloat32 && array.dtype() != kFloat64,
                "idx", path, " holds ", array,
                ", expected labels, integers of shape [rows]; give the file of images first, "
                "then that of labels");
  Array labels = Array::uninitialized(kInt64, array.shape());
  const auto numbers = labels.mutable_data<int64_t>();
  for (int64_t i = 0; i < array.num_elements(); ++i)
    numbers[static_cast<size_t>(i)] = array.at<int64_t>(i);
  return labels;
}

Array read(const std::string& path, bool is_label) {
  const Array array = formats::read_idx(base::FileSystem::posix(), path);
  return is_label ? as_labels(array, path) : as_images(array, path);
}

Array cached(const std::string& path, bool is_label) {
  std::error_code missing;
  const std::string file = fs::exists(path, missing) ? path : path + ".gz";
  const fs::file_time_type time = fs::last_write_time(file, missing);
  const uintmax_t size = missing ? 0 : fs::file_size(file, missing);
  // Held while reading, so that a file is read once by however many threads ask.
  const std::lock_guard lock(cache().mutex);
  const std::string key = (is_label ? "labels " : "images ") + path;
  const Entry* known = cache().entries.find(key);
  if (known != nullptr && !missing && known->time == time && known->size == size)
    return known->array;
  cache().entries.take(key);
  const Array array = read(path, is_label);
  ++cache().files_read;
  return cache().entries.put(key, {time, size, array}).array;
}

}  // namespace

Array idx_images(const std::string& path) { return cached(path, false); }
Array idx_labels(const std::string& path) { return cached(path, true); }

int idx_files_read() {
  const std::lock_guard lock(cache().mutex);
  return cache().files_read;
}

}  // namespace reckon::reckon_internal::data
