// SPDX-License-Identifier: Apache-2.0
// Activation functions. Each takes one parameter and so can be passed to a layer: `.activation =
// nn::relu`. Those with options are also values that can be called: `.activation =
// nn::LeakyRelu{.slope = 0.1}`. All take float32 or float64 of any shape, return the same, and
// throw Error, kInvalidArgument, for another dtype.
#pragma once

#include <reckon/tensor.h>

namespace reckon::nn {

/// max(x, 0); also of integers.
Tensor relu(Operand x);
/// min(max(x, 0), 6)
Tensor relu6(Operand x);
/// x where positive, 0.2 x elsewhere.
Tensor leaky_relu(Operand x);
/// x where positive, exp(x) - 1 elsewhere. Source: Clevert et al. 2015.
Tensor elu(Operand x);
/// Scaled elu that keeps mean 0 and variance 1. Source: Klambauer et al. 2017.
Tensor selu(Operand x);
/// x times the normal distribution's probability below x. Source: Hendrycks, Gimpel 2016.
Tensor gelu(Operand x);
/// x sigmoid(x). Source: Ramachandran et al. 2017.
Tensor silu(Operand x);
/// x tanh(softplus(x)). Source: Misra 2019.
Tensor mish(Operand x);
/// log(1 + exp(x))
Tensor softplus(Operand x);
/// x / (1 + |x|)
Tensor softsign(Operand x);
/// 1 / (1 + exp(-x))
Tensor sigmoid(Operand x);
/// log(sigmoid(x)), without underflow.
Tensor log_sigmoid(Operand x);
/// 0.2 x + 0.5, limited to [0, 1].
Tensor hard_sigmoid(Operand x);
Tensor tanh(Operand x);
Tensor exponential(Operand x);
/// x itself; of any computed dtype.
Tensor linear(Operand x);

/// x where positive, slope x elsewhere.
struct LeakyRelu {
  double slope = 0.2;
  Tensor operator()(Operand x) const;
};
/// gelu; `approximate` uses tanh in place of erf.
struct Gelu {
  bool approximate = false;
  Tensor operator()(Operand x) const;
};
/// x sigmoid(beta x)
struct Silu {
  double beta = 1;
  Tensor operator()(Operand x) const;
};
/// x where it is above theta, 0 elsewhere.
struct ThresholdedRelu {
  double theta = 1;
  Tensor operator()(Operand x) const;
};
/// x where positive, slope x elsewhere; `slope` is a tensor that broadcasts with x.
Tensor prelu(Operand x, Operand slope);

}  // namespace reckon::nn
