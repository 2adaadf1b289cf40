// SPDX-License-Identifier: Apache-2.0
// What every optimizer checks and shares, whatever its rule.
#include "nn/optimizers/update_rule.h"

#include <limits>

#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "nn/optimizers/trained_variable_testing.h"

namespace reckon::nn {
namespace update_rule_test {

using base::expect_error;
using namespace optimizers;

TEST(UpdateRule, ARateIsFiniteAndDoesNotClimb) {
  expect_error([] { gradient_descent({.learning_rate = -1}); },
               "[gradient_descent] learning_rate is -1, expected a finite number, 0 or more; to "
               "climb, minimize the negative loss");
  expect_error([] { adam({.learning_rate = std::numeric_limits<double>::infinity()}); },
               "[adam] learning_rate is inf, expected a finite number");
  expect_error([] { momentum({.learning_rate = std::numeric_limits<double>::quiet_NaN()}); },
               "[momentum] learning_rate is nan, expected a finite number");
}

TEST(UpdateRule, ARateOfZeroMovesNothing) {
  TrainedVariable w(gradient_descent({.learning_rate = 0}), Array::scalar(3.0f), with_slope(4));
  w.train(2);
  EXPECT_EQ(w.number(), 3.0f);
}

TEST(UpdateRule, AClippingNormIsPositive) {
  expect_error([] { adagrad({.clip_global_norm = 0}); },
               "[adagrad] clip_global_norm is 0, expected a positive, finite number that "
               "float32 holds; leave it out for none");
  expect_error([] { adam({.clip_global_norm = std::numeric_limits<double>::quiet_NaN()}); },
               "[adam] clip_global_norm is nan, expected a positive, finite number");
}

TEST(UpdateRule, AGradientLongerThanTheNormIsCutToIt) {
  TrainedVariable cut(gradient_descent({.learning_rate = 1, .clip_global_norm = 2}),
                      Array::scalar(0.0f), with_slope(8));
  cut.train(1);
  EXPECT_EQ(cut.number(), -2.0f);
  TrainedVariable whole(gradient_descent({.learning_rate = 1, .clip_global_norm = 2}),
                        Array::scalar(0.0f), with_slope(1));
  whole.train(1);
  EXPECT_EQ(whole.number(), -1.0f);
}

TEST(UpdateRule, ARateAndAClippingNormAreHeldByFloat32) {
  const auto minimize = [](DType dtype, double rate) {
    Graph graph;
    const GraphScope scope(graph);
    const Tensor w = variable("w", cast(ones({2}), dtype));
    for (const Optimizer& optimizer :
         {gradient_descent({.learning_rate = rate}), momentum({.learning_rate = rate}),
          adagrad({.learning_rate = rate}), adam({.learning_rate = rate})}) {
      if (dtype == kFloat64) {
        EXPECT_NO_THROW(optimizer.minimize(reduce_sum(w)));
      } else {
        expect_error([&] { optimizer.minimize(reduce_sum(w)); },
                     ", expected 0 or a number that float32 holds");
      }
    }
  };
  for (const double out_of_range : {1e-50, 1e40}) {
    minimize(kFloat32, out_of_range);
    minimize(kFloat64, out_of_range);
    expect_error([&] { adam({.clip_global_norm = out_of_range}); }, "that float32 holds");
  }
  EXPECT_NO_THROW(gradient_descent({.clip_global_norm = 3e38}));
}

}  // namespace update_rule_test
}  // namespace reckon::nn
