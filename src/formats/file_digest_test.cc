// SPDX-License-Identifier: Apache-2.0
#include "formats/file_digest.h"

#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "base/memory_file_system_testing.h"

namespace reckon::formats {
namespace file_digest_test {

using base::expect_error;

TEST(FileDigest, IsTheSameInPiecesAndFromAFile) {
  base::MemoryFileSystem files;
  const std::string bytes(3'000'000, 'x');
  FileDigest whole, pieces;
  whole.extend(bytes);
  pieces.extend(bytes.substr(0, 17));
  pieces.extend(bytes.substr(17));
  EXPECT_EQ(whole, pieces);
  files.write_file("x", bytes);
  EXPECT_EQ(digest_of_file(files, "x"), whole);
}

TEST(FileDigest, IsTheCastagnoliCrcNotMasked) {
  FileDigest digest;
  digest.extend("123456789");
  EXPECT_EQ(digest, (FileDigest{9, 0xE3069283}));
}

TEST(FileDigest, OfNothingIsNothing) {
  base::MemoryFileSystem files;
  files.write_file("x", "");
  EXPECT_EQ(digest_of_file(files, "x"), FileDigest());
  FileDigest digest;
  digest.extend("");
  EXPECT_EQ(digest, FileDigest());
}

TEST(FileDigest, TellsEqualSizesAndEqualStartsApart) {
  const auto digest_of = [](const std::string& bytes) {
    FileDigest digest;
    digest.extend(bytes);
    return digest;
  };
  EXPECT_NE(digest_of("abc"), digest_of("abd"));
  EXPECT_NE(digest_of(std::string(3, '\0')), digest_of(std::string(4, '\0')));
}

TEST(FileDigest, AMissingFileIsNotFound) {
  base::MemoryFileSystem files;
  expect_error([&] { digest_of_file(files, "y"); }, ErrorCode::kNotFound, "y could not be opened");
}

}  // namespace file_digest_test
}  // namespace reckon::formats
