// SPDX-License-Identifier: Apache-2.0
// Weights of an open prediction stream: the Estimator's own until a training is about to change
// them.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "runtime/variable_store.h"

namespace reckon::estimator {

struct StreamWeights {
  std::mutex mutex;  ///< held while a batch runs on them and while they are detached
  runtime::VariableStore* store = nullptr;
  std::unique_ptr<runtime::VariableStore> own;
  std::vector<int32_t> variables;

  void detach() {
    const std::lock_guard<std::mutex> guard(mutex);
    if (own != nullptr) return;
    own = store->snapshot(variables);
    store = own.get();
  }
};

}  // namespace reckon::estimator
