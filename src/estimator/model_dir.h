// SPDX-License-Identifier: Apache-2.0
// Which directory an Estimator uses, and which below it.
#pragma once

#include <string>

#include <reckon/estimator.h>

namespace reckon::estimator {

/// The absolute path of the one that was named in either place, else of a temporary one, which is
/// made and logged. Throws Error, kInvalidArgument, if two were named; kUnavailable, if none can be
/// made.
std::string resolve_model_dir(const EstimatorOptions& options);
/// Where an evaluation of that name writes. Throws Error, kInvalidArgument, if it leads out of
/// model_dir.
std::string eval_directory(const std::string& model_dir, const char* where,
                           const std::string& name);

}  // namespace reckon::estimator
