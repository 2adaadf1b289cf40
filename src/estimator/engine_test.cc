// SPDX-License-Identifier: Apache-2.0
// What the calls of an Estimator stand on: settings that are checked, weights that come from the
// newest checkpoint or from their initializers, all or none of them.
#include "estimator/engine.h"

#include "estimator/checkpoint/fixture_testing.h"
#include "estimator/model_dir.h"
#include "estimator/run_config.h"

namespace reckon::estimator {
namespace engine_test {

/// An engine of line_model, with its training graph traced.
class EngineTest : public testing::Test {
 protected:
  std::unique_ptr<Engine> make(RunConfig config = saving()) {
    config.model_dir = directory_.path();
    return std::make_unique<Engine>(make_model_function(line_model),
                                    EstimatorOptions{.config = config});
  }
  static void trace(Engine& engine, Mode mode = Mode::kTrain) {
    engine.traced(mode, once()().spec());
  }
  static float value_of(const Engine& engine, const std::string& name) {
    return engine.store.value(engine.module->find(name)).at<float>(0);
  }
  /// A checkpoint with these values.
  void write_checkpoint(int64_t step, float weight, float bias, const std::string& state = "{}") {
    CheckpointStore store(directory_.path(), {});
    CheckpointContent content;
    content.step = step;
    content.tensors = {{"global_step", Array::scalar<int64_t>(step)},
                       {"weight", Array::from<float>({weight}, {1})},
                       {"bias", Array::from<float>({bias}, {1})}};
    content.state = state_of(state);
    save_now(store, content);
  }

