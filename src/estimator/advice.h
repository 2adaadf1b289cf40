// SPDX-License-Identifier: Apache-2.0
// What an Estimator tells its user once, in one line with the mend: that it starts from nothing,
// how often it saves, that its calls wait for the disk.
#pragma once

#include <string>

#include <reckon/run_config.h>

namespace reckon::estimator {

class Advice {
 public:
  Advice(const RunConfig& config, const std::string& model_dir)
      : config_(config), model_dir_(model_dir) {}

  /// The variables are at their initial values. `what` is done with them: "predicting".
  void no_trained_model(const char* what);
  /// Training begins: when it saves, and so what Ctrl-C loses.
  void saves(int64_t step);
  /// A train call took so long to train and to wait for its checkpoints; told after some in a row
  /// that waited longer.
  void call_ended(double training_seconds, double waiting_seconds);
  /// The weights are lost: that there is no trained model is news again.
  void forget_weights() { has_told_untrained_ = false; }

 private:
  std::string interval() const;

  const RunConfig& config_;
  const std::string& model_dir_;
  bool has_told_untrained_ = false, has_told_saves_ = false, has_told_waiting_ = false;
  int waiting_calls_ = 0;  ///< in a row
};

}  // namespace reckon::estimator
