// SPDX-License-Identifier: Apache-2.0
// Several train ops in one graph: what a step does follows from those that it runs, and where it
// runs several, their updates add up.
#include <reckon/layers.h>
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "graph/module.h"
#include "graph/trace.h"
#include "nn/plain_values_testing.h"

namespace reckon::nn {
namespace several_train_ops_test {

using Values = std::map<std::string, Array>;
using Build = std::function<Operation()>;

/// All variables of a graph after three steps of the Operation that `build` returns.
Values trained(const Build& build) {
  Graph graph;
  const GraphScope scope(graph);
  const Operation step = build();
  Session session(graph);
  session.initialize_variables();
  for (int i = 0; i < 3; ++i) session.run({.targets = {step}});
  Values values;
  for (const std::string& name : graph.trace().module->variable_names())
    values.emplace(name, session.variable_value(name));
  return values;
}

/// Bit for bit, where `alone` has a variable of that name.
void expect_same(const Values& alone, const Values& beside, const std::string& what) {
  for (const auto& [name, value] : alone) {
    const auto other = beside.find(name);
    ASSERT_NE(other, beside.end()) << what << ": " << name;
    const size_t bytes = static_cast<size_t>(value.num_elements()) * dtype_size(value.dtype());
    EXPECT_EQ(std::memcmp(value.raw(), other->second.raw(), bytes), 0) << what << ": " << name;
  }
}

Array numbers() { return Array::from<float>({1, -2, 0.5f, 3, 0.25f, -1, 2, 4}, {4, 2}); }

struct NamedOptimizer {
  const char* name;
  Optimizer (*make)();
};
const NamedOptimizer kOptimizers[] = {
    {"gradient_descent", [] { return optimizers::gradient_descent({.learning_rate = 0.1}); }},
    {"momentum", [] { return optimizers::momentum({.learning_rate = 0.1}); }},
    {"nesterov", [] { return optimizers::momentum({.learning_rate = 0.1, .use_nesterov = true}); }},
    {"adam", [] { return optimizers::adam({.learning_rate = 0.1}); }},
    {"adagrad", [] { return optimizers::adagrad({.learning_rate = 0.1}); }},
    {"clipped",
     [] { return optimizers::momentum({.learning_rate = 0.1, .clip_global_norm = 0.5}); }},
    {"scheduled",
     [] {
       return optimizers::adam({.learning_rate = Schedule([](const Tensor& step) {
                                  return 0.1f / cast(step + 1, kFloat32);
                                })});
     }},
};

/// Losses of one table: of all of it, and of a few rows.
struct NamedLoss {
  const char* name;
  Tensor (*of)(const Tensor& table);
};
Tensor rows_of(const Tensor& table, std::vector<int32_t> rows) {
  return gather(table, Array::from<int32_t>(rows, {static_cast<int64_t>(rows.size())}));
}
const NamedLoss kPairOfLosses[] = {
    {"dense", [](const Tensor& table) { return reduce_sum(square(table - 1)); }},
    {"rows",
     [](const Tensor& table) {
       return reduce_sum(square(rows_of(table, {2, 0, 2})));
     }},
    {"other rows",
     [](const Tensor& table) {
       return reduce_mean(exp(rows_of(table, {1, 2})));
     }},
    {"mixed",
     [](const Tensor& table) {
       return reduce_sum(rows_of(table, {3})) + reduce_mean(square(table));
     }},
};

// H1: the input as it was reported; TensorFlow 2.15.1 gives 2.876.
TEST(SeveralTrainOps, OneThatWasDroppedDoesNothing) {
  const Values values = trained([] {
    const Tensor g = scalar_variable("g", 1);
    const Optimizer optimizer = optimizers::momentum({.learning_rate = 0.1});
    optimizer.minimize(square(g + 5));
    return optimizer.minimize(square(g - 3));
  });
  EXPECT_NEAR(values.at("g").item<float>(), 2.876, 1e-6);
  EXPECT_NEAR(values.at("g/Momentum").item<float>(), -7.96, 1e-5);
  EXPECT_EQ(values.at("global_step").item<int64_t>(), 3);
}

// H1: every optimizer, every pair of losses of one table, dropped before or after.
TEST(SeveralTrainOps, WhatIsNotRunChangesNoBit) {
  for (const NamedOptimizer& made : kOptimizers) {
    for (const NamedLoss& run : kPairOfLosses) {
      const Values alone = trained([&] {
        const Tensor table = variable("table", numbers());
        return made.make().minimize(run.of(table));
      });
      for (const NamedLoss& dropped : kPairOfLosses) {
        const std::string what =
            std::string(made.name) + ", " + run.name + " with a dropped " + dropped.name + " loss ";
        expect_same(alone, trained([&] {
                      const Tensor table = variable("table", numbers());
                      const Optimizer optimizer = made.make();
                      optimizer.minimize(dropped.of(table));
                      return optimizer.minimize(run.of(table));
                    }),
                    what + "before");
        expect_same(alone, trained([&] {
                      const Tensor table = variable("table", numbers());
                      const Optimizer optimizer = made.make();
                      const Operation step = optimizer.minimize(run.of(table));
                      optimizer.minimize(dropped.of(table));
                      return step;
                    }),
                    what + "after");
        if (&run != &dropped) continue;
        expect_same(alone, trained([&] {
                      const Tensor table = variable("table", numbers());
                      optimizers::gradient_descent().minimize(dropped.of(table));
                      return made.make().minimize(run.of(table));
                    }),
                    what + "of another optimizer");
      }
    }
  }
}

// H1: gradients computed once and applied twice.
TEST(SeveralTrainOps, GradientsAppliedTwiceAreTwoOperations) {
  for (const NamedOptimizer& made : kOptimizers) {
    for (const NamedLoss& loss : kPairOfLosses) {
      const auto build = [&](int calls) {
        return [&made, &loss, calls] {
          const Tensor table = variable("table", numbers());
          const Optimizer optimizer = made.make();
          const auto gradients = optimizer.compute_gradients(loss.of(table));
          for (int i = 1; i < calls; ++i) optimizer.apply_gradients(gradients);
          return optimizer.apply_gradients(gradients);
        };
      };
      expect_same(trained(build(1)), trained(build(3)), std::string(made.name) + loss.name);
    }
  }
}

// H1: in steps of their own, each goes on from what the other left.
TEST(SeveralTrainOps, InTurnsEachTakesWhatTheOtherLeft) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor g = scalar_variable("g", 1);
  const Optimizer optimizer = optimizers::momentum({.learning_rate = 0.1});
  const Operation away = optimizer.minimize(square(g + 5));
  const Operation back = optimizer.minimize(square(g - 3));
  Session session(graph);
  session.initialize_variables();
  double value = 1, velocity = 0;
  for (int i = 0; i < 6; ++i) {
    session.run({.targets = {i % 2 == 0 ? back : away}});
    velocity = 0.9 * velocity + 2 * (i % 2 == 0 ? value - 3 : value + 5);
    value -= 0.1 * velocity;
    EXPECT_NEAR(session.variable_value("g").item<float>(), value, 1e-5) << i;
  }
  EXPECT_EQ(session.variable_value("global_step").item<int64_t>(), 6);
}

// H1: in one step their updates add up, however they are named to run.
TEST(SeveralTrainOps, InOneStepTheyAddUpInTheOrderInWhichTheyWereMade) {
  for (const bool is_grouped : {false, true}) {
    Graph graph;
    const GraphScope scope(graph);
    const Tensor g = scalar_variable("g", 1);
    const Optimizer optimizer = optimizers::momentum({.learning_rate = 0.1});
    const Operation first = optimizer.minimize(square(g + 5));
    optimizer.minimize(exp(g));  // not run
    const Operation second = optimizer.minimize(square(g - 3));
    Session session(graph);
    session.initialize_variables();
    double value = 1, velocity = 0;
    for (int i = 0; i < 3; ++i) {
      session.run({.targets = is_grouped ? std::vector<Operation>{group({second, first, second})}
                                         : std::vector<Operation>{second, first}});
      const double after_first = 0.9 * velocity + 2 * (value + 5);
      velocity = 0.9 * after_first + 2 * (value - 3);
      value -= 0.1 * after_first + 0.1 * velocity;
      EXPECT_NEAR(session.variable_value("g").item<float>(), value, 1e-4) << i;
      EXPECT_NEAR(session.variable_value("g/Momentum").item<float>(), velocity, 1e-4) << i;
    }
    EXPECT_EQ(session.variable_value("global_step").item<int64_t>(), 3);
  }
}

// H1: the running powers belong to the optimizer, and move with what is run of it.
TEST(SeveralTrainOps, PowersOfBetasMoveWithTheOperationThatIsRun) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor w = scalar_variable("w", 1);
  const Optimizer optimizer = optimizers::adam({.beta1 = 0.5, .beta2 = 0.25});
  const Operation first = optimizer.minimize(square(w)), second = optimizer.minimize(w * 3);
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {second}});
  EXPECT_EQ(session.variable_value("beta1_power").item<float>(), 0.25f);
  EXPECT_EQ(session.variable_value("beta2_power").item<float>(), 0.0625f);
  session.run({.targets = {first}});
  EXPECT_EQ(session.variable_value("beta1_power").item<float>(), 0.125f);
}

