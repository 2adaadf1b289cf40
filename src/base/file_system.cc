// SPDX-License-Identifier: Apache-2.0
// What every FileSystem gives on top of its calls, and the parts of a path.
#include "base/file_system.h"

#include <algorithm>

#include "base/check.h"

namespace reckon::base {

std::string FileSystem::read_file(const std::string& path) {
  const std::unique_ptr<ReadableFile> file = open_read(path);
  std::string bytes(static_cast<size_t>(file->size()), '\0');
  size_t filled = file->read(0, bytes.data(), bytes.size());
  if (filled < bytes.size()) {
    bytes.resize(filled);
    return bytes;
  }
  // Files without a true size, such as those in /proc, and files that grow meanwhile.
  constexpr size_t kMoreBytes = 4096;
  for (size_t got = kMoreBytes; got == kMoreBytes; filled += got) {
    bytes.resize(filled + kMoreBytes);
    got = file->read(filled, bytes.data() + filled, kMoreBytes);
  }
  bytes.resize(filled);
  return bytes;
}

void FileSystem::write_file(const std::string& path, std::string_view bytes) {
  const std::unique_ptr<WritableFile> file = open_write(path);
  file->append(bytes);
  file->sync();
  file->close();
}

std::unique_ptr<FileLock> FileSystem::lock(const std::string& path, LockKind kind) {
  std::unique_ptr<FileLock> lock = try_lock(path, kind);
  if (!lock) {
    fail(ErrorCode::kUnavailable, "lock", path, " is held by ", lock_owner(path),
         ", and only one may hold it; let that end first, or use another directory");
  }
  return lock;
}

std::string FileSystem::lock_owner(const std::string& path) {
  std::string owner = exists(path) ? read_file(path) : "";
  // The text is for people; control characters in a foreign file must not reach their terminal.
  std::erase_if(owner, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return owner.empty() ? "another process" : owner;
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string join_path(const std::string& directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  std::string path = directory;
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

}  // namespace reckon::base
