// SPDX-License-Identifier: Apache-2.0
// The model_fns of the sequences, and how their Estimators are configured.
#pragma once

#include <string>

#include <reckon/estimator.h>
#include "choices.h"

namespace reckon::fuzz_face {

enum class Rule { kGradientDescent, kMomentum, kAdam, kAdagrad };

struct Model {
  Rule rule = Rule::kGradientDescent;
  bool takes_mode = true;
  bool has_table = false, has_dropout = false, has_normalization = false;
  /// Builds train ops, assignments and metrics that nothing runs, before those that are returned.
  bool has_decoys = false;

  ModelFunction function() const;
  std::string text() const;
};

/// Its predictions: "guess" and "twice" by row, "weight", which is a variable, and "ragged", whose
/// number of rows is another.
Model choose_model(Choices& choices);

/// Writes into `directory`; seldom or often, at the ends of calls or not, or nothing at all.
RunConfig choose_config(Choices& choices, const std::string& directory);
std::string text_of(const RunConfig& config);

/// As `config`, but nothing is ever written.
RunConfig in_memory(RunConfig config, const std::string& directory);

}  // namespace reckon::fuzz_face