// H1: whether rows may replace the table follows from what is run before, too.
TEST(SeveralTrainOps, RowsOfTheSecondLossAloneLeaveOtherRows) {
  const Values values = trained([] {
    const Tensor table = variable("table", numbers());
    const Optimizer optimizer = optimizers::momentum({.learning_rate = 0.5});
    optimizer.minimize(reduce_sum(table));
    return optimizer.minimize(reduce_sum(rows_of(table, {1})));
  });
  const Array start = numbers();
  // Velocities 1, 1.9 and 2.71 in row 1.
  const double moved = 0.5 * (1 + 1.9 + 2.71);
  for (int64_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(values.at("table").at<float>(i), start.at<float>(i) - (i / 2 == 1 ? moved : 0),
                1e-6)
        << i;
    EXPECT_NEAR(values.at("table/Momentum").at<float>(i), i / 2 == 1 ? 2.71 : 0, 1e-6) << i;
  }
}

TEST(SeveralTrainOps, RowsAfterAnAssignmentOfTheSameStepKeepIt) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor table = variable("table", Array::from<float>({1, 1}, {2, 1}));
  const Operation added = assign_add(table, 10);
  const Operation train = optimizers::gradient_descent({.learning_rate = 0.25})
                              .minimize(reduce_sum(rows_of(table, {1})));
  Session session(graph);
  session.initialize_variables();
  session.run({.targets = {added, train}});
  EXPECT_EQ(session.variable_value("table").at<float>(0), 11);
  EXPECT_EQ(session.variable_value("table").at<float>(1), 10.75f);
  session.run({.targets = {train}});
  EXPECT_EQ(session.variable_value("table").at<float>(0), 11);
  EXPECT_EQ(session.variable_value("table").at<float>(1), 10.5f);
}

