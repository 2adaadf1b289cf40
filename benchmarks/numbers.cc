// SPDX-License-Identifier: Apache-2.0
#include "numbers.h"

#include <cmath>
#include <stdexcept>

namespace bench {

using reckon::Array;
using reckon::Shape;

uint64_t random_bits(uint64_t stream, uint64_t index) {
  uint64_t z = (stream << 40) + index + 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

Array uniform(uint64_t stream, double limit, const Shape& shape) {
  const float scale = static_cast<float>(static_cast<float>(limit) * std::ldexp(1.0, -23));
  Array values = Array::uninitialized(reckon::kFloat32, shape);
  uint64_t index = 0;
  for (float& value : values.mutable_data<float>()) {
    int64_t centred = static_cast<int64_t>(random_bits(stream, index++) >> 40) - (1 << 23);
    value = static_cast<float>(centred) * scale;
  }
  return values;
}

Array glorot(uint64_t stream, int64_t inputs, int64_t outputs) {
  return uniform(stream, std::sqrt(6.0 / static_cast<double>(inputs + outputs)), {inputs, outputs});
}

void check_numbers() {
  const uint64_t bits[] = {0xE220A8397B1DCDAF, 0x910A2DEC89025CC1, 0x975835DE1C9756CE};
  const float weights[] = {-0.06570265f, 0.05925979f, 0.02196108f, 0.05218892f};
  Array kernel = glorot(200, 784, 128);
  bool is_right = true;
  for (uint64_t i = 0; i < 3; ++i) is_right &= random_bits(0, i) == bits[i];
  for (size_t i = 0; i < 4; ++i) is_right &= std::abs(kernel.data<float>()[i] - weights[i]) < 1e-8f;
  if (!is_right)
    throw std::logic_error("[check_numbers] the formulas yield other values than published");
}

}  // namespace bench
