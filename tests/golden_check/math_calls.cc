// SPDX-License-Identifier: Apache-2.0
// Element-wise arithmetic, comparison, logic and casts.
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/shape_ops.h>

#include "calls.h"

namespace reckon::golden {
namespace {

void add_unary(CallTable& table) {
  const std::pair<const char*, Tensor (*)(Operand)> functions[] = {
      {"abs", abs},
      {"negative", negative},
      {"sign", sign},
      {"square", square},
      {"sqrt", sqrt},
      {"rsqrt", rsqrt},
      {"exp", exp},
      {"expm1", expm1},
      {"log", log},
      {"log1p", log1p},
      {"sin", sin},
      {"cos", cos},
      {"tan", tan},
      {"asin", asin},
      {"acos", acos},
      {"atan", atan},
      {"sinh", sinh},
      {"cosh", cosh},
      {"tanh", tanh},
      {"asinh", asinh},
      {"acosh", acosh},
      {"atanh", atanh},
      {"ceil", ceil},
      {"floor", floor},
      {"round", round},
      {"rint", rint},
      {"is_nan", is_nan},
      {"is_inf", is_inf},
      {"is_finite", is_finite},
      {"identity", identity},
      {"erf", erf},
      {"erfc", erfc},
      {"reciprocal", reciprocal},
      {"invert", invert},
      {"logical_not", logical_not},
      {"stop_gradient", stop_gradient},
      {"zeros_like", zeros_like},
      {"ones_like", ones_like},
  };
  for (const auto& [name, function] : functions) table[name] = unary(function);
}

void add_binary(CallTable& table) {
  const std::pair<const char*, Tensor (*)(Operand, Operand)> functions[] = {
      {"subtract", subtract},
      {"multiply", multiply},
      {"divide", divide},
      {"realdiv", divide},
      {"scalar_mul", multiply},
      {"divide_no_nan", divide_no_nan},
      {"multiply_no_nan", multiply_no_nan},
      {"floordiv", floordiv},
      {"div", floordiv},
      {"floormod", floormod},
      {"truncatediv", truncatediv},
      {"truncatemod", truncatemod},
      {"pow", pow},
      {"maximum", maximum},
      {"minimum", minimum},
      {"squared_difference", squared_difference},
      {"atan2", atan2},
      {"hypot", hypot},
      {"xdivy", xdivy},
      {"xlogy", xlogy},
      {"xlog1py", xlog1py},
      {"equal", equal},
      {"not_equal", not_equal},
      {"less", less},
      {"less_equal", less_equal},
      {"greater", greater},
      {"greater_equal", greater_equal},
      {"logical_and", logical_and},
      {"logical_or", logical_or},
      {"logical_xor", logical_xor},
      {"bitwise_and", bitwise_and},
      {"bitwise_or", bitwise_or},
      {"bitwise_xor", bitwise_xor},
      {"left_shift", left_shift},
      {"right_shift", right_shift},
  };
  for (const auto& [name, function] : functions) table[name] = binary(function);
}

/// A limit of clip_by_value: an attribute that is a number or a list, or an input.
Operand limit(const Arguments& a, const char* name, size_t input) {
  if (!a.has(name)) return a[input];
  const nlohmann::json& value = a.attrs.at(name);
  if (value.is_array()) {
    const auto list = value.get<std::vector<float>>();
    return Array::from(list, Shape{static_cast<int64_t>(list.size())});
  }
  if (value.is_number_integer()) return value.get<int64_t>();
  return value.get<double>();
}

}  // namespace

void add_math_calls(CallTable& table) {
  add_unary(table);
  add_binary(table);
  table["where"] = ternary(where);
  table["add_n"] = [](const Arguments& a) -> Tensors { return {add_n(a.x)}; };
  table["accumulate_n"] = table["add_n"];
  table["add"] = [](const Arguments& a) -> Tensors {
    if (a[0].dtype() == kString && a[1].dtype() == kString) throw Unsupported("strings");
    return {add(a[0], a[1])};
  };
  table["identity_n"] = [](const Arguments& a) -> Tensors {
    return {identity(a[0]), identity(a[0])};
  };
  table["approximate_equal"] = [](const Arguments& a) -> Tensors {
    return {approximate_equal(a[0], a[1], a.real("tolerance", 1e-5))};
  };
  table["clip_by_value"] = [](const Arguments& a) -> Tensors {
    return {clip_by_value(a[0], limit(a, "clip_value_min", 1), limit(a, "clip_value_max", 2))};
  };
  table["check_numerics"] = [](const Arguments& a) -> Tensors {
    return {check_numerics(a[0], a.attrs.at("message").get<std::string>())};
  };
  table["cast"] = [](const Arguments& a) -> Tensors {
    return {cast(a[0], a.dtype("dtype", DType::kInvalid))};
  };
  table["saturate_cast"] = [](const Arguments& a) -> Tensors {
    return {saturate_cast(a[0], a.dtype("dtype", DType::kInvalid))};
  };
  table["bitcast"] = [](const Arguments& a) -> Tensors {
    const DType dtype = a.dtype("type", DType::kInvalid);
    if (dtype_size(dtype) != dtype_size(a[0].dtype()) && a.arrays[0].shape().rank() == 2) {
      throw Unsupported("a bitcast to another size");
    }
    return {bitcast(a[0], dtype)};
  };
}

}  // namespace reckon::golden
