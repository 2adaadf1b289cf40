// SPDX-License-Identifier: Apache-2.0
// W2: a small network on Fashion-MNIST, where arithmetic and overhead are of one size.
#include <memory>

#include "batches.h"
#include "models.h"
#include "numbers.h"
#include "protocol.h"
#include "trainer.h"

int main() {
  bench::check_numbers();
  bench::Batches batches = bench::fashion_batches("train", 32);
  return bench::serve([&] {
    auto trainer = std::make_shared<bench::Trainer>(bench::fashion_model, batches);
    return [trainer](int64_t steps) { return trainer->train(steps); };
  });
}
