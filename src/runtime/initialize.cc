// SPDX-License-Identifier: Apache-2.0
#include "runtime/initialize.h"

#include <cstring>

#include "runtime/compile.h"

namespace reckon::runtime {

void initialize_variable(VariableStore& store, int32_t variable, uint64_t seed) {
  const graph::Function& initializer = *store.module()->variable(variable).initializer;
  Execution execution(compile({{&initializer, initializer.results, {}}, {}, std::nullopt}));
  execution.run({.seed = seed, .step = 0}, base::Pool::shared());
  const ops::View& value = execution.result(0);
  const size_t bytes = static_cast<size_t>(value.elements) * dtype_size(value.dtype);
  if (bytes > 0) std::memcpy(store.data(variable), value.data, bytes);
  store.mark_initialized(variable);
}

void initialize_missing(VariableStore& store, uint64_t seed) {
  for (int32_t i = 0; i < store.module()->variable_count(); ++i) {
    if (!store.is_initialized(i)) initialize_variable(store, i, seed);
  }
}

}  // namespace reckon::runtime
