// SPDX-License-Identifier: Apache-2.0
#include "formats/idx_file.h"

#include "base/expect_error_testing.h"
#include "base/memory_file_system_testing.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/deflated_testing.h"
#include "formats/golden_directory_testing.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace idx_file_test {

using base::expect_error;

std::string idx(char code, const std::vector<uint8_t>& extents, const std::string& elements) {
  std::string bytes = {0, 0, code, static_cast<char>(extents.size())};
  for (const uint8_t extent : extents) bytes += std::string(3, '\0') + static_cast<char>(extent);
  return bytes + elements;
}

TEST(IdxFile, ReadsBytesAndBigEndianNumbers) {
  EXPECT_TRUE(decode_idx(idx(8, {2, 3}, "abcdef"), "x")
                  .same_bits(Array::from<uint8_t>({'a', 'b', 'c', 'd', 'e', 'f'}, {2, 3})));
  EXPECT_TRUE(decode_idx(idx(0x0b, {2}, std::string("\x01\x02\xff\xfe", 4)), "x")
                  .same_bits(Array::from<int16_t>({258, -2}, {2})));
  EXPECT_TRUE(decode_idx(idx(0x0d, {1}, std::string("\x3f\x80\0\0", 4)), "x")
                  .same_bits(Array::from<float>({1}, {1})));
  EXPECT_EQ(decode_idx(idx(8, {0, 3}, ""), "x").shape(), (Shape{0, 3}));
}

TEST(IdxFile, FindsTheNameOrTheNameWithGz) {
  ScratchDirectory scratch;
  const std::string bytes = idx(8, {3}, "abc");
  expect_error([&] { read_idx(disk(), scratch / "x"); }, ErrorCode::kNotFound, "there is neither");
  disk().write_file(scratch / "x.gz", gzipped(bytes));
  EXPECT_EQ(read_idx(disk(), scratch / "x").num_elements(), 3);
  EXPECT_EQ(read_idx(disk(), scratch / "x.gz").num_elements(), 3);
  disk().write_file(scratch / "x", idx(8, {2}, "ab"));
  EXPECT_EQ(read_idx(disk(), scratch / "x").num_elements(), 2);
}

TEST(IdxFile, ReadsMnist) {
  if (data_directory().empty()) GTEST_SKIP() << missing_data("images/mnist");
  const std::string folder = data_directory() + "/images/mnist/";
  const Array images = read_idx(disk(), folder + "train-images-idx3-ubyte");
  EXPECT_EQ(images.text(), "uint8[60000, 28, 28]");
  const Array labels = read_idx(disk(), folder + "train-labels-idx1-ubyte");
  EXPECT_EQ(labels.text(), "uint8[60000]");
  EXPECT_EQ(labels.at<int>(0), 5);
  EXPECT_EQ(labels.at<int>(59999), 8);
}

TEST(IdxFile, HeaderThatDoesNotFitIsDataLoss) {
  const auto refuse = [](const std::string& bytes, const std::string& part) {
    expect_error([&] { decode_idx(bytes, "dir/x"); }, ErrorCode::kDataLoss, part);
    expect_error([&] { decode_idx(bytes, "dir/x"); }, ErrorCode::kDataLoss, "At dir/x");
  };
  refuse("", "ends within its magic number, after 0 of 4 bytes");
  refuse("abcd", "the first bytes are 61 62 63 64");
  refuse(idx(10, {1}, "a"), "the first bytes are 00 00 0a 01");
  refuse(idx(8, std::vector<uint8_t>(9, 1), "a"), "the rank is 9");
  refuse(idx(8, {2, 3}, "").substr(0, 9), "ends within its extents");
  refuse(idx(8, {2, 3}, ""), "the file ends after 0 of the 6 bytes");
  refuse(std::string("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16),
         "wants more bytes");
  refuse(idx(8, {2}, "abc"), "bytes follow the 2");
  refuse(idx(8, {10}, "abc"), "the file ends after 3 of the 10 bytes that shape [10] wants");
}

TEST(IdxFile, GzipThatIsNoneIsDataLoss) {
  base::MemoryFileSystem memory;
  const std::string bytes = gzipped(idx(8, {200}, std::string(200, 'x')));
  const auto refuse = [&](const std::string& content, const std::string& part) {
    memory.write_file("x.gz", content);
    expect_error([&] { read_idx(memory, "x"); }, ErrorCode::kDataLoss, part);
  };
  refuse("plain", "damaged after 0 bytes");
  refuse(bytes.substr(0, bytes.size() - 9), "cut short");
  refuse(bytes + "more", "damaged");
  refuse(gzipped(std::string("\0\0\x08\x02\x7f\xff\xff\xff\x7f\xff\xff\xff", 12)),
         "wants more bytes than the file");
}

TEST(IdxFile, DamageOfThePlainFileGivesAValueOrAnError) {
  const std::string bytes = idx(8, {5, 40}, std::string(200, 'x'));
  fuzz_bytes(bytes, Damage::kPerhapsNoticed,
             [](const std::string& damaged) { decode_idx(damaged, "x"); });
}

TEST(IdxFile, DamageOfTheGzippedFileGivesAValueOrAnError) {
  base::MemoryFileSystem memory;
  std::string elements;
  for (int i = 0; i < 10000; ++i) elements.push_back(static_cast<char>(i * i >> 3));
  fuzz_bytes(
      gzipped(idx(8, {100, 100}, elements)), Damage::kPerhapsNoticed,
      [&](const std::string& damaged) {
        memory.write_file("x.gz", damaged);
        read_idx(memory, "x");
      },
      1000);
}

}  // namespace idx_file_test
}  // namespace reckon::formats
