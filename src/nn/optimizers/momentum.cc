// SPDX-License-Identifier: Apache-2.0
// v = momentum * v + g; p -= learning_rate * v, or with Nesterov's look ahead learning_rate * (g +
// momentum * v).
#include "base/check.h"
#include "base/with_place.h"
#include "nn/optimizers/update_rule.h"

namespace reckon::optimizers {
namespace {

class Momentum : public Optimizer::Rule {
 public:
  explicit Momentum(const MomentumOptions& options)
      : Rule("momentum", options.learning_rate, options.clip_global_norm),
        momentum_(options.momentum),
        use_nesterov_(options.use_nesterov) {}
  std::vector<State> slots() const override { return {{"Momentum", 0}}; }
  Update update(const Tensor& gradient, const Tensors& slots,
                const Tensors& factors) const override {
    const Tensor velocity = slots[0] * momentum_ + gradient;
    const Tensor direction = use_nesterov_ ? gradient + velocity * momentum_ : velocity;
    return {factors[0] * direction, {velocity}};
  }

 private:
  double momentum_;
  bool use_nesterov_;
};

}  // namespace

Optimizer momentum(MomentumOptions options, Place place) {
  return base::with_place(place, [&] {
    base::require(options.momentum >= 0 && options.momentum < 1, "momentum", "momentum is ",
                  options.momentum, ", expected a number in [0, 1); 0.9 is usual");
    Optimizer::Rule::warn_of_rate("momentum", options.learning_rate, place);
    return Optimizer(std::make_shared<const Momentum>(options));
  });
}

}  // namespace reckon::optimizers
