// SPDX-License-Identifier: Apache-2.0
// A stream of bytes out of gzip, zlib or raw deflate data; memory does not depend on what the data
// claim.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace reckon::formats {

enum class DeflateWrapper { kGzip, kZlib, kRaw };

class Inflater {
 public:
  /// Fills up to `count` bytes; 0 is the end.
  using Input = std::function<size_t(char* buffer, size_t count)>;

  /// `at` is the place in errors.
  Inflater(DeflateWrapper wrapper, Input input, std::string at);
  /// As above, of bytes that must outlive this.
  Inflater(DeflateWrapper wrapper, std::string_view input, std::string at);
  ~Inflater();
  Inflater(Inflater&&) noexcept;

  /// Gives `count` bytes, or fewer at the end of the data. Gzip members that follow each other are
  /// one stream. Throws Error, kDataLoss, for data that are damaged or cut short, or followed by
  /// others.
  size_t read(char* buffer, size_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reckon::formats
