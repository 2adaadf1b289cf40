// SPDX-License-Identifier: Apache-2.0
#include "batches.h"

#include <zlib.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <vector>

#include "numbers.h"

namespace bench {
namespace {

using reckon::Array;
using reckon::Dataset;

constexpr int64_t kPixels = 784;

std::vector<uint8_t> read_whole(const std::string& path) {
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) {
    throw std::runtime_error("[fashion_batches] " + path +
                             " is missing; install Debian's package " +
                             "dataset-fashion-mnist or set RECKON_FASHION_MNIST");
  }
  std::vector<uint8_t> content;
  std::vector<uint8_t> block(1 << 20);
  int got = 0;
  while ((got = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()))) > 0) {
    content.insert(content.end(), block.begin(), block.begin() + got);
  }
  if (got < 0) throw std::runtime_error("[fashion_batches] " + path + " is damaged");
  return content;
}

// The elements of an idx file of uint8: behind the magic number and one extent for each dimension.
std::vector<uint8_t> read_idx(const std::string& name) {
  const char* directory = std::getenv("RECKON_FASHION_MNIST");
  std::string path =
      std::string(directory ? directory : "/usr/share/datasets/fashion-mnist") + "/" + name + ".gz";
  std::vector<uint8_t> content = read_whole(path);
  if (content.size() < 4 || content[2] != 8) {
    throw std::runtime_error("[fashion_batches] " + path + " is no idx file of bytes");
  }
  size_t header = 4 + 4 * size_t{content[3]};
  return {content.begin() + static_cast<ptrdiff_t>(header), content.end()};
}

}  // namespace

Dataset Batches::from(int64_t first) const {
  return Dataset::from_arrays({{"x", x}}, y).repeat().skip(first % count());
}

Dataset Batches::one(int64_t index) const {
  int64_t row = index % count();
  return Dataset::from_arrays({{"x", x.rows(row, row + 1)}}, y.rows(row, row + 1));
}

Batches line_batches() {
  Array x = uniform(1000, 1.0, {64, 32, 16});
  Array y = Array::uninitialized(reckon::kFloat32, {64, 32, 1});
  const float* row = x.data<float>().data();
  for (float& label : y.mutable_data<float>()) {
    float sum = 0;
    for (int j = 0; j < 16; ++j) sum += row[j] * (static_cast<float>(j) - 7.5f) / 8;
    label = sum + 0.5f;
    row += 16;
  }
  return {x, y};
}

Batches fashion_batches(const std::string& prefix, int64_t batch) {
  std::vector<uint8_t> pixels = read_idx(prefix + "-images-idx3-ubyte");
  std::vector<uint8_t> classes = read_idx(prefix + "-labels-idx1-ubyte");
  int64_t count = static_cast<int64_t>(classes.size()) / batch;
  Array x = Array::uninitialized(reckon::kFloat32, {count, batch, kPixels});
  Array y = Array::uninitialized(reckon::kInt64, {count, batch});
  if (pixels.size() != classes.size() * kPixels) {
    throw std::runtime_error("[fashion_batches] images and labels of " + prefix +
                             " differ in number");
  }
  auto pixel = pixels.begin();
  for (float& value : x.mutable_data<float>()) value = static_cast<float>(*pixel++) / 255.0f;
  auto label = classes.begin();
  for (int64_t& value : y.mutable_data<int64_t>()) value = *label++;
  return {x, y};
}

}  // namespace bench
