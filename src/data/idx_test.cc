// SPDX-License-Identifier: Apache-2.0
// MNIST's pair of files: plain or compressed, read once, and refused with their name when damaged.
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "base/expect_error.h"
#include "base/temporary_directory.h"
#include "data/idx_cache.h"
#include "data/read_numbers.h"

namespace reckon::data {
namespace {

/// An idx file of uint8: magic number, extents, elements.
std::string idx_bytes(const std::vector<int>& extents, const std::string& elements) {
  std::string bytes = {0, 0, 8, static_cast<char>(extents.size())};
  for (const int extent : extents) bytes += std::string{0, 0, 0, static_cast<char>(extent)};
  return bytes + elements;
}

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void write_gzip(const std::string& path, const std::string& bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

const std::string kImages = idx_bytes({3, 2, 2}, "abcdefghijkl");
const std::string kLabels = idx_bytes({3}, {7, 0, 9});

class Idx : public testing::Test {
 protected:
  std::string images() const { return directory_.file("images"); }
  std::string labels() const { return directory_.file("labels"); }
  Dataset dataset(IdxOptions options = {}) const {
    return Dataset::idx(images(), labels(), options);
  }

  base::TemporaryDirectory directory_;
};

TEST_F(Idx, GivesImagesWithAChannelAndInt64Labels) {
  write(images(), kImages);
  write(labels(), kLabels);
  EXPECT_EQ(dataset().spec(), (DatasetSpec{{{"x", kUInt8, {2, 2, 1}}}, {{"", kInt64, {}}}}));
  const std::vector<ArrayElement> rows = dataset({.feature = "image"}).collect(9);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(numbers_of(rows[1].features[0]), (Numbers{'e', 'f', 'g', 'h'}));
  EXPECT_EQ(rows[2].labels[0].item<int64_t>(), 9);
  EXPECT_EQ(dataset({.feature = "image"}).spec().features[0].name, "image");
}

TEST_F(Idx, FindsCompressedFilesWithAndWithoutTheirEnding) {
  write_gzip(images() + ".gz", kImages);
  write_gzip(labels() + ".gz", kLabels);
  EXPECT_EQ(numbers_of(dataset().batch(3).collect(1)[0].labels[0]), (Numbers{7, 0, 9}));
  EXPECT_EQ(Dataset::idx(images() + ".gz", labels() + ".gz").collect(9).size(), 3u);
}

TEST_F(Idx, ReadsAFileOnceUntilItChanges) {
  write(images(), kImages);
  write(labels(), kLabels);
  const Dataset first = dataset();
  const int read = idx_files_read();
  EXPECT_EQ(dataset().collect(1)[0].features[0].raw(), first.collect(1)[0].features[0].raw());
  EXPECT_EQ(idx_files_read(), read);
  write(images(), idx_bytes({3, 1, 2}, "ABCDEF"));
  EXPECT_EQ(numbers_of(dataset().collect(1)[0].features[0]), (Numbers{'A', 'B'}));
  EXPECT_EQ(idx_files_read(), read + 1);
  EXPECT_EQ(numbers_of(first.collect(1)[0].features[0]), (Numbers{'a', 'b', 'c', 'd'}));
}

TEST_F(Idx, NamesAMissingFile) {
  write(labels(), kLabels);
  base::expect_error(
      [&] { dataset(); }, ErrorCode::kNotFound,
      "[idx file] there is neither this file nor the same with .gz; check the path. At " +
          images());
}

TEST_F(Idx, NamesADamagedFile) {
  write(images(), kImages.substr(0, kImages.size() - 1));
  write(labels(), kLabels);
  base::expect_error([&] { dataset(); }, ErrorCode::kDataLoss,
                     "the file ends after 11 of the 12 bytes");
  write_gzip(images() + ".gz", kImages);
  std::filesystem::resize_file(images() + ".gz", 20);
  base::expect_error([&] { Dataset::idx(images() + ".gz", labels()); }, ErrorCode::kDataLoss,
                     images() + ".gz");
  write(images(), kImages);
  EXPECT_EQ(dataset().collect(9).size(), 3u);  // a failed read leaves nothing behind
}

TEST_F(Idx, RefusesExchangedFilesAndUnequalRows) {
  write(images(), kImages);
  write(labels(), kLabels);
  base::expect_error([&] { Dataset::idx(labels(), images()); }, ErrorCode::kInvalidArgument,
                     " holds uint8[3], expected images, of shape [rows, height, width]; give the "
                     "file of images first, "
                     "then that of labels.");
  base::expect_error([&] { Dataset::idx(images(), images()); },
                     " holds uint8[3, 2, 2], expected labels, integers of");
  write(labels(), idx_bytes({2}, {7, 0}));
  base::expect_error([&] { dataset(); },
                     " 3 images but " + labels() + " 2 labels; give two files of one set.");
}

}  // namespace
}  // namespace reckon::data
