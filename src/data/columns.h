// SPDX-License-Identifier: Apache-2.0
// The source whose rows lie in memory: what from_arrays() and idx() become.
#pragma once

#include <string>
#include <vector>

#include "data/node.h"

namespace reckon::reckon_internal::data {

/// A Node over Arrays of as many rows each, one for each component of `spec`; `kind` names it in
/// hashes.
NodePtr make_columns(const char* kind, DatasetSpec spec, std::vector<Array> columns);
/// The spec of one row of `column`.
ComponentSpec row_spec(const std::string& name, const Array& column);

}  // namespace reckon::reckon_internal::data
