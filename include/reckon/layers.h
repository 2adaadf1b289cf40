// SPDX-License-Identifier: Apache-2.0
// Layers are objects: called twice, they share their weights. The functions make one and call it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <reckon/initializers.h>
#include <reckon/tensor.h>

namespace reckon::layers {

/// Any function of one Tensor: `nn::relu`.
using Activation = std::function<Tensor(Operand)>;
/// A flag, or a bool[] Tensor such as is_training(), which is the default.
using Training = std::variant<std::monostate, bool, Tensor>;

struct DenseOptions {
  int64_t units = 0;  ///< width of the output; at least 1
  Activation activation = {};
  bool use_bias = true;
  Initializer kernel_initializer = initializers::glorot_uniform();
  Initializer bias_initializer = initializers::zeros();
  bool trainable = true;
  std::string name = {};  ///< empty: "dense", "dense_1" …
};

/// activation(x * kernel + bias), variables `<name>/kernel` [in, units] and `<name>/bias` [units].
///   x       float32 [..., in], in known while tracing
///   throws  Error, kInvalidArgument, if units < 1, or the last dimension is unknown or another
///   than at the first call
class Dense {
 public:
  explicit Dense(DenseOptions options, Place place = Place::here());
  Tensor operator()(Operand x) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};
Tensor dense(Operand x, DenseOptions options);

struct DropoutOptions {
  double rate = 0.5;  ///< share of elements that become 0; the others grow by 1 / (1 - rate)
  Training training = {};
  std::optional<uint64_t> seed = {};  ///< unset: the run's seed and the op's name
};
/// Source: Srivastava et al. 2014. The mask is a pure function of (seed, name, step, element).
Tensor dropout(Operand x, DropoutOptions options = {});

struct BatchNormalizationOptions {
  double momentum = 0.99;
  double epsilon = 1e-3;
  bool center = true, scale = true;
  Training training = {};
  bool trainable = true;
  std::string name = {};  ///< empty: "batch_normalization", …
};
/// Normalises over all axes but the last; variables gamma, beta, moving_mean, moving_variance. The
/// moving averages are updated by minimize() of the first loss that depends on this layer.
///   x       float32 [batch, ..., channels], channels known while tracing
///   source  Ioffe and Szegedy 2015; tf.compat.v1.layers.batch_normalization
Tensor batch_normalization(Operand x, BatchNormalizationOptions options = {});

/// [batch, ...] -> [batch, product of the rest]
Tensor flatten(Operand x);

}  // namespace reckon::layers
