// SPDX-License-Identifier: Apache-2.0
// An Estimator that takes steps for the harness, one call of train for each request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <reckon/reckon.h>

#include "batches.h"

namespace bench {

using ModelFn = reckon::EstimatorSpec (*)(const reckon::Features&, const reckon::Tensor&);

/// A folder for a model in the system's temporary one, which belongs to this process.
std::string model_dir();

/// Keeps state in memory between calls: no checkpoints, summaries or log lines.
reckon::RunConfig quiet_config();

class LastLoss;

/// Trains `model_fn` on `batches`, from batch 0 on.
class Trainer {
 public:
  Trainer(ModelFn model_fn, Batches batches);

  /// One call of train over `steps` steps, going on with the batch after the last call's last.
  ///   returns  the loss of the last step
  double train(int64_t steps);

 private:
  Batches batches_;
  int64_t steps_done_ = 0;
  std::shared_ptr<LastLoss> last_loss_;
  reckon::Estimator estimator_;
};

}  // namespace bench
