// SPDX-License-Identifier: Apache-2.0
// Parts of one block of scratch memory, each of which begins on a cache line.
#pragma once

#include <cstddef>

namespace reckon::base {

constexpr size_t kCacheLine = 64;

/// `bytes` rounded up to whole cache lines.
template <class T>
constexpr T whole_lines(T bytes) {
  constexpr T line = static_cast<T>(kCacheLine);
  return (bytes + line - 1) / line * line;
}

/// Gives each part its offset, in the order they are added.
class ScratchLayout {
 public:
  /// The offset of a new part.
  size_t add(size_t bytes) {
    const size_t offset = total_;
    total_ += whole_lines(bytes);
    return offset;
  }
  /// Of all parts.
  size_t total() const { return total_; }

 private:
  size_t total_ = 0;
};

}  // namespace reckon::base
