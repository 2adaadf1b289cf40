// SPDX-License-Identifier: Apache-2.0
// One function for each kind of Node; each kind is a file of its own. Arguments are checked here,
// and errors name the user's line.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "data/node.h"

namespace reckon::reckon_internal::data {

NodePtr make_arrays(const std::map<std::string, Array>& features,
                    const std::map<std::string, Array>& labels, Place place);
NodePtr make_range(int64_t begin, int64_t end, int64_t step, Place place);
NodePtr make_idx(const std::string& images, const std::string& labels, const IdxOptions& options);
NodePtr make_zip(NodePtr left, NodePtr right);

/// Builds the mapped element from one Element for each part of the input.
using ElementFunction = std::function<Element(const std::vector<Element>& parts)>;
NodePtr make_map(NodePtr input, const ElementFunction& function, Place place);
NodePtr make_map_native(NodePtr input, Dataset::NativeFunction function, DatasetSpec spec,
                        Place place);
NodePtr make_shuffle(NodePtr input, const ShuffleOptions& options, Place place);
NodePtr make_repeat(NodePtr input, int64_t count, Place place);
NodePtr make_batch(NodePtr input, int64_t size, bool drop_remainder, Place place);
NodePtr make_take(NodePtr input, int64_t count, Place place);
NodePtr make_skip(NodePtr input, int64_t count, Place place);
NodePtr make_prefetch(NodePtr input, int64_t depth, Place place);

/// Throws kInvalidArgument with the joined parts and the place unless `claim` holds.
void require_at(bool claim, const char* where, Place place, const std::string& text);

}  // namespace reckon::reckon_internal::data
