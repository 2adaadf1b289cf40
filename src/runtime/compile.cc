// SPDX-License-Identifier: Apache-2.0
#include "runtime/compile.h"

#include "base/check.h"
#include "base/hash.h"
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

std::shared_ptr<const Program> compile_plan(passes::Plan plan, const CompileRequest& request) {
  std::vector<passes::PassTime> times = passes::run_pipeline(plan, context_of(request));
  std::shared_ptr<Program> program = lower(plan, request.parameters);
  program->pass_times = std::move(times);
  return program;
}

uint64_t plan_key(const passes::Plan& plan, const CompileRequest& request) {
  base::Hasher hasher;
  hasher.add(static_cast<int64_t>(graph::structural_hash(plan.function)));
  hasher.add(static_cast<int64_t>(plan.fetch_count));
  for (int32_t variable : plan.updates) hasher.add(static_cast<int64_t>(variable));
  for (const graph::TensorType& type : request.parameters) {
    hasher.add(static_cast<int64_t>(type.dtype));
    graph::hash_attribute(hasher, type.shape);
  }
  hasher.add(static_cast<int64_t>(request.is_training ? *request.is_training : 2));
  return hasher.value();
}

}  // namespace

std::shared_ptr<const Program> compile(const CompileRequest& request) {
  return compile_plan(passes::make_plan(request.request), request);
}

std::shared_ptr<const Program> ProgramCache::get(const CompileRequest& request) {
  passes::Plan plan = passes::make_plan(request.request);
  std::shared_ptr<const Program>& program = programs_[plan_key(plan, request)];
  if (program == nullptr) {
    program = compile_plan(std::move(plan), request);
    ++compiled_;
  }
  return program;
}

}  // namespace reckon::runtime
