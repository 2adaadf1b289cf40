// SPDX-License-Identifier: Apache-2.0
// The layout of strings in a data file, byte by byte, and every way in which it can be wrong.
#include "formats/string_tensor.h"

#include "base/crc32c.h"
#include "base/expect_error_testing.h"
#include "formats/byte_order.h"
#include "formats/bytes_fuzzer_testing.h"

namespace reckon::formats {
namespace string_tensor_test {

using base::expect_error;

struct Encoded {
  std::string bytes;
  uint32_t masked_crc32c;
};

/// What a bundle's writer puts into the data file and the entry.
Encoded encode(const std::vector<std::string_view>& strings) {
  StringTensorHead head = string_tensor_head(strings);
  for (const std::string_view text : strings) {
    head.bytes += text;
    head.crc32c = base::extend_crc32c(head.crc32c, text);
  }
  return {head.bytes, base::mask_crc32c(head.crc32c)};
}

/// An entry whose CRCs are right for whatever lengths and bytes: damage below the checksums.
Encoded forge(const std::vector<uint32_t>& lengths, const std::string& text) {
  Encoded forged;
  uint32_t crc = 0;
  for (const uint32_t length : lengths) {
    append_varint(forged.bytes, length);
    std::string fixed;
    append_fixed(fixed, length);
    crc = base::extend_crc32c(crc, fixed);
  }
  std::string rest;
  append_fixed(rest, base::mask_crc32c(crc));
  rest += text;
  forged.bytes += rest;
  forged.masked_crc32c = base::mask_crc32c(base::extend_crc32c(crc, rest));
  return forged;
}

void expect_damage(const Encoded& encoded, const Shape& shape, const std::string& part) {
  expect_error(
      [&] {
        decode_string_tensor(encoded.bytes, shape, encoded.masked_crc32c, "x.data, tensor s");
      },
      ErrorCode::kDataLoss, part);
}

TEST(StringTensor, IsLengthsThenTheirCrcThenTheBytes) {
  const Encoded encoded = encode({"ab", "", "c"});
  ASSERT_EQ(encoded.bytes.size(), 3u + 4 + 3);
  EXPECT_EQ(encoded.bytes.substr(0, 3), std::string("\2\0\1", 3));
  EXPECT_EQ(encoded.bytes.substr(7), "abc");
  std::string lengths;
  for (const uint32_t length : {2, 0, 1}) append_fixed(lengths, length);
  EXPECT_EQ(*ByteCursor(std::string_view(encoded.bytes).substr(3)).fixed<uint32_t>(),
            base::masked_crc32c(lengths))
      << "the CRC takes the lengths as 4 bytes each";
}

TEST(StringTensor, ComesBackWhateverTheStringsHold) {
  const std::vector<std::vector<std::string_view>> cases = {
      {}, {""}, {"a"}, {"", "", ""}, {std::string_view("\0\xff\n", 3), "\u20ac"}};
  for (const std::vector<std::string_view>& strings : cases) {
    const Shape shape{static_cast<int64_t>(strings.size())};
    const Encoded encoded = encode(strings);
    EXPECT_TRUE(decode_string_tensor(encoded.bytes, shape, encoded.masked_crc32c, "x")
                    .same_bits(Array::string_views(strings, shape)))
        << strings.size() << " strings";
  }
}

TEST(StringTensor, LengthsOfSeveralVarintBytesComeBack) {
  const std::string long_text(200, 'x'), longer_text(20000, 'y');
  const std::vector<std::string_view> strings = {long_text, longer_text, "z"};
  const Encoded encoded = encode(strings);
  EXPECT_EQ(encoded.bytes.size(), 2u + 3 + 1 + 4 + 20201);
  EXPECT_TRUE(decode_string_tensor(encoded.bytes, {3, 1}, encoded.masked_crc32c, "x")
                  .same_bits(Array::string_views(strings, {3, 1})));
}

TEST(StringTensor, AScalarIsOneString) {
  const Encoded encoded = encode({"text"});
  EXPECT_EQ(decode_string_tensor(encoded.bytes, {}, encoded.masked_crc32c, "x").item<std::string>(),
            "text");
}

TEST(StringTensor, LengthsThatDoNotFitAreDataLoss) {
  const Encoded sound = encode({"ab", "c"});
  expect_damage(sound, {100}, "100 strings cannot lie in 9 bytes");
  expect_damage({"\2\xff", 0}, {2}, "the lengths of 2 strings are cut short");
  expect_damage({std::string("\2\1", 2), 0}, {2}, "the CRC of the strings' lengths differs");
  expect_damage(forge({2, 9}, "abc"), {2}, "string 1 of 9 bytes is longer than its tensor");
  expect_damage(forge({4000000000u}, "abc"), {1}, "string 0 of 4000000000 bytes is longer");
  expect_damage(forge({1, 1}, "abc"), {2}, "1 bytes follow the last string");
}

TEST(StringTensor, AWrongCrcIsDataLossNamingTheTensor) {
  Encoded encoded = encode({"ab", "c"});
  encoded.bytes.back() ^= 1;
  expect_damage(encoded, {2}, "the CRC of 9 bytes of strings differs from the index");
  expect_damage(encoded, {2}, "At x.data, tensor s");
  encoded = encode({"ab", "c"});
  encoded.bytes[0] = 1;
  expect_damage(encoded, {2}, "the CRC of the strings' lengths differs");
}

TEST(StringTensor, EveryDamageIsNoticed) {
  const Encoded encoded = encode({"some", "", "strings", std::string_view("\0", 1)});
  fuzz_bytes(
      encoded.bytes, Damage::kNoticed,
      [&](const std::string& bytes) {
        decode_string_tensor(bytes, {4}, encoded.masked_crc32c, "x");
      },
      1000);
}

}  // namespace string_tensor_test
}  // namespace reckon::formats
