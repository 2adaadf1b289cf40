// SPDX-License-Identifier: Apache-2.0
// One row for each field of typed values; all else is checking.
#include "formats/tensor_message.h"

#include <cstring>

#include "formats/damage.h"
#include "formats/dtype_code.h"

namespace reckon::formats {
namespace {

constexpr uint64_t kMaxRepeatedBytes = 64 << 20;

// Throws kDataLoss for a shape without a number of elements.
Shape checked_shape(const proto::TensorProto& message, const std::string& at) {
  Shape shape;
  const auto& dims = message.tensor_shape().dim();
  if (dims.size() > Shape::kMaxRank) {
    throw Error(ErrorCode::kInvalidArgument, "tensor",
                base::concat_text("the tensor has ", dims.size(), " dimensions, an Array at most ",
                                  Shape::kMaxRank, "; leave it out"),
                at);
  }
  int64_t product = 1;
  for (const auto& dim : dims) {
    expect_sound(dim.size() >= 0 && !__builtin_mul_overflow(product, dim.size(), &product) &&
                     product <= (int64_t{1} << 40),
                 "tensor", at, "extent ", dim.size(), " makes no shape");
    shape.append(dim.size());
  }
  return shape;
}

// Elements of T from `values`, of which each fills `parts` of one element (2 for complex).
template <class T, class Values>
void copy_values(const Values& values, int64_t parts, Array& array, const std::string& at) {
  const int64_t wanted = array.num_elements() * parts;
  if (wanted == 0) return;
  expect_sound(!values.empty() && values.size() <= wanted && values.size() % parts == 0, "tensor",
               at, "the tensor has ", values.size(), " values for ", wanted, " places");
  expect_sound(values.size() == wanted || array.num_bytes() <= kMaxRepeatedBytes, "tensor", at,
               "one value is repeated over ", array.num_bytes(), " bytes");
  T* elements = static_cast<T*>(array.mutable_raw());
  for (int64_t i = 0; i < wanted; ++i) {
    const int64_t last = values.size() - parts + i % parts;
    elements[i] = static_cast<T>(values[static_cast<int>(i < values.size() ? i : last)]);
  }
}

void copy_typed(const proto::TensorProto& m, Array& array, const std::string& at) {
  switch (array.dtype()) {
    case DType::kFloat32:
      return copy_values<float>(m.float_val(), 1, array, at);
    case DType::kFloat64:
      return copy_values<double>(m.double_val(), 1, array, at);
    case DType::kInt32:
      return copy_values<int32_t>(m.int_val(), 1, array, at);
    case DType::kInt16:
      return copy_values<int16_t>(m.int_val(), 1, array, at);
    case DType::kInt8:
      return copy_values<int8_t>(m.int_val(), 1, array, at);
    case DType::kUInt8:
      return copy_values<uint8_t>(m.int_val(), 1, array, at);
    case DType::kUInt16:
      return copy_values<uint16_t>(m.int_val(), 1, array, at);
    case DType::kInt64:
      return copy_values<int64_t>(m.int64_val(), 1, array, at);
    case DType::kUInt32:
      return copy_values<uint32_t>(m.uint32_val(), 1, array, at);
    case DType::kUInt64:
      return copy_values<uint64_t>(m.uint64_val(), 1, array, at);
    case DType::kBool:
      return copy_values<bool>(m.bool_val(), 1, array, at);
    case DType::kFloat16:
    case DType::kBFloat16:
      return copy_values<uint16_t>(m.half_val(), 1, array, at);
    case DType::kComplex64:
      return copy_values<float>(m.scomplex_val(), 2, array, at);
    case DType::kComplex128:
      return copy_values<double>(m.dcomplex_val(), 2, array, at);
    default:
      RECKON_CHECK(false);
  }
}

Array strings_of(const proto::TensorProto& message, const Shape& shape, const std::string& at) {
  const int64_t wanted = shape.num_elements();
  const auto& values = message.string_val();
  expect_sound(values.size() <= wanted && (wanted == 0 || !values.empty()), "tensor", at,
               "the tensor has ", values.size(), " strings for ", wanted, " places");
  expect_sound(values.size() == wanted || wanted <= static_cast<int64_t>(kMaxRepeatedBytes / 64),
               "tensor", at, "one string is repeated ", wanted, " times");
  std::vector<std::string_view> strings;
  for (int64_t i = 0; i < wanted; ++i)
    strings.push_back(values[std::min<int64_t>(i, values.size() - 1)]);
  return Array::string_views(strings, shape);
}

}  // namespace

proto::TensorProto tensor_message(const Array& value) {
  proto::TensorProto message;
  message.set_dtype(dtype_code(value.dtype()));
  proto::TensorShapeProto* shape = message.mutable_tensor_shape();
  for (const int64_t extent : value.shape().dims()) shape->add_dim()->set_size(extent);
  if (value.dtype() == kString) {
    for (const std::string_view text : value.data<std::string_view>())
      message.add_string_val(std::string(text));
  } else {
    message.set_tensor_content(value.raw(), value.num_bytes());
  }
  return message;
}

Array array_from_tensor_message(const proto::TensorProto& message, const std::string& at) {
  const DType dtype = dtype_from_code(message.dtype());
  if (dtype == DType::kInvalid) {
    throw Error(ErrorCode::kInvalidArgument, "tensor",
                base::concat_text("the tensor has TensorFlow's DataType ", message.dtype(),
                                  ", which no Array holds; leave it out"),
                at);
  }
  const Shape shape = checked_shape(message, at);
  if (dtype == kString) return strings_of(message, shape, at);
  const std::string& content = message.tensor_content();
  const uint64_t bytes = static_cast<uint64_t>(shape.num_elements()) * dtype_size(dtype);
  if (content.empty()) {
    expect_sound(bytes <= std::max<uint64_t>(kMaxRepeatedBytes, 8 * message.ByteSizeLong()),
                 "tensor", at, "a message of ", message.ByteSizeLong(), " bytes claims ", bytes,
                 " bytes of elements");
    Array array = Array::uninitialized(dtype, shape);
    copy_typed(message, array, at);
    return array;
  }
  expect_sound(content.size() == bytes, "tensor", at, "the tensor has ", content.size(),
               " bytes of content; its shape wants ", bytes);
  if (dtype == kBool) {
    for (const char byte : content)
      expect_sound(static_cast<uint8_t>(byte) <= 1, "tensor", at,
                   "a bool is neither false nor true");
  }
  Array array = Array::uninitialized(dtype, shape);
  std::memcpy(array.mutable_raw(), content.data(), content.size());
  return array;
}

}  // namespace reckon::formats
