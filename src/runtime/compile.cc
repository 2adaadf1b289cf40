// SPDX-License-Identifier: Apache-2.0
#include "runtime/compile.h"

#include "base/check.h"
#include "passes/loop.h"
#include "passes/passes.h"
#include "runtime/lower.h"

namespace reckon::runtime {
namespace {

/// Runs a function of constants: what constant folding calls. It takes the shortest way to a
/// program.
std::vector<Array> evaluate_constants(const graph::Function& function) {
  passes::Plan plan(function);
  plan.fetch_count = static_cast<int32_t>(function.results.size());
  passes::make_loops(plan, {});
  passes::schedule(plan, {});
  Execution execution(lower(plan, {}));
  execution.run({}, base::Pool::shared());
  std::vector<Array> values;
  for (int32_t i = 0; i < plan.fetch_count; ++i) values.push_back(execution.fetch(i));
  return values;
}

passes::PassContext context_of(const CompileRequest& request) {
  return {request.parameters, request.is_training, evaluate_constants};
}

uint64_t plan_key(const passes::Plan& plan, const CompileRequest& request) {
  base::Hasher hasher;
  hasher.add(static_cast<int64_t>(graph::structural_hash(plan.function)));
  hasher.add(static_cast<int64_t>(plan.fetch_count));
  for (int32_t variable : plan.updates) hasher.add(static_cast<int64_t>(variable));
  hash_types(hasher, request.parameters);
  hasher.add(static_cast<int64_t>(request.is_training ? *request.is_training : 2));
  hasher.add(static_cast<int64_t>(request.results));
  return hasher.value();
}

}  // namespace

void hash_types(base::Hasher& hasher, const graph::Types& types) {
  for (const graph::TensorType& type : types) {
    hasher.add(static_cast<int64_t>(type.dtype));
    graph::hash_attribute(hasher, type.shape);
  }
}

KeyedPlan make_keyed_plan(const CompileRequest& request) {
  passes::Plan plan = passes::make_plan(request.request);
  const uint64_t key = plan_key(plan, request);
  return {std::move(plan), key};
}

std::shared_ptr<const Program> compile(KeyedPlan keyed, const CompileRequest& request) {
  std::vector<passes::PassTime> times = passes::run_pipeline(keyed.plan, context_of(request));
  std::shared_ptr<Program> program = lower(keyed.plan, request.parameters, request.results);
  program->pass_times = std::move(times);
  program->key = keyed.key;
  return program;
}

std::shared_ptr<const Program> compile(const CompileRequest& request) {
  return compile(make_keyed_plan(request), request);
}

}  // namespace reckon::runtime
