// SPDX-License-Identifier: Apache-2.0
// a += g^2; p -= learning_rate * g / sqrt(a), by hand.
#include <cmath>

#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "nn/optimizers/trained_variable_testing.h"

namespace reckon::nn {
namespace adagrad_test {

TEST(Adagrad, DividesByTheRootOfAllSquaresSoFar) {
  TrainedVariable w(optimizers::adagrad({.learning_rate = 0.5, .initial_accumulator_value = 1}),
                    Array::scalar(0.0), with_slope(3));
  double accumulator = 1, want = 0;
  for (int step = 0; step < 5; ++step) {
    w.train(1);
    accumulator += 9;
    want -= 0.5 * 3 / std::sqrt(accumulator);
    EXPECT_NEAR(w.value().item<double>(), want, 1e-14) << step;
    EXPECT_EQ(w.value("w/Adagrad").item<double>(), accumulator);
  }
}

TEST(Adagrad, StartsFromItsInitialAccumulator) {
  TrainedVariable w(optimizers::adagrad(), Array::zeros(kFloat32, {2}), with_slope(0));
  EXPECT_EQ(w.value("w/Adagrad").at<float>(0), 0.1f);
  EXPECT_EQ(w.value("w/Adagrad").at<float>(1), 0.1f);
  w.train(3);
  EXPECT_EQ(w.value().at<float>(0), 0) << "0 / sqrt(0.1) is 0, not NaN";
}

TEST(Adagrad, TheScaleOfAGradientHardlyMatters) {
  const auto moved = [](double slope) {
    TrainedVariable w(optimizers::adagrad({.learning_rate = 1, .initial_accumulator_value = 1e-12}),
                      Array::scalar(0.0f), with_slope(slope));
    w.train(1);
    return w.number();
  };
  EXPECT_NEAR(moved(1e-2), -1, 1e-5);
  EXPECT_NEAR(moved(1e6), -1, 1e-5);
}

TEST(Adagrad, RowsThatWereNotGatheredKeepTheirAccumulator) {
  TrainedVariable table(optimizers::adagrad({.learning_rate = 1, .initial_accumulator_value = 1}),
                        Array::zeros(kFloat32, {3, 1}), [](const Tensor& rows) {
                          return reduce_sum(gather(rows, Array::from<int32_t>({1, 1}, {2})));
                        });
  table.train(1);
  const Array accumulator = table.value("w/Adagrad");
  EXPECT_EQ(accumulator.at<float>(0), 1);
  EXPECT_EQ(accumulator.at<float>(1), 1 + 4) << "the square of the sum, not the sum of squares";
  EXPECT_EQ(table.value().at<float>(0), 0);
  EXPECT_FLOAT_EQ(table.value().at<float>(1), -2 / std::sqrt(5.0f));
}

TEST(Adagrad, RefusesToStartFromZero) {
  for (const double initial : {0.0, -1.0}) {
    base::expect_error([&] { optimizers::adagrad({.initial_accumulator_value = initial}); },
                       ErrorCode::kInvalidArgument,
                       ", expected a positive, finite number; nothing else "
                       "keeps the root from 0");
  }
  base::expect_error([] { optimizers::adagrad({.initial_accumulator_value = 0}); },
                     "[adagrad] initial_accumulator_value is 0, ");
}

TEST(Adagrad, RefusesAnAccumulatorOutOfTheVariablesRange) {
  const auto minimize = [](double initial) {
    Graph graph;
    const GraphScope scope(graph);
    const Tensor w = variable("w", ones({2}));
    optimizers::adagrad({.initial_accumulator_value = initial}).minimize(reduce_sum(w));
  };
  base::expect_error(
      [&] { minimize(1e-46); }, ErrorCode::kInvalidArgument,
      "[adagrad] initial_accumulator_value is 1e-46, expected a positive number that "
      "float32 holds");
  base::expect_error([&] { minimize(INFINITY); }, "expected a positive, finite number");
}

}  // namespace adagrad_test
}  // namespace reckon::nn
