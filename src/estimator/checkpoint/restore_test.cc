// SPDX-License-Identifier: Apache-2.0
// Finding the newest checkpoint that is whole among damaged, cut and missing files, and
// TensorFlow's own.
#include "estimator/checkpoint/restore.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "estimator/checkpoint/fixture_testing.h"
#include "formats/golden_directory_testing.h"

namespace reckon::estimator {
namespace restore_test {

const char* const kFiles[] = {"model.ckpt-2.data-00000-of-00001", "model.ckpt-2.index",
                              "model.ckpt-2.state"};

/// Three checkpoints and a copy to put back after each damage to the newest.
class CheckpointDamage : public testing::Test {
 protected:
  CheckpointDamage() {
    write_steps(directory_.path(), {0, 1, 2});
    copy_.emplace(directory_.path());
  }

  /// Damages one file of step 2, and expects that step 1 comes back; the log names what is broken.
  void expect_fallback(const std::string& name, const std::string& bytes, const std::string& when) {
    copy_->put_back();
    write_bytes(directory_.file(name), bytes);
    LogCapture log;
    CheckpointStore store(directory_.path(), {});
    store.lock_for_training();
    const auto loaded = store.load_newest();
    ASSERT_TRUE(loaded) << when;
    ASSERT_EQ(loaded->content.step, 1) << when;
    ASSERT_TRUE(is_whole(*loaded, 1)) << when;
    ASSERT_GE(log.count("model.ckpt-2", LogLevel::kWarning), 1) << when << log.text();
    ASSERT_TRUE(std::filesystem::exists(directory_.file("corrupt-" + name)))
        << when << ": set aside, not deleted";
    ASSERT_EQ(store.latest_path(), directory_.file("model.ckpt-1")) << when;
  }

