// SPDX-License-Identifier: Apache-2.0
// The tolerance rules of shared/golden/ops/README.md.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "golden_case.h"

namespace reckon::golden {

/// Empty if `got` is what was wanted; otherwise the first difference in words.
/// A value passes within atol + rtol * |want| of TensorFlow's output or of the float64 truth; at a
/// disputed index either passes, and a value that is not finite there decides nothing; denormals
/// count as zero. Where `want` is NaN at one of `intended`, any finite value passes.
std::string difference(const Array& got, const Want& want, const std::set<int64_t>& intended = {});

}  // namespace reckon::golden
