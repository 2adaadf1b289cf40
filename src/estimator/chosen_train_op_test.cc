// SPDX-License-Identifier: Apache-2.0
// A model_fn that builds more train ops than the one it returns: training does what that one does.
#include <cstring>

#include <gtest/gtest.h>

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace chosen_train_op_test {

/// weight * x + bias, normalized, with a table beside it; `others` are what else is minimized.
auto model_with(int others_before, int others_after) {
  return [=](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor weight = variable("weight", ones({1})), table = variable("table", ones({4, 1}));
    const Tensor x = layers::batch_normalization(features["x"], {.momentum = 0.5, .name = "bn"});
    const Tensor row = gather(table, Array::from<int32_t>({2}, {1}));
    const Tensor loss = losses::mean_squared_error(labels, x * weight + row);
    const Optimizer optimizer =
        optimizers::momentum({.learning_rate = 0.1, .clip_global_norm = 2.0});
    const auto build_others = [&](int count) {
      for (int i = 0; i < count; ++i) {
        optimizer.minimize(reduce_sum(square(x * weight)) + reduce_sum(square(table)));
        optimizer.apply_gradients(optimizer.compute_gradients(loss));
      }
    };
    build_others(others_before);
    const Operation train_op = optimizer.minimize(loss);
    build_others(others_after);
    return {.predictions = {{"y", x * weight + row}}, .loss = loss, .train_op = train_op};
  };
}

const char* const kVariables[] = {"weight",          "table",          "bn/gamma",
                                  "bn/beta",         "bn/moving_mean", "bn/moving_variance",
                                  "weight/Momentum", "table/Momentum", "bn/gamma/Momentum",
                                  "global_step"};

// H1
TEST(ChosenTrainOp, IsTrainedAsIfItWereTheOnlyOne) {
  Estimator alone(model_with(0, 0), {.config = in_memory()});
  alone.train(forever(), {.steps = 5});
  for (const auto& [before, after] : {std::pair{1, 0}, {0, 1}, {2, 2}}) {
    Estimator beside(model_with(before, after), {.config = in_memory()});
    beside.train(forever(), {.steps = 2});
    // Neither of them runs an update.
    const EvalResult first = beside.evaluate(once());
    (void)beside.predict(once()).next();
    EXPECT_EQ(beside.evaluate(once()).get<double>("loss"), first.get<double>("loss"));
    beside.train(forever(), {.steps = 3});
    for (const char* name : kVariables) {
      const Array want = alone.variable_value(name), got = beside.variable_value(name);
      EXPECT_EQ(std::memcmp(want.raw(), got.raw(),
                            static_cast<size_t>(want.num_elements()) * dtype_size(want.dtype())),
                0)
          << name << " with " << before << " and " << after;
    }
    EXPECT_EQ(step_of(beside), 5);
  }
}

// F4: its options were read as an assignment's, whatever the node was.
TEST(ChosenTrainOp, OfAnotherGraphIsRefused) {
  Graph other;
  Operation train_op;
  {
    const GraphScope scope(other);
    for (int i = 0; i < 50; ++i) variable("v" + std::to_string(i), zeros({1}));
    train_op = assign_add(global_step(), 1);
  }
  const auto model = [train_op](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor weight = variable("weight", zeros({1}));
    return {.loss = losses::mean_squared_error(labels, features["x"] * weight),
            .train_op = train_op};
  };
  Estimator estimator(model, {.config = in_memory()});
  expect_error([&] { estimator.train(forever(), {.steps = 1}); },
               "[train] train_op belongs to another graph; return an Operation that this call of "
               "model_fn made");
}

// H3: "no number of steps would ever be reached" is found out at the step.
TEST(ChosenTrainOp, ThatDoesNotRaiseGlobalStepIsRefusedAtItsStep) {
  const auto training = [](Operation (*step)()) {
    const auto model = [step](const Features& features, const Tensor& labels) -> EstimatorSpec {
      const Tensor weight = variable("weight", zeros({1}));
      return {.loss = losses::mean_squared_error(labels, features["x"] * weight),
              .train_op = step()};
    };
    return [model] { Estimator(model, {.config = in_memory()}).train(forever(), {.steps = 5}); };
  };
  expect_error(training([] { return assign(global_step(), 0); }), ErrorCode::kInvalidArgument,
               "[train] train_op took global_step from 0 to 0, expected it to rise");
  expect_error(training([] { return assign_sub(global_step(), 1); }),
               "[train] train_op took global_step from 0 to -1, expected it to rise");
}

}  // namespace chosen_train_op_test
}  // namespace reckon::estimator
