// SPDX-License-Identifier: Apache-2.0
// Mistakes with optimizers, rates and gradients.
#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {

Rows optimizer_mistakes() {
  Rows rows("Optimizers");
  rows.add({.name = "RateTooHigh",
            .description = "A learning rate that is too high",
            .came = "the loss is inf at step",
            .expected = "infinite loss during training",
            .mend = "lower the learning rate, clip gradients",
            .line = "losses::mean_squared_error"},
           [] {
             const auto input = [] {
               return Dataset::from_arrays({{"x", Array::from<float>({1, 2, 3, 4}, {4, 1})}},
                                           Array::from<float>({2, 4, 6, 8}, {4, 1}))
                   .repeat()
                   .batch(4);
             };
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               const Tensor loss = losses::mean_squared_error(labels, guess);
               const Optimizer optimizer = optimizers::gradient_descent({.learning_rate = 1e3});
               return {.loss = loss, .train_op = optimizer.minimize(loss)};
             };
             Estimator(model_fn).train(input, {.steps = 100});
           });
  rows.add({.name = "NegativeRate",
            .description = "A negative learning rate",
            .came = "learning_rate is -0.1",
            .expected = "expected a finite number, 0 or more",
            .mend = "to climb, minimize the negative loss",
            .line = "optimizers::adam"},
           [] { optimizers::adam({.learning_rate = -0.1}); });
  rows.add({.name = "RateOfNothing",
            .description = "A learning rate of 0",
            .came = "learning_rate is 0, with which minimize() changes no weight",
            .expected = "expected more than 0",
            .mend = "set it, e.g. to 0.001, or leave it out",
            .line = "optimizers::adam",
            .is_warning = true},
           [] { optimizers::adam({.learning_rate = 0}); });
  rows.add({.name = "MomentumAboveOne",
            .description = "A momentum that never forgets",
            .came = "momentum is 9",
            .expected = "expected a number in [0, 1)",
            .mend = "0.9 is usual",
            .line = "optimizers::momentum"},
           [] { optimizers::momentum({.momentum = 9}); });
  rows.add({.name = "ClipToNothing",
            .description = "Gradients clipped to a norm of 0",
            .came = "clip_global_norm is 0",
            .expected = "expected a positive, finite number",
            .mend = "leave it out for none",
            .line = "optimizers::adam"},
           [] { optimizers::adam({.clip_global_norm = 0.0}); });
  rows.add({.name = "DecayInNoSteps",
            .description = "A schedule of no steps",
            .came = "decay_steps is 0",
            .expected = "expected 1 or more",
            .mend = "set it to the number of training steps",
            .line = "schedules::cosine_decay"},
           [] { schedules::cosine_decay({.initial = 0.1, .decay_steps = 0}); });
  rows.add({.name = "LossOfNoVariable",
            .description = "A loss that depends on no variable",
            .came = "depends on no trainable variable",
            .expected = "compute it from variables or layers",
            .mend = "without stop_gradient",
            .line = ".minimize(loss)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor guess = layers::dense(ones({2, 4}), {.units = 1});
             const Tensor loss = reduce_mean(square(stop_gradient(guess)));
             optimizers::adam().minimize(loss);
           });
  rows.add({.name = "MinimizeOfIntegers",
            .description = "A loss of integers",
            .came = "the loss is int64[]",
            .expected = "expected a float32[]",
            .mend = "compute it from floats",
            .line = ".minimize(wrong)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor logits = layers::dense(ones({2, 4}), {.units = 3});
             const Tensor wrong = reduce_sum(argmax(logits, -1));
             optimizers::adam().minimize(wrong);
           });
  rows.add({.name = "MinimizeByNoVariable",
            .description = "Minimizing by a Tensor that is no variable",
            .came = "is no variable",
            .expected = "Tensors that variable() returned",
            .mend = "pass Tensors",
            .line = ".minimize(loss"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor w = variable("w", 1.0f), twice = w * 2;
             const Tensor loss = square(twice);
             optimizers::adam().minimize(loss, {.variables = {twice}});
           });
  rows.add({.name = "GradientOfIntegers",
            .description = "The gradient of integers",
            .came = "y is int32[]",
            .expected = "expected float32 or float64",
            .mend = "compute it from floats, e.g. cast(x, kFloat32) at the start",
            .line = "gradients(count"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor n = variable("n", 3);
             const Tensor count = n * 2;
             gradients(count, {n});
           });
  rows.add({.name = "AssignOfAnotherShape",
            .description = "Assigning another shape to a variable",
            .came = "the value is float32[3]",
            .expected = "is float32[2]",
            .mend = "assign what broadcasts to that shape",
            .line = "assign(w"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor w = variable("w", {2}, initializers::zeros());
             assign(w, ones({3}));
           });
  rows.add({.name = "AssignInABranch",
            .description = "Assigning inside of `cond`",
            .came = "w is assigned inside cond or while_loop",
            .expected = "outside",
            .mend = "return the value and assign it outside",
            .line = "assign(w, 1.0f)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor w = variable("w", 0.0f);
             const auto set = [&] {
               assign(w, 1.0f);
               return w + 0.0f;
             };
             cond(equal(w, 0.0f), set, [&] { return w * 2; });
           });
  return rows;
}

}  // namespace reckon::mistakes
