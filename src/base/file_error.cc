// SPDX-License-Identifier: Apache-2.0
// The system's error numbers, each with the way to mend it.
#include "base/file_error.h"

#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/check.h"

namespace reckon::base {
namespace {

const char* mend(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ENAMETOOLONG:
      return "check the path";
    case ELOOP:
      return "check the symbolic links of the path";
    case EACCES:
    case EPERM:
      return "check the permissions of the file and its directory";
    case EROFS:
      return "use a directory of another disk, or mount this one for writing";
    case ETXTBSY:
      return "end the program that runs from this file, or use another path";
    case ENOSPC:
    case EDQUOT:
      return "free some space or write to another disk";
    case EFBIG:
      return "raise the limit of file sizes (ulimit -f)";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    case ENOTEMPTY:
      return "remove what is there first";
    case EEXIST:
      return "a file has the name of the directory: move it away, or use another path";
    default:
      return "check the disk and the system's log";
  }
}

ErrorCode code_of(std::string_view done, int error_number) {
  if (error_number == ENOENT) return ErrorCode::kNotFound;
  // The disk cannot give what it holds, as a damaged file: to try again is no help.
  if (error_number == EIO && done == "read") return ErrorCode::kDataLoss;
  return ErrorCode::kUnavailable;
}

}  // namespace

void fail_file(const std::string& path, const char* done, int error_number) {
  fail(code_of(done, error_number), "file", path, " could not be ", done, ": ",
       std::generic_category().message(error_number), "; ", mend(error_number));
}

}  // namespace reckon::base
