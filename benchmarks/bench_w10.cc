// SPDX-License-Identifier: Apache-2.0
// W10: turns of train, evaluate and predict with W2's model, all through the public API.
// Usage: bench_w10 memory|default_saves; with the default saves each train writes checkpoints.
#include <algorithm>
#include <array>
#include <string_view>

#include "batches.h"
#include "models.h"
#include "numbers.h"
#include "protocol.h"
#include "trainer.h"

namespace {

class Turns {
 public:
  Turns(bench::Batches train, bench::Batches test, const reckon::RunConfig& config)
      : trainer_(bench::fashion_model, std::move(train), config), test_(std::move(test)) {}

  // Trains one step, evaluates a test batch, predicts it into the user's array; returns the
  // evaluation's loss.
  double turn() {
    trainer_.train(1);
    auto input = [this] { return test_.one(turn_); };
    reckon::EvalResult result = trainer_.estimator().evaluate(input, {.steps = 1});
    accuracy_ = result.get<float>("accuracy");
    for (const reckon::Prediction& rows :
         trainer_.estimator().predict(input, {.yield_single_examples = false})) {
      auto values = rows["probabilities"].data<float>();
      std::copy(values.begin(), values.end(), probabilities_.begin());
    }
    ++turn_;
    return result.get<float>("loss");
  }

 private:
  bench::Trainer trainer_;
  bench::Batches test_;
  int64_t turn_ = 0;
  float accuracy_ = 0;
  std::array<float, 32 * 10> probabilities_{};
};

}  // namespace

int main(int argc, char** argv) {
  const bool is_saving = argc == 2 && std::string_view(argv[1]) == "default_saves";
  bench::check_numbers();
  bench::Batches train = bench::fashion_batches("train", 32);
  bench::Batches test = bench::fashion_batches("t10k", 32);
  return bench::serve([&] {
    auto turns = std::make_shared<Turns>(
        train, test, is_saving ? reckon::RunConfig{} : bench::quiet_config());
    return [turns](int64_t count) {
      double loss = 0;
      for (int64_t i = 0; i < count; ++i) loss = turns->turn();
      return loss;
    };
  });
}
