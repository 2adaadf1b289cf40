// SPDX-License-Identifier: Apache-2.0
// Dense layers: one matrix product over the last dimension. The variables are made at the first
// call of each trace, so that an object that outlives a trace meets them again by name.
#include <algorithm>

#include <reckon/layers.h>
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include "base/check.h"
#include "nn/layers/layer_scope.h"
#include "nn/layers/layer_variable.h"
#include "nn/layers/per_trace.h"
#include "ops/at_place.h"
#include "ops/dtype_set.h"

namespace reckon::layers {
namespace {

struct Variables {
  std::string name;  ///< empty until the first call
  nn::KeptValue kernel, bias;
};

Variables make_variables(const DenseOptions& options, const Tensor& x, Place place) {
  Variables made;
  made.name = nn::layer_name(options.name, "dense");
  const auto request = [&](const char* part) {
    return graph::VariableRequest{
        .name = made.name + part, .trainable = options.trainable, .place = place};
  };
  made.kernel = nn::KeptValue(nn::layer_variable(
      request("/kernel"), {x.dtype(), {x.shape()[-1], options.units}}, options.kernel_initializer));
  if (options.use_bias) {
    made.bias = nn::KeptValue(nn::layer_variable(request("/bias"), {x.dtype(), {options.units}},
                                                 options.bias_initializer));
  }
  return made;
}

void check_input(const Tensor& x, const Variables& made) {
  base::require(is_floating(x.dtype()), "dense", "x is ", x.text(),
                ", expected float32 or float64; ", ops::dtype_mend("x", x.dtype(), ops::kFloating));
  base::require(x.rank() > 0 && x.shape()[-1] >= 0, "dense", "x is ", x.text(),
                ", expected a last dimension that is known; reshape it to [-1, width]");
  if (made.name.empty()) return;
  const Tensor kernel = made.kernel.get();
  base::require(kernel.shape()[0] == x.shape()[-1] && kernel.dtype() == x.dtype(), "dense", "x is ",
                x.text(), " but the first call made ", kernel.name(), " ", kernel.text(),
                "; pass inputs of one width and dtype, or make a second layer");
}

/// x * kernel over the last dimension; one large product where the others can be put together and
/// back.
Tensor product(const Tensor& x, const Tensor& kernel) {
  const int64_t unknown =
      std::count_if(x.shape().begin(), x.shape().end() - 1, [](int64_t dim) { return dim < 0; });
  if (x.rank() == 2 || unknown > 1) return matmul(x, kernel);
  Shape shape = x.shape();
  shape.set(-1, kernel.shape()[1]);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] < 0) shape.set(axis, -1);
  }
  return reshape(matmul(reshape(x, {-1, x.shape()[-1]}), kernel), shape);
}

}  // namespace

struct Dense::State {
  DenseOptions options;
  Place place;
  nn::PerTrace<Variables> variables;
};

Dense::Dense(DenseOptions options, Place place) : state_(std::make_shared<State>()) {
  if (options.units < 1) {
    throw Error(ErrorCode::kInvalidArgument, "dense",
                base::concat_text("units is ", options.units,
                                  ", expected 1 or more; set .units to the output's width"),
                place);
  }
  state_->options = std::move(options);
  state_->place = place;
}

Tensor Dense::operator()(Operand x) const {
  return ops::at_place(x.place(), [&] {
    const Tensor value = x.resolve();
    if (value.is_poison()) return value;
    Variables& made = state_->variables.here();
    check_input(value, made);
    if (made.name.empty()) made = make_variables(state_->options, value, state_->place);
    const nn::LayerScope scope(made.name);
    Tensor y = product(value, made.kernel.get());
    if (made.bias.valid()) {
      const Tensor bias = made.bias.get();
      y = y.rank() > 1 ? nn::bias_add(y, bias) : y + bias;
    }
    const Activation& activation = state_->options.activation;
    return activation ? activation(Operand(y, x.place())) : y;
  });
}

Tensor dense(Operand x, DenseOptions options) { return Dense(std::move(options), x.place())(x); }

}  // namespace reckon::layers
