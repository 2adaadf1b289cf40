// SPDX-License-Identifier: Apache-2.0
// The digest of a file that somebody reads on the way: in any order, with gaps, twice, beyond its
// end.
#include "formats/digested_file.h"

#include <gtest/gtest.h>

#include "base/counting_file_system_testing.h"
#include "base/memory_file_system_testing.h"

namespace reckon::formats {
namespace digested_file_test {

constexpr const char* kPath = "file";

class DigestedFileTest : public testing::Test {
 protected:
  DigestedFileTest() { files_.write_file(kPath, bytes_); }
  /// Reads these {offset, count} pieces, then takes the digest; what was read must be right.
  FileDigest after(const std::vector<std::pair<uint64_t, size_t>>& pieces) {
    counting_.bytes_read.clear();
    DigestedFile file(counting_.open_read(kPath));
    for (const auto& [offset, count] : pieces) {
      std::string buffer(count, '\0');
      buffer.resize(file.read(offset, buffer.data(), count));
      EXPECT_EQ(buffer, bytes_.substr(std::min<size_t>(offset, bytes_.size()), count));
    }
    return file.digest();
  }
  uint64_t bytes_read() const { return counting_.bytes_read.at(kPath); }

  const std::string bytes_ = "what a file holds, from its first byte to its last";
  base::MemoryFileSystem files_;
  base::CountingFileSystem counting_{files_};
};

TEST_F(DigestedFileTest, IsThatOfTheFileInWhateverOrderItWasRead) {
  const FileDigest want = digest_of_file(files_, kPath);
  using Pieces = std::vector<std::pair<uint64_t, size_t>>;
  for (const Pieces& pieces :
       {Pieces{}, Pieces{{0, 10}, {10, 5}}, Pieces{{0, 10}, {20, 5}, {30, 20}}, Pieces{{7, 0}},
        Pieces{{20, 5}, {3, 4}, {22, 10}}, Pieces{{0, 99}}, Pieces{{99, 1}}, Pieces{{48, 9}}}) {
    EXPECT_EQ(after(pieces), want);
  }
}

TEST_F(DigestedFileTest, FromFrontToBackReadsNoByteTwice) {
  (void)after({{0, 10}, {14, 6}, {20, 12}});
  EXPECT_EQ(bytes_read(), bytes_.size());
}

}  // namespace digested_file_test
}  // namespace reckon::formats
