// SPDX-License-Identifier: Apache-2.0
// The traced function as TensorBoard's graph: in the event file and as graph.pbtxt.
#pragma once

#include <string>

#include "estimator/event_log.h"
#include "graph/function.h"

namespace reckon::estimator {

/// A failure to write is logged; the training goes on.
void export_graph(const graph::Function& function, const std::string& model_dir, EventLog& events);

}  // namespace reckon::estimator
