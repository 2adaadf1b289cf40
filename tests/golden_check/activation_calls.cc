// SPDX-License-Identifier: Apache-2.0
// Activation functions and softmax.
#include <reckon/activations.h>
#include <reckon/nn.h>

#include "calls.h"

namespace reckon::golden {

void add_activation_calls(CallTable& table) {
  const std::pair<const char*, Tensor (*)(Operand)> functions[] = {
      {"relu", nn::relu},
      {"relu6", nn::relu6},
      {"elu", nn::elu},
      {"selu", nn::selu},
      {"softplus", nn::softplus},
      {"softsign", nn::softsign},
      {"hard_sigmoid", nn::hard_sigmoid},
      {"mish", nn::mish},
      {"exponential", nn::exponential},
      {"linear", nn::linear},
      {"sigmoid", nn::sigmoid},
      {"log_sigmoid", nn::log_sigmoid},
      {"l2_loss", nn::l2_loss},
  };
  for (const auto& [name, function] : functions) table[name] = unary(function);
  table["prelu"] = binary(nn::prelu);
  table["leaky_relu"] = [](const Arguments& a) -> Tensors {
    return {nn::LeakyRelu{.slope = a.real("alpha", 0.2)}(a[0])};
  };
  table["gelu"] = [](const Arguments& a) -> Tensors {
    return {nn::Gelu{.approximate = a.flag("approximate")}(a[0])};
  };
  table["silu"] = [](const Arguments& a) -> Tensors {
    return {nn::Silu{.beta = a.real("beta", 1)}(a[0])};
  };
  table["thresholded_relu"] = [](const Arguments& a) -> Tensors {
    return {nn::ThresholdedRelu{.theta = a.real("theta", 1)}(a[0])};
  };
  table["softmax"] = [](const Arguments& a) -> Tensors {
    return {nn::Softmax{.axis = static_cast<int>(a.integer("axis", -1))}(a[0])};
  };
  table["log_softmax"] = [](const Arguments& a) -> Tensors {
    return {nn::LogSoftmax{.axis = static_cast<int>(a.integer("axis", -1))}(a[0])};
  };
}

}  // namespace reckon::golden
