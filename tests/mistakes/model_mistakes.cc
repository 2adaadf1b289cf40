// SPDX-License-Identifier: Apache-2.0
// Mistakes in model_fn and in what it returns.
#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {
namespace {

void add_missing_parts(Rows& rows) {
  rows.add({.name = "TrainOpMissing",
            .description = "No train_op",
            .came = "model_fn returned no train_op in Mode::kTrain",
            .expected = "return one",
            .mend = "optimizers::adam({.learning_rate = 1e-3}).minimize(loss)",
            .line = "losses::mean_squared_error"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               return {.loss = losses::mean_squared_error(labels, guess)};
             };
             Estimator(model_fn).train(houses, {.steps = 10});
           });
  rows.add({.name = "LossMissing",
            .description = "No loss",
            .came = "model_fn returned no loss in Mode::kEvaluate",
            .expected = "return a scalar loss",
            .mend = "losses::mean_squared_error(labels, predictions)",
            .line = ".evaluate(houses"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
               return {.predictions = layers::dense(features["x"], {.units = 1})};
             };
             Estimator(model_fn).evaluate(houses, {.steps = 1});
           });
  rows.add({.name = "PredictionsMissing",
            .description = "No predictions",
            .came = "model_fn returned no predictions in Mode::kPredict",
            .expected = "return them",
            .mend = "{.predictions = {{\"class\", argmax(logits, -1)}}}",
            .line = ".predict(houses"},
           [] {
             const auto model_fn = [](const Features&, const Tensor&, Mode mode) -> EstimatorSpec {
               return {.mode = mode};
             };
             Estimator(model_fn).predict(houses);
           });
  rows.add({.name = "LossOfEachRow",
            .description = "A loss that is not reduced",
            .came = "loss is float32[?, 1]",
            .expected = "expected a scalar of float32 or float64",
            .mend = "reduce it, e.g. with reduce_mean",
            .line = "square(guess - labels)"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               return {.loss = square(guess - labels)};
             };
             Estimator(model_fn).evaluate(houses, {.steps = 1});
           });
  rows.add({.name = "MinimizeOfEachRow",
            .description = "Minimizing a loss that is not reduced",
            .came = "the loss is float32[?, 1]",
            .expected = "expected a float32[]",
            .mend = "reduce it, e.g. reduce_mean(loss)",
            .line = ".minimize(loss)"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               const Tensor loss = square(guess - labels);
               return {.loss = reduce_mean(loss), .train_op = optimizers::adam().minimize(loss)};
             };
             Estimator(model_fn).train(houses, {.steps = 10});
           });
  rows.add({.name = "OwnTrainOp",
            .description = "A train_op that counts no steps",
            .came = "train_op does not advance global_step",
            .expected = "no number of steps would ever be reached",
            .mend = "return what minimize() gives, or group it with assign_add(global_step(), 1)",
            .line = "losses::mean_squared_error"},
           [] {
             const auto model_fn = [](const Features&, const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = variable("guess", 0.0f);
               const Tensor wanted = reduce_mean(labels);
               const Tensor loss = losses::mean_squared_error(wanted, guess);
               return {.loss = loss, .train_op = assign(guess, wanted)};
             };
             Estimator(model_fn).train(houses, {.steps = 10});
           });
}

