// SPDX-License-Identifier: Apache-2.0
// A forgotten batch(): seen in the spec of the input, or proved by a model_fn that would do with
// batches.
#pragma once

#include <string>

#include "estimator/traced_model.h"

namespace reckon::estimator {

/// True if some component has a first dimension that varies, as after batch().
bool has_batch(const DatasetSpec& input);
/// True if no first dimension can be that of a batch: components without any, or of different
/// extents. Elements of one common first extent may be batches that someone made by hand.
bool are_single_elements(const DatasetSpec& input);
/// The spec of batches of such elements.
DatasetSpec with_batch(DatasetSpec input);
/// "input_fn gives single elements (x is float32[3], the label int64[]) …; add .batch(n) …"
std::string single_elements_text(const DatasetSpec& input);
/// True if model_fn can be traced for such input; it is called once, beside the Estimator's traces.
bool works_with(const ModelFunction& model, const Params& params, const RunConfig& config,
                Mode mode, const DatasetSpec& input);

}  // namespace reckon::estimator
