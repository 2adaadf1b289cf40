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
#include <reckon/tensor.h>

namespace reckon {

enum class Mode { kTrain, kEvaluate, kPredict };
/// "train", "evaluate", "predict"
const char* mode_name(Mode mode);

/// Named Tensors, or one without a name: `.predictions = {{"class", c}}` or `.predictions =
/// probabilities`.
class Predictions : public Features {
 public:
  using Features::Features;
  Predictions(const Tensor& single) : Features({{"", single}}) {}  // NOLINT: meant to convert
  bool is_single() const { return size() == 1 && contains(""); }
};

/// What a mode does not need is ignored and costs nothing: the same full spec may be returned in
/// every mode. Training needs loss and train_op, evaluation loss, prediction predictions.
struct EstimatorSpec {
  std::optional<Mode> mode = {};
  Predictions predictions = {};
  Tensor loss = {};         ///< float32 or float64, one element
  Operation train_op = {};  ///< must advance global_step, as minimize() does
  std::map<std::string, Metric> eval_metrics = {};  ///< "loss" and "global_step" are taken
  HookList training_hooks = {};
  HookList training_chief_hooks = {};
  HookList evaluation_hooks = {};
  HookList prediction_hooks = {};
};

}  // namespace reckon
