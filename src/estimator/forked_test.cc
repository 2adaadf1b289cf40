// SPDX-License-Identifier: Apache-2.0
// H15: an Estimator, its streams and its input in a forked child: they work there as in the parent,
// between calls, and nobody waits for a thread that is not there.
#include <optional>

#include "base/child_process_testing.h"
#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace forked_test {

using base::claim_in_child;

/// Wide enough that the pool takes part.
constexpr int64_t kWidth = 256;

EstimatorSpec wide_model(const Features& features, const Tensor& labels, Mode mode) {
  const Tensor hidden =
      layers::dense(features["x"], {.units = kWidth, .activation = nn::relu, .name = "hidden"});
  const Tensor predicted = layers::dense(hidden, {.units = 1, .name = "out"});
  if (mode == Mode::kPredict) return {.mode = mode, .predictions = predicted};
  const Tensor loss = losses::mean_squared_error(labels, predicted);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = 0.001}).minimize(loss)};
}

Dataset wide_rows() {
  std::vector<float> values;
  for (int64_t i = 0; i < 512 * kWidth; ++i)
    values.push_back(static_cast<float>(i % 97) / 97 - 0.5f);
  return Dataset::from_arrays({{"x", Array::from<float>(values, {512, kWidth})}},
                              Array::zeros(kFloat32, {512, 1}));
}
InputFn endless() {
  return [] { return wide_rows().shuffle({.buffer_size = 512}).repeat().batch(256).prefetch(2); };
}
InputFn test_rows() {
  return [] { return wide_rows().batch(256).prefetch(2); };
}

bool are_same(const std::map<std::string, Array>& a, const std::map<std::string, Array>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.same_bits(y.second);
  });
}

class Forked : public testing::Test {
 protected:
  void SetUp() override {
    if (!base::may_start_threads_in_child())
      GTEST_SKIP()
          << "ThreadSanitizer does not start threads in such a child; the other presets run it";
#ifdef RECKON_SANITIZED
    GTEST_SKIP() << "a sanitizer's allocator keeps locks at a fork; the other presets run it";
#endif
  }
  const SilentLog silent_;
  const TemporaryDirectory directory_, other_directory_;
};

/// What a child that goes on for 3 steps must come to: the values of an Estimator that did not
/// fork.
std::map<std::string, Array> unforked(const std::string& directory, const RunConfig& config) {
  Estimator estimator(wide_model, {.model_dir = directory, .config = config});
  estimator.train(endless(), {.steps = 3});
  estimator.train(endless(), {.steps = 3});
  return values_of(estimator);
}

TEST_F(Forked, H15_AChildTrainsEvaluatesAndPredictsWithTheParentsEstimator) {
  const auto want = unforked(other_directory_.path(), saving(2));
  auto estimator = std::make_unique<Estimator>(
      wide_model, EstimatorOptions{.model_dir = directory_.path(), .config = saving(2)});
  estimator->train(endless(), {.steps = 3});
  const double loss = estimator->evaluate(test_rows()).get<double>("loss");
  const auto child = [&] {
    if (estimator->evaluate(test_rows()).get<double>("loss") != loss) return false;
    int rows = 0;
    for (const Prediction& row : estimator->predict(test_rows()))
      rows += row.values().empty() ? 0 : 1;
    estimator->train(endless(), {.steps = 3});
    const bool is_right = rows == 512 && are_same(values_of(*estimator), want);
    estimator.reset();  // waits for no thread of the parent
    return is_right;
  };
  EXPECT_EQ(claim_in_child(child), "true");
  EXPECT_EQ(estimator->evaluate(test_rows()).global_step(), 6) << "the child's checkpoint is news";
  EXPECT_TRUE(are_same(values_of(*estimator), want));
  estimator->train(endless(), {.steps = 1});
  EXPECT_EQ(step_of(*estimator), 7);
}

TEST_F(Forked, H15_AChildOfAChildWorksToo) {
  Estimator estimator(wide_model, {.model_dir = directory_.path(), .config = saving(2)});
  estimator.train(endless(), {.steps = 1});
  const auto grandchild = [&] {
    estimator.train(endless(), {.steps = 1});
    return step_of(estimator) == 3;
  };
  const auto child = [&] {
    estimator.train(endless(), {.steps = 1});
    return claim_in_child(grandchild) == "true";
  };
  EXPECT_EQ(claim_in_child(child), "true");
  EXPECT_EQ(estimator.evaluate(test_rows()).global_step(), 3);
}

