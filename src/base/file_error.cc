// SPDX-License-Identifier: Apache-2.0
// The system's error numbers, each with the way to mend it.
#include "base/file_error.h"

#include <cerrno>
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
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions of the file and its directory";
    case ENOSPC:
    case EDQUOT:
      return "free some space or write to another disk";
    case EFBIG:
      return "raise the limit of file sizes (ulimit -f)";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    case ENOTEMPTY:
    case EEXIST:
      return "remove what is there first";
    default:
      return "check the disk and the system's log";
  }
}

}  // namespace

void fail_file(const std::string& path, const char* done, int error_number) {
  const ErrorCode code = error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
  fail(code, "file", path, " could not be ", done, ": ",
       std::generic_category().message(error_number), "; ", mend(error_number));
}

}  // namespace reckon::base
