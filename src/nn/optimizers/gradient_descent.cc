// SPDX-License-Identifier: Apache-2.0
// p -= learning_rate * g
#include "base/with_place.h"
#include "nn/optimizers/update_rule.h"

namespace reckon::optimizers {
namespace {

class GradientDescent : public Optimizer::Rule {
 public:
  explicit GradientDescent(const GradientDescentOptions& options)
      : Rule("gradient_descent", options.learning_rate, options.clip_global_norm) {}
  Update update(const Tensor& gradient, const Tensors&, const Tensors& factors) const override {
    return {factors[0] * gradient, {}};
  }
};

}  // namespace

Optimizer gradient_descent(GradientDescentOptions options, Place place) {
  return base::with_place(
      place, [&] { return Optimizer(std::make_shared<const GradientDescent>(options)); });
}

}  // namespace reckon::optimizers
