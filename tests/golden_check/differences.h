// SPDX-License-Identifier: Apache-2.0
// Where Reckon gives a finite number on purpose and TensorFlow NaN: one table, which
// docs/differences.md shows. Anything else that differs fails.
#pragma once

#include <set>
#include <string>

#include "golden_case.h"

namespace reckon::golden {

enum class Part { kOutput, kGradient };

/// The elements of output or gradient `number` for which a row of the table holds.
std::set<int64_t> intended_differences(const Case& golden, Part part, size_t number);

/// The table as Markdown.
std::string differences_text();

}  // namespace reckon::golden
