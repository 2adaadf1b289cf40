// SPDX-License-Identifier: Apache-2.0
// The traced function as TensorBoard's graph: in the event file and as graph.pbtxt.
#pragma once

#include <string>

#include "estimator/files/event_log.h"
#include "graph/function.h"

namespace reckon::estimator {

/// The path of graph.pbtxt. A failure to write it is logged and gives ""; the training goes on.
std::string export_graph(const graph::Function& function, const std::string& model_dir,
                         EventLog& events);

}  // namespace reckon::estimator
