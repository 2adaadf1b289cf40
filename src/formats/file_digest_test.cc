// SPDX-License-Identifier: Apache-2.0
#include "formats/file_digest.h"

#include "base/file_system.h"
#include "formats/scratch_directory.h"

namespace reckon::formats {
namespace {

TEST(FileDigest, IsTheSameInPiecesAndFromAFile) {
  ScratchDirectory scratch;
  const std::string bytes(3'000'000, 'x');
  FileDigest whole, pieces;
  whole.extend(bytes);
  pieces.extend(bytes.substr(0, 17));
  pieces.extend(bytes.substr(17));
  EXPECT_EQ(whole, pieces);
  base::FileSystem::posix().write_file(scratch / "x", bytes);
  EXPECT_EQ(digest_of_file(base::FileSystem::posix(), scratch / "x"), whole);
}

TEST(FileDigest, IsTheCastagnoliCrcNotMasked) {
  FileDigest digest;
  digest.extend("123456789");
  EXPECT_EQ(digest, (FileDigest{9, 0xE3069283}));
}

}  // namespace
}  // namespace reckon::formats
