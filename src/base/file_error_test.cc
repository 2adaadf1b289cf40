// SPDX-License-Identifier: Apache-2.0
// The texts of failed file calls.
#include "base/file_error.h"

#include <cerrno>

#include "base/expect_error_testing.h"

namespace reckon::base {
namespace file_error_test {

void expect_mend(int error_number, ErrorCode code, const char* text) {
  expect_error([&] { fail_file("a", "opened", error_number); }, code, text);
}

TEST(FileError, SaysHowToMendWhatTheSystemReports) {
  const ErrorCode unavailable = ErrorCode::kUnavailable;
  expect_mend(ENOENT, ErrorCode::kNotFound,
              "[file] a could not be opened: No such file or directory; check the path.");
  expect_mend(EACCES, unavailable,
              "Permission denied; check the permissions of the file and its directory.");
  expect_mend(EROFS, unavailable,
              "Read-only file system; use a directory of another disk, or mount this one for "
              "writing.");
  expect_mend(ELOOP, unavailable,
              "Too many levels of symbolic links; check the symbolic links of the path.");
  expect_mend(ETXTBSY, unavailable,
              "Text file busy; end the program that runs from this file, or use another path.");
  expect_mend(ENOSPC, unavailable,
              "No space left on device; free some space or write to another disk.");
  expect_mend(EDQUOT, unavailable, "Disk quota exceeded; free some space");
  expect_mend(EFBIG, unavailable, "File too large; raise the limit of file sizes (ulimit -f).");
  expect_mend(EMFILE, unavailable,
              "Too many open files; raise the limit of open files (ulimit -n).");
  expect_mend(EIO, unavailable, "Input/output error; check the disk and the system's log.");
  expect_error([] { fail_file("a", "read", EIO); }, ErrorCode::kDataLoss,
               "[file] a could not be read: Input/output error; check the disk");
}

}  // namespace file_error_test
}  // namespace reckon::base
