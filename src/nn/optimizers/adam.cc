// SPDX-License-Identifier: Apache-2.0
// Adam as TensorFlow's version 1 has it: epsilon outside the root, running float32 powers of the
// betas, and moments that decay in every row, also in those that no gradient touches.
#include <cmath>

#include "base/check.h"
#include "base/with_place.h"
#include "nn/optimizers/update_rule.h"

namespace reckon::optimizers {
namespace {

/// 1 - beta as the variable's dtype has it, which is what the running powers go by: in float32, 1 -
/// 0.999 is 1.3e-5 off.
double rest_of(double beta, const Tensor& gradient) {
  return gradient.dtype() == kFloat64 ? 1 - beta : 1 - static_cast<float>(beta);
}

void check_below_one(const char* name, double beta) {
  base::require(static_cast<float>(beta) < 1, "adam", name, " is ", beta,
                ", which is 1 as float32, expected less; 0.9 and 0.999 are usual");
}

class Adam : public Optimizer::Rule {
 public:
  explicit Adam(const AdamOptions& options)
      : Rule("adam", options.learning_rate, options.clip_global_norm),
        beta1_(options.beta1),
        beta2_(options.beta2),
        epsilon_(options.epsilon) {}

  std::vector<State> slots() const override { return {{"Adam", 0}, {"Adam", 0}}; }
  std::vector<State> scalars() const override {
    return {{"beta1_power", beta1_}, {"beta2_power", beta2_}};
  }
  Tensors next_scalars(const Tensors& powers) const override {
    return {powers[0] * beta1_, powers[1] * beta2_};
  }
  Tensors factors(const Tensor& learning_rate, const Tensors& powers) const override {
    return {learning_rate * sqrt(1 - powers[1]) / (1 - powers[0])};
  }
  Update update(const Tensor& gradient, const Tensors& slots,
                const Tensors& factors) const override {
    const Tensor mean = slots[0] + (gradient - slots[0]) * rest_of(beta1_, gradient);
    const Tensor variance = slots[1] + (square(gradient) - slots[1]) * rest_of(beta2_, gradient);
    return {mean * factors[0] / (sqrt(variance) + epsilon_), {mean, variance}};
  }
  bool leaves_other_rows() const override { return false; }
  void check(DType dtype) const override {
    Rule::check(dtype);
    if (dtype == kFloat64) return;
    check_below_one("beta1", beta1_);
    check_below_one("beta2", beta2_);
  }

 private:
  double beta1_, beta2_, epsilon_;
};

}  // namespace

Optimizer adam(AdamOptions options, Place place) {
  return base::with_place(place, [&] {
    const auto check_beta = [](const char* name, double beta) {
      base::require(beta >= 0 && beta < 1, "adam", name, " is ", beta,
                    ", expected a number in [0, 1); 0.9 and 0.999 are usual");
    };
    check_beta("beta1", options.beta1);
    check_beta("beta2", options.beta2);
    base::require(options.epsilon >= 0 && std::isfinite(options.epsilon), "adam", "epsilon is ",
                  options.epsilon, ", expected 0 or more, and finite; 1e-8 is usual");
    Optimizer::Rule::warn_of_rate("adam", options.learning_rate, place);
    return Optimizer(std::make_shared<const Adam>(options));
  });
}

}  // namespace reckon::optimizers
