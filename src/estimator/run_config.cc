// SPDX-License-Identifier: Apache-2.0
// RunConfig is an aggregate whose destructor alone is not inline.
#include "estimator/run_config.h"

#include "base/check.h"

namespace reckon {

RunConfig::~RunConfig() = default;

namespace estimator {
namespace {

template <class T>
void check_field(bool is_good, const char* field, const T& value, const char* expected) {
  base::require(is_good, "RunConfig", field, " is ", value, ", expected ", expected,
                "; set it so, or leave it out");
}

}  // namespace

void check_config(const RunConfig& config) {
  const auto check_period = [](const char* field, const auto& period) {
    // As a claim, so that NaN fails it.
    if (period) check_field(*period >= 0, field, *period, "at least 0, which turns it off");
  };
  check_period("save_summary_steps", std::optional(config.save_summary_steps));
  check_field(config.keep_checkpoint_max >= 0, "keep_checkpoint_max", config.keep_checkpoint_max,
              "at least 0");
  check_period("keep_checkpoint_every_n_hours",
               std::optional(config.keep_checkpoint_every_n_hours));
  check_period("log_step_count_steps", config.log_step_count_steps);
  check_period("save_checkpoints_steps", config.save_checkpoints_steps);
  check_period("save_checkpoints_secs", config.save_checkpoints_secs);
  base::require(!is_on(config.save_checkpoints_steps) || !is_on(config.save_checkpoints_secs),
                "RunConfig",
                "save_checkpoints_steps and save_checkpoints_secs cannot be both set; set one of "
                "them (came: ",
                config.save_checkpoints_steps.value_or(0), " and ",
                config.save_checkpoints_secs.value_or(0), ")");
}

}  // namespace estimator
}  // namespace reckon
