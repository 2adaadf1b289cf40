// SPDX-License-Identifier: Apache-2.0
// A directory of the test's own, gone with it.
#include "base/temporary_directory_testing.h"

#include <gtest/gtest.h>

#include <fstream>

namespace reckon::base {
namespace temporary_directory_test {

namespace fs = std::filesystem;

TEST(TemporaryDirectory, IsEmptyAndOfItsOwn) {
  const TemporaryDirectory first, second;
  EXPECT_TRUE(fs::is_directory(first.path()));
  EXPECT_TRUE(fs::is_empty(first.path()));
  EXPECT_NE(first.path(), second.path());
}

TEST(TemporaryDirectory, IsRemovedWithAllItHolds) {
  std::string path;
  {
    const TemporaryDirectory directory;
    path = directory.path();
    fs::create_directories(directory.file("a/b"));
    std::ofstream(directory.file("a/b/c")) << "text";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryDirectory, MayBeGoneBeforeItsEnd) {
  std::string path;
  EXPECT_NO_THROW({
    const TemporaryDirectory directory;
    path = directory.path();
    fs::remove_all(path);
  });
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryDirectory, LiesWhereItIsAskedTo) {
  const TemporaryDirectory outer;
  const TemporaryDirectory inner(outer.path());
  EXPECT_EQ(fs::path(inner.path()).parent_path(), outer.path());
  EXPECT_EQ(inner.file("x"), inner.path() + "/x");
  EXPECT_THROW(TemporaryDirectory(outer.file("missing")), std::runtime_error);
}

}  // namespace temporary_directory_test
}  // namespace reckon::base
