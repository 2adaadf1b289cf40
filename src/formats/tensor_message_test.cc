// SPDX-License-Identifier: Apache-2.0
#include "formats/tensor_message.h"

#include "base/expect_error_testing.h"
#include "formats/bytes_fuzzer_testing.h"

namespace reckon::formats {
namespace tensor_message_test {

using base::expect_error;

proto::TensorProto message_of(proto::DataType dtype, const std::vector<int64_t>& dims) {
  proto::TensorProto message;
  message.set_dtype(dtype);
  for (const int64_t extent : dims) message.mutable_tensor_shape()->add_dim()->set_size(extent);
  return message;
}

Array decode(const proto::TensorProto& message) { return array_from_tensor_message(message, "x"); }

TEST(TensorMessage, EveryDTypeComesBack) {
  for (int i = 1; i <= static_cast<int>(DType::kComplex128); ++i) {
    const Array value = Array::zeros(static_cast<DType>(i), {2, 3});
    EXPECT_TRUE(decode(tensor_message(value)).same_bits(value)) << value.text();
  }
  const Array texts = Array::strings({"", "a", std::string("\0b", 2)}, {3});
  EXPECT_TRUE(decode(tensor_message(texts)).same_bits(texts));
  EXPECT_EQ(decode(tensor_message(Array::zeros(kFloat32, {0, 3}))).shape(), (Shape{0, 3}));
}

TEST(TensorMessage, FewerValuesThanElementsRepeatTheLast) {
  auto message = message_of(proto::DT_INT32, {4});
  message.add_int_val(1);
  message.add_int_val(2);
  EXPECT_TRUE(decode(message).same_bits(Array::from<int32_t>({1, 2, 2, 2}, {4})));
  auto halves = message_of(proto::DT_HALF, {2});
  halves.add_half_val(0x3c00);
  EXPECT_EQ(decode(halves).at<float>(1), 1.0f);
  auto pair = message_of(proto::DT_COMPLEX64, {2});
  pair.add_scomplex_val(1);
  pair.add_scomplex_val(2);
  const Array complex = decode(pair);
  const float* numbers = static_cast<const float*>(complex.raw());
  EXPECT_EQ(std::vector<float>(numbers, numbers + 4), (std::vector<float>{1, 2, 1, 2}));
}

TEST(TensorMessage, ContentsThatDoNotFitAreDataLoss) {
  auto content = message_of(proto::DT_FLOAT, {2});
  content.set_tensor_content("1234");
  expect_error([&] { decode(content); }, ErrorCode::kDataLoss,
               "4 bytes of content; its shape wants 8");
  expect_error([] { decode(message_of(proto::DT_FLOAT, {2})); }, ErrorCode::kDataLoss,
               "0 values for 2 places");
  expect_error([] { decode(message_of(proto::DT_STRING, {2})); }, ErrorCode::kDataLoss,
               "0 strings for 2 places");
  expect_error([] { decode(message_of(proto::DT_FLOAT, {-1})); }, ErrorCode::kDataLoss,
               "extent -1");
  expect_error(
      [] {
        decode(message_of(proto::DT_FLOAT, {1 << 30, 1 << 30}));
      },
      ErrorCode::kDataLoss, "makes no shape");
  auto bomb = message_of(proto::DT_FLOAT, {1 << 30});
  bomb.add_float_val(1);
  expect_error([&] { decode(bomb); }, ErrorCode::kDataLoss, "claims 4294967296 bytes");
  auto flags = message_of(proto::DT_BOOL, {1});
  flags.set_tensor_content("\2");
  expect_error([&] { decode(flags); }, ErrorCode::kDataLoss, "neither false nor true");
}

TEST(TensorMessage, DTypeAndRankThatNoArrayHoldsAreRefused) {
  expect_error([] { decode(message_of(proto::DT_RESOURCE, {})); }, ErrorCode::kInvalidArgument,
               "DataType 20");
  expect_error([] { decode(message_of(proto::DT_FLOAT, std::vector<int64_t>(9, 1))); },
               ErrorCode::kInvalidArgument, "9 dimensions");
}

TEST(TensorMessage, TypedValuesOfEveryIntegerDTypeAreRead) {
  const std::pair<proto::DataType, Array> rows[] = {
      {proto::DT_INT8, Array::from<int8_t>({-5}, {1})},
      {proto::DT_INT16, Array::from<int16_t>({-5}, {1})},
      {proto::DT_INT32, Array::from<int32_t>({-5}, {1})},
  };
  for (const auto& [code, want] : rows) {
    auto message = message_of(code, {1});
    message.add_int_val(-5);
    EXPECT_TRUE(decode(message).same_bits(want)) << want.text();
  }
  auto wide = message_of(proto::DT_INT64, {1});
  wide.add_int64_val(INT64_MIN);
  EXPECT_EQ(decode(wide).item<int64_t>(), INT64_MIN);
  auto unsigned_wide = message_of(proto::DT_UINT64, {1});
  unsigned_wide.add_uint64_val(~uint64_t{0});
  EXPECT_TRUE(decode(unsigned_wide).same_bits(Array::from<uint64_t>({~uint64_t{0}}, {1})));
  auto flag = message_of(proto::DT_BOOL, {2});
  flag.add_bool_val(true);
  EXPECT_TRUE(decode(flag).same_bits(Array::from<bool>({true, true}, {2})));
}

TEST(TensorMessage, MoreValuesThanPlacesAreDataLoss) {
  auto numbers = message_of(proto::DT_FLOAT, {1});
  numbers.add_float_val(1);
  numbers.add_float_val(2);
  expect_error([&] { decode(numbers); }, ErrorCode::kDataLoss,
               "the tensor has 2 values for 1 places");
  auto texts = message_of(proto::DT_STRING, {});
  texts.add_string_val("a");
  texts.add_string_val("b");
  expect_error([&] { decode(texts); }, ErrorCode::kDataLoss, "2 strings for 1 places");
  auto half = message_of(proto::DT_COMPLEX64, {1});
  half.add_scomplex_val(1);
  expect_error([&] { decode(half); }, ErrorCode::kDataLoss, "1 values for 2 places");
}

TEST(TensorMessage, DamageGivesAValueOrAnError) {
  for (const Array& value :
       {Array::from<float>({1, 2, 3}, {3}), Array::strings({"a", "bc"}, {2})}) {
    fuzz_bytes(
        tensor_message(value).SerializeAsString(), Damage::kPerhapsNoticed,
        [](const std::string& bytes) {
          proto::TensorProto message;
          if (message.ParseFromString(bytes)) decode(message);
        },
        2000);
  }
}

}  // namespace tensor_message_test
}  // namespace reckon::formats