  TemporaryDirectory directory_;
  std::optional<DirectoryCopy> copy_;
};

TEST_F(CheckpointDamage, F7_AFlippedBitAnywhereFallsBackToTheOlderOne) {
  for (const char* name : kFiles) {
    const std::string whole = copy_->files().at(name);
    for (size_t i = 0; i < 120; ++i) {
      const size_t bit = (i * 7919 + 13) % (whole.size() * 8);
      std::string damaged = whole;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      expect_fallback(name, damaged, std::string(name) + ", bit " + std::to_string(bit));
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(CheckpointDamage, F8_AFileCutAnywhereFallsBackToTheOlderOne) {
  for (const char* name : kFiles) {
    const std::string whole = copy_->files().at(name);
    for (size_t part = 0; part < 64; ++part) {
      const size_t size = whole.size() * part / 64;
      expect_fallback(name, whole.substr(0, size),
                      std::string(name) + " cut to " + std::to_string(size));
      if (HasFatalFailure()) return;
    }
    expect_fallback(name, whole + "x", std::string(name) + " with a byte more");
    if (HasFatalFailure()) return;
  }
}

TEST_F(CheckpointDamage, F7_AFlippedBitInTheListLeadsToSomeWholeCheckpoint) {
  const std::string whole = copy_->files().at("checkpoint");
  LogCapture log;
  for (size_t bit = 3; bit < whole.size() * 8; bit += 17) {
    copy_->put_back();
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    write_bytes(directory_.file("checkpoint"), damaged);
    CheckpointStore store(directory_.path(), {});
    store.lock_for_training();
    const auto loaded = store.load_newest();
    ASSERT_TRUE(loaded) << damaged;
    ASSERT_TRUE(is_whole(*loaded, static_cast<float>(loaded->content.step))) << damaged;
  }
}

TEST_F(CheckpointDamage, F8_ACutListIsRebuilt) {
  const std::string whole = copy_->files().at("checkpoint");
  LogCapture log;
  for (size_t size = 0; size < whole.size(); size += 9) {
    copy_->put_back();
    write_bytes(directory_.file("checkpoint"), whole.substr(0, size));
    CheckpointStore store(directory_.path(), {});
    store.lock_for_training();
    const auto loaded = store.load_newest();
    ASSERT_TRUE(loaded) << size;
    ASSERT_TRUE(is_whole(*loaded, 2)) << size;
    ASSERT_EQ(store.latest_path(), directory_.file("model.ckpt-2")) << size;
  }
}

TEST_F(CheckpointDamage, F9_MissingDataOrIndexFallsBackToTheOlderOne) {
  for (const char* name : {kFiles[0], kFiles[1]}) {
    copy_->put_back();
    std::filesystem::remove(directory_.file(name));
    LogCapture log;
    CheckpointStore store(directory_.path(), {});
    store.lock_for_training();
    const auto loaded = store.load_newest();
    ASSERT_TRUE(loaded) << name;
    EXPECT_TRUE(is_whole(*loaded, 1)) << name;
    EXPECT_GE(log.count("model.ckpt-2", LogLevel::kWarning), 1) << name;
  }
}

TEST_F(CheckpointDamage, F9_AMissingListIsRebuiltFromTheValidStates) {
  std::filesystem::remove(directory_.file("checkpoint"));
  std::filesystem::remove(directory_.file("model.ckpt-1.state"));
  CheckpointStore store(directory_.path(), {});
  store.lock_for_training();
  EXPECT_TRUE(is_whole(*store.load_newest(), 2));
  EXPECT_EQ(
      read_bytes(directory_.file("checkpoint")),
      "model_checkpoint_path: \"model.ckpt-2\"\nall_model_checkpoint_paths: \"model.ckpt-0\"\n"
      "all_model_checkpoint_paths: \"model.ckpt-2\"\n");
}

TEST_F(CheckpointDamage, F9_WithoutItsStateACheckpointRestoresAndWarnsOnce) {
  std::filesystem::remove(directory_.file("model.ckpt-2.state"));
  LogCapture log;
  CheckpointStore store(directory_.path(), {});
  const auto loaded = store.load_newest();
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(is_whole(*loaded, 2));
  EXPECT_FALSE(loaded->has_state);
  EXPECT_EQ(log.count("has no state file: its input starts from the beginning", LogLevel::kWarning),
            1);
}

TEST_F(CheckpointDamage, WithNoneWholeTheErrorListsWhatWasTriedAndNothingIsDeleted) {
  for (const char* step : {"0", "1", "2"}) {
    write_bytes(directory_.file("model.ckpt-" + std::string(step) + ".data-00000-of-00001"),
                "broken");
  }
  LogCapture log;
  CheckpointStore store(directory_.path(), {});
  store.lock_for_training();
  expect_error([&] { (void)store.load_newest(); }, ErrorCode::kDataLoss,
               "[restore] none of 3 checkpoints in");
  EXPECT_EQ(files_in(directory_.path()).size(), copy_->files().size());
}

TEST_F(CheckpointDamage, AReaderWithoutTheLockChangesNothing) {
  write_bytes(directory_.file(kFiles[0]), "broken");
  const auto before = files_in(directory_.path());
  LogCapture log;
  CheckpointStore store(directory_.path(), {});
  EXPECT_TRUE(is_whole(*store.load_newest(), 1));
  EXPECT_EQ(files_in(directory_.path()), before);
}

TEST_F(CheckpointDamage, ANamedCheckpointThatIsBrokenIsAnErrorNamingTheFile) {
  write_bytes(directory_.file(kFiles[0]), "broken");
  const CheckpointStore store(directory_.path(), {});
  expect_error([&] { (void)store.load(directory_.file("model.ckpt-2")); }, ErrorCode::kDataLoss,
               "model.ckpt-2.data-00000-of-00001 is not the file that its state file describes");
  EXPECT_TRUE(is_whole(store.load("model.ckpt-1"), 1)) << "a name alone means this model_dir";
}

TEST_F(CheckpointDamage, AnEstimatorTrainsOnFromTheOlderOne) {
  const TemporaryDirectory run;
  {
    Estimator(line_model, {.model_dir = run.path(), .config = saving(2)})
        .train(forever(), {.max_steps = 4});
  }
  std::string data = read_bytes(run.file("model.ckpt-4.data-00000-of-00001"));
  data[0] = static_cast<char>(data[0] ^ 1);
  write_bytes(run.file("model.ckpt-4.data-00000-of-00001"), data);
  LogCapture log;
  Estimator estimator(line_model, {.model_dir = run.path(), .config = saving(2)});
  EXPECT_EQ(estimator.evaluate(once()).global_step(), 2);
  estimator.train(forever(), {.max_steps = 6});
  EXPECT_EQ(step_of(estimator), 6);
  EXPECT_TRUE(std::filesystem::exists(run.file("corrupt-model.ckpt-4.index")) ||
              std::filesystem::exists(run.file("model.ckpt-4.index")));
  Estimator unbroken(line_model, {.config = in_memory()});
  unbroken.train(forever(), {.steps = 6});
  EXPECT_EQ(value_of(estimator, "weight"), value_of(unbroken, "weight"));
}

EstimatorSpec with_units(const Features& features, const Tensor& labels, int64_t units) {
  const Tensor hidden = layers::dense(features["x"], {.units = units, .name = "hidden"});
  const Tensor loss =
      losses::mean_squared_error(labels, layers::dense(hidden, {.units = 1, .name = "out"}));
  return {.loss = loss, .train_op = optimizers::gradient_descent().minimize(loss)};
}

TEST(CheckpointRestore, F14_AnotherShapeIsRefusedNamingTheVariables) {
  const TemporaryDirectory directory;
  const auto model = [](int64_t units) {
    return [units](const Features& features, const Tensor& labels) {
      return with_units(features, labels, units);
    };
  };
  {
    Estimator(model(3), {.model_dir = directory.path(), .config = saving()})
        .train(forever(), {.steps = 1});
  }
  const DirectoryCopy before(directory.path());
  Estimator wider(model(5), {.model_dir = directory.path(), .config = saving()});
  for (int attempt = 0; attempt < 2; ++attempt) {
    expect_error([&] { wider.train(forever(), {.steps = 1}); }, ErrorCode::kInvalidArgument,
                 "[restore] Restoring from checkpoint failed: 3 of 5 variables differ from");
    expect_error([&] { wider.evaluate(once()); },
                 "hidden/kernel is float32[1, 3] there, float32[1, 5] here");
  }
  EXPECT_EQ(DirectoryCopy(directory.path()).files(), before.files());
  Estimator same(model(3), {.config = in_memory(directory.path())});
  EXPECT_EQ(same.evaluate(once()).global_step(), 1);
}

TEST(CheckpointRestore, TRN_17_AMissingVariableIsRefusedByName) {
  const TemporaryDirectory directory;
  {
    Estimator(line_model, {.model_dir = directory.path(), .config = saving()})
        .train(forever(), {.steps = 1});
  }
  const auto more = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor weight = variable("weight", zeros({1}));
    return {.loss = losses::mean_squared_error(
                labels, features["x"] * weight + variable("extra", zeros({1})))};
  };
  Estimator estimator(more, {.config = in_memory(directory.path())});
  expect_error([&] { estimator.evaluate(once()); }, "extra is not there; use a new model_dir");
}

/// A TensorFlow run's model: Adam on x * dense/kernel + the sum of a partitioned table.
EstimatorSpec tensorflow_model(const Features& features, const Tensor& labels, Mode mode) {
  const Tensor kernel = variable("dense/kernel", zeros({3, 2}));
  const Tensor table = variable("parts/table", zeros({7, 4}));
  const Tensor predicted = matmul(features["x"], kernel) + reduce_sum(table);
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = {{"p", predicted}}};
  const Tensor loss = reduce_mean(square(predicted - labels));
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = 0.01}).minimize(loss),
          .eval_metrics = {{"mae", metrics::mean_absolute_error(labels, predicted)}}};
}

