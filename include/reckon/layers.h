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

/// Any function of one Tensor: `nn::relu`; empty: none.
using Activation = std::function<Tensor(Operand)>;
/// A flag, or a bool[] Tensor such as is_training(), which is the default.
using Training = std::variant<std::monostate, bool, Tensor>;

/// What a dense layer is made of.
struct DenseOptions {
  int64_t units = 0;           ///< width of the output; at least 1
  Activation activation = {};  ///< of the sum; empty: none
  bool use_bias = true;        ///< false: no bias variable
  Initializer kernel_initializer = initializers::glorot_uniform();  ///< of [in, units]
  Initializer bias_initializer = initializers::zeros();             ///< of [units]
  bool trainable = true;  ///< minimize() without a list updates its variables
  std::string name = {};  ///< empty: "dense", "dense_1" …; one of the user's only once in a trace
};

/// activation(x * kernel + bias), variables `<name>/kernel` [in, units] and `<name>/bias` [units],
/// of the dtype of x, made at the first call of each trace. Source: tf.compat.v1.layers.Dense.
class Dense {
 public:
  /// Makes no variable yet.
  ///   throws  Error, kInvalidArgument, if units < 1
  explicit Dense(DenseOptions options, Place place = Place::here());
  /// Moving copies too: both share the variables.
  Dense(const Dense&) = default;
  /// As above.
  Dense& operator=(const Dense&) = default;
  /// The layer's value for x.
  ///   x        float32 or float64 [..., in], in known while tracing
  ///   returns  [..., units], what activation makes of it
  ///   throws   Error, kInvalidArgument, if x is not floating, the last dimension is unknown, it or
  ///            the dtype is another than at the first call, or the name is taken
  Tensor operator()(Operand x) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};
/// A Dense of its own, called once. Source: tf.compat.v1.layers.dense.
Tensor dense(Operand x, DenseOptions options);

/// What dropout drops, and when.
struct DropoutOptions {
  double rate = 0.5;       ///< in [0, 1): share that becomes 0; the others grow by 1 / (1 - rate)
  Training training = {};  ///< false: x itself
  Maybe<uint64_t> seed = {};  ///< unset: the run's seed and the op's name
};
/// Noise while training, x itself otherwise. The mask is a pure function of (seed, name, step,
/// element); with a seed of its own the name does not count.
///   x        float32 or float64, any shape
///   returns  the shape of x
///   throws   Error, kInvalidArgument, for a bad rate (unless training is the flag false), another
///            dtype, or training that is not bool[]
///   source   Srivastava et al. 2014; tf.compat.v1.layers.dropout
Tensor dropout(Operand x, DropoutOptions options = {});

/// How batch_normalization normalises.
struct BatchNormalizationOptions {
  double momentum = 0.99;            ///< in [0, 1]: the old average's share in the new one
  double epsilon = 1e-3;             ///< added to the variance
  bool center = true, scale = true;  ///< false: no variable beta, gamma
  Training training = {};            ///< true: the batch's moments; false: the moving averages
  bool trainable = true;             ///< minimize() without a list updates gamma and beta
  std::string name = {};             ///< empty: "batch_normalization", …
};
/// Normalises over all axes but the last; variables `<name>/gamma`, beta, moving_mean and
/// moving_variance, [channels]. The moving averages are updated by minimize() of a loss that
/// depends on this layer, once a step; a batch without rows leaves them alone. For x of rank 4 they
/// take in the variance divided by n - 1, as TensorFlow's do.
///   x        float32 or float64 [batch, ..., channels], channels known while tracing
///   returns  the shape of x
///   throws   Error, kInvalidArgument, for another dtype or rank, unknown channels, a bad momentum,
///            training that is not bool[], or a name that is taken; inside cond and while_loop
///            unless training is the flag false
///   source   Ioffe and Szegedy 2015; tf.compat.v1.layers.batch_normalization
Tensor batch_normalization(Operand x, BatchNormalizationOptions options = {});

/// [batch, ...] -> [batch, product of the rest], of any dtype; reckon::flatten.
///   throws  Error, kInvalidArgument, for a scalar
///   source  tf.compat.v1.layers.flatten
Tensor flatten(Operand x);

}  // namespace reckon::layers
