// SPDX-License-Identifier: Apache-2.0
#include "trainer.h"

#include <unistd.h>

#include <filesystem>
#include <utility>
#include <vector>

namespace bench {

using namespace reckon;

// Reads the loss at the last step of a call, and is not due before.
class LastLoss : public Hook {
 public:
  void expect(int64_t steps) { last_iteration_ = steps; }
  double value() const { return value_; }

  int64_t next_due(int64_t iteration) override {
    return iteration <= last_iteration_ ? last_iteration_ : kNever;
  }
  HookRequest before_run(RunContext&) override { return {.names = {"loss"}}; }
  void after_run(RunContext&, const std::vector<Array>& values) override {
    value_ = values[0].item<float>();
  }

 private:
  int64_t last_iteration_ = 0;
  double value_ = 0;
};

std::string model_dir() {
  return std::filesystem::temp_directory_path() / ("reckon-bench-" + std::to_string(getpid()));
}

RunConfig quiet_config() {
  return {.save_summary_steps = 0, .save_on_return = false, .log_step_count_steps = {}};
}

Trainer::Trainer(ModelFn model_fn, Batches batches)
    : batches_(std::move(batches)),
      last_loss_(std::make_shared<LastLoss>()),
      estimator_(model_fn, {.model_dir = model_dir(), .config = quiet_config()}) {}

double Trainer::train(int64_t steps) {
  const int64_t first = steps_done_;
  steps_done_ += steps;
  last_loss_->expect(steps);
  estimator_.train([&] { return batches_.from(first); }, {.steps = steps, .hooks = {last_loss_}});
  return last_loss_->value();
}

}  // namespace bench
