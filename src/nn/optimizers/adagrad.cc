// SPDX-License-Identifier: Apache-2.0
// a += g^2; p -= learning_rate * g / sqrt(a)
#include <cmath>

#include "base/check.h"
#include "base/with_place.h"
#include "nn/optimizers/update_rule.h"

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
  void check(DType dtype) const override {
    Rule::check(dtype);
    base::require(dtype == kFloat64 || nn::is_in_float32(initial_), "adagrad",
                  "initial_accumulator_value is ", initial_,
                  ", expected a positive number that float32 holds; 0.1 is usual");
  }

 private:
  double initial_;
};

}  // namespace

Optimizer adagrad(AdagradOptions options, Place place) {
  return base::with_place(place, [&] {
    base::require(
        options.initial_accumulator_value > 0 && std::isfinite(options.initial_accumulator_value),
        "adagrad", "initial_accumulator_value is ", options.initial_accumulator_value,
        ", expected a positive, finite number; nothing else keeps the root from 0");
    Optimizer::Rule::warn_of_rate("adagrad", options.learning_rate, place);
    return Optimizer(std::make_shared<const Adagrad>(options));
  });
}

}  // namespace reckon::optimizers
