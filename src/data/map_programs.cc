// SPDX-License-Identifier: Apache-2.0
#include "data/map_programs.h"

#include <mutex>

#include "base/fork.h"
#include "runtime/program_cache.h"

namespace reckon::reckon_internal::data {
namespace {

/// Of all maps of the process, each of which may see several shapes.
constexpr size_t kKeptPrograms = 4 * runtime::kKeptShapes;

struct MapPrograms {
  MapPrograms() { base::hold_while_forking(mutex); }
  std::mutex mutex;
  runtime::ProgramCache programs{kKeptPrograms};
};

MapPrograms& map_programs() {
  static MapPrograms the_programs;
  return the_programs;
}

}  // namespace

std::shared_ptr<const runtime::Program> map_program(const TracedMap& map,
                                                    const graph::Types& parameters) {
  const std::lock_guard lock(map_programs().mutex);
  return map_programs().programs.get(
      {{map.function, map.function->results, {}}, parameters, std::nullopt});
}

size_t map_programs_kept() {
  const std::lock_guard lock(map_programs().mutex);
  return map_programs().programs.size();
}

int map_programs_compiled() {
  const std::lock_guard lock(map_programs().mutex);
  return map_programs().programs.compiled();
}

}  // namespace reckon::reckon_internal::data
