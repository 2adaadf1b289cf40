// SPDX-License-Identifier: Apache-2.0
// The compiled functions of all maps of the process, as many as were used last: equal functions
// compile once, however often an input_fn is called.
#pragma once

#include <memory>

#include "data/map_trace.h"
#include "runtime/program.h"

namespace reckon::reckon_internal::data {

/// The program of a traced map for concrete types of its parameters. May be called from any thread.
std::shared_ptr<const runtime::Program> map_program(const TracedMap& map,
                                                    const graph::Types& parameters);
/// Map programs compiled so far.
int map_programs_compiled();
/// Those that the cache keeps: 256 at most.
size_t map_programs_kept();

}  // namespace reckon::reckon_internal::data