  TemporaryDirectory directory_;
};

TEST_F(EngineTest, WithoutACheckpointWeightsHaveTheirInitialValues) {
  const auto engine = make();
  trace(*engine);
  engine->prepare_weights();
  EXPECT_EQ(value_of(*engine, "weight"), 0);
  EXPECT_EQ(engine->global_step(), 0);
  EXPECT_FALSE(engine->weights.newest());
  EXPECT_EQ(engine->weights.kind(), WeightState::Kind::kInitial);
}

TEST_F(EngineTest, TakesTheNewestCheckpointAndLooksAgainOnlyIfThereIsNews) {
  write_checkpoint(3, 1.5f, 2.5f);
  const auto engine = make();
  trace(*engine);
  engine->prepare_weights();
  EXPECT_EQ(value_of(*engine, "weight"), 1.5f);
  EXPECT_EQ(engine->global_step(), 3);
  EXPECT_TRUE(engine->weights.is_newest(3));
  EXPECT_EQ(engine->weights.kind(), WeightState::Kind::kRestored);
  engine->prepare_weights();
  EXPECT_EQ(engine->checkpoints().read(), 1);
  write_checkpoint(8, 4.5f, 0);
  engine->prepare_weights();
  EXPECT_EQ(value_of(*engine, "weight"), 4.5f);
  EXPECT_EQ(engine->global_step(), 8);
}

TEST_F(EngineTest, WhoTrainsInMemoryIsAheadOfTheFiles) {
  write_checkpoint(3, 1.5f, 2.5f);
  RunConfig config = saving();
  config.save_on_return = false;
  const auto engine = make(config);
  trace(*engine);
  engine->prepare_weights();
  engine->weights.trained();
  write_checkpoint(8, 4.5f, 0);
  engine->prepare_weights();
  EXPECT_EQ(value_of(*engine, "weight"), 1.5f);
}

TEST_F(EngineTest, AFailedCallStartsAgainFromTheNewestCheckpoint) {
  write_checkpoint(3, 1.5f, 2.5f);
  const auto engine = make();
  trace(*engine);
  engine->prepare_weights();
  engine->store.set(engine->module->find("weight"), Array::from<float>({9}, {1}));
  engine->weights.trained();
  engine->forget_weights();
  EXPECT_FALSE(engine->store.is_initialized(engine->module->find("weight")));
  engine->prepare_weights();
  EXPECT_EQ(value_of(*engine, "weight"), 1.5f);
}

TEST_F(EngineTest, RestoresAllValuesOrNone) {
  const auto engine = make();
  trace(*engine);
  engine->prepare_weights();
  LoadedCheckpoint checkpoint;
  checkpoint.path = "runs/a/model.ckpt-3";
  checkpoint.content.tensors = {{"bias", Array::from<float>({7}, {1})},
                                {"weight", Array::from<float>({1, 2}, {2})}};
  expect_error([&] { engine->restore(checkpoint, engine->store); }, ErrorCode::kInvalidArgument,
               "[restore] Restoring from checkpoint failed: 2 of 3 variables differ from "
               "runs/a/model.ckpt-3: ");
  expect_error([&] { engine->restore(checkpoint, engine->store); },
               "weight is float32[2] there, float32[1] here");
  expect_error([&] { engine->restore(checkpoint, engine->store); }, "global_step is not there");
  EXPECT_EQ(value_of(*engine, "bias"), 0) << "the one that fits was not taken either";
}

TEST_F(EngineTest, TellsTenDifferencesAndThatThereAreMore) {
  const auto many = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    Tensor sum = features["x"];
    for (int i = 0; i < 15; ++i) sum = sum + variable("v" + std::to_string(i), zeros({1}));
    return {.loss = losses::mean_squared_error(labels, sum)};
  };
  Engine engine(make_model_function(many), EstimatorOptions{.config = in_memory()});
  engine.traced(Mode::kEvaluate, once()().spec());
  expect_error([&] { engine.restore({}, engine.store); }, "16 of 16 variables differ from");
  expect_error([&] { engine.restore({}, engine.store); }, "; …; use a new model_dir");
}

TEST_F(EngineTest, TensorsThatTheModelLacksAreNoHindrance) {
  write_checkpoint(3, 1.5f, 2.5f);
  CheckpointStore store(directory_.path(), {});
  CheckpointContent content = store.load_newest()->content;
  content.step = 4;
  content.tensors["from/elsewhere"] = Array::scalar(1.0f);
  save_now(store, content);
  const auto engine = make();
  trace(*engine);
  EXPECT_NO_THROW(engine->prepare_weights());
  EXPECT_EQ(value_of(*engine, "weight"), 1.5f);
}

TEST_F(EngineTest, ACheckpointOfAnOpenCallTellsWhereItWas) {
  write_checkpoint(3, 1, 2,
                   R"({"in_progress":true,"input_hash":"abc","input_position":"there",)"
                   R"("hooks":{"stop":"2 of 5"},"random_seed":77})");
  RunConfig config = saving();
  config.random_seed = {};
  const auto engine = make(config);
  trace(*engine);
  engine->prepare_weights();
  ASSERT_TRUE(engine->weights.interrupted());
  EXPECT_TRUE(engine->weights.is_newest_open());
  EXPECT_EQ(engine->weights.interrupted()->input_hash, "abc");
  EXPECT_EQ(engine->weights.interrupted()->input_position, "there");
  EXPECT_EQ(engine->weights.interrupted()->hooks.at("stop"), "2 of 5");
  EXPECT_EQ(engine->seed(), 77u) << "the run's own seed goes on";
}

TEST_F(EngineTest, ACheckpointOfACompletedCallInterruptsNothing) {
  write_checkpoint(3, 1, 2, R"({"in_progress":false,"input_hash":"abc"})");
  const auto engine = make();
  trace(*engine);
  engine->prepare_weights();
  EXPECT_FALSE(engine->weights.interrupted());
  EXPECT_FALSE(engine->weights.is_newest_open());
  EXPECT_EQ(engine->seed(), 1u) << "a seed of the config wins";
}

TEST_F(EngineTest, ASeedThatIsNotGivenIsDrawnOnceAndLogged) {
  RunConfig config = saving();
  config.random_seed = {};
  const auto engine = make(config), other = make(config);
  LogCapture log;
  const uint64_t seed = engine->seed();
  EXPECT_EQ(engine->seed(), seed);
  EXPECT_EQ(log.count("random_seed was drawn: " + std::to_string(seed)), 1);
  EXPECT_NE(other->seed(), seed);
}

TEST_F(EngineTest, AStoreOfANamedCheckpointLeavesTheWeightsAlone) {
  write_checkpoint(3, 1.5f, 2.5f);
  write_checkpoint(4, 4.5f, 5.5f);
  const auto engine = make();
  trace(*engine);
  engine->prepare_weights();
  const auto loaded = engine->load_weights("model.ckpt-3");
  EXPECT_EQ(loaded->value(engine->module->find("weight")).at<float>(0), 1.5f);
  EXPECT_EQ(value_of(*engine, "weight"), 4.5f);
}

TEST_F(EngineTest, WithoutACheckpointThereAreNoTensorsToTell) {
  const auto engine = make();
  expect_error([&] { engine->checkpoint_tensors("variable_names"); },
               ErrorCode::kFailedPrecondition,
               "[variable_names] could not find a trained model in model_dir " + directory_.path() +
                   "; train first, or pass another model_dir");
  write_checkpoint(3, 1.5f, 2.5f);
  EXPECT_EQ(engine->checkpoint_tensors("variable_names").size(), 3u);
}

TEST_F(EngineTest, OpenStreamsKeepTheWeightsTheyStartedWith) {
  const auto engine = make();
  trace(*engine);
  engine->prepare_weights();
  const auto stream = std::make_shared<StreamWeights>();
  stream->store = &engine->store;
  stream->variables = {engine->module->find("weight")};
  engine->streams.push_back(stream);
  engine->streams.push_back(std::weak_ptr<StreamWeights>());  // one that was closed
  engine->detach_streams();
  EXPECT_NE(stream->store, &engine->store);
  engine->store.set(stream->variables[0], Array::from<float>({9}, {1}));
  EXPECT_EQ(stream->store->value(stream->variables[0]).at<float>(0), 0);
  EXPECT_TRUE(engine->streams.empty());
}

TEST_F(EngineTest, OneCallAtATime) {
  const auto engine = make();
  {
    const auto call = engine->begin_call("train");
    expect_error(
        [&] { engine->begin_call("evaluate"); }, ErrorCode::kFailedPrecondition,
        "[evaluate] another call of this Estimator is running, on another thread or around "
        "this hook; make one call after the other");
  }
  EXPECT_NO_THROW(engine->begin_call("evaluate"));
}

TEST_F(EngineTest, AnEmptyInputFnIsRefusedWithTheCallsName) {
  const auto engine = make();
  expect_error([&] { engine->make_input(nullptr, "predict"); }, ErrorCode::kInvalidArgument,
               "[predict] input_fn is empty; pass a function that returns a Dataset");
  EXPECT_EQ(engine->counters.input_fn_calls, 0);
  engine->make_input(once(), "predict");
  EXPECT_EQ(engine->counters.input_fn_calls, 1);
}

TEST_F(EngineTest, EvaluationsHaveDirectoriesOfTheirOwn) {
  const auto engine = make();
  EXPECT_EQ(eval_directory(engine->model_dir, "evaluate", ""), directory_.file("eval"));
  EXPECT_EQ(eval_directory(engine->model_dir, "evaluate", "test"), directory_.file("eval_test"));
  EXPECT_EQ(eval_directory(engine->model_dir, "evaluate", "v1..v2"),
            directory_.file("eval_v1..v2"));
}

TEST(EngineOptions, EachFieldThatCannotBeIsNamedWithItsValue) {
  const auto refuse = [](const RunConfig& config, const std::string& text) {
    expect_error([&] { check_config(config); }, ErrorCode::kInvalidArgument, "[RunConfig] " + text);
  };
  EXPECT_NO_THROW(check_config({}));
  refuse({.save_summary_steps = -1}, "save_summary_steps is -1, expected at least 0");
  refuse({.save_checkpoints_steps = -1}, "save_checkpoints_steps is -1, expected at least 0");
  refuse({.save_checkpoints_secs = -1.0}, "save_checkpoints_secs is -1, expected at least 0");
  refuse({.keep_checkpoint_max = -1}, "keep_checkpoint_max is -1, expected at least 0");
  refuse({.keep_checkpoint_every_n_hours = -1},
         "keep_checkpoint_every_n_hours is -1, expected at least 0");
  refuse({.log_step_count_steps = -1}, "log_step_count_steps is -1, expected at least 0");
  refuse({.save_checkpoints_steps = 1, .save_checkpoints_secs = 1.0},
         "save_checkpoints_steps and save_checkpoints_secs cannot be both set; set one of them");
}

TEST(EngineOptions, ModelDirMayBeGivenInEitherPlace) {
  const TemporaryDirectory directory;
  const auto engine = [](const std::string& own, const std::string& configured) {
    return Engine(make_model_function(line_model),
                  EstimatorOptions{.model_dir = own, .config = {.model_dir = configured}})
        .model_dir;
  };
  EXPECT_EQ(engine(directory.path(), ""), directory.path());
  EXPECT_EQ(engine("", directory.path()), directory.path());
  EXPECT_EQ(engine(directory.path(), directory.path()), directory.path());
  expect_error([&] { engine("a", "b"); }, ErrorCode::kInvalidArgument,
               "[Estimator] model_dir is set both in EstimatorOptions and in RunConfig, but with "
               "different values (\"a\" and \"b\"); set one of them");
}

TEST(EngineOptions, WithoutAModelDirATemporaryOneIsMadeAndTold) {
  LogCapture log;
  const std::string model_dir =
      Engine(make_model_function(line_model), EstimatorOptions{}).model_dir;
  EXPECT_TRUE(std::filesystem::is_directory(model_dir));
  EXPECT_EQ(log.count("no model_dir was given: checkpoints and events go to " + model_dir,
                      LogLevel::kWarning),
            1);
  std::filesystem::remove_all(model_dir);
}

TEST(EngineOptions, ParamsForAModelThatTakesNoneAreRefused) {
  expect_error(
      [] {
        Engine(make_model_function(line_model),
               EstimatorOptions{.config = in_memory(), .params = {{"units", 3}}});
      },
      ErrorCode::kInvalidArgument,
      "[Estimator] params were given, but model_fn does not take them; add a parameter `const "
      "Params& params`");
}

}  // namespace engine_test
}  // namespace reckon::estimator