void add_spec_mistakes(Rows& rows) {
  rows.add({.name = "AnotherMode",
            .description = "A mode other than the one that came",
            .came = "model_fn was called for evaluate but returned a spec of mode train",
            .expected = "evaluate",
            .mend = "return the mode that came",
            .line = ".evaluate(houses"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor& labels,
                                      Mode) -> EstimatorSpec {
               EstimatorSpec spec = price(features, labels);
               spec.mode = Mode::kTrain;
               return spec;
             };
             Estimator(model_fn).evaluate(houses, {.steps = 1});
           });
  rows.add({.name = "MetricOfEachRow",
            .description = "A metric that is no number",
            .came = "the batch's value is float32[?, 1]",
            .expected = "expected one number",
            .mend = "reduce it, or use metrics::mean",
            .line = "abs(guess - labels)"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               const Tensor off = abs(guess - labels);
               return {.loss = reduce_mean(off), .eval_metrics = {{"off", off}}};
             };
             Estimator(model_fn).evaluate(houses, {.steps = 1});
           });
  rows.add({.name = "MetricNamedLoss",
            .description = "A metric with the name of the loss",
            .came = "a metric is named \"loss\"",
            .expected = "which evaluate() itself reports",
            .mend = "give it another name in eval_metrics",
            .line = ".evaluate(houses"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               EstimatorSpec spec = price(features, labels);
               spec.eval_metrics["loss"] = metrics::mean(labels);
               return spec;
             };
             Estimator(model_fn).evaluate(houses, {.steps = 1});
           });
  rows.add({.name = "PredictionsOfUnequalLength",
            .description = "Predictions of which one is reduced over the batch",
            .came = "predictions[\"best\"] is int64[3]",
            .expected = "expected a row for each of the batch",
            .mend = "use argmax(logits, -1)",
            .line = "argmax(logits)"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
               const Tensor logits = layers::dense(features["x"], {.units = 3});
               return {.predictions = {{"all", logits}, {"best", argmax(logits)}}};
             };
             Estimator(model_fn).predict(flowers).next();
           });
  rows.add({.name = "PredictionWithoutRows",
            .description = "A prediction for the whole batch",
            .came = "predictions[\"mean\"] is a scalar",
            .expected = "which has no rows",
            .mend = "set yield_single_examples = false",
            .line = ".predict(flowers)"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
               return {.predictions = {{"mean", reduce_mean(features["x"])}}};
             };
             Estimator(model_fn).predict(flowers).next();
           });
  rows.add({.name = "TensorOfAnotherTrace",
            .description = "A loss that an earlier call of model_fn made",
            .came = "loss belongs to another graph",
            .expected = "a Tensor that this call of model_fn made",
            .mend = "return a Tensor",
            .line = "losses::mean_squared_error"},
           [] {
             Tensor loss;
             const auto model_fn = [&loss](const Features& features, const Tensor& labels,
                                           Mode) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               if (!loss.valid()) loss = losses::mean_squared_error(labels, guess);
               return {.loss = loss, .train_op = optimizers::adam().minimize(reduce_mean(guess))};
             };
             Estimator model(model_fn, {.config = {.save_checkpoints = false}});
             model.evaluate(houses, {.steps = 1});
             model.train(houses, {.steps = 1});
           });
}

