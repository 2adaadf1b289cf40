// SPDX-License-Identifier: Apache-2.0
// The three calls of an Estimator, each in a file of its own.
#pragma once

#include <memory>

#include "estimator/engine.h"

namespace reckon::estimator {

void run_training(Engine& engine, const InputFn& input_fn, const TrainOptions& options);
EvalResult run_evaluation(Engine& engine, const InputFn& input_fn, const EvaluateOptions& options);
PredictionStream start_prediction(const std::shared_ptr<Engine>& engine, const InputFn& input_fn,
                                  const PredictOptions& options);

}  // namespace reckon::estimator
