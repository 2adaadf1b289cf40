// SPDX-License-Identifier: Apache-2.0
// One block of memory that a Program runs in: mapped once, on huge pages where it pays, and touched
// before the first step, because a page fault costs far more than the work on the page.
#pragma once

#include <cstddef>

namespace reckon::tensor {

/// Zeros at first, aligned to 64 bytes, resident, and given back only by the destructor.
class Arena {
 public:
  static constexpr size_t kAlignment = 64;
  /// Blocks of at least that many bytes lie on huge pages.
  static constexpr size_t kHugePageBytes = size_t{2} << 20;

  Arena() = default;
  /// Throws Error, kUnavailable, if the system has not that much memory.
  explicit Arena(size_t bytes);
  ~Arena();
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;

  std::byte* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace reckon::tensor