TEST_F(Forked, H15_WeightsInMemoryGoOnInParentAndChildApart) {
  RunConfig config = saving(2);
  config.save_checkpoints = false;
  const auto want = unforked(other_directory_.path(), config);
  Estimator estimator(wide_model, {.model_dir = directory_.path(), .config = config});
  estimator.train(endless(), {.steps = 3});
  const auto go_on = [&] {
    estimator.train(endless(), {.steps = 3});
    return are_same(values_of(estimator), want);
  };
  EXPECT_EQ(claim_in_child(go_on), "true");
  EXPECT_EQ(step_of(estimator), 3);
  EXPECT_TRUE(go_on());
}

TEST_F(Forked, H15_AnOpenStreamGoesOnInTheChildWhereItWas) {
  Estimator estimator(wide_model, {.model_dir = directory_.path(), .config = saving(2)});
  std::vector<float> want;
  for (const Prediction& row : estimator.predict(test_rows()))
    want.push_back(row.single().item<float>());
  for (const size_t taken : {0, 1, 256, 300}) {
    PredictionStream stream = estimator.predict(test_rows());
    for (size_t i = 0; i < taken; ++i) (void)stream.next();
    const auto rest_is_right = [&] {
      for (size_t i = taken; i < want.size(); ++i) {
        if (stream.next()->single().item<float>() != want[i]) return false;
      }
      return !stream.next().has_value();
    };
    EXPECT_EQ(claim_in_child(rest_is_right), "true") << taken;
    EXPECT_TRUE(rest_is_right()) << taken;
  }
}

TEST_F(Forked, H15_AHookMayForkWhileThreadsOfTheCallRun) {
  const auto want = unforked(other_directory_.path(), saving(1));
  Estimator estimator(wide_model, {.model_dir = directory_.path(), .config = saving(1)});
  const TemporaryDirectory of_children;
  const auto child = [&] {
    // In the child, too, the parent's call is still running.
    expect_error([&] { (void)estimator.evaluate(test_rows()); }, ErrorCode::kFailedPrecondition,
                 "another call of this Estimator is running");
    Estimator own(wide_model, {.model_dir = of_children.path(), .config = saving(1)});
    own.train(endless(), {.steps = 2});
    return own.evaluate(test_rows()).global_step() >= 2 && !testing::Test::HasFailure();
  };
  const auto forking = after_each([&](RunContext&) { EXPECT_EQ(claim_in_child(child), "true"); });
  estimator.train(endless(), {.steps = 3, .hooks = {forking}});
  estimator.train(endless(), {.steps = 3, .hooks = {forking}});
  EXPECT_TRUE(are_same(values_of(estimator), want));
}

TEST_F(Forked, H15_TheLockStaysTheParents) {
  RunConfig config = saving(2);
  config.save_on_return = false;
  Estimator estimator(wide_model, {.model_dir = directory_.path(), .config = config});
  estimator.train(endless(), {.steps = 3});
  const auto child = [&] {
    expect_error([&] { estimator.train(endless(), {.steps = 1}); }, ErrorCode::kUnavailable,
                 "is held by process");
    return estimator.evaluate(test_rows()).global_step() == 3 && !testing::Test::HasFailure();
  };
  EXPECT_EQ(claim_in_child(child), "true");
  estimator.train(endless(), {.steps = 1});
  EXPECT_EQ(step_of(estimator), 4);
}

TEST_F(Forked, H15_AChildThatLivesOnDoesNotKeepItsParentFromTraining) {
  Estimator estimator(wide_model, {.model_dir = directory_.path(), .config = saving(2)});
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  pid_t child = -1;
  const auto fork_once = after_each([&](RunContext&) {
    if (child >= 0) return;
    child = ::fork();
    if (child != 0) return;
    ::close(ends[1]);
    char byte;
    (void)!::read(ends[0], &byte, 1);  // until the parent closes its end
    ::_exit(0);
  });
  estimator.train(endless(), {.steps = 1, .hooks = {fork_once}});
  EXPECT_NO_THROW(estimator.train(endless(), {.steps = 1}));
  EXPECT_EQ(step_of(estimator), 2);
  ::close(ends[1]);
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
}

}  // namespace forked_test
}  // namespace reckon::estimator
