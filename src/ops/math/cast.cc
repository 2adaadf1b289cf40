// SPDX-License-Identifier: Apache-2.0
// Conversions between dtypes, by value and by bits.
#include <reckon/math.h>

#include <limits>

#include "base/check.h"
#include "graph/trace.h"
#include "ops/define.h"
#include "ops/lanes.h"

namespace reckon::ops {
namespace {

using expr::Expr;

struct CastOptions {
  DType dtype = kFloat32;
};

graph::Types infer_cast(const CastOptions& options, const graph::InferContext& context) {
  return {{options.dtype, context.shape(0)}};
}

const DefinedOp<CastOptions> cast_op = define<CastOptions>({
    .name = "Cast",
    .inputs = {{"x", kComputed}},
    .attributes = {{"dtype", &CastOptions::dtype}},
    .infer = infer_cast,
    .gradient = [](const CastOptions&, const Backward& b) -> Tensors {
      return {cast(b.grad(), b.input(0).dtype())};
    },
    .forward = [](const CastOptions& options,
                  Expr x) { return convert(x, lane_of(options.dtype)); },
});

const DefinedOp<CastOptions> bitcast_op = define<CastOptions>({
    .name = "Bitcast",
    .inputs = {{"x", {kFloat32, kFloat64, kInt32, kInt64}}},
    .attributes = {{"dtype", &CastOptions::dtype}},
    .infer = infer_cast,
    .gradient = [](const CastOptions&, const Backward&) -> Tensors { return {Tensor()}; },
    .forward = [](const CastOptions& options,
                  Expr x) { return bitcast(x, lane_of(options.dtype)); },
});

void require_dtype(bool is_fine, const char* where, const Tensor& x, DType dtype, Place place,
                   const char* expected) {
  if (is_fine || x.is_poison()) return;
  throw Error(
      ErrorCode::kInvalidArgument, where,
      base::concat_text("x is ", x.text(), " and dtype is ", dtype, ", expected ", expected),
      graph::user_place(place));
}

struct ValueRange {
  double lowest, highest;
};

/// The values of an integer dtype, as doubles that convert to it: the highest int64 is no double.
ValueRange integer_range(DType dtype) {
  switch (dtype) {
    case kUInt8:
      return {0, 255};
    case kInt32:
      return {-0x1p31, 0x1p31 - 1};
    default:
      return {-0x1p63, 0x1p63 - 1024};
  }
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor cast(Operand x, DType dtype) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  ops::require_dtype(
      ops::kComputed.contains(dtype) && (ops::kComputed.contains(value.dtype())), "cast", value,
      dtype, x.place(),
      "float32, float64, int32, int64, uint8 or bool for both; convert strings with the "
      "functions of strings, and store other dtypes as one of these");
  return value.dtype() == dtype ? value : ops::cast_op({value}, {dtype});
}

Tensor saturate_cast(Operand x, DType dtype) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  if (value.dtype() == kFloat64 && dtype == kFloat32) {
    constexpr double kHighest = std::numeric_limits<float>::max();
    return cast(clip_by_value(value, -kHighest, kHighest), dtype);
  }
  if (value.is_poison() || !is_integer(dtype) || !ops::kNumeric.contains(value.dtype()))
    return cast(value, dtype);
  const ops::ValueRange to = ops::integer_range(dtype);
  if (is_floating(value.dtype())) {
    // float32 holds 2^31 - 128 and 2^63 - 2^39 below the limits of the integers.
    const double highest = value.dtype() == kFloat64 ? to.highest
                           : dtype == kInt32         ? 0x1p31 - 128
                           : dtype == kInt64         ? 0x1p63 - 0x1p39
                                                     : to.highest;
    return cast(clip_by_value(value, to.lowest, highest), dtype);
  }
  const ops::ValueRange from = ops::integer_range(value.dtype());
  Tensor clipped = value;
  if (from.highest > to.highest) clipped = minimum(clipped, static_cast<int64_t>(to.highest));
  if (from.lowest < to.lowest) clipped = maximum(clipped, static_cast<int64_t>(to.lowest));
  return cast(clipped, dtype);
}

Tensor bitcast(Operand x, DType dtype) {
  const graph::PlaceScope place(x.place());
  const Tensor value = x.resolve();
  const DType from = value.dtype();
  const bool is_wide =
      (from == kFloat64 || from == kInt64) && (dtype == kFloat64 || dtype == kInt64);
  const bool is_narrow =
      (from == kFloat32 || from == kInt32) && (dtype == kFloat32 || dtype == kInt32);
  ops::require_dtype(is_wide || is_narrow, "bitcast", value, dtype, x.place(),
                     "float32 and int32, or float64 and int64; cast converts between other dtypes");
  return from == dtype ? value : ops::bitcast_op({value}, {dtype});
}

}  // namespace reckon