// H1: two optimizers, each of its own side of one graph.
TEST(SeveralTrainOps, TwoOptimizersInTurnsAreTwoOptimizers) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor g = scalar_variable("g", 1), d = scalar_variable("d", 2);
  const Tensor fake = g * d;
  const Operation train_d =
      optimizers::momentum({.learning_rate = 0.1}).minimize(square(fake - 3), {.variables = {d}});
  const Operation train_g =
      optimizers::momentum({.learning_rate = 0.2}).minimize(square(fake + 1), {.variables = {g}});
  Session session(graph);
  session.initialize_variables();
  double g_value = 1, d_value = 2, g_velocity = 0, d_velocity = 0;
  for (int i = 0; i < 4; ++i) {
    if (i % 2 == 0) {
      session.run({.targets = {train_d}});
      d_velocity = 0.9 * d_velocity + 2 * (g_value * d_value - 3) * g_value;
      d_value -= 0.1 * d_velocity;
    } else {
      session.run({.targets = {train_g}});
      g_velocity = 0.9 * g_velocity + 2 * (g_value * d_value + 1) * d_value;
      g_value -= 0.2 * g_velocity;
    }
    EXPECT_NEAR(session.variable_value("g").item<float>(), g_value, 1e-5) << i;
    EXPECT_NEAR(session.variable_value("d").item<float>(), d_value, 1e-5) << i;
  }
}

