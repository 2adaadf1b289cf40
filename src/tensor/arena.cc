// SPDX-License-Identifier: Apache-2.0
// Large arenas are mapped on a boundary of huge pages, small ones come from the allocator.
#include "tensor/arena.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.h"

namespace reckon::tensor {
namespace {

constexpr size_t kSmallPageBytes = 4096;

size_t mapped_bytes(size_t bytes) {
  return (bytes + Arena::kHugePageBytes - 1) / Arena::kHugePageBytes * Arena::kHugePageBytes;
}

// Writing one byte of each page makes it resident; the one call for all pages came with Linux 5.14.
void populate(std::byte* data, size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  if (::madvise(data, bytes, MADV_POPULATE_WRITE) == 0) return;
#endif
  volatile std::byte* page = data;
  for (size_t i = 0; i < bytes; i += kSmallPageBytes) page[i] = std::byte{0};
}

// Maps one huge page more than needed and gives back what lies before and behind the boundary.
std::byte* map_aligned(size_t bytes) {
  const size_t padded = bytes + Arena::kHugePageBytes;
  if (padded < bytes) return nullptr;
  void* map = ::mmap(nullptr, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) return nullptr;
  auto* start = static_cast<std::byte*>(map);
  const size_t before = -reinterpret_cast<uintptr_t>(map) % Arena::kHugePageBytes;
  if (before > 0) ::munmap(start, before);
  const size_t behind = Arena::kHugePageBytes - before;
  if (behind > 0) ::munmap(start + before + bytes, behind);
  // Refused where huge pages are switched off; small pages are slower but right.
  ::madvise(start + before, bytes, MADV_HUGEPAGE);
  populate(start + before, bytes);
  return start + before;
}

std::byte* allocate_small(size_t bytes) {
  void* memory = ::operator new (bytes, std::align_val_t{Arena::kAlignment}, std::nothrow);
  if (memory != nullptr) std::memset(memory, 0, bytes);
  return static_cast<std::byte*>(memory);
}

}  // namespace

Arena::Arena(size_t bytes) {
  if (bytes == 0) return;
  if (bytes < kHugePageBytes) {
    data_ = allocate_small(bytes);
  } else if (bytes <= SIZE_MAX - 2 * kHugePageBytes) {
    data_ = map_aligned(mapped_bytes(bytes));
  }
  if (data_ == nullptr) {
    base::fail(ErrorCode::kUnavailable, "arena", "there is no memory for ", bytes,
               " bytes of variables or intermediate values; use a smaller model or batch");
  }
  size_ = bytes;
}

Arena::~Arena() {
  if (data_ == nullptr) return;
  if (size_ < kHugePageBytes) {
    ::operator delete (data_, std::align_val_t{kAlignment});
  } else {
    ::munmap(data_, mapped_bytes(size_));
  }
}

Arena::Arena(Arena&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace reckon::tensor
