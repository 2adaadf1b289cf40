// SPDX-License-Identifier: Apache-2.0
// The same values, constant values of another tensor's shape, and a check of values.
#include <reckon/math.h>
#include <reckon/shape_ops.h>

#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "graph/trace.h"
#include "ops/define.h"
#include "ops/gradient_support.h"

namespace reckon::ops {
namespace {

struct CheckNumericsOptions {
  std::string message;
};

template <class T>
kernels::Fault copy_checked(const std::string& message, const KernelCall& call) {
  const T* x = call.in<T>(0);
  T* out = call.out<T>(0);
  for (int64_t i = 0; i < call.inputs[0].elements; ++i) {
    if (!std::isfinite(x[i])) {
      return kernels::Fault(
          fmt::format("{}: element {} is {}, expected finite numbers; look for the op that "
                      "made it",
                      message, i, x[i]));
    }
    out[i] = x[i];
  }
  return {};
}

const DefinedOp<CheckNumericsOptions> check_numerics_op = define<CheckNumericsOptions>({
    .name = "CheckNumerics",
    .inputs = {{"x", kFloating}},
    .attributes = {{"message", &CheckNumericsOptions::message}},
    .infer = rule<CheckNumericsOptions>(infer_same_as_first),
    .gradient = [](const CheckNumericsOptions& options, const Backward& b) -> Tensors {
      return {check_numerics(b.grad(), options.message)};
    },
    .kernel = [](const CheckNumericsOptions& options, const KernelSpec& spec) -> Kernel {
      const auto run =
          spec.inputs[0].dtype == kFloat32 ? copy_checked<float> : copy_checked<double>;
      return {
          [run, message = options.message](const KernelCall& call) { return run(message, call); }};
    },
    .traits = {.may_fault = true},
});

Tensor resolve_computed(const char* where, const Operand& x) {
  const Tensor value = x.resolve();
  if (value.is_poison() || kComputed.contains(value.dtype())) return value;
  throw Error(ErrorCode::kInvalidArgument, where,
              fmt::format("x is {}, expected {}; {}", value.text(), kComputed.text(),
                          dtype_mend("x", value.dtype(), kComputed)),
              graph::user_place(x.place()));
}

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor identity(Operand x) { return x.resolve(); }

Tensor zeros_like(Operand x) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_computed("zeros_like", x);
  return value.is_poison() ? value : ops::zeros_of(value);
}

Tensor ones_like(Operand x) {
  const graph::PlaceScope place(x.place());
  const Tensor value = ops::resolve_computed("ones_like", x);
  return value.is_poison() ? value : ops::ones_of(value);
}

Tensor check_numerics(Operand x, const std::string& message) {
  return ops::check_numerics_op({x}, {message});
}

}  // namespace reckon
