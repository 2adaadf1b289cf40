// SPDX-License-Identifier: Apache-2.0
// Activation functions. Each takes one parameter and so can be passed to a layer: `.activation =
// nn::relu`. Those with options are also values that can be called: `.activation =
// nn::LeakyRelu{.slope = 0.1}`.
#pragma once

#include <reckon/tensor.h>

namespace reckon::nn {

// Rules that hold for all of them, unless one says otherwise:
//   x        float32 or float64 of any shape
//   returns  the same dtype and shape, element by element; NaN gives NaN
//   throws   Error, kInvalidArgument, with the user's line, for another dtype
//   source   tf.nn's or tf.keras.activations' function of that name, and the paper named

/// max(x, 0); also of integers. The gradient at 0 is 0. Source: Nair and Hinton 2010.
Tensor relu(Operand x);
/// min(max(x, 0), 6); also of integers. The gradient at 0 and 6 is 0.
Tensor relu6(Operand x);
/// x where positive, 0.2 x elsewhere. Source: Maas et al. 2013.
Tensor leaky_relu(Operand x);
/// x where positive, exp(x) - 1 elsewhere. Source: Clevert et al. 2015.
Tensor elu(Operand x);
/// 1.0507 x where positive, 1.7581 (exp(x) - 1) elsewhere, which keeps mean 0 and variance 1.
/// Source: Klambauer et al. 2017.
Tensor selu(Operand x);
/// x times the normal distribution's probability below x. Source: Hendrycks and Gimpel 2016.
Tensor gelu(Operand x);
/// x sigmoid(x). Source: Ramachandran et al. 2017.
Tensor silu(Operand x);
/// x tanh(softplus(x)). Source: Misra 2019.
Tensor mish(Operand x);
/// log(1 + exp(x)), without overflow.
Tensor softplus(Operand x);
/// x / (1 + |x|), in [-1, 1]; NaN at an infinity.
Tensor softsign(Operand x);
/// 1 / (1 + exp(-x)), in [0, 1].
Tensor sigmoid(Operand x);
/// log(sigmoid(x)), without underflow.
Tensor log_sigmoid(Operand x);
/// 0.2 x + 0.5, limited to [0, 1].
Tensor hard_sigmoid(Operand x);
/// reckon::tanh, in [-1, 1].
Tensor tanh(Operand x);
/// reckon::exp.
Tensor exponential(Operand x);
/// x itself, of any dtype.
Tensor linear(Operand x);

/// x where positive, slope x elsewhere. Source: Maas et al. 2013.
struct LeakyRelu {
  double slope = 0.2;  ///< of the negative side
  /// The function.
  Tensor operator()(Operand x) const;
};
/// gelu, exact or approximate. Source: Hendrycks and Gimpel 2016.
struct Gelu {
  bool approximate = false;  ///< tanh(sqrt(2 / pi) (x + 0.044715 x^3)) in place of erf(x / sqrt(2))
  /// The function.
  Tensor operator()(Operand x) const;
};
/// x sigmoid(beta x). Source: Ramachandran et al. 2017.
struct Silu {
  double beta = 1;  ///< 0 gives x / 2, a large one relu
  /// The function.
  Tensor operator()(Operand x) const;
};
/// x where it is above theta, 0 elsewhere (NaN too); also of integers, if theta is whole. Source:
/// tf.keras.layers.ThresholdedReLU.
struct ThresholdedRelu {
  double theta = 1;  ///< the largest x that gives 0
  /// The function.
  Tensor operator()(Operand x) const;
};
/// x where positive, slope x elsewhere; also of integers. Source: He et al. 2015, equation 1.
///   x, slope  one dtype; they broadcast
///   returns   the broadcast shape
Tensor prelu(Operand x, Operand slope);

}  // namespace reckon::nn
