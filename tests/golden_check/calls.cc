// SPDX-License-Identifier: Apache-2.0
#include "calls.h"

#include <limits>

namespace reckon::golden {
namespace {

using nlohmann::json;

double number(const json& value) {
  if (!value.is_string()) return value.get<double>();
  return std::stod(value.get<std::string>());  // "nan", "inf", "-inf"
}

/// A fraction where an integer belongs is the caller's mistake, which C++ refuses before it runs.
int64_t whole(const json& value) {
  if (!value.is_number_integer()) {
    throw Error(ErrorCode::kInvalidArgument, "golden_check",
                value.dump() + " came where an integer belongs");
  }
  return value.get<int64_t>();
}

}  // namespace

int64_t Arguments::integer(const char* name, int64_t missing) const {
  return has(name) ? whole(attrs.at(name)) : missing;
}

double Arguments::real(const char* name, double missing) const {
  return has(name) ? number(attrs.at(name)) : missing;
}

bool Arguments::flag(const char* name, bool missing) const {
  return has(name) ? attrs.at(name).get<bool>() : missing;
}

std::vector<int64_t> Arguments::integers(const char* name) const {
  std::vector<int64_t> values;
  if (!has(name)) return values;
  const json& entry = attrs.at(name);
  if (!entry.is_array()) return {whole(entry)};
  for (const json& value : entry) values.push_back(whole(value));
  return values;
}

std::vector<int> Arguments::axes_list(const char* name) const {
  const std::vector<int64_t> values = integers(name);
  return {values.begin(), values.end()};
}

Shape Arguments::shape(const char* name) const { return Shape(integers(name)); }

DType Arguments::dtype(const char* name, DType missing) const {
  return has(name) ? dtype_from_name(attrs.at(name).get<std::string>()) : missing;
}

Axes Arguments::axes(const char* name) const {
  if (!has(name)) return {};
  const std::vector<int64_t> list = integers(name);
  return list.empty() ? Axes::none() : Axes(list);
}

Call unary(Tensor (*f)(Operand)) {
  return [f](const Arguments& a) -> Tensors { return {f(a[0])}; };
}
Call binary(Tensor (*f)(Operand, Operand)) {
  return [f](const Arguments& a) -> Tensors { return {f(a[0], a[1])}; };
}
Call ternary(Tensor (*f)(Operand, Operand, Operand)) {
  return [f](const Arguments& a) -> Tensors { return {f(a[0], a[1], a[2])}; };
}

const CallTable& calls() {
  static const CallTable table = [] {
    CallTable made;
    add_math_calls(made);
    add_reduction_calls(made);
    add_activation_calls(made);
    add_shape_calls(made);
    add_lookup_calls(made);
    add_network_calls(made);
    add_control_calls(made);
    return made;
  }();
  return table;
}

}  // namespace reckon::golden
