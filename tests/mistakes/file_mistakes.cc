// SPDX-License-Identifier: Apache-2.0
// Mistakes with model_dir, checkpoints and RunConfig.
#include <fstream>

#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {

Rows file_mistakes() {
  Rows rows("Files");
  rows.add({.name = "DirectoryOfAnotherModel",
            .description = "The model_dir of another model",
            .came = "dense/kernel is float32[4, 3] there, float32[4, 5] here",
            .expected = "differ from runs/flowers/model.ckpt-3",
            .mend = "use a new model_dir, or the params the checkpoint was made with",
            .line = "(wider, {.model_dir = \"runs/flowers\"})"},
           [] {
             const auto wider = [](const Features& features,
                                   const Tensor& labels) -> EstimatorSpec {
               const Tensor logits = layers::dense(features["x"], {.units = 5});
               return {.loss = losses::sparse_softmax_cross_entropy(labels, logits)};
             };
             Estimator(classify, {.model_dir = "runs/flowers"}).train(flowers);
             Estimator(wider, {.model_dir = "runs/flowers"}).evaluate(flowers);
           });
  rows.add({.name = "DirectoryMisspelt",
            .description = "The name of a model_dir misspelt",
            .came = "could not find a trained model in model_dir runs/flower",
            .expected = "predicting with initial values",
            .mend = "train first, or check model_dir",
            .line = "typo.predict(flowers)",
            .is_warning = true},
           [] {
             Estimator(classify, {.model_dir = "runs/flowers"}).train(flowers);
             Estimator typo(classify, {.model_dir = "runs/flower"});
             typo.predict(flowers).next();
           });
  rows.add({.name = "DirectoryThatIsAFile",
            .description = "A model_dir that is a file",
            .came = "runs could not be made: File exists",
            .expected = "a file has the name of the directory",
            .mend = "move it away, or use another path",
            .line = ".train(flowers)"},
           [] {
             std::ofstream("runs") << "a file";
             Estimator(classify, {.model_dir = "runs/flowers"}).train(flowers);
           });
  rows.add({.name = "CheckpointNotThere",
            .description = "A checkpoint that is not there",
            .came = "there is no checkpoint runs/flowers/model.ckpt-9",
            .expected = "the newest in runs/flowers is runs/flowers/model.ckpt-3",
            .mend = "pass the path of one that is there",
            .line = ".evaluate(flowers"},
           [] {
             Estimator model(classify, {.model_dir = "runs/flowers"});
             model.train(flowers);
             model.evaluate(flowers, {.checkpoint_path = "runs/flowers/model.ckpt-9"});
           });
  rows.add({.name = "TwoTrainers",
            .description = "Two trainings in one model_dir at a time",
            .came = "is held by",
            .expected = "only one may hold it",
            .mend = "let that end first, or use another directory",
            .line = "second.train"},
           [] {
             Estimator first(price, {.model_dir = "runs/houses"});
             Estimator second(price, {.model_dir = "runs/houses"});
             const auto train_too = [&](RunContext&) { second.train(houses, {.steps = 1}); };
             first.train(houses, {.steps = 1, .hooks = {hooks::every_n_iterations(1, train_too)}});
           });
  rows.add({.name = "DirectoryTwice",
            .description = "Two model_dirs",
            .came = "(\"runs/a\" and \"runs/b\")",
            .expected = "model_dir is set both in EstimatorOptions and in RunConfig",
            .mend = "set one of them",
            .line = "Estimator(classify"},
           [] { Estimator(classify, {.model_dir = "runs/a", .config = {.model_dir = "runs/b"}}); });
  rows.add({.name = "SavesByStepsAndSeconds",
            .description = "Saving both by steps and by seconds",
            .came = "(came: 100 and 60)",
            .expected = "save_checkpoints_steps and save_checkpoints_secs cannot be both set",
            .mend = "set one of them",
            .line = "Estimator(classify"},
           [] {
             const RunConfig config = {.save_checkpoints_steps = 100, .save_checkpoints_secs = 60};
             Estimator(classify, {.config = config});
           });
  rows.add({.name = "LogEveryMinusOneSteps",
            .description = "A log line every -1 steps",
            .came = "log_step_count_steps is -1",
            .expected = "expected at least 0, which turns it off",
            .mend = "set it so, or leave it out",
            .line = "Estimator(classify"},
           [] { Estimator(classify, {.config = {.log_step_count_steps = -1}}); });
  rows.add({.name = "NoDirectory",
            .description = "No model_dir",
            .came = "no model_dir was given",
            .expected = "checkpoints and events go to",
            .mend = "pass model_dir to choose a directory that lasts",
            .line = "Estimator model",
            .is_warning = true},
           [] { Estimator model(classify); });
  return rows;
}

}  // namespace reckon::mistakes
