// SPDX-License-Identifier: Apache-2.0
// range(): an arithmetic sequence between constants, computed while the graph is built.
#include <cmath>

#include <reckon/shape_ops.h>
#include "graph/core_ops.h"
#include "ops/at_place.h"
#include "ops/define.h"
#include "ops/dispatch.h"

namespace reckon {
namespace {

DType common_dtype(const Operand& start, const Operand& limit, const Operand& delta) {
  bool is_real = false;
  for (const Operand* operand : {&start, &limit, &delta}) {
    if (!operand->is_number())
      return operand->is_tensor() ? operand->tensor().dtype() : operand->array().dtype();
    is_real |= operand->is_real_number();
  }
  return is_real ? kFloat32 : kInt32;
}

template <class T>
T constant_of(const Operand& operand, DType dtype, const char* name) {
  const Tensor value = operand.resolve(dtype);
  const graph::Node& node = value.function()->node(value.id());
  base::require(value.dtype() == dtype && value.rank() == 0 && graph::is_constant(node), "range",
                name, " is ", value.text(),
                value.rank() == 0 ? ", known only when the step runs" : "",
                "; start, limit and delta must be constant scalars of one dtype: pass numbers");
  return graph::constant_value(node).item<T>();
}

constexpr double kMaxElements = 1e9;

/// How many numbers there are; in a type that no difference of two T overflows.
template <class T>
double number_of(T start, T limit, T delta) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::ceil((static_cast<double>(limit) - start) / delta);
  } else {
    const __int128 distance = static_cast<__int128>(limit) - start;
    return static_cast<double>((distance + delta - (delta > 0 ? 1 : -1)) / delta);
  }
}

template <class T>
T number_at(T start, T delta, size_t index) {
  if constexpr (std::is_floating_point_v<T>) {
    return start + static_cast<T>(index) * delta;
  } else {
    // The product alone may overflow, where the sum does not: unsigned numbers wrap back.
    using Wrapping = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<Wrapping>(start) +
                          static_cast<Wrapping>(index) * static_cast<Wrapping>(delta));
  }
}

template <class T>
Array sequence(T start, T limit, T delta) {
  base::require(delta != 0, "range", "delta is 0; pass a step towards the limit, from ", start,
                " to ", limit);
  if constexpr (std::is_floating_point_v<T>) {
    base::require(!std::isnan(start) && !std::isnan(limit) && !std::isnan(delta), "range",
                  "start is ", start, ", limit ", limit, ", delta ", delta,
                  ", expected numbers; look for where the NaN comes from");
  }
  base::require((delta > 0) == (limit > start) || limit == start, "range", "start is ", start,
                ", limit ", limit, ", delta ", delta,
                ", which leads away from the limit; change the sign of delta");
  const double count = number_of(start, limit, delta);
  base::require(count <= kMaxElements, "range", "start is ", start, ", limit ", limit, ", delta ",
                delta, ": ", count, " numbers, expected at most ", kMaxElements,
                "; make them in the input, or enlarge delta");
  std::vector<T> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) values[i] = number_at(start, delta, i);
  const auto size = static_cast<int64_t>(values.size());
  return Array::from(values, Shape{size});
}

}  // namespace

Tensor range(Operand start, Operand limit, Operand delta) {
  return ops::at_place(start.place(), [&] {
    const DType dtype = common_dtype(start, limit, delta);
    const auto make = [&]<class T>(std::type_identity<T>) {
      return graph::constant_node(
          sequence<T>(constant_of<T>(start, dtype, "start"), constant_of<T>(limit, dtype, "limit"),
                      constant_of<T>(delta, dtype, "delta")),
          start.place());
    };
    base::require(dtype == kInt32 || dtype == kInt64 || is_floating(dtype), "range",
                  "the operands are ", dtype,
                  ", expected int32, int64, float32 or float64; cast them");
    return is_floating(dtype) ? ops::with_floating(dtype, make) : ops::with_index(dtype, make);
  });
}

}  // namespace reckon
