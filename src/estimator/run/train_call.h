// SPDX-License-Identifier: Apache-2.0
// The steps of one call of train: what a step changes, when its loss ends the call, how it resumes
// an interrupted one's input.
#pragma once

#include "estimator/run/call_saver.h"
#include "estimator/run/step_loop.h"

namespace reckon::estimator {

/// The hooks of a train call, in their order.
struct TrainHooks {
  HookList list;
  std::shared_ptr<CheckpointSaver> saver;  ///< one of them; null if nothing is saved
};
TrainHooks make_train_hooks(Engine& engine, const TracedModel& model, const TrainOptions& options,
                            CheckpointSink& sink);

class TrainCall final : public StepLoop {
 public:
  /// `progress` says how far it is, from the beginning on.
  TrainCall(Engine& engine, const TracedModel& model, const Dataset& input, TrainHooks hooks,
            TrainProgress& progress);

  /// Trains up to progress.last_step.
  void run(const TrainOptions& options);

  int64_t global_step() const override { return *step_; }
  void save_checkpoint() override;

 private:
  std::string why_afresh(const CallState& interrupted) const;
  std::unique_ptr<data::Iterator> open_input();
  bool run_program(runtime::Execution& execution) override;
  void refuse_step() override;
  void say_if_short(int64_t first_step, const TrainOptions& options) const;

  const Dataset& dataset_;
  std::shared_ptr<CheckpointSaver> saver_;
  TrainProgress& progress_;
  const int64_t* step_;
  bool is_resumed_ = false;  ///< the input goes on where an interrupted call left it
  double last_loss_ = 0;
  base::Pool& pool_ = base::Pool::shared();
};

}  // namespace reckon::estimator