Array matrix_of(const nlohmann::json& rows) {
  std::vector<float> values;
  for (const auto& row : rows) {
    for (const auto& value : row) values.push_back(value.get<float>());
  }
  return Array::from<float>(
      values, {static_cast<int64_t>(rows.size()), static_cast<int64_t>(rows[0].size())});
}

TEST(CheckpointRestore, F22_AModelDirOfTensorFlowIsEvaluatedPredictedAndTrainedOn) {
  const std::string golden = formats::golden_directory();
  if (golden.empty()) GTEST_SKIP() << formats::missing_golden("estimator/files/model_dir");
  const TemporaryDirectory directory;
  const std::string model_dir = directory.file("model_dir");
  std::filesystem::copy(golden + "/estimator/files/model_dir", model_dir,
                        std::filesystem::copy_options::recursive);
  const auto note =
      nlohmann::json::parse(std::ifstream(golden + "/estimator/files/model_dir.json"));
  const Dataset rows = Dataset::from_arrays({{"x", matrix_of(note["x"])}}, matrix_of(note["y"]));
  Estimator estimator(tensorflow_model, {.model_dir = model_dir, .config = saving()});
  const EvalResult result =
      estimator.evaluate([&] { return rows.repeat().batch(4); }, {.steps = 4});
  for (const auto& [name, want] : note["evaluate_4_batches_of_4"].items()) {
    EXPECT_NEAR(result.get<double>(name), want.get<double>(),
                2e-6 * std::max(1.0, want.get<double>()))
        << name;
  }
  size_t row = 0;
  for (const Prediction& prediction : estimator.predict([&] { return rows.take(4).batch(4); })) {
    for (int column = 0; column < 2; ++column) {
      EXPECT_NEAR(prediction["p"].at<double>(column),
                  note["predict_first_4"][row][column].get<double>(), 1e-5);
    }
    ++row;
  }
  EXPECT_EQ(row, 4u);
  estimator.train([&] { return rows.repeat().batch(4); }, {.steps = 2});
  EXPECT_EQ(step_of(estimator), 12);
  EXPECT_NEAR(value_of(estimator, "beta1_power"), std::pow(0.9, 13), 1e-6)
      << "the slots went on, too";
  EXPECT_EQ(estimator.latest_checkpoint(), model_dir + "/model.ckpt-12");
}

TEST(CheckpointRestore, F22_TheCanonicalTaxiEstimatorLoads) {
  const std::string data = formats::data_directory();
  if (data.empty()) GTEST_SKIP() << formats::missing_data("tf-artefacts/tfx-taxi-estimator");
  CheckpointStore store(data + "/tf-artefacts/tfx-taxi-estimator/trainer/Format-Serving", {});
  const auto loaded = store.load_newest();
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->has_state);
  EXPECT_EQ(loaded->content.step, 1000);
  EXPECT_GT(loaded->content.tensors.size(), 10u);
  EXPECT_EQ(store.load("model.ckpt-999").content.step, 999);
}

}  // namespace restore_test
}  // namespace reckon::estimator
