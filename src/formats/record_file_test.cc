// SPDX-License-Identifier: Apache-2.0
#include "formats/record_file.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "base/crc32c.h"
#include "base/expect_error_testing.h"
#include "base/memory_file_system_testing.h"
#include "formats/byte_order.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/golden_directory_testing.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace record_file_test {

using base::expect_error;

std::vector<std::string> read_records(const std::string& path, RecordReaderOptions options = {},
                                      base::FileSystem& from = disk()) {
  RecordReader reader(from, path, options);
  std::vector<std::string> records;
  while (auto record = reader.next()) records.push_back(std::move(*record));
  return records;
}

std::vector<std::string> read_bytes(const std::string& bytes, RecordReaderOptions options = {}) {
  base::MemoryFileSystem memory;
  memory.write_file("x", bytes);
  return read_records("x", options, memory);
}

TEST(RecordFile, FrameIsTheGoldenOne) {
  EXPECT_EQ(frame_record("hello"),
            std::string("\x05\0\0\0\0\0\0\0\xea\xb2\x04\x3ehello\xbb\x1f\x1c\x19", 21));
}

TEST(RecordFile, RecordsComeBack) {
  ScratchDirectory scratch;
  const std::vector<std::string> records = {"", "a", std::string(3'000'000, 'x'),
                                            std::string("\0\xff", 2)};
  const auto file = disk().open_write(scratch / "x");
  RecordWriter writer(*file);
  for (const auto& record : records) writer.write(record);
  file->close();
  EXPECT_EQ(read_records(scratch / "x"), records);
}

TEST(RecordFile, EmptyFileHasNoRecords) { EXPECT_TRUE(read_bytes("").empty()); }

TEST(RecordFile, DamageNamesFileRecordAndOffset) {
  const std::string sound = frame_record("hello") + frame_record("world");
  std::string damaged = sound;
  damaged[21 + 13] ^= 1;
  expect_error([&] { read_bytes(damaged); }, ErrorCode::kDataLoss, "x, record 1, offset 21");
  expect_error([&] { read_bytes(damaged); }, ErrorCode::kDataLoss,
               "the CRC of the record's 5 bytes differs");
  damaged = sound;
  damaged[7] ^= 1;
  expect_error([&] { read_bytes(damaged); }, ErrorCode::kDataLoss,
               "the CRC of the record's length differs");
  expect_error([&] { read_bytes(sound.substr(0, 40)); }, ErrorCode::kDataLoss,
               "ends within the record's payload");
  expect_error([&] { read_bytes(sound.substr(0, 25)); }, ErrorCode::kDataLoss,
               "ends within the record's header");
}

TEST(RecordFile, HugeLengthWithARightCrcTakesNoMemory) {
  for (const uint64_t length : {uint64_t{1} << 63, ~uint64_t{0}, uint64_t{1} << 29}) {
    std::string bytes;
    append_fixed(bytes, length);
    append_fixed(bytes, base::masked_crc32c(bytes));
    expect_error([&] { read_bytes(bytes + "abc"); }, ErrorCode::kDataLoss,
                 length > (1 << 30) ? "more than the limit" : "ends within");
  }
}

TEST(RecordFile, TailThatIsStillWrittenIsReadOnceItIsWhole) {
  ScratchDirectory scratch;
  const std::string first = frame_record("first"), second = frame_record("second");
  std::ofstream out(scratch / "x", std::ios::binary);
  out << first << second.substr(0, 15) << std::flush;
  RecordReader reader(disk(), scratch / "x", {.allow_truncated_tail = true});
  EXPECT_EQ(reader.next(), "first");
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_EQ(reader.offset(), first.size());
  out << second.substr(15) << std::flush;
  EXPECT_EQ(reader.next(), "second");
  EXPECT_EQ(reader.next(), std::nullopt);
}

TEST(RecordFile, ReadsTheGoldenFilesPlainAndCompressed) {
  if (golden_directory().empty()) GTEST_SKIP() << missing_golden("estimator/files/tfrecord");
  const std::string folder = golden_directory() + "/estimator/files/tfrecord/";
  const auto plain = read_records(folder + "examples.tfrecord");
  EXPECT_FALSE(plain.empty());
  EXPECT_EQ(
      read_records(folder + "examples.tfrecord.gz", {.compression = RecordCompression::kGzip}),
      plain);
  EXPECT_EQ(
      read_records(folder + "examples.tfrecord.zlib", {.compression = RecordCompression::kZlib}),
      plain);
  EXPECT_TRUE(read_records(folder + "empty.tfrecord").empty());
  expect_error([&] { read_records(folder + "truncated.tfrecord"); }, ErrorCode::kDataLoss,
               "truncated.tfrecord");
  expect_error([&] { read_records(folder + "corrupt.tfrecord"); }, ErrorCode::kDataLoss,
               "corrupt.tfrecord");
}

TEST(RecordFile, EveryDamageIsNoticed) {
  std::string bytes;
  for (int i = 0; i < 40; ++i) bytes += frame_record(std::string(i, 'r'));
  std::vector<std::string> want = read_bytes(bytes);
  // A cut between two records leaves a whole file, so what is noticed is that records are missing.
  fuzz_bytes(
      bytes, Damage::kNoticed,
      [&](const std::string& damaged) {
        if (read_bytes(damaged) != want) throw Error(ErrorCode::kDataLoss, "test", "other records");
      },
      1000);
}

}  // namespace record_file_test
}  // namespace reckon::formats
