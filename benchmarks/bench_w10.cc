// SPDX-License-Identifier: Apache-2.0
// W10: turns of train, evaluate and predict with W2's model, all through the public API.
// Usage: bench_w10 memory|default_saves; with the default saves each train writes checkpoints.
#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "batches.h"
#include "models.h"
#include "numbers.h"
#include "protocol.h"
#include "trainer.h"

namespace {

class Turns {
 public:
  Turns(bench::Batches train, bench::Batches test, const reckon::RunConfig& config)
      : train_(std::move(train)),
        test_(std::move(test)),
        estimator_(bench::fashion_model, {.model_dir = bench::model_dir(), .config = config}) {}

  // Trains one step, evaluates a test batch, predicts it into the user's array.
  // Returns the evaluation's loss.
  double turn() {
    auto test = [this] { return test_.one(turn_); };
    estimator_.train([this] { return train_.one(turn_); }, {.steps = 1});
    reckon::EvalResult result = estimator_.evaluate(test, {.steps = 1});
    accuracy_ = result.get<float>("accuracy");
    for (const reckon::Prediction& rows :
         estimator_.predict(test, {.yield_single_examples = false})) {
      auto values = rows["probabilities"].data<float>();
      std::copy(values.begin(), values.end(), probabilities_.begin());
    }
    ++turn_;
    return result.get<float>("loss");
  }

 private:
  bench::Batches train_;
  bench::Batches test_;
  reckon::Estimator estimator_;
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
    reckon::RunConfig config = is_saving ? reckon::RunConfig{} : bench::quiet_config();
    auto turns = std::make_shared<Turns>(train, test, config);
    return [turns](int64_t count) {
      double loss = 0;
      for (int64_t i = 0; i < count; ++i) loss = turns->turn();
      return loss;
    };
  });
}
