// SPDX-License-Identifier: Apache-2.0
// Mistakes in calls of train, evaluate, predict, and in hooks.
#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {
namespace {

void add_call_mistakes(Rows& rows) {
  rows.add({.name = "NoSteps",
            .description = "Training for 0 steps",
            .came = "steps is 0",
            .expected = "must specify steps > 0",
            .mend = "or leave it out to train until the data end",
            .line = ".train(houses"},
           [] { Estimator(price).train(houses, {.steps = 0}); });
  rows.add({.name = "StepsTwice",
            .description = "Both ways to say how long",
            .came = "steps is 10 and max_steps is 100",
            .expected = "can not provide both",
            .mend = "leave one out",
            .line = ".train(houses"},
           [] { Estimator(price).train(houses, {.steps = 10, .max_steps = 100}); });
  rows.add({.name = "PredictKeyMisspelt",
            .description = "A key of predict_keys misspelt",
            .came = "predict_keys are prize",
            .expected = "expected to run at least one output from price",
            .mend = "name one of them",
            .line = ".predict(houses"},
           [] { Estimator(price).predict(houses, {.predict_keys = {"prize"}}); });
  rows.add({.name = "PredictionMisspelt",
            .description = "The name of a prediction misspelt",
            .came = "there is no prediction \"prize\"",
            .expected = "there are: price",
            .mend = "ask for one of these, or return it in predictions",
            .line = "row[\"prize\"]"},
           [] {
             for (const Prediction& row : Estimator(price).predict(houses)) {
               row["prize"].item<float>();
             }
           });
  rows.add({.name = "MetricMisspelt",
            .description = "The name of a metric misspelt",
            .came = "there is no metric \"acuracy\"",
            .expected = "there are: accuracy, loss, global_step",
            .mend = "ask for one of these, or return it in eval_metrics",
            .line = ".get<double>(\"acuracy\")"},
           [] {
             const EvalResult result = Estimator(classify).evaluate(flowers);
             result.get<double>("acuracy");
           });
  rows.add({.name = "OneOfSeveralPredictions",
            .description = "The only prediction, of several",
            .came = "has 2 values (class, logits)",
            .expected = "expected one",
            .mend = "ask for it by its name, e.g. row[\"class\"]",
            .line = ".single()"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
               const Tensor logits = layers::dense(features["x"], {.units = 3});
               return {.predictions = {{"class", argmax(logits, -1)}, {"logits", logits}}};
             };
             for (const Prediction& row : Estimator(model_fn).predict(flowers)) {
               row.single();
             }
           });
  rows.add({.name = "UnknownVariable",
            .description = "The value of a variable that is not there",
            .came = "there is no variable \"dense/weights\"",
            .expected = "there are: ",
            .mend = "ask for one of these",
            .line = "variable_value"},
           [] {
             Estimator model(classify, {.config = {.save_checkpoints = false}});
             model.evaluate(flowers);
             model.variable_value("dense/weights");
           });
  rows.add({.name = "NothingTrained",
            .description = "Asking for a variable before training",
            .came = "could not find",
            .expected = "a trained model in model_dir runs/a",
            .mend = "train first, or pass another model_dir",
            .line = "variable_value"},
           [] {
             Estimator model(classify, {.model_dir = "runs/a"});
             model.variable_value("dense/kernel");
           });
  rows.add({.name = "EvaluateInAHook",
            .description = "Evaluating inside of a hook",
            .came = "another call of this Estimator is running",
            .expected = "one call after the other",
            .mend = "train(input, {.steps = n}) and evaluate() in turns",
            .line = "model.evaluate"},
           [] {
             Estimator model(price, {.config = {.save_checkpoints = false}});
             const auto look = [&](RunContext&) { model.evaluate(houses, {.steps = 1}); };
             model.train(houses, {.steps = 10, .hooks = {hooks::every_n_iterations(5, look)}});
           });
  rows.add({.name = "MovedFrom",
            .description = "Using an Estimator that was moved from",
            .came = "this Estimator was moved from",
            .expected = "the one it was moved to",
            .mend = "use the one",
            .line = "first.evaluate"},
           [] {
             Estimator first(classify);
             const Estimator second = std::move(first);
             first.evaluate(flowers);
           });
  rows.add({.name = "EmptyInputFunction",
            .description = "No input_fn",
            .came = "input_fn is empty",
            .expected = "a function that returns a Dataset",
            .mend = "pass a function",
            .line = ".train("},
           [] { Estimator(classify).train(nullptr); });
}

void add_hook_mistakes(Rows& rows) {
  rows.add({.name = "NameNotThere",
            .description = "A hook that logs a name that is not there",
            .came = "a hook asks for \"accuracy\"",
            .expected = "made no variable or op of that name",
            .mend = "ask for \"loss\", a variable (dense/bias, dense/kernel",
            .line = "hooks::logging"},
           [] {
             Estimator model(price, {.config = {.save_checkpoints = false}});
             const HookPtr log = hooks::logging({"accuracy"});
             model.train(houses, {.steps = 10, .hooks = {log}});
           });
  rows.add({.name = "NullHook",
            .description = "A hook that is null",
            .came = "a hook is null",
            .expected = "expected one made with std::make_shared",
            .mend = "pass such a one, or leave it out",
            .line = "model.train"},
           [] {
             Estimator model(price, {.config = {.save_checkpoints = false}});
             model.train(houses, {.steps = 10, .hooks = {nullptr}});
           });
  rows.add({.name = "EveryNoIteration",
            .description = "A hook for every 0 iterations",
            .came = "every_n_iter is 0",
            .expected = "expected at least 1",
            .mend = "give the number of iterations between two calls",
            .line = "hooks::every_n_iterations"},
           [] { hooks::every_n_iterations(0, [](RunContext&) {}); });
  rows.add({.name = "StopAtNoStep",
            .description = "A hook that stops at no step",
            .came = "num_steps is 0 and last_step is 0",
            .expected = "exactly one that is positive",
            .mend = "give exactly one",
            .line = "hooks::stop_at_step"},
           [] { hooks::stop_at_step({}); });
  rows.add({.name = "SaveThatIsOff",
            .description = "A hook that saves, where nothing is saved",
            .came = "RunConfig::save_checkpoints is false",
            .expected = "expected true",
            .mend = "set it, or leave the call out",
            .line = "model.train"},
           [] {
             Estimator model(price, {.config = {.save_checkpoints = false}});
             const auto save = [](RunContext& context) { context.save_checkpoint(); };
             model.train(houses, {.steps = 10, .hooks = {hooks::every_n_iterations(5, save)}});
           });
}

}  // namespace

Rows call_mistakes() {
  Rows rows("Calls and hooks");
  add_call_mistakes(rows);
  add_hook_mistakes(rows);
  return rows;
}

}  // namespace reckon::mistakes
