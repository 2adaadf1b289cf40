// SPDX-License-Identifier: Apache-2.0
#include "estimator/advice.h"

#include <utility>

#include <fmt/format.h>

#include "base/logging.h"
#include "estimator/run_config.h"

namespace reckon::estimator {
namespace {

/// Fewer may be what they seem: a first call also compiles.
constexpr int kWaitingCalls = 5;

}  // namespace

void Advice::no_trained_model(const char* what) {
  if (std::exchange(has_told_untrained_, true)) return;
  base::log(LogLevel::kWarning,
            fmt::format("[restore] could not find a trained model in model_dir {}: {} with initial "
                        "values; train first, or check model_dir",
                        model_dir_, what));
}

/// "every 600 seconds"; empty if the two fields are off.
std::string Advice::interval() const {
  if (is_on(config_.save_checkpoints_steps))
    return fmt::format("every {} steps", *config_.save_checkpoints_steps);
  if (is_on(config_.save_checkpoints_secs))
    return fmt::format("every {:.6g} seconds", *config_.save_checkpoints_secs);
  return config_.save_checkpoints_steps || config_.save_checkpoints_secs ? "" : "every 600 seconds";
}

void Advice::saves(int64_t step) {
  if (!config_.save_checkpoints || std::exchange(has_told_saves_, true)) return;
  std::string when = interval();
  if (config_.save_on_return) when += when.empty() ? "at the end of train()" : " and at the end";
  if (when.empty()) when = "only when a hook asks for it";
  base::log(LogLevel::kInfo,
            fmt::format("training from step {}: {} gets a checkpoint {}; Ctrl-C loses the steps "
                        "after it, so set save_checkpoints_steps or save_checkpoints_secs to suit",
                        step, model_dir_, when));
}

void Advice::call_ended(double training_seconds, double waiting_seconds) {
  if (!config_.save_checkpoints || !config_.save_on_return || has_told_waiting_) return;
  waiting_calls_ = waiting_seconds > training_seconds ? waiting_calls_ + 1 : 0;
  if (waiting_calls_ < kWaitingCalls) return;
  has_told_waiting_ = true;
  const std::string when = interval();
  base::log(LogLevel::kInfo,
            fmt::format("{} train() calls in a row waited longer for their checkpoints than they "
                        "trained; RunConfig::save_on_return = false saves {} alone",
                        kWaitingCalls, when.empty() ? "when a hook asks for it" : when));
}

}  // namespace reckon::estimator
