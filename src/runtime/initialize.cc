// SPDX-License-Identifier: Apache-2.0
#include "runtime/initialize.h"

#include <cstring>
#include <memory>
#include <vector>

#include "runtime/compile.h"

namespace reckon::runtime {
namespace {

/// Its result 0 is the initial value.
std::unique_ptr<Execution> run_initializer(const graph::Module& module, int32_t variable,
                                           uint64_t seed) {
  const graph::Function& initializer = *module.variable(variable).initializer;
  auto execution = std::make_unique<Execution>(
      compile({{&initializer, initializer.results, {}}, {}, std::nullopt}));
  execution->run({.seed = seed, .step = 0}, base::Pool::shared());
  return execution;
}

}  // namespace

void initialize_variable(VariableStore& store, int32_t variable, uint64_t seed) {
  const std::unique_ptr<Execution> execution = run_initializer(*store.module(), variable, seed);
  const ops::View& value = execution->result(0);
  const size_t bytes = static_cast<size_t>(value.elements) * dtype_size(value.dtype);
  if (bytes > 0) std::memcpy(store.data(variable), value.data, bytes);
  store.mark_initialized(variable);
}

void initialize_missing(VariableStore& store, uint64_t seed) {
  for (int32_t i = 0; i < store.module()->variable_count(); ++i) {
    if (!store.is_initialized(i)) initialize_variable(store, i, seed);
  }
}

void initialize_all(VariableStore& store, uint64_t seed) {
  std::vector<Array> values;
  for (int32_t i = 0; i < store.module()->variable_count(); ++i)
    values.push_back(run_initializer(*store.module(), i, seed)->fetch(0));
  for (size_t i = 0; i < values.size(); ++i) store.set(static_cast<int32_t>(i), values[i]);
}

}  // namespace reckon::runtime