void add_graph_habits(Rows& rows) {
  rows.add({.name = "ValueOfATensor",
            .description = "Asking a Tensor for its value",
            .came = "mean_squared_error/divide_no_nan (float32[]) has no value",
            .expected = "while the graph is being built",
            .mend = "return it in predictions or eval_metrics",
            .line = "loss.value()"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               const Tensor loss = losses::mean_squared_error(labels, guess);
               loss.value();
               return {.loss = loss};
             };
             Estimator(model_fn).evaluate(houses, {.steps = 1});
           });
  rows.add({.name = "EvaluateNowInModelFn",
            .description = "Evaluating inside of model_fn",
            .came = "was called inside model_fn",
            .expected = "where nothing runs",
            .mend = "return the value in predictions, or log it with a hook",
            .line = "evaluate_now(guess)"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               evaluate_now(guess);
               return {.predictions = guess};
             };
             Estimator(model_fn).predict(houses);
           });
  rows.add({.name = "OpOutsideAGraph",
            .description = "An op outside of model_fn",
            .came = "was called while no graph is being built",
            .expected = "inside model_fn",
            .mend = "call it inside model_fn, or after `GraphScope scope(graph);`",
            .line = "ones({2})"},
           [] { ones({2}); });
  rows.add({.name = "TensorNeverAssigned",
            .description = "A Tensor that was never assigned",
            .came = "a Tensor that was never assigned came",
            .expected = "expected the result of an op",
            .mend = "give it one first",
            .line = "relu(hidden)"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             Tensor hidden;
             nn::relu(hidden);
           });
  rows.add({.name = "PlaceholderInModelFn",
            .description = "A placeholder in model_fn",
            .came = "was called inside model_fn, where nothing feeds \"rate\"",
            .expected = "return from input_fn what changes",
            .mend = "put into params what does not",
            .line = "placeholder(kFloat32"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
               const Tensor rate = placeholder(kFloat32, {}, "rate");
               return {.predictions = features["x"] * rate};
             };
             Estimator(model_fn).predict(houses);
           });
  rows.add({.name = "VariableMadeTwice",
            .description = "A variable made twice",
            .came = "\"w\" was already made",
            .expected = "use the Tensor that that call returned",
            .mend = "or give this one another name or a name_scope",
            .line = "const Tensor b"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor a = variable("w", {4, 3}, initializers::zeros());
             const Tensor b = variable("w", {4, 3}, initializers::zeros());
           });
  rows.add({.name = "LayerOfAnotherWidth",
            .description = "One layer object for inputs of two widths",
            .came = "x is float32[2, 5] but the first call made dense/kernel float32[4, 3]",
            .expected = "inputs of one width and dtype",
            .mend = "make a second layer",
            .line = "ones({2, 5})"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const layers::Dense layer({.units = 3});
             layer(ones({2, 4}));
             layer(ones({2, 5}));
           });
  rows.add({.name = "UnitsForgotten",
            .description = "A layer without its width",
            .came = "units is 0",
            .expected = "expected 1 or more",
            .mend = "set .units to the output's width",
            .line = "layers::dense"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             layers::dense(ones({2, 4}), {.activation = nn::relu});
           });
  rows.add({.name = "DropoutInPercent",
            .description = "A dropout rate in percent",
            .came = "rate is 50",
            .expected = "expected a number in [0, 1)",
            .mend = "pass half as 0.5",
            .line = "layers::dropout"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             layers::dropout(ones({2, 4}), {.rate = 50, .training = true});
           });
  rows.add(
      {.name = "ParamMisspelt",
       .description = "The name of a param misspelt",
       .came = "there is no \"unit\"",
       .expected = "there are: units",
       .mend = "ask for one of these, add it to EstimatorOptions::params, or give get() a fallback",
       .line = "params.get<int>(\"unit\")"},
      [] {
        const auto model_fn = [](const Features& features, const Tensor&,
                                 const Params& params) -> EstimatorSpec {
          const int units = params.get<int>("unit");
          return {.predictions = layers::dense(features["x"], {.units = units})};
        };
        Estimator(model_fn, {.params = {{"units", 10}}}).predict(flowers);
      });
  rows.add({.name = "ParamOfAnotherKind",
            .description = "A param read as another kind",
            .came = "\"units\" is a text",
            .expected = "expected an integer",
            .mend = "change the value or the type that get<> asks for",
            .line = "params.get<int>(\"units\")"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&,
                                      const Params& params) -> EstimatorSpec {
               const int units = params.get<int>("units");
               return {.predictions = layers::dense(features["x"], {.units = units})};
             };
             Estimator(model_fn, {.params = {{"units", "10"}}}).predict(flowers);
           });
  rows.add({.name = "ParamsNotTaken",
            .description = "Params for a model_fn that takes none",
            .came = "params were given, but model_fn does not take them",
            .expected = "const Params& params",
            .mend = "add a parameter",
            .line = "Estimator(classify"},
           [] {
             Estimator(classify, {.params = {{"units", 10}}});
           });
}

}  // namespace

Rows model_mistakes() {
  Rows rows("model_fn");
  add_missing_parts(rows);
  add_spec_mistakes(rows);
  add_graph_habits(rows);
  return rows;
}

}  // namespace reckon::mistakes
