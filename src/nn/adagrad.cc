// SPDX-License-Identifier: Apache-2.0
// a += g^2; p -= learning_rate * g / sqrt(a)
#include "base/check.h"
#include "nn/update_rule.h"

namespace reckon::optimizers {
namespace {

class Adagrad : public Optimizer::Rule {
 public:
  explicit Adagrad(const AdagradOptions& options)
      : Rule("adagrad", options.learning_rate, options.clip_global_norm),
        initial_(options.initial_accumulator_value) {}
  std::vector<State> slots() const override { return {{"Adagrad", initial_}}; }
  Update update(const Tensor& gradient, const Tensors& slots,
                const Tensors& factors) const override {
    const Tensor accumulator = slots[0] + square(gradient);
    return {factors[0] * gradient / sqrt(accumulator), {accumulator}};
  }

 private:
  double initial_;
};

}  // namespace

Optimizer adagrad(AdagradOptions options) {
  base::require(options.initial_accumulator_value > 0, "adagrad", "initial_accumulator_value is ",
                options.initial_accumulator_value,
                ", expected a positive number; nothing else keeps the root from 0");
  return Optimizer(std::make_shared<const Adagrad>(options));
}

}  // namespace reckon::optimizers
