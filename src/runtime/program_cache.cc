// SPDX-License-Identifier: Apache-2.0
#include "runtime/program_cache.h"

namespace reckon::runtime {

std::shared_ptr<const Program> ProgramCache::get(const CompileRequest& request) {
  KeyedPlan keyed = make_keyed_plan(request);
  if (const auto* found = programs_.find(keyed.key)) return *found;
  std::shared_ptr<const Program> program = compile(std::move(keyed), request);
  ++compiled_;
  return programs_.put(program->key, program);
}

std::shared_ptr<const Program> ProgramCache::get_known(const CompileRequest& request) {
  const uint64_t* key = known_.find(request);
  if (key != nullptr) {
    if (const auto* found = programs_.find(*key)) return *found;
  }
  std::shared_ptr<const Program> program = get(request);
  if (key == nullptr) known_.put(request, program->key);
  return program;
}

size_t ProgramCache::RequestHash::operator()(const CompileRequest& request) const {
  base::Hasher hasher;
  hasher.add(reinterpret_cast<uintptr_t>(request.request.function));
  hasher.add(request.request.fetches.size());
  for (graph::ValueId fetch : request.request.fetches) {
    hasher.add(fetch.node);
    hasher.add(fetch.output);
  }
  hasher.add(request.request.effects.size());
  for (int32_t effect : request.request.effects) hasher.add(effect);
  hash_types(hasher, request.parameters);
  hasher.add(request.is_training ? static_cast<int>(*request.is_training) : 2);
  return hasher.value();
}

bool ProgramCache::SameRequest::operator()(const CompileRequest& a, const CompileRequest& b) const {
  return a.request.function == b.request.function && a.is_training == b.is_training &&
         a.request.fetches == b.request.fetches && a.request.effects == b.request.effects &&
         a.parameters == b.parameters;
}

}  // namespace reckon::runtime
