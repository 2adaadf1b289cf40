// SPDX-License-Identifier: Apache-2.0
// Slice keys follow tensorflow/core/lib/strings/ordered_code.cc.
#include "formats/bundle_slices.h"

#include <algorithm>
#include <bit>

namespace reckon::formats {
namespace {

void append_big_endian(std::string& key, uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(value >> shift));
  }
}

// The number of bytes, then the bytes without leading zeros.
void append_increasing(std::string& key, uint64_t value) {
  const int bytes = (std::bit_width(value) + 7) / 8;
  key.push_back(static_cast<char>(bytes));
  append_big_endian(key, value, bytes);
}

void append_text(std::string& key, const std::string& text) {
  for (const char byte : text) {
    key.push_back(byte);
    if (byte == '\0') key.push_back('\xff');
    if (byte == '\xff') key.push_back('\0');
  }
  key.append(std::string_view("\0\1", 2));
}

// n bytes hold 7n-1 bits and the sign; as many high bits as there are bytes are the sign's inverse.
void append_signed(std::string& key, int64_t value) {
  const uint64_t magnitude =
      value < 0 ? ~static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const int bytes = std::bit_width(magnitude) / 7 + 1;
  std::string code;
  append_big_endian(code, value < 0 ? ~uint64_t{0} : 0, 2);
  append_big_endian(code, static_cast<uint64_t>(value), 8);
  code.erase(0, 10 - bytes);
  for (int bit = 0; bit < bytes; ++bit) code[bit / 8] ^= static_cast<char>(0x80 >> (bit % 8));
  key += code;
}

}  // namespace

std::string slice_key(const std::string& name, const TensorSlice& slice) {
  std::string key;
  append_increasing(key, 0);
  append_text(key, name);
  append_increasing(key, slice.start.size());
  for (size_t axis = 0; axis < slice.start.size(); ++axis) {
    append_signed(key, slice.start[axis]);
    append_signed(key, slice.length[axis]);
  }
  return key;
}

void for_each_run(const std::vector<int64_t>& dims, const TensorSlice& slice,
                  const std::function<void(int64_t, int64_t, int64_t)>& run) {
  if (std::find(slice.length.begin(), slice.length.end(), 0) != slice.length.end()) return;
  const int rank = static_cast<int>(dims.size());
  std::vector<int64_t> stride(rank, 1);
  for (int axis = rank - 2; axis >= 0; --axis) stride[axis] = stride[axis + 1] * dims[axis + 1];
  // A run is the last axis that the slice cuts, with the whole axes behind it.
  int cut = std::max(rank - 1, 0);
  while (cut > 0 && slice.length[cut] == dims[cut]) --cut;
  const int64_t count = rank == 0 ? 1 : slice.length[cut] * stride[cut];
  std::vector<int64_t> index(slice.start);
  for (int64_t in_slice = 0;; in_slice += count) {
    int64_t in_whole = 0;
    for (int axis = 0; axis < rank; ++axis) in_whole += index[axis] * stride[axis];
    run(in_whole, in_slice, count);
    int axis = cut - 1;
    while (axis >= 0 && ++index[axis] == slice.start[axis] + slice.length[axis]) {
      index[axis] = slice.start[axis];
      --axis;
    }
    if (axis < 0) return;
  }
}

bool slices_overlap(const TensorSlice& a, const TensorSlice& b) {
  for (size_t axis = 0; axis < a.start.size(); ++axis) {
    if (a.start[axis] + a.length[axis] <= b.start[axis] ||
        b.start[axis] + b.length[axis] <= a.start[axis]) {
      return false;
    }
  }
  return true;
}

}  // namespace reckon::formats
