// SPDX-License-Identifier: Apache-2.0
// Mistakes with labels, losses and metrics.
#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {

Rows label_mistakes() {
  Rows rows("Labels, losses, metrics");
  rows.add({.name = "LogitsBeforeLabels",
            .description = "Logits before labels",
            .came = "labels is float32[?, 3] and logits is int64[?]",
            .expected = "expected floats as logits",
            .mend = "labels come first: exchange the two arguments",
            .line = "losses::sparse_softmax_cross_entropy(logits, labels)"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor logits = layers::dense(features["x"], {.units = 3});
               return {.loss = losses::sparse_softmax_cross_entropy(logits, labels)};
             };
             Estimator(model_fn).evaluate(flowers);
           });
  rows.add({.name = "ClassNumbersInASoftmaxLoss",
            .description = "Class numbers in the loss of one-hot labels",
            .came = "labels is int64[?] and logits is float32[?, 3]",
            .expected = "expected one number for each class",
            .mend = "use the loss sparse_softmax_cross_entropy, or one_hot(labels, 3)",
            .line = "losses::softmax_cross_entropy"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor logits = layers::dense(features["x"], {.units = 3});
               return {.loss = losses::softmax_cross_entropy(labels, logits)};
             };
             Estimator(model_fn).evaluate(flowers);
           });
  rows.add({.name = "OneHotInASparseLoss",
            .description = "One-hot labels in the loss of class numbers",
            .came = "labels is float32[?, 3] and logits is float32[?, 3]",
            .expected = "expected int32 or int64 [batch]",
            .mend = "for one-hot labels use softmax_cross_entropy, or pass argmax(labels, -1)",
            .line = "losses::sparse_softmax_cross_entropy"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor labels = one_hot(placeholder(kInt64, {kUnknown}), 3);
             const Tensor logits = placeholder(kFloat32, {kUnknown, 3});
             losses::sparse_softmax_cross_entropy(labels, logits);
           });
  rows.add({.name = "FloatsInASparseLoss",
            .description = "Class numbers as floats",
            .came = "labels is float32[?]",
            .expected = "expected int32 or int64 [batch]",
            .mend = "cast(labels, kInt64)",
            .line = "losses::sparse_softmax_cross_entropy"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor labels = placeholder(kFloat32, {kUnknown});
             const Tensor logits = placeholder(kFloat32, {kUnknown, 3});
             losses::sparse_softmax_cross_entropy(labels, logits);
           });
  rows.add({.name = "RowBesideColumn",
            .description = "Labels [n] beside predictions [n, 1]",
            .came = "labels is float32[?] but predictions is float32[?, 1]",
            .expected = "expected one shape",
            .mend = "make the labels a column, e.g. reshape(labels, {-1, 1})",
            .line = "losses::mean_squared_error"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor labels = placeholder(kFloat32, {kUnknown});
             const Tensor guess = layers::dense(placeholder(kFloat32, {kUnknown, 2}), {.units = 1});
             losses::mean_squared_error(labels, guess);
           });
  rows.add({.name = "ArgmaxOverTheBatch",
            .description = "`argmax` without an axis, which is axis 0",
            .came = "labels is int64[?] but predictions is int64[3]",
            .expected = "expected one shape",
            .mend = "argmax without an axis looks along the batch: use argmax(logits, -1)",
            .line = "metrics::accuracy"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor logits = layers::dense(features["x"], {.units = 3});
               const Tensor classes = argmax(logits);
               return {.loss = losses::sparse_softmax_cross_entropy(labels, logits),
                       .eval_metrics = {{"accuracy", metrics::accuracy(labels, classes)}}};
             };
             Estimator(model_fn).evaluate(flowers);
           });
  rows.add({.name = "AccuracyOfLogits",
            .description = "The accuracy of logits",
            .came = "labels is int64[?] but predictions is float32[?, 3]",
            .expected = "both need one dtype",
            .mend = "predict classes, e.g. argmax(logits, -1)",
            .line = "metrics::accuracy"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor labels = placeholder(kInt64, {kUnknown});
             const Tensor logits = placeholder(kFloat32, {kUnknown, 3});
             metrics::accuracy(labels, logits);
           });
  rows.add({.name = "ImagesNotFlattened",
            .description = "Images into a dense layer, not flattened",
            .came = "labels is int64[?] and logits is float32[?, 28, 10]",
            .expected = "expected int32 or int64 [batch] beside floats [batch, classes]",
            .mend = "flatten the input of the model, e.g. layers::flatten(x)",
            .line = "losses::sparse_softmax_cross_entropy"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor images = placeholder(kFloat32, {kUnknown, 28, 28});
             const Tensor labels = placeholder(kInt64, {kUnknown});
             const Tensor logits = layers::dense(images, {.units = 10});
             losses::sparse_softmax_cross_entropy(labels, logits);
           });
  rows.add({.name = "ImagesNotFlattenedInARegression",
            .description = "The same in a regression",
            .came = "labels is float32[?, 1] but predictions is float32[?, 28, 1]",
            .expected = "expected one shape",
            .mend = "flatten the input of the model, e.g. layers::flatten(x)",
            .line = "losses::mean_squared_error"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor images = placeholder(kFloat32, {kUnknown, 28, 28});
             const Tensor labels = placeholder(kFloat32, {kUnknown, 1});
             const Tensor guess = layers::dense(images, {.units = 1});
             losses::mean_squared_error(labels, guess);
           });
  rows.add({.name = "ClassOutOfRange",
            .description = "A class number that the last layer has no unit for",
            .came = "label 2",
            .expected = "is not in [0, 2)",
            .mend = "give the last layer as many units as there are classes, or correct the label",
            .line = "losses::sparse_softmax_cross_entropy"},
           [] {
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor logits = layers::dense(features["x"], {.units = 2});
               return {.loss = losses::sparse_softmax_cross_entropy(labels, logits)};
             };
             Estimator(model_fn).evaluate(flowers);
           });
  rows.add({.name = "TooFewUnits",
            .description = "A last layer of another width than the labels",
            .came = "labels is float32[?, 3] but predictions is float32[?, 1]",
            .expected = "expected one shape",
            .mend = "give the last layer as many units as a label has numbers (3)",
            .line = "losses::absolute_difference"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor labels = placeholder(kFloat32, {kUnknown, 3});
             const Tensor guess = layers::dense(placeholder(kFloat32, {kUnknown, 4}), {.units = 1});
             losses::absolute_difference(labels, guess);
           });
  rows.add({.name = "IntegersInARegression",
            .description = "Integers as labels of a regression",
            .came = "labels is int64[?, 1] and predictions is float32[?, 1]",
            .expected = "expected floats of one dtype",
            .mend = "cast(labels, kFloat32)",
            .line = "losses::mean_squared_error"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor labels = placeholder(kInt64, {kUnknown, 1});
             const Tensor guess = placeholder(kFloat32, {kUnknown, 1});
             losses::mean_squared_error(labels, guess);
           });
  rows.add(
      {.name = "LabelsMissing",
       .description = "Evaluating without labels",
       .came = "the input has none",
       .expected = "the loss needs labels",
       .mend = "return labels from input_fn",
       .line = "losses::sparse_softmax_cross_entropy"},
      [] {
        const auto input = [] { return Dataset::from_arrays({{"x", flower_sizes()}}).batch(4); };
        const auto model_fn = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
          const Tensor logits = layers::dense(features["x"], {.units = 3});
          return {.loss = losses::sparse_softmax_cross_entropy(labels, logits)};
        };
        Estimator(model_fn).evaluate(input);
      });
  rows.add({.name = "LabelsNotTaken",
            .description = "A model_fn that takes no labels, of an input that has some",
            .came = "model_fn does not take labels, but input_fn returns labels",
            .expected = "const Tensor& labels",
            .mend = "add a parameter `const Tensor& labels`, or return features only",
            .line = ".train(flowers)"},
           [] {
             const auto model_fn = [](const Features& features) -> EstimatorSpec {
               return {.predictions = features["x"]};
             };
             Estimator(model_fn).train(flowers);
           });
  rows.add({.name = "WeightsOfAnotherShape",
            .description = "Weights of a loss that do not fit",
            .came = "weights is float32[3] but the losses are float32[?, 1]",
            .expected = "weights must be a scalar, or of that rank",
            .mend = "reshape them",
            .line = "losses::mean_squared_error"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor labels = placeholder(kFloat32, {kUnknown, 1});
             const Tensor guess = placeholder(kFloat32, {kUnknown, 1});
             losses::mean_squared_error(labels, guess, {.weights = ones({3})});
           });
  return rows;
}

}  // namespace reckon::mistakes
