// SPDX-License-Identifier: Apache-2.0
#include "data/map_programs.h"

#include <mutex>

#include "runtime/compile.h"

namespace reckon::data {
namespace {

struct Cache {
  std::mutex mutex;
  runtime::ProgramCache programs;
};

Cache& cache() {
  static Cache the_cache;
  return the_cache;
}

}  // namespace

std::shared_ptr<const runtime::Program> map_program(const TracedMap& map,
                                                    const graph::Types& parameters) {
  const std::lock_guard lock(cache().mutex);
  return cache().programs.get(
      {{map.function, map.function->results, {}}, parameters, std::nullopt});
}

int map_programs_compiled() {
  const std::lock_guard lock(cache().mutex);
  return cache().programs.compiled();
}

}  // namespace reckon::data
