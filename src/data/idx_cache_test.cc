// SPDX-License-Identifier: Apache-2.0
// A file is read once in a process, as long as its size and time stay; what could not be read is
// read again.
#include "data/idx_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/expect_error_testing.h"
#include "base/temporary_directory_testing.h"
#include "data/idx_bytes_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace idx_cache_test {

class IdxCache : public testing::Test {
 protected:
  std::string path() const { return directory_.file("images"); }
  /// Files read while `action` runs.
  template <class Action>
  static int reads_of(Action action) {
    const int before = idx_files_read();
    action();
    return idx_files_read() - before;
  }

  base::TemporaryDirectory directory_;
};

TEST_F(IdxCache, ReadsAFileOnceUntilItChanges) {
  write(path(), idx_bytes({2, 1, 2}, "abcd"));
  const Array first = idx_images(path());
  EXPECT_EQ(first.shape(), (Shape{2, 1, 2, 1}));
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(idx_images(path()).raw(), first.raw()); }), 0);
  write(path(), idx_bytes({1, 1, 2}, "AB"));
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(numbers_of(idx_images(path())), (Numbers{'A', 'B'})); }), 1);
  EXPECT_EQ(numbers_of(first), (Numbers{'a', 'b', 'c', 'd'})) << "who holds the old one keeps it";
}

TEST_F(IdxCache, AChangeOfTheSameSizeShowsByItsTime) {
  write(path(), idx_bytes({1, 1, 2}, "ab"));
  idx_images(path());
  write(path(), idx_bytes({1, 1, 2}, "xy"));
  std::filesystem::last_write_time(
      path(), std::filesystem::last_write_time(path()) + std::chrono::seconds(5));
  EXPECT_EQ(numbers_of(idx_images(path())), (Numbers{'x', 'y'}));
}

TEST_F(IdxCache, AFileThatWasDamagedIsReadAgain) {
  write(path(), idx_bytes({3}, "ab"));
  for (int attempt = 0; attempt < 2; ++attempt) {
    base::expect_error([&] { idx_labels(path()); }, ErrorCode::kDataLoss, path());
  }
  write(path(), idx_bytes({3}, "abc"));
  EXPECT_EQ(numbers_of(idx_labels(path())), (Numbers{'a', 'b', 'c'}));
}

TEST_F(IdxCache, AFileThatIsGoneIsNotServedFromMemory) {
  write(path(), idx_bytes({1}, "a"));
  idx_labels(path());
  std::filesystem::remove(path());
  base::expect_error([&] { idx_labels(path()); }, ErrorCode::kNotFound, path());
}

TEST_F(IdxCache, OneFileMayBeAskedForAsBothKinds) {
  write(path(), idx_bytes({2}, std::string("\x80\x01", 2)));
  const Array labels = idx_labels(path());
  EXPECT_EQ(labels.dtype(), kInt64);
  EXPECT_EQ(numbers_of(labels), (Numbers{128, 1})) << "bytes are not signed";
  base::expect_error([&] { idx_images(path()); }, ErrorCode::kInvalidArgument,
                     " holds uint8[2], expected images, of shape [rows, height, width]");
  EXPECT_EQ(idx_labels(path()).raw(), labels.raw());
}

TEST_F(IdxCache, TheNameWithoutItsEndingMeansTheCompressedFile) {
  write_gzip(path() + ".gz", idx_bytes({2}, "ab"));
  EXPECT_EQ(numbers_of(idx_labels(path())), (Numbers{'a', 'b'}));
  EXPECT_EQ(reads_of([&] { idx_labels(path()); }), 0);
  write_gzip(path() + ".gz", idx_bytes({3}, "xyz"));
  EXPECT_EQ(numbers_of(idx_labels(path())), (Numbers{'x', 'y', 'z'}));
}

TEST_F(IdxCache, ImagesLargerThanAHugePageComeWhole) {
  const std::string pixels = [] {
    std::string bytes;
    for (int i = 0; i < 200 * 200 * 100; ++i) bytes.push_back(static_cast<char>(i * 7 >> 3));
    return bytes;
  }();
  write(path(), idx_bytes({100, 200, 200}, pixels));
  const Array images = idx_images(path());
  ASSERT_EQ(images.num_bytes(), pixels.size());
  EXPECT_EQ(std::string_view(static_cast<const char*>(images.raw()), pixels.size()), pixels);
}

TEST_F(IdxCache, SeveralThreadsThatAskAtOnceReadOnce) {
  write(path(), idx_bytes({100, 50, 50}, std::string(250000, 'x')));
  EXPECT_EQ(reads_of([&] {
              std::vector<std::thread> threads;
              for (int i = 0; i < 4; ++i) threads.emplace_back([&] { idx_images(path()); });
              for (std::thread& thread : threads) thread.join();
            }),
            1);
}

// H11: every file that was ever read stayed in memory.
TEST_F(IdxCache, KeepsTheFilesUsedLast) {
  const auto file = [&](int i) { return path() + std::to_string(i); };
  std::vector<Array> arrays;
  for (int i = 0; i < 70; ++i) {
    write(file(i), idx_bytes({1, 1, 1}, std::string(1, static_cast<char>('0' + i))));
    arrays.push_back(idx_images(file(i)));
  }
  EXPECT_EQ(reads_of([&] {
              for (int i = 69; i >= 6; --i)
                EXPECT_EQ(idx_images(file(i)).raw(), arrays[static_cast<size_t>(i)].raw());
            }),
            0);
  EXPECT_EQ(reads_of([&] { EXPECT_EQ(numbers_of(idx_images(file(0))), (Numbers{'0'})); }), 1);
}

}  // namespace idx_cache_test
}  // namespace reckon::reckon_internal::data
