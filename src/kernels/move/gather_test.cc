// SPDX-License-Identifier: Apache-2.0
// Rows by index along any axis, and the first index that is out of range.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/move/strided_copy.h"

namespace reckon::kernels {
namespace gather_test {

std::vector<uint8_t> counted_bytes(int64_t count) {
  std::vector<uint8_t> bytes(static_cast<size_t>(count));
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 37 + i / 256);
  return bytes;
}

constexpr uint8_t kGuard = 0x5a;

/// Gathers from a table of counted bytes and compares byte by byte with the definition.
template <class Index>
void expect_gathered(const GatherShape& s) {
  SCOPED_TRACE("rows of " + std::to_string(s.row_bytes) + " bytes, " + std::to_string(s.count));
  const std::vector<uint8_t> table = counted_bytes(s.batch * s.outer * s.rows * s.row_bytes);
  std::vector<Index> indices;
  for (int64_t i = 0; i < s.batch * s.count; ++i) {
    indices.push_back(static_cast<Index>((i * 7 + 3) % s.rows));
  }
  const auto size = static_cast<size_t>(s.batch * s.outer * s.count * s.row_bytes);
  std::vector<uint8_t> got(size + 64, kGuard);
  ASSERT_FALSE(gather_rows(s, table.data(), indices.data(), got.data()));
  for (size_t i = 0; i < size; ++i) {
    const auto flat = static_cast<int64_t>(i);
    const int64_t byte = flat % s.row_bytes, position = flat / s.row_bytes % s.count;
    const int64_t outer = flat / s.row_bytes / s.count;
    const int64_t batch = outer / s.outer;
    const int64_t row = indices[static_cast<size_t>(batch * s.count + position)];
    const int64_t from = (outer * s.rows + row) * s.row_bytes + byte;
    ASSERT_EQ(got[i], table[static_cast<size_t>(from)]) << i;
  }
  for (size_t i = size; i < got.size(); ++i) ASSERT_EQ(got[i], kGuard) << "behind the end";
}

/// The text begins with the index and its bounds.
void expect_fault(const Fault& fault, const std::string& text) {
  ASSERT_TRUE(fault) << text;
  EXPECT_EQ(fault.text().substr(0, text.size()), text);
}

TEST(GatherRows, TakesRowsOfEveryWidth) {
  for (int64_t row_bytes : {1, 2, 3, 4, 5, 8, 16, 40, 64, 100, 600, 5000}) {
    expect_gathered<int32_t>({1, 1, 11, 40, row_bytes});
    expect_gathered<int64_t>({1, 1, 11, 40, row_bytes});
  }
}

TEST(GatherRows, TakesRowsAlongAnyAxis) {
  for (int64_t row_bytes : {1, 8, 12, 800}) {
    expect_gathered<int32_t>({2, 3, 11, 40, row_bytes});
    expect_gathered<int64_t>({1, 5, 7, 3, row_bytes});
    expect_gathered<int64_t>({4, 1, 7, 3, row_bytes});
  }
}

// Rows are fetched ahead of their copies: near the end there are none to fetch.
TEST(GatherRows, TakesAsFewRowsAsOne) {
  for (int64_t count : {1, 2, 15, 16, 17, 33}) expect_gathered<int32_t>({1, 1, 5, count, 48});
}

TEST(GatherRows, TakesNothing) {
  const int32_t none = 0;
  std::vector<uint8_t> out(8, kGuard), table(8);
  EXPECT_FALSE(gather_rows<int32_t>({1, 1, 4, 0, 8}, table.data(), &none, out.data()));
  EXPECT_FALSE(gather_rows<int32_t>({1, 1, 4, 1, 0}, table.data(), &none, out.data()));
  EXPECT_FALSE(gather_rows<int32_t>({0, 1, 4, 1, 8}, table.data(), &none, out.data()));
  EXPECT_EQ(out, std::vector<uint8_t>(8, kGuard));
}

TEST(GatherRows, NamesTheFirstIndexOutOfRange) {
  const std::vector<float> table(10);
  std::vector<float> out(3, 77);
  const std::vector<int64_t> high = {1, 12, 13}, low = {0, 0, -1};
  const GatherShape shape = {1, 1, 10, 3, 4};
  expect_fault(gather_rows(shape, table.data(), high.data(), out.data()),
               "index 12 is not in [0, 10)");
  expect_fault(gather_rows(shape, table.data(), low.data(), out.data()),
               "index -1 is not in [0, 10)");
  EXPECT_EQ(out, std::vector<float>(3, 77)) << "a faulty gather writes nothing";
}

TEST(GatherRows, LooksAtTheIndicesOfEveryBatch) {
  const std::vector<float> table(8);
  std::vector<float> out(4);
  const std::vector<int32_t> indices = {0, 1, 3, 4};
  expect_fault(gather_rows<int32_t>({2, 1, 4, 2, 4}, table.data(), indices.data(), out.data()),
               "index 4 is not in [0, 4)");
}

TEST(GatherRows, OfAnEmptyTableIsAFault) {
  const int32_t index = 0;
  float out = 0;
  expect_fault(gather_rows<int32_t>({1, 1, 0, 1, 4}, nullptr, &index, &out),
               "index 0 is not in [0, 0)");
}

TEST(CheckIndices, NamesWhatIsCounted) {
  const std::vector<int64_t> indices = {1, 12, 13};
  expect_fault(check_indices(indices.data(), 3, 4, "label"), "label 12 is not in [0, 4)");
  EXPECT_FALSE(check_indices(indices.data(), 3, 14));
  EXPECT_TRUE(check_indices(indices.data(), 3, 13));
  EXPECT_FALSE(check_indices(indices.data(), 0, 0));
}

// -1 as int32 must stay negative on its way to 64 bits; 2^40 must not be cut to 0.
TEST(CheckIndices, KeepsTheSignAndTheUpperHalf) {
  const int32_t negative = INT32_MIN;
  const int64_t huge = int64_t{1} << 40;
  expect_fault(check_indices(&negative, 1, INT64_MAX),
               "index -2147483648 is not in [0, 9223372036854775807)");
  expect_fault(check_indices(&huge, 1, 10), "index 1099511627776 is not in [0, 10)");
}

}  // namespace gather_test
}  // namespace reckon::kernels
