// SPDX-License-Identifier: Apache-2.0
// An Estimator that takes steps for the harness, one call of train for each request.
#pragma once

#include <cstdint>
#include <memory>

#include <reckon/reckon.h>

#include "batches.h"

namespace bench {

using ModelFn = reckon::EstimatorSpec (*)(const reckon::Features&, const reckon::Tensor&);

/// No checkpoints, summaries or log lines: what a loop over steps needs.
reckon::RunConfig quiet_config();

/// Trains `model_fn` from batch 0 on; the model_dir is a new folder in the system's temporary one.
class Trainer {
 public:
  Trainer(ModelFn model_fn, Batches batches, reckon::RunConfig config);

  /// One call of train over `steps` steps, going on with the batch after the last call's last.
  ///   returns  the loss of the last step
  double train(int64_t steps);

  reckon::Estimator& estimator() { return estimator_; }

 private:
  Batches batches_;
  int64_t steps_done_ = 0;
  reckon::Estimator estimator_;
};

}  // namespace bench
