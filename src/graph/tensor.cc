// SPDX-License-Identifier: Apache-2.0
#include <reckon/tensor.h>

#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/check.h"
#include "base/exact_integer.h"
#include "graph/trace.h"
#include "tensor/half.h"

namespace reckon {
namespace {

/// A plain number as it was written.
struct Number {
  enum class Kind { kReal, kInteger, kUnsigned } kind;
  double real = 0;
  int64_t integer = 0;  ///< the bits, if kUnsigned

  double as_double() const { return kind == Kind::kInteger ? static_cast<double>(integer) : real; }
  std::string text() const {
    if (kind == Kind::kReal) return fmt::to_string(real);
    return kind == Kind::kInteger ? fmt::to_string(integer)
                                  : fmt::to_string(static_cast<uint64_t>(integer));
  }
  /// The value as a T, if T holds it.
  template <class T>
  std::optional<T> as() const {
    if (kind == Kind::kReal) return base::exact_integer<T>(real);
    const auto bits = static_cast<uint64_t>(integer);
    const bool fits = kind == Kind::kInteger ? std::in_range<T>(integer) : std::in_range<T>(bits);
    return fits ? std::optional<T>(static_cast<T>(bits)) : std::nullopt;
  }
};

[[noreturn]] void does_not_fit(const Number& number, DType dtype, Place place) {
  throw Error(ErrorCode::kInvalidArgument, "operand",
              fmt::format("the number {} does not fit {}; cast the other operand, or use a number "
                          "that fits",
                          number.text(), dtype_name(dtype)),
              place);
}

template <class T>
Array integer_array(const Number& number, DType dtype, Place place) {
  if (number.kind == Number::Kind::kReal && std::isfinite(number.real) &&
      std::trunc(number.real) != number.real) {
    throw Error(
        ErrorCode::kInvalidArgument, "operand",
        fmt::format("the number {} stands beside a tensor of {}, which holds no fractions; cast "
                    "the tensor to float32 first",
                    number.text(), dtype_name(dtype)),
        place);
  }
  if (const std::optional<T> value = number.as<T>()) return Array::scalar<T>(*value);
  does_not_fit(number, dtype, place);
}

/// An infinity is meant where it is written, not where a finite number is too large.
template <class T>
Array real_array(const Number& number, T value, bool is_infinite, DType dtype, Place place) {
  if (is_infinite && !std::isinf(number.as_double())) does_not_fit(number, dtype, place);
  return Array::scalar<T>(value);
}

Array number_array(const Number& number, DType dtype, Place place) {
  // What rounds to a float's infinity: casting it is defined by IEEE 754, not by the language.
  constexpr double kTooLarge = 0x1.ffffffp127;
  const double real = number.as_double();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float narrow = std::abs(real) < kTooLarge || std::isnan(real) ? static_cast<float>(real)
                       : real < 0                                     ? -kInfinity
                                                                      : kInfinity;
  switch (dtype) {
    case kFloat64:
      return Array::scalar(real);
    case kFloat32:
      return real_array(number, narrow, std::isinf(narrow), dtype, place);
    case kFloat16: {
      const Float16 half = tensor::to_float16(narrow);
      return real_array(number, half, std::isinf(tensor::to_float(half)), dtype, place);
    }
    case kBFloat16: {
      const BFloat16 half = tensor::to_bfloat16(narrow);
      return real_array(number, half, std::isinf(tensor::to_float(half)), dtype, place);
    }
    case kInt8:
      return integer_array<int8_t>(number, dtype, place);
    case kInt16:
      return integer_array<int16_t>(number, dtype, place);
    case kInt32:
      return integer_array<int32_t>(number, dtype, place);
    case kInt64:
      return integer_array<int64_t>(number, dtype, place);
    case kUInt8:
      return integer_array<uint8_t>(number, dtype, place);
    case kUInt16:
      return integer_array<uint16_t>(number, dtype, place);
    case kUInt32:
      return integer_array<uint32_t>(number, dtype, place);
    case kUInt64:
      return integer_array<uint64_t>(number, dtype, place);
    default:
      break;
  }
  throw Error(
      ErrorCode::kInvalidArgument, "operand",
      fmt::format("the number {} stands beside a tensor of {}; numbers mix with real and integer "
                  "tensors of any width; pass an Array of its dtype",
                  number.text(), dtype_name(dtype)),
      place);
}

}  // namespace

Tensor::Tensor(std::shared_ptr<graph::Module> module, graph::Function* function, graph::ValueId id)
    : module_(std::move(module)), function_(function), id_(id) {}

DType Tensor::dtype() const { return function_ ? function_->type(id_).dtype : DType::kInvalid; }

const Shape& Tensor::shape() const {
  base::require(valid(), "Tensor::shape",
                "this Tensor was never assigned; assign it from an op first");
  return function_->type(id_).shape;
}

const std::string& Tensor::name() const {
  base::require(valid(), "Tensor::name",
                "this Tensor was never assigned; assign it from an op first");
  return function_->node(id_).name;
}

Place Tensor::place() const { return function_ ? function_->node(id_).place : Place{}; }

std::string Tensor::text() const {
  if (!valid()) return "an unassigned Tensor";
  if (is_poison()) return "the labels of predict mode";
  return graph::type_text(function_->type(id_));
}

bool Tensor::is_poison() const { return valid() && dtype() == DType::kInvalid; }

Array Tensor::value(Place place) const {
  const bool is_in_model_fn = graph::is_tracing() && graph::current_trace("value").is_model_fn;
  throw Error(
      ErrorCode::kFailedPrecondition, "Tensor::value",
      fmt::format("{} ({}) has no value while the graph is being built; {}",
                  valid() ? name() : "a Tensor", text(),
                  is_in_model_fn ? "return it in predictions or eval_metrics, or log what name() "
                                   "gives with hooks::logging"
                                 : "fetch it with Session::run, or call evaluate_now"),
      place);
}

Operation::Operation(std::shared_ptr<graph::Module> module, graph::Function* function,
                     std::vector<int32_t> nodes)
    : module_(std::move(module)), function_(function), nodes_(std::move(nodes)) {}

Operation group(const std::vector<Operation>& operations) {
  std::vector<int32_t> nodes;
  const Operation* any = nullptr;
  for (const Operation& operation : operations) {
    if (!operation.valid()) continue;
    const bool fits = any == nullptr || any->function() == operation.function();
    base::require(
        fits, "group",
        "the operations belong to different graphs; group operations of one graph (came: ",
        operation.function()->name, " beside ", fits ? "" : any->function()->name, ")");
    any = &operation;
    nodes.insert(nodes.end(), operation.nodes().begin(), operation.nodes().end());
  }
  return any ? Operation(any->module(), any->function(), std::move(nodes)) : Operation();
}

Tensor Operand::resolve(DType number_dtype) const {
  const Place place = graph::user_place(place_);
  if (is_number()) {
    const DType dtype = number_dtype != DType::kInvalid ? number_dtype
                        : is_real_number()              ? kFloat32
                                                        : kInt32;
    const auto kind = kind_ == Kind::kReal      ? Number::Kind::kReal
                      : kind_ == Kind::kInteger ? Number::Kind::kInteger
                                                : Number::Kind::kUnsigned;
    return graph::constant_node(number_array({kind, real_, integer_}, dtype, place), place);
  }
  if (array_.valid()) return graph::constant_node(array_, place);
  if (!tensor_.valid()) {
    throw Error(
        ErrorCode::kInvalidArgument, "operand",
        "a Tensor that was never assigned came, expected the result of an op; give it one first",
        place);
  }
  return graph::localize(tensor_, place);
}

}  // namespace reckon
