// SPDX-License-Identifier: Apache-2.0
// H8: an interrupted training whose input cannot go on where it was, for it holds other data or its
// position is no position, says so and reads its input from the beginning. No directory refuses
// every training.
#include <nlohmann/json.hpp>

#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace resume_elsewhere_test {

InputFn counting_from(float first) {
  return [first] {
    return Dataset::from_arrays(
               {{"x", Array::from<float>({first, first + 1, first + 2, first + 3}, {4, 1})}},
               line_y())
        .repeat()
        .batch(1);
  };
}

/// Two steps of a call that dies at 3; the newest checkpoint is of step 2.
void interrupt(const std::string& directory) {
  const SilentLog silent;
  Estimator estimator(row_teller, {.model_dir = directory, .config = saving(1)});
  EXPECT_THROW(estimator.train(counting_from(0), {.max_steps = 9, .hooks = {dying_at(3)}}),
               std::runtime_error);
}

/// The losses of a call, which are its rows.
std::vector<float> rows_of_call(Estimator& estimator, const InputFn& input, int64_t steps) {
  std::vector<float> rows;
  const auto record =
      hooks::logging({"loss"}, {.every_n_iter = 1, .formatter = [&](const auto& values) {
                                  rows.push_back(values[0].second.template at<float>(0));
                                  return std::string();
                                }});
  estimator.train(input, {.steps = steps, .hooks = {record}});
  return rows;
}

TEST(ResumeElsewhere, H8_OtherDataOfTheSameShapeStartTheInputAfreshWithAWarning) {
  for (const bool in_new_process : {false, true}) {
    const TemporaryDirectory directory;
    interrupt(directory.path());
    const auto make = [&] {
      return std::make_unique<Estimator>(
          row_teller, EstimatorOptions{.model_dir = directory.path(), .config = saving(1)});
    };
    auto estimator = make();
    LogCapture log;
    EXPECT_EQ(rows_of_call(*estimator, counting_from(10), 2), (std::vector<float>{10, 11}));
    EXPECT_EQ(log.count("from the beginning", LogLevel::kWarning), 1) << log.text();
    EXPECT_EQ(log.count("the arrays or files now hold", LogLevel::kWarning), 1) << log.text();
    if (in_new_process) estimator = make();
    EXPECT_EQ(rows_of_call(*estimator, counting_from(10), 1), std::vector<float>{10});
    EXPECT_EQ(log.count("this call reads its input from the beginning"), 1) << "said once";
  }
}

TEST(ResumeElsewhere, H8_ARefusedCallOnOtherDataTakesNothingFromTheRightOne) {
  const TemporaryDirectory directory;
  interrupt(directory.path());
  const SilentLog silent;
  Estimator estimator(row_teller, {.model_dir = directory.path(), .config = saving(1)});
  EXPECT_ANY_THROW(estimator.train(
      counting_from(10), {.hooks = {hooks::logging({"no such value"}, {.every_n_iter = 1})}}));
  EXPECT_EQ(rows_of_call(estimator, counting_from(0), 1), std::vector<float>{3})
      << "where the interrupted call was";
}

/// The newest checkpoint again, with `change` made to what its state file holds.
void change_state(const std::string& directory,
                  const std::function<void(nlohmann::json&)>& change) {
  CheckpointStore store(directory, {});
  store.lock_for_training();
  LoadedCheckpoint loaded = store.load_newest().value();
  nlohmann::json state = loaded.content.state;
  change(state);
  loaded.content.state = state.get<formats::StateValues>();
  save_now(store, std::move(loaded.content));
}

TEST(ResumeElsewhere, H8_APositionThatIsNoneStartsTheInputAfreshWithAWarning) {
  const auto with_position = [](const char* key, const nlohmann::json& value) {
    return [key, value](nlohmann::json& state) {
      auto position = nlohmann::json::parse(state["input_position"].get<std::string>());
      position[key] = value;
      state["input_position"] = position.dump();
    };
  };
  const std::vector<std::function<void(nlohmann::json&)>> damages = {
      [](nlohmann::json& state) { state["input_position"] = "nonsense"; },
      [](nlohmann::json& state) { state["input_position"] = ""; },
      [](nlohmann::json& state) { state["input_position"] = "[1, 2]"; },
      [](nlohmann::json& state) { state["input_position"] = 17; },
      [](nlohmann::json& state) { state["input_position"] = nullptr; },
      [](nlohmann::json& state) { state.erase("input_position"); },
      [](nlohmann::json& state) { state["input_hash"] = 5; },
      [](nlohmann::json& state) { state.erase("input_hash"); },
      with_position("consumed", -1),
      with_position("consumed", "three"),
      with_position("consumed", 1e30),
      with_position("run_seed", -5.5),
      with_position("data", 5),
      with_position("input", "0000000000000000")};
  for (size_t i = 0; i < damages.size(); ++i) {
    const TemporaryDirectory directory;
    interrupt(directory.path());
    change_state(directory.path(), damages[i]);
    Estimator estimator(row_teller, {.model_dir = directory.path(), .config = saving(1)});
    LogCapture log;
    EXPECT_EQ(rows_of_call(estimator, counting_from(0), 2), (std::vector<float>{0, 1})) << i;
    EXPECT_EQ(step_of(estimator), 5) << i;
    EXPECT_EQ(log.count("from the beginning", LogLevel::kWarning), 1) << i << log.text();
  }
}

TEST(ResumeElsewhere, H8_AStateOfOtherTypesIsReadAsFarAsItGoes) {
  const std::vector<std::function<void(nlohmann::json&)>> damages = {
      [](nlohmann::json& state) { state["in_progress"] = "yes"; },
      [](nlohmann::json& state) { state["hooks"] = 3; },
      [](nlohmann::json& state) {
        state["hooks"] = {{"a", 3}};
      },
      [](nlohmann::json& state) { state["random_seed"] = "seven"; },
      [](nlohmann::json& state) { state["random_seed"] = -2.5; }};
  for (size_t i = 0; i < damages.size(); ++i) {
    const TemporaryDirectory directory;
    interrupt(directory.path());
    change_state(directory.path(), damages[i]);
    RunConfig config = saving(1);
    config.random_seed = {};
    Estimator estimator(row_teller, {.model_dir = directory.path(), .config = config});
    const SilentLog silent;
    estimator.train(counting_from(0), {.steps = 2});
    EXPECT_EQ(step_of(estimator), 5) << i;
  }
}

}  // namespace resume_elsewhere_test
}  // namespace reckon::estimator
