// SPDX-License-Identifier: Apache-2.0
#include "trainer.h"

#include <unistd.h>

#include <filesystem>
#include <utility>

namespace bench {

using namespace reckon;

// Reads the loss at the last step of a call, and at no other.
class LastLoss : public SessionRunHook {
 public:
  void watch(const Tensor& loss) { loss_ = loss; }
  void expect(int64_t last_step) { last_step_ = last_step; }
  double value() const { return value_; }

 private:
  Tensor loss_;
  int64_t last_step_ = 0;
  double value_ = 0;
};

std::string model_dir() {
  return std::filesystem::temp_directory_path() / ("reckon-bench-" + std::to_string(getpid()));
}

RunConfig quiet_config() { return {.save_on_return = false}; }

Trainer::Trainer(ModelFn model_fn, Batches batches)
    : batches_(std::move(batches)),
      last_loss_(std::make_shared<LastLoss>()),
      estimator_(
          [model_fn, hook = last_loss_](const Features& features, const Tensor& labels) {
            EstimatorSpec spec = model_fn(features, labels);
            hook->watch(*spec.loss);
            spec.training_hooks = {hook};
            return spec;
          },
          {.model_dir = model_dir(), .config = quiet_config()}) {}

double Trainer::train(int64_t steps) {
  const int64_t first = steps_done_;
  steps_done_ += steps;
  last_loss_->expect(steps_done_);
  estimator_.train([&] { return batches_.from(first); }, {.steps = steps});
  return last_loss_->value();
}

}  // namespace bench
