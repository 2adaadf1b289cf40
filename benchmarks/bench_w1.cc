// SPDX-License-Identifier: Apache-2.0
// W1: a line through 16 features; what is left of a step when there is nearly nothing to compute.
#include <memory>

#include "batches.h"
#include "models.h"
#include "numbers.h"
#include "protocol.h"
#include "trainer.h"

int main() {
  bench::check_numbers();
  bench::Batches batches = bench::line_batches();
  return bench::serve([&] {
    auto trainer = std::make_shared<bench::Trainer>(bench::line_model, batches);
    return [trainer](int64_t steps) { return trainer->train(steps); };
  });
}
