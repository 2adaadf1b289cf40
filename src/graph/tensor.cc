// SPDX-License-Identifier: Apache-2.0
#include <reckon/tensor.h>

#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "graph/trace.h"

namespace reckon {
namespace {

template <class T>
Array integer_scalar(int64_t value, DType dtype, Place place) {
  if (static_cast<int64_t>(static_cast<T>(value)) != value) {
    throw Error(
        ErrorCode::kInvalidArgument, "operand",
        fmt::format("the number {} does not fit {}; cast the other operand, or use a number "
                    "that fits",
                    value, dtype_name(dtype)),
        place);
  }
  return Array::scalar<T>(static_cast<T>(value));
}

Array number_array(double real, int64_t integer, bool is_real, DType dtype, Place place) {
  const double as_double = is_real ? real : static_cast<double>(integer);
  if (dtype == kFloat32) return Array::scalar(static_cast<float>(as_double));
  if (dtype == kFloat64) return Array::scalar(as_double);
  if (is_real && std::trunc(real) != real) {
    throw Error(
        ErrorCode::kInvalidArgument, "operand",
        fmt::format("the number {} stands beside a {} tensor, which holds no fractions; cast "
                    "the tensor to float32 first",
                    real, dtype_name(dtype)),
        place);
  }
  const int64_t value = is_real ? static_cast<int64_t>(real) : integer;
  switch (dtype) {
    case kInt64:
      return Array::scalar(value);
    case kInt32:
      return integer_scalar<int32_t>(value, dtype, place);
    case kUInt8:
      return integer_scalar<uint8_t>(value, dtype, place);
    case kInt8:
      return integer_scalar<int8_t>(value, dtype, place);
    case kInt16:
      return integer_scalar<int16_t>(value, dtype, place);
    default:
      break;
  }
  throw Error(
      ErrorCode::kInvalidArgument, "operand",
      fmt::format("the number {} stands beside a {} tensor; numbers mix with float32, float64, "
                  "int32, int64 and uint8 tensors",
                  as_double, dtype_name(dtype)),
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
  throw Error(
      ErrorCode::kFailedPrecondition, "Tensor::value",
      fmt::format("{} ({}) has no value while the graph is being built; return it in predictions "
                  "or eval_metrics, log it with a hook, or fetch it with Session::run",
                  valid() ? name() : "a Tensor", text()),
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
    return graph::constant_node(number_array(real_, integer_, is_real_number(), dtype, place),
                                place);
  }
  if (array_.valid()) return graph::constant_node(array_, place);
  if (!tensor_.valid()) {
    throw Error(ErrorCode::kInvalidArgument, "operand",
                "came as a Tensor that was never assigned; assign it from an op first", place);
  }
  return graph::localize(tensor_, place);
}

}  // namespace reckon
