// SPDX-License-Identifier: Apache-2.0
// Two directories in one: the names that the program sees, and those that a crash leaves. Both
// point at the same files, each of which has its bytes and those that a crash leaves.
#include "base/memory_file_system_testing.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <set>
#include <utility>

#include "base/file_error.h"

namespace reckon::base {
namespace {

struct File {
  std::string bytes, durable_bytes;
  // 0: free, -1: one exclusive holder, else the number of shared ones.
  int holders = 0;
};
using FilePointer = std::shared_ptr<File>;
using Names = std::map<std::string, FilePointer>;

}  // namespace

struct MemoryFileSystem::Disk {
  std::mutex mutex;
  Names names, durable_names;
  std::set<std::string> directories = {".", "/"};

  FilePointer find(const std::string& path, const char* done) const {
    const auto found = names.find(path);
    if (found == names.end()) fail_file(path, done, directories.contains(path) ? EISDIR : ENOENT);
    return found->second;
  }
  FilePointer find_or_make(const std::string& path, const char* done) {
    if (directories.contains(path)) fail_file(path, done, EISDIR);
    if (!directories.contains(directory_of(path))) fail_file(path, done, ENOENT);
    FilePointer& file = names[path];
    if (!file) file = std::make_shared<File>();
    return file;
  }
};

namespace {

class MemoryWritableFile : public WritableFile {
 public:
  MemoryWritableFile(std::mutex& mutex, std::shared_ptr<void> disk, FilePointer file)
      : mutex_(mutex), disk_(std::move(disk)), file_(std::move(file)) {}

  void append(std::string_view bytes) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    file_->bytes += bytes;
  }
  void reserve(uint64_t) override {}
  void sync() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    file_->durable_bytes = file_->bytes;
  }
  void close() override {}

 private:
  std::mutex& mutex_;
  std::shared_ptr<void> disk_;
  FilePointer file_;
};

class MemoryReadableFile : public ReadableFile {
 public:
  MemoryReadableFile(std::mutex& mutex, std::shared_ptr<void> disk, FilePointer file)
      : mutex_(mutex), disk_(std::move(disk)), file_(std::move(file)) {}

  uint64_t size() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return file_->bytes.size();
  }
  size_t read(uint64_t offset, char* buffer, size_t count) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return offset < file_->bytes.size() ? file_->bytes.copy(buffer, count, offset) : 0;
  }

 private:
  std::mutex& mutex_;
  std::shared_ptr<void> disk_;
  FilePointer file_;
};

class MemoryFileLock : public FileLock {
 public:
  /// `is_in_place` keeps the disk.
  MemoryFileLock(std::mutex& mutex, FilePointer file, std::function<bool()> is_in_place)
      : mutex_(mutex), file_(std::move(file)), is_in_place_(std::move(is_in_place)) {}
  ~MemoryFileLock() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    // A crash has freed it already.
    if (file_->holders != 0) file_->holders += file_->holders < 0 ? 1 : -1;
  }
  bool is_in_place() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return is_in_place_();
  }

 private:
  std::mutex& mutex_;
  FilePointer file_;
  std::function<bool()> is_in_place_;
};

}  // namespace

MemoryFileSystem::MemoryFileSystem() : disk_(std::make_shared<Disk>()) {}
MemoryFileSystem::~MemoryFileSystem() = default;