// --- Moving averages

/// One layer over numbers() and what two losses make of it. Column means: 0.9375 and 1.
struct NormalizedModel {
  Graph graph;
  GraphScope scope{graph};
  Tensor y =
      layers::batch_normalization(numbers(), {.momentum = 0.5, .training = true, .name = "bn"});
  Tensor first_loss = reduce_sum(square(y)), second_loss = reduce_sum(exp(y));
  Tensor other = scalar_variable("other", 1);

  /// moving_mean of the second column after one step of `targets`.
  float mean_after(const std::vector<Operation>& targets) {
    Session session(graph);
    session.initialize_variables();
    session.run({.targets = targets});
    return session.variable_value("bn/moving_mean").at<float>(1);
  }
};

// H1
TEST(SeveralTrainOps, AveragesMoveOnceWithAnyLossThatDependsOnTheLayer) {
  NormalizedModel model;
  const Optimizer optimizer = optimizers::momentum();
  const Operation first = optimizer.minimize(model.first_loss);
  const Operation second = optimizer.minimize(model.second_loss);
  const Operation third = optimizers::adam().minimize(model.second_loss);
  EXPECT_EQ(model.mean_after({first}), 0.5f);
  EXPECT_EQ(model.mean_after({second}), 0.5f);
  EXPECT_EQ(model.mean_after({third}), 0.5f);
  EXPECT_EQ(model.mean_after({second, first, third}), 0.5f);
  EXPECT_EQ(model.mean_after({group({first, group({third, second})})}), 0.5f);
}

// H1: a loss whose gradients were computed, but that is not what is minimized.
TEST(SeveralTrainOps, AveragesStayWhereTheLossThatIsRunDoesNotDependOnThem) {
  NormalizedModel model;
  const Optimizer optimizer = optimizers::momentum();
  optimizer.compute_gradients(model.first_loss);
  optimizer.minimize(model.first_loss);
  EXPECT_EQ(model.mean_after({optimizer.minimize(square(model.other))}), 0);
  EXPECT_EQ(model.mean_after({optimizer.apply_gradients({{ones_like(model.other), model.other}})}),
            0);
}

// H1
TEST(SeveralTrainOps, AveragesMoveWithGradientsThatWereComputedFromTheLosss) {
  NormalizedModel model;
  const Optimizer optimizer = optimizers::momentum();
  auto gradients = optimizer.compute_gradients(model.first_loss);
  const Operation dropped = optimizer.apply_gradients(gradients);
  EXPECT_EQ(model.mean_after({optimizer.apply_gradients(gradients)}), 0.5f);
  for (auto& [gradient, variable] : gradients) gradient = gradient * 0.5f;
  EXPECT_EQ(model.mean_after({optimizer.apply_gradients(gradients)}), 0.5f);
  EXPECT_EQ(model.mean_after({optimizers::adagrad().apply_gradients(gradients)}), 0.5f)
      << "whichever optimizer applies them";
  EXPECT_EQ(model.mean_after({dropped}), 0.5f);
}

}  // namespace several_train_ops_test
}  // namespace reckon::nn
