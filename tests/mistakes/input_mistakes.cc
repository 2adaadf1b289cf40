// SPDX-License-Identifier: Apache-2.0
// Mistakes in what input_fn returns.
#include <cmath>

#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {

Rows input_mistakes() {
  Rows rows("The input");
  rows.add({.name = "BatchForgotten",
            .description = "`batch` is forgotten",
            .came = "input_fn gives single elements (x is float32[4], the label is int64[])",
            .expected = "expected batches",
            .mend = "add .batch(n) to the Dataset",
            .line = "Estimator(classify).train"},
           [] {
             const auto input = [] {
               return Dataset::from_arrays({{"x", flower_sizes()}}, flower_kinds());
             };
             Estimator(classify).train(input);
           });
  rows.add({.name = "BatchForgottenInARegression",
            .description = "`batch` is forgotten where it runs nevertheless",
            .came = "input_fn gives single elements (x is float32[2], the label is float32[1])",
            .expected = "expected batches",
            .mend = "add .batch(n) to the Dataset",
            .line = ".train(input",
            .is_warning = true},
           [] {
             const auto input = [] {
               return Dataset::from_arrays({{"x", Array::zeros(kFloat32, {8, 2})}},
                                           Array::zeros(kFloat32, {8, 1}));
             };
             Estimator(price, {.model_dir = "runs/a"}).train(input, {.steps = 8});
           });
  rows.add({.name = "RepeatForgotten",
            .description = "`repeat` is forgotten",
            .came = "the input ended after 3",
            .expected = "of 1000 steps",
            .mend = "add .repeat() to input_fn, or leave steps out",
            .line = ".train(flowers",
            .is_warning = true},
           [] { Estimator(classify, {.model_dir = "runs/a"}).train(flowers, {.steps = 1000}); });
  rows.add({.name = "FeatureMisspelt",
            .description = "The name of a feature misspelt",
            .came = "there is no feature \"X\"",
            .expected = "there are: x",
            .mend = "read one of these, or return it from input_fn",
            .line = "features[\"X\"]"},
           [] {
             const auto model_fn = [](const Features& features, const Tensor&) -> EstimatorSpec {
               return {.predictions = layers::dense(features["X"], {.units = 3})};
             };
             Estimator(model_fn).predict(flowers);
           });
  rows.add({.name = "EmptyTraining",
            .description = "The data are empty: training",
            .came = "training made no steps",
            .expected = "expected at least one",
            .mend = "check the files that input_fn reads, and take() and skip()",
            .line = ".train(",
            .is_warning = true},
           [] {
             const auto input = [] { return flowers().take(0).repeat(); };
             Estimator(classify, {.model_dir = "runs/a"}).train(input);
           });
  rows.add({.name = "EmptyEvaluation",
            .description = "The data are empty: evaluation",
            .came = "the input gave no batch",
            .expected = "expected at least one",
            .mend = "check the files that input_fn reads, and take() and skip()",
            .line = ".evaluate("},
           [] {
             const auto input = [] { return flowers().take(0); };
             Estimator(classify).evaluate(input);
           });
  rows.add({.name = "ColumnsOfUnequalLength",
            .description = "Features and labels differ in their number of rows",
            .came = "feature \"x\" has 12 rows but",
            .expected = "11",
            .mend = "give every Array the same first dimension",
            .line = "Dataset::from_arrays"},
           [] {
             const Array labels = flower_kinds().rows(0, 11);
             Dataset::from_arrays({{"x", flower_sizes()}}, labels).batch(4);
           });
  rows.add({.name = "BatchOfNothing",
            .description = "A batch of 0",
            .came = "size is 0",
            .expected = "expected at least 1",
            .mend = "give the number of elements of a batch",
            .line = ".batch(0)"},
           [] {
             Dataset::from_arrays({{"x", flower_sizes()}}, flower_kinds()).batch(0);
           });
  rows.add({.name = "ShuffleWithoutABuffer",
            .description = "A shuffle without a buffer",
            .came = "buffer_size is 0",
            .expected = "expected at least 1",
            .mend = "all rows for a full shuffle",
            .line = ".shuffle("},
           [] { flowers().shuffle({.seed = 1}); });
  rows.add({.name = "FileNotThere",
            .description = "A file that is not there",
            .came = "there is neither mnist/train-images nor",
            .expected = "mnist/train-images.gz",
            .mend = "check the path",
            .line = "Dataset::idx"},
           [] { Dataset::idx("mnist/train-images", "mnist/train-labels"); });
  rows.add({.name = "WrongNumberOfValues",
            .description = "An Array of as many values as its shape does not have",
            .came = "5 values were given for float32[2, 3]",
            .expected = "which has 6 elements",
            .mend = "give one value for each element",
            .line = "Array::from"},
           [] {
             Array::from<float>({1, 2, 3, 4, 5}, {2, 3});
           });
  rows.add({.name = "MissingNumbers",
            .description = "NaN among the data",
            .came = "the loss is nan at step 1",
            .expected = "feature \"x\" of its batch holds nan in row 1",
            .mend = "replace such values in input_fn, before the Dataset is made or in map()",
            .line = "losses::mean_squared_error"},
           [] {
             const auto input = [] {
               return Dataset::from_arrays({{"x", Array::from<float>({1, 2, 3, NAN}, {2, 2})}},
                                           Array::from<float>({1, 2}, {2, 1}))
                   .batch(2);
             };
             const auto model_fn = [](const Features& features,
                                      const Tensor& labels) -> EstimatorSpec {
               const Tensor guess = layers::dense(features["x"], {.units = 1});
               const Tensor loss = losses::mean_squared_error(labels, guess);
               return {.loss = loss, .train_op = optimizers::adam().minimize(loss)};
             };
             Estimator(model_fn).train(input);
           });
  rows.add({.name = "ImagesOfBytes",
            .description = "Images of bytes, without a cast",
            .came = "x is uint8[?, 784]",
            .expected = "expected float32 or float64",
            .mend = "cast(x, kFloat32)",
            .line = "layers::dense"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor images = placeholder(kUInt8, {kUnknown, 28, 28, 1});
             const Tensor x = layers::flatten(images);
             layers::dense(x, {.units = 10});
           });
  rows.add({.name = "TextIntoALayer",
            .description = "Texts into a layer",
            .came = "x is string[?, 1]",
            .expected = "expected float32 or float64",
            .mend = "give each text a row of numbers first",
            .line = "layers::dense"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor words = placeholder(kString, {kUnknown, 1});
             layers::dense(words, {.units = 10});
           });
  rows.add({.name = "DoublesBesideFloats",
            .description = "Data of double beside weights of float",
            .came = "a is float64[?, 4] but b is float32[4, 3]",
            .expected = "both need one dtype",
            .mend = "cast one of them",
            .line = "matmul"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat64, {kUnknown, 4});
             const Tensor w = variable("w", {4, 3}, initializers::glorot_uniform());
             matmul(x, w);
           });
  rows.add({.name = "StateInMap",
            .description = "A variable inside of `Dataset::map`",
            .came = "variable \"scale\" was made inside Dataset::map",
            .expected = "whose functions have no state",
            .mend = "make it in model_fn, or give the value as a constant",
            .line = "variable(\"scale\""},
           [] {
             flowers().map([](const Features& features) -> Element {
               const Tensor scale = variable("scale", 2.0f);
               return Features{{"x", features["x"] * scale}};
             });
           });
  return rows;
}

}  // namespace reckon::mistakes
