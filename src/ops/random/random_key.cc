// SPDX-License-Identifier: Apache-2.0
#include "ops/random/random_key.h"

#include <cstring>

#include "base/hash.h"
#include "ops/define.h"

namespace reckon::ops {
namespace {

struct RandomKeyOptions {
  bool has_seed = false;
  int64_t seed = 0;
};

/// The stream of an op without a seed: its name and the step.
uint64_t named_stream(uint64_t name, uint64_t step) {
  base::Hasher hasher;
  hasher.add(name);
  hasher.add(step);
  return hasher.value();
}

Kernel key_kernel(const RandomKeyOptions& options, const KernelSpec& spec) {
  base::Hasher name;
  name.add(std::string_view(spec.node.name));
  return {[options, name = name.value()](const KernelCall& call) {
    const RunState run = call.run != nullptr ? *call.run : RunState{};
    const uint64_t key = options.has_seed ? static_cast<uint64_t>(options.seed) : run.seed;
    const uint64_t stream = options.has_seed ? run.step : named_stream(name, run.step);
    std::memcpy(call.outputs[0].data, &key, sizeof key);
    std::memcpy(call.outputs[1].data, &stream, sizeof stream);
    return kernels::Fault();
  }};
}

const DefinedOp<RandomKeyOptions> random_key_op = define<RandomKeyOptions>({
    .name = "RandomKey",
    .inputs = {},
    .attributes = {{"has_seed", &RandomKeyOptions::has_seed}, {"seed", &RandomKeyOptions::seed}},
    .infer = [](const RandomKeyOptions&, const graph::InferContext&) -> graph::Types {
      return {{kInt64, Shape{}}, {kInt64, Shape{}}};
    },
    .kernel = key_kernel,
    .traits = {.is_random = true},
    .output_count = 2,
});

}  // namespace

RandomKeyPair random_key(std::optional<uint64_t> seed, Place place) {
  const Tensors pair =
      random_key_op.all({}, {seed.has_value(), static_cast<int64_t>(seed.value_or(0))}, place);
  return {pair[0], pair[1]};
}

}  // namespace reckon::ops
