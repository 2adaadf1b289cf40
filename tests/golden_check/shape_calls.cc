// SPDX-License-Identifier: Apache-2.0
// Shapes, new values, and moving elements.
#include <reckon/shape_ops.h>

#include "calls.h"

namespace reckon::golden {
namespace {

int axis_of(const Arguments& a, int missing) {
  return static_cast<int>(a.integer("axis", missing));
}

std::vector<int64_t> input_integers(const Array& array) {
  if (array.shape().rank() != 1) {
    throw Error(ErrorCode::kInvalidArgument, "golden_check",
                array.text() + " came where a list belongs");
  }
  std::vector<int64_t> values;
  for (int64_t i = 0; i < array.num_elements(); ++i) values.push_back(array.at<int64_t>(i));
  return values;
}

Operands operands(const Arguments& a) { return {a.x.begin(), a.x.end()}; }

Tensors call_split(const Arguments& a) {
  const auto list = a.integers("num_or_size_splits");
  const int axis = axis_of(a, 0);
  const bool is_list = a.attrs.at("num_or_size_splits").is_array();
  return is_list ? split(a[0], list, axis) : split(a[0], list.at(0), axis);
}

Tensors call_strided_slice(const Arguments& a) {
  StridedSliceOptions options{.strides = a.integers("strides")};
  const auto mask = [&a](const char* name) { return static_cast<uint32_t>(a.integer(name, 0)); };
  options.begin_mask = mask("begin_mask");
  options.end_mask = mask("end_mask");
  options.ellipsis_mask = mask("ellipsis_mask");
  options.new_axis_mask = mask("new_axis_mask");
  options.shrink_axis_mask = mask("shrink_axis_mask");
  return {strided_slice(a[0], a.integers("begin"), a.integers("end"), options)};
}

double number_or_flag(const Arguments& a, const char* name, double missing) {
  if (!a.has(name)) return missing;
  return a.attrs.at(name).is_boolean() ? static_cast<double>(a.flag(name)) : a.real(name, missing);
}

Tensors call_one_hot(const Arguments& a) {
  OneHotOptions options{.axis = axis_of(a, -1),
                        .on_value = number_or_flag(a, "on_value", 1),
                        .off_value = number_or_flag(a, "off_value", 0)};
  options.dtype = a.dtype("dtype", kFloat32);
  return {one_hot(a[0], a.integer("depth", 0), options)};
}

void add_extents(CallTable& table) {
  table["shape"] = [](const Arguments& a) -> Tensors {
    return {shape(a[0], a.dtype("out_type", kInt32))};
  };
  table["size"] = [](const Arguments& a) -> Tensors { return {size(a[0])}; };
  table["rank"] = unary(rank);
  table["shape_n"] = [](const Arguments& a) -> Tensors { return {shape(a[0]), shape(a[1])}; };
  table["reshape"] = [](const Arguments& a) -> Tensors {
    return {reshape(a[0], a.shape("shape"))};
  };
  table["expand_dims"] = [](const Arguments& a) -> Tensors {
    return {expand_dims(a[0], axis_of(a, 0))};
  };
  table["squeeze"] = [](const Arguments& a) -> Tensors {
    return {squeeze(a[0], a.axes_list("axis"))};
  };
  table["broadcast_to"] = [](const Arguments& a) -> Tensors {
    return {broadcast_to(a[0], a.shape("shape"))};
  };
}

void add_makers(CallTable& table) {
  table["fill"] = [](const Arguments& a) -> Tensors {
    return {fill(Shape(input_integers(a.arrays.at(0))), a[1])};
  };
  table["zeros"] = [](const Arguments& a) -> Tensors {
    return {zeros(a.shape("shape"), a.dtype("dtype", kFloat32))};
  };
  table["ones"] = [](const Arguments& a) -> Tensors {
    return {ones(a.shape("shape"), a.dtype("dtype", kFloat32))};
  };
  table["range"] = [](const Arguments& a) -> Tensors {
    return {range(a.arrays.at(0), a.arrays.at(1), a.arrays.at(2))};
  };
  table["one_hot"] = call_one_hot;
}

}  // namespace

void add_shape_calls(CallTable& table) {
  add_extents(table);
  add_makers(table);
  table["transpose"] = [](const Arguments& a) -> Tensors {
    if (!a.has("perm")) return {transpose(a[0])};
    return {transpose(a[0], a.axes_list("perm"))};
  };
  table["concat"] = [](const Arguments& a) -> Tensors {
    return {concat(operands(a), axis_of(a, 0))};
  };
  table["stack"] = [](const Arguments& a) -> Tensors {
    return {stack(operands(a), axis_of(a, 0))};
  };
  table["unstack"] = [](const Arguments& a) { return unstack(a[0], axis_of(a, 0)); };
  table["split"] = call_split;
  table["slice"] = [](const Arguments& a) -> Tensors {
    return {slice(a[0], a.integers("begin"), a.integers("size"))};
  };
  table["strided_slice"] = call_strided_slice;
}

}  // namespace reckon::golden
