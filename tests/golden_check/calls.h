// SPDX-License-Identifier: Apache-2.0
// How a golden op is called through the public API: one entry of a table for each op that the
// library has.
#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <reckon/math.h>
#include <reckon/reduce.h>

namespace reckon::golden {

/// Thrown by a call whose case the library does not offer; the text says what.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Arguments {
  const Tensors& x;  ///< the inputs, as placeholders
  const std::vector<Array>&
      arrays;  ///< their values, for arguments that the API takes as plain numbers
  const nlohmann::json& attrs;

  const Tensor& operator[](size_t index) const { return x.at(index); }
  bool has(const char* name) const { return attrs.contains(name) && !attrs.at(name).is_null(); }
  int64_t integer(const char* name, int64_t missing) const;
  double real(const char* name, double missing) const;
  bool flag(const char* name, bool missing = false) const;
  std::vector<int64_t> integers(const char* name) const;
  std::vector<int> axes_list(const char* name) const;
  Shape shape(const char* name) const;
  DType dtype(const char* name, DType missing) const;
  /// Of a reduction: TensorFlow's empty list means no axis, and none means all.
  Axes axes(const char* name = "axis") const;
};

using Call = std::function<Tensors(const Arguments&)>;
using CallTable = std::map<std::string, Call>;

/// `f` of the first one, two or three inputs.
Call unary(Tensor (*f)(Operand));
Call binary(Tensor (*f)(Operand, Operand));
Call ternary(Tensor (*f)(Operand, Operand, Operand));

void add_math_calls(CallTable& table);
void add_reduction_calls(CallTable& table);
void add_activation_calls(CallTable& table);
void add_shape_calls(CallTable& table);
void add_lookup_calls(CallTable& table);
void add_network_calls(CallTable& table);
void add_control_calls(CallTable& table);

/// All of them, by op.
const CallTable& calls();

/// The one op that is a layer with state, and so more than a call: its four outputs.
std::vector<Array> run_keras_batch_norm(const std::vector<Array>& inputs,
                                        const nlohmann::json& attrs);

}  // namespace reckon::golden
