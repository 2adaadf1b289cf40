// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/training_flag.h"

#include <reckon/graph.h>
#include <reckon/math.h>
#include "base/check.h"

namespace reckon::nn {

Tensor choose_by_training(const layers::Training& training,
                          const std::function<Tensor()>& if_training,
                          const std::function<Tensor()>& otherwise) {
  if (const bool* flag = std::get_if<bool>(&training)) return *flag ? if_training() : otherwise();
  const Tensor* given = std::get_if<Tensor>(&training);
  const Tensor flag = given != nullptr ? *given : is_training();
  base::require(flag.is_poison() || (flag.valid() && flag.dtype() == kBool && flag.rank() == 0),
                "layer", "training is ", flag.text(),
                ", expected bool[]; pass a bool or is_training()");
  return where(flag, if_training(), otherwise());
}

}  // namespace reckon::nn
