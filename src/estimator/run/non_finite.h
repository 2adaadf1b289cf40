// SPDX-License-Identifier: Apache-2.0
// Looking for NaN and infinity in a batch, once its loss has become one of them.
#pragma once

#include <string>

#include <reckon/dataset.h>

namespace reckon::estimator {

/// `feature "x" of its batch holds nan in row 3`, of the first such element; empty if there is
/// none.
std::string non_finite_text(const DatasetSpec& spec, const ArrayElement& batch);

}  // namespace reckon::estimator
