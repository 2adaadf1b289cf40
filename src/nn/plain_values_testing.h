// SPDX-License-Identifier: Apache-2.0
// For tests: variables of one number, and an Array's elements as a vector.
#pragma once

#include <vector>

#include <reckon/reckon.h>

namespace reckon::nn {

inline Tensor scalar_variable(const char* name, float value) {
  return variable(name, Array::scalar(value));
}

inline std::vector<float> elements_of(const Array& array) {
  return {array.data<float>().begin(), array.data<float>().end()};
}

}  // namespace reckon::nn
