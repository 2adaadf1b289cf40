// SPDX-License-Identifier: Apache-2.0
// What model_fn returns, and the modes it is traced in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <reckon/features.h>
#include <reckon/hooks.h>
#include <reckon/metrics.h>
#include <reckon/name.h>
#include <reckon/tensor.h>

namespace reckon {

/// What model_fn is called for.
enum class Mode { kTrain, kEvaluate, kPredict };
/// Its text: "train", "evaluate", "predict"
const char* mode_name(Mode mode);

/// Named Tensors, or one without a name: `.predictions = {{"class", c}}` or `.predictions =
/// probabilities`.
class Predictions : public Features {
 public:
  using Features::Features;
  /// One without a name.
  Predictions(const Tensor& single) : Features({{"", single}}) {}  // NOLINT: meant to convert
  /// True for one without a name.
  bool is_single() const { return size() == 1 && contains(""); }
};

/// What a mode does not need is ignored and costs nothing: the same full spec may be returned in
/// every mode. Training needs loss and train_op, evaluation loss, prediction predictions: what is
/// missing or wrong makes the call throw Error, kInvalidArgument. All is made in this call of
/// model_fn, outside cond and while_loop. Source: tf.estimator.EstimatorSpec.
struct EstimatorSpec {
  std::optional<Mode> mode = {};       ///< unset, or the one that came
  Predictions predictions = {};        ///< any dtype; [batch, ...] to be yielded row by row
  Tensor loss = {};                    ///< float32 or float64, one element
  Operation train_op = {};             ///< must advance global_step, as minimize() does
  Named<Metric> eval_metrics = {};     ///< "loss" and "global_step" are taken
  HookList training_hooks = {};        ///< after those of TrainOptions
  HookList training_chief_hooks = {};  ///< before those of TrainOptions
  HookList evaluation_hooks = {};      ///< after those of EvaluateOptions
  HookList prediction_hooks = {};      ///< after those of PredictOptions
};

}  // namespace reckon
