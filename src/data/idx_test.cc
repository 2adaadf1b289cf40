// SPDX-License-Identifier: Apache-2.0
// MNIST's pair of files: plain or compressed, read once, and refused with their name when damaged.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "base/temporary_directory_testing.h"
#include "data/idx_bytes_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace idx_test {

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

TEST_F(Idx, NamesAMissingFile) {
  write(labels(), kLabels);
  base::expect_error([&] { dataset(); }, ErrorCode::kNotFound,
                     "[idx file] there is neither " + images() + " nor " + images() +
                         ".gz; check the path. At idx_test.cc:");
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

}  // namespace idx_test
}  // namespace reckon::reckon_internal::data