void MemoryFileSystem::crash(UnsyncedNames unsynced) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  Names after = disk_->durable_names;
  std::set<std::string> paths;
  for (const Names* names : {&disk_->names, &disk_->durable_names}) {
    for (const auto& [path, file] : *names) paths.insert(path);
  }
  bool is_kept = unsynced == UnsyncedNames::kKept;
  for (const std::string& path : paths) {
    const auto seen = disk_->names.find(path), durable = disk_->durable_names.find(path);
    const FilePointer now = seen == disk_->names.end() ? nullptr : seen->second;
    if (now == (durable == disk_->durable_names.end() ? nullptr : durable->second)) continue;
    if (unsynced == UnsyncedNames::kEveryOther) is_kept = !is_kept;
    if (!is_kept) continue;
    if (now) {
      after[path] = now;
    } else {
      after.erase(path);
    }
  }
  // New files, so that those which the dead program still holds open no longer matter. One file
  // may have two names: a rename of which only the new name has reached the disk.
  std::map<FilePointer, FilePointer> copies;
  for (auto& [path, file] : after) {
    FilePointer& copy = copies[file];
    if (!copy) copy = std::make_shared<File>(File{file->durable_bytes, file->durable_bytes});
    file = copy;
  }
  disk_->names = disk_->durable_names = std::move(after);
}

std::unique_ptr<WritableFile> MemoryFileSystem::open_write(const std::string& path,
                                                           WriteMode mode) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  FilePointer file = disk_->find_or_make(path, "opened");
  if (mode == WriteMode::kTruncate) file->bytes.clear();
  return std::make_unique<MemoryWritableFile>(disk_->mutex, disk_, std::move(file));
}

std::unique_ptr<ReadableFile> MemoryFileSystem::open_read(const std::string& path) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  return std::make_unique<MemoryReadableFile>(disk_->mutex, disk_, disk_->find(path, "opened"));
}

void MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  const FilePointer file = disk_->find(from, "renamed");
  disk_->names.erase(from);
  disk_->names[to] = file;
}

bool MemoryFileSystem::remove(const std::string& path) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  return disk_->names.erase(path) > 0;
}

bool MemoryFileSystem::exists(const std::string& path) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  return disk_->names.contains(path) || disk_->directories.contains(path);
}

bool MemoryFileSystem::is_directory(const std::string& path) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  return disk_->directories.contains(path);
}

uint64_t MemoryFileSystem::size(const std::string& path) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  return disk_->find(path, "examined")->bytes.size();
}

std::vector<std::string> MemoryFileSystem::list(const std::string& directory) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  if (!disk_->directories.contains(directory)) fail_file(directory, "listed", ENOENT);
  std::vector<std::string> found;
  for (const auto& [path, file] : disk_->names) {
    if (directory_of(path) == directory) found.push_back(base_name_of(path));
  }
  for (const std::string& path : disk_->directories) {
    if (path != directory && directory_of(path) == directory) found.push_back(base_name_of(path));
  }
  std::sort(found.begin(), found.end());
  return found;
}

void MemoryFileSystem::make_directories(const std::string& path) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (disk_->names.contains(part)) fail_file(part, "made", EEXIST);
    disk_->directories.insert(part);
  }
}

void MemoryFileSystem::sync_directory(const std::string& path) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  if (!disk_->directories.contains(path)) fail_file(path, "synced", ENOENT);
  const auto is_inside = [&](const auto& entry) { return directory_of(entry.first) == path; };
  std::erase_if(disk_->durable_names, is_inside);
  for (const auto& entry : disk_->names) {
    if (is_inside(entry)) disk_->durable_names.insert(entry);
  }
}

std::unique_ptr<FileLock> MemoryFileSystem::try_lock(const std::string& path, LockKind kind) {
  const std::lock_guard<std::mutex> lock(disk_->mutex);
  FilePointer file = disk_->find_or_make(path, "locked");
  const bool is_exclusive = kind == LockKind::kExclusive;
  if (is_exclusive ? file->holders != 0 : file->holders < 0) return nullptr;
  file->holders += is_exclusive ? -1 : 1;
  if (is_exclusive) file->bytes = "this process\n";
  const auto is_in_place = [disk = disk_, path, file] {
    const auto found = disk->names.find(path);
    return found != disk->names.end() && found->second == file;
  };
  return std::make_unique<MemoryFileLock>(disk_->mutex, file, is_in_place);
}

}  // namespace reckon::base
