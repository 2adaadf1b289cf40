// SPDX-License-Identifier: Apache-2.0
// Calls of model_fn: at most one for each mode and input signature (one in all without Mode), all
// in one module.
#pragma once

#include <memory>
#include <vector>

#include <reckon/dataset.h>
#include <reckon/estimator.h>
#include "graph/trace.h"

namespace reckon::estimator {

/// One call of model_fn and what it returned. Parameters of the function: features in the spec's
/// order, then labels.
struct TracedModel {
  TracedModel(std::shared_ptr<graph::Module> module, graph::Function* function)
      : trace(std::move(module), function) {}

  graph::Trace trace;
  DatasetSpec input;
  Mode mode = Mode::kTrain;      ///< the one it was called with; of no account without Mode
  bool has_real_labels = false;  ///< false: labels are poison
  EstimatorSpec spec;
  int32_t global_step_variable = -1;
};

class ModelTracer {
 public:
  ModelTracer(const ModelFunction& model, const Params& params, const RunConfig& config,
              std::shared_ptr<graph::Module> module)
      : model_(model), params_(params), config_(config), module_(std::move(module)) {}

  /// The trace that serves `mode` for such input; calls model_fn if there is none, and checks what
  /// it returns. Throws Error, kInvalidArgument, if the spec lacks what the mode needs.
  std::shared_ptr<const TracedModel> get(Mode mode, const DatasetSpec& input);
  /// The next call of each mode traces again; open prediction streams keep the trace they have.
  void forget() { models_.clear(); }
  /// Calls so far, by mode; those of a model_fn without Mode.
  int calls(Mode mode) const { return calls_[static_cast<int>(mode)]; }
  int shared_calls() const { return shared_calls_; }

 private:
  std::shared_ptr<TracedModel> find(Mode mode, const DatasetSpec& input) const;
  std::shared_ptr<TracedModel> trace(Mode mode, const DatasetSpec& input);

  const ModelFunction& model_;
  const Params& params_;
  const RunConfig& config_;
  std::shared_ptr<graph::Module> module_;
  std::vector<std::shared_ptr<TracedModel>> models_;
  int calls_[3] = {0, 0, 0};
  int shared_calls_ = 0;
};

/// Checks a spec for `mode`: what is missing, of the wrong shape, from another graph, or misnamed.
void check_spec(const TracedModel& model, Mode mode);

}  // namespace reckon::estimator
