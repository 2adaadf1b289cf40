// SPDX-License-Identifier: Apache-2.0
// For tests: bytes as zlib compresses them.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace reckon::formats {

/// `window_bits` tells the wrapper, as zlib counts: MAX_WBITS for zlib's, MAX_WBITS + 16 for
/// gzip's, -MAX_WBITS for none.
inline std::string deflated(const std::string& bytes, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string gzipped(const std::string& bytes) { return deflated(bytes, MAX_WBITS + 16); }

}  // namespace reckon::formats
