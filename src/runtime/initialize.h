// SPDX-License-Identifier: Apache-2.0
// Initial values of variables.
#pragma once

#include "runtime/variable_store.h"

namespace reckon::runtime {

/// Gives `variable` its initial value: a pure function of its initializer, the seed and its name.
void initialize_variable(VariableStore& store, int32_t variable, uint64_t seed);
/// The same for every variable of the module that has no value yet.
void initialize_missing(VariableStore& store, uint64_t seed);
/// The same for every variable, also one that has a value: all of them, or none if one fails.
void initialize_all(VariableStore& store, uint64_t seed);

}  // namespace reckon::runtime
