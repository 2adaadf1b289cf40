// SPDX-License-Identifier: Apache-2.0
// check_op tries one row of values on an op, through the public API: value, inferred shape, both
// float dtypes, every kernel, folded constants, passes on and off, and the gradient against central
// differences in float64.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

#include <reckon/graph.h>

namespace reckon::testing {

/// An op under test: any callable from one to four Tensors, from Tensors, or from Operands (a
/// DefinedOp).
class OpUnderTest {
 public:
  template <class F>
  OpUnderTest(F function)  // NOLINT: meant to convert
      : call_([function](const Tensors& x) { return list(invoke(function, x)); }) {}
  Tensors operator()(const Tensors& inputs) const { return call_(inputs); }

 private:
  static Tensors list(Tensor tensor) { return {std::move(tensor)}; }
  static Tensors list(Tensors tensors) { return tensors; }

  template <class F>
  static auto invoke(const F& f, const Tensors& x) {
    using T = const Tensor&;
    if constexpr (std::is_invocable_v<F, T>)
      return f(x.at(0));
    else if constexpr (std::is_invocable_v<F, T, T>)
      return f(x.at(0), x.at(1));
    else if constexpr (std::is_invocable_v<F, T, T, T>)
      return f(x.at(0), x.at(1), x.at(2));
    else if constexpr (std::is_invocable_v<F, T, T, T, T>)
      return f(x.at(0), x.at(1), x.at(2), x.at(3));
    else if constexpr (std::is_invocable_v<F, const Tensors&>)
      return f(x);
    else
      return f(Operands(x.begin(), x.end()));
  }
  std::function<Tensors(const Tensors&)> call_;
};

/// An Array, or plain numbers: as an input float32[n], as an expectation of any dtype and shape.
struct Values {
  Values(std::initializer_list<double> numbers);
  Values(Array values) : array(std::move(values)) {}  // NOLINT: meant to convert
  Array array;
  bool is_numbers = false;
};
/// One output as plain numbers, or one entry for each output. Write Values{1} for outputs of one
/// number:
/// {{1}, {2}} reads as two numbers of one output.
struct Expected {
  Expected() = default;
  Expected(std::initializer_list<double> numbers) : outputs{Values(numbers)} {}
  Expected(std::initializer_list<Values> outputs) : outputs(outputs) {}
  Expected(Array output) : outputs{Values(std::move(output))} {}  // NOLINT: meant to convert
  std::vector<Values> outputs;
};

struct OpCheck {
  OpUnderTest op;
  std::vector<Values> inputs;
  Expected expect;
  /// |got - want| <= tolerance * max(1, |want|); 0 wants equal bits.
  double tolerance = 1e-6;
  /// The same of gradients; the gradient is compared for every floating input.
  double gradient_tolerance = 1e-4;
  bool has_gradient = true;
  bool has_second_gradient = false;  ///< the gradient's gradient is checked too
  bool has_float64 = true;           ///< the row is tried with float64 in place of float32
  double step = 1e-5;                ///< of the central differences
};

/// Fails the running test, with the caller's line, for each way in which the op breaks the row.
void check_op(const OpCheck& check, Place place = Place::here());

/// base::expect_error while a graph is being built: `call` throws an Error whose text contains
/// `text`.
void expect_error(const std::function<void()>& call, const std::string& text,
                  Place place = Place::here());

/// Sets RECKON_DISABLE_PASS ("all", or names with commas between) while it lives.
class PassesDisabled {
 public:
  explicit PassesDisabled(const std::string& names);
  ~PassesDisabled();
  PassesDisabled(const PassesDisabled&) = delete;
  PassesDisabled& operator=(const PassesDisabled&) = delete;

 private:
  std::string previous_;
};

/// Arrays in one line: floats({1, 2, 3, 4}, {2, 2}).
Array floats(const std::vector<float>& values, const Shape& shape);
Array doubles(const std::vector<double>& values, const Shape& shape);
Array ints(const std::vector<int32_t>& values, const Shape& shape);
Array longs(const std::vector<int64_t>& values, const Shape& shape);
Array bools(const std::vector<bool>& values, const Shape& shape);

/// The outputs of `op` on `inputs`, in a graph and session of their own.
std::vector<Array> run_op(const OpUnderTest& op, const std::vector<Array>& inputs);
/// Compares element by element; NaN equals NaN. `what` leads the failure's text.
void expect_near(const Array& got, const Array& want, double tolerance, const std::string& what);

}  // namespace reckon::testing
