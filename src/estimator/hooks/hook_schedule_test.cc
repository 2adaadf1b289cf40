// SPDX-License-Identifier: Apache-2.0
// The protocol of hooks (HK): who is called when, with which values, and what an error does.
#include "estimator/hooks/hook_schedule.h"

#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace hook_schedule_test {

/// Writes every callback into a shared log as "name.callback step".
class Recorder : public Hook {
 public:
  Recorder(std::string name, std::vector<std::string>& log) : name_(std::move(name)), log_(log) {}
  void begin() override { log_.push_back(name_ + ".begin"); }
  void after_create(RunContext& context) override { write("after_create", context); }
  int64_t next_due(int64_t iteration) override {
    return every_ > 1 ? (iteration + every_ - 1) / every_ * every_ : iteration;
  }
  HookRequest before_run(RunContext& context) override {
    write("before_run", context);
    if (throws_in_ == "before_run") throw std::runtime_error("in before_run");
    return request_;
  }
  void after_run(RunContext& context, const std::vector<Array>& values) override {
    write("after_run", context);
    values_ = values;
    if (throws_in_ == "after_run") throw std::runtime_error("in after_run");
    if (context.global_step() == stop_at_) context.request_stop();
  }
  void end(RunContext& context) override { write("end", context); }

  int64_t every_ = 1, stop_at_ = -1;
  HookRequest request_;
  std::string throws_in_;
  std::vector<Array> values_;

 private:
  void write(const char* callback, const RunContext& context) {
    log_.push_back(name_ + "." + callback + " " + std::to_string(context.global_step()));
  }
  std::string name_;
  std::vector<std::string>& log_;
};

using Lines = std::vector<std::string>;

TEST(HookSchedule, HK_1_AllCallbacksComeInTheOrderOfTheList) {
  Lines log;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(once(2), {.hooks = {std::make_shared<Recorder>("a", log),
                                      std::make_shared<Recorder>("b", log)}});
  EXPECT_EQ(log,
            (Lines{"a.begin", "b.begin", "a.after_create 0", "b.after_create 0", "a.before_run 0",
                   "b.before_run 0", "a.after_run 1", "b.after_run 1", "a.before_run 1",
                   "b.before_run 1", "a.after_run 2", "b.after_run 2", "a.end 2", "b.end 2"}));
}

TEST(HookSchedule, HK_2_EachHookGetsTheValuesItAskedFor) {
  Lines log;
  const auto first = std::make_shared<Recorder>("a", log),
             second = std::make_shared<Recorder>("b", log);
  first->request_.names = {"loss", "global_step"};
  second->request_.names = {"weight"};
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 2, .hooks = {first, second}});
  ASSERT_EQ(first->values_.size(), 2u);
  EXPECT_NEAR(first->values_[0].item<float>(), 5.42899225f, 2e-6);
  EXPECT_EQ(first->values_[1].item<int64_t>(), 1) << "fetched before the update";
  ASSERT_EQ(second->values_.size(), 1u);
  EXPECT_NEAR(second->values_[0].item<float>(), 0.153f, 1e-6) << "fetched before the update";
  EXPECT_EQ(estimator.stats().programs_compiled, 0) << "every step was a variant";
}

// F7: what the step fetches anyway is not fetched twice, whoever wants it.
TEST(HookSchedule, WhatIsFetchedAnywayIsNotAddedAgain) {
  std::vector<graph::ValueId> fetches = {{7, 0}, {3, 1}};
  EXPECT_EQ(add_missing(fetches, {{3, 1}, {7, 0}, {3, 1}}), (std::vector<int32_t>{1, 0, 1}));
  EXPECT_EQ(fetches.size(), 2u);
  EXPECT_EQ(add_missing(fetches, {{3, 0}, {7, 0}, {9, 0}, {3, 0}}),
            (std::vector<int32_t>{2, 0, 3, 2}));
  EXPECT_EQ(fetches, (std::vector<graph::ValueId>{{7, 0}, {3, 1}, {3, 0}, {9, 0}}));
}

// F7: values go to the hooks that asked for them, whatever was joined.
TEST(HookSchedule, HooksThatAskForTheSameValuesEachGetTheirs) {
  Lines log;
  const auto first = std::make_shared<Recorder>("a", log),
             second = std::make_shared<Recorder>("b", log);
  first->request_.names = {"weight", "loss", "weight"};
  second->request_.names = {"loss", "bias", "weight"};
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 2, .hooks = {first, second}});
  ASSERT_EQ(first->values_.size(), 3u);
  ASSERT_EQ(second->values_.size(), 3u);
  EXPECT_NEAR(first->values_[0].at<float>(0), 0.153f, 1e-6);
  EXPECT_NEAR(first->values_[1].item<float>(), 5.42899225f, 2e-6);
  EXPECT_NEAR(first->values_[2].at<float>(0), 0.153f, 1e-6);
  EXPECT_NEAR(second->values_[0].item<float>(), 5.42899225f, 2e-6);
  EXPECT_NEAR(second->values_[1].at<float>(0), 0.0515f, 1e-6);
  EXPECT_NEAR(second->values_[2].at<float>(0), 0.153f, 1e-6);
}

TEST(HookSchedule, HK_2_ATensorOfModelFnMayBeFetchedAndNoOther) {
  Tensor kept;
  const auto model = [&](const Features& features, const Tensor& labels) -> EstimatorSpec {
    kept = features["x"] * variable("weight", ones({1}));
    const Tensor loss = losses::mean_squared_error(labels, kept);
    return {.loss = loss, .train_op = optimizers::gradient_descent().minimize(loss)};
  };
  struct Fetching : Hook {
    explicit Fetching(const Tensor& tensor) : tensor_(tensor) {}
    HookRequest before_run(RunContext&) override { return {.tensors = {tensor_}}; }
    void after_run(RunContext&, const std::vector<Array>& values) override { seen = values.at(0); }
    const Tensor& tensor_;
    Array seen;
  };
  Estimator estimator(model, {.config = in_memory()});
  const auto hook = std::make_shared<Fetching>(kept);
  estimator.train(forever(), {.steps = 1, .hooks = {hook}});
  EXPECT_TRUE(hook->seen.same_bits(line_x()));
  const Tensor of_this_model = kept;
  Estimator other(model, {.config = in_memory()});
  const SilentLog silent;
  expect_error(
      [&] {
        other.train(forever(), {.steps = 1, .hooks = {std::make_shared<Fetching>(of_this_model)}});
      },
      "[hooks] a hook asks for a Tensor of another graph");
}

TEST(HookSchedule, HK_2_AnUnknownNameIsAnError) {
  Lines log;
  const auto hook = std::make_shared<Recorder>("a", log);
  hook->request_.names = {"wieght"};
  Estimator estimator(line_model, {.config = in_memory()});
  const SilentLog silent;
  expect_error(
      [&] { estimator.train(forever(), {.steps = 1, .hooks = {hook}}); }, ErrorCode::kNotFound,
      "[hooks] a hook asks for \"wieght\", but model_fn made no variable or op of that name");
}

TEST(HookSchedule, HK_5_AStopEndsAfterTheRoundOfAllHooks) {
  Lines log;
  const auto stopper = std::make_shared<Recorder>("stop", log);
  stopper->stop_at_ = 2;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(),
                  {.steps = 9, .hooks = {stopper, std::make_shared<Recorder>("last", log)}});
  EXPECT_EQ(Lines(log.end() - 4, log.end()),
            (Lines{"stop.after_run 2", "last.after_run 2", "stop.end 2", "last.end 2"}));
}

TEST(HookSchedule, HK_6_AFailingStepHasNoAfterRunAndNoEnd) {
  Lines log;
  const Array ids = Array::from<int64_t>({0, 1, 2, 77}, {4});
  const auto model = [](const Features& features, const Tensor& labels) -> EstimatorSpec {
    const Tensor loss = losses::sparse_softmax_cross_entropy(
        labels, matmul(features["x"], variable("weight", zeros({1, 3}))));
    return {.loss = loss, .train_op = optimizers::gradient_descent().minimize(loss)};
  };
  Estimator estimator(model, {.config = in_memory()});
  const SilentLog silent;
  expect_error(
      [&] {
        estimator.train(
            [&] {
              return Dataset::from_arrays({{"x", line_x()}}, ids).batch(2);
            },
            {.hooks = {std::make_shared<Recorder>("a", log)}});
      },
      "77");
  EXPECT_EQ(log, (Lines{"a.begin", "a.after_create 0", "a.before_run 0", "a.after_run 1",
                        "a.before_run 1"}));
}

TEST(HookSchedule, HK_6_TheEndOfTheDataIsANormalEnd) {
  Lines log;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(once(4), {.steps = 7, .hooks = {std::make_shared<Recorder>("a", log)}});
  EXPECT_EQ(log.back(), "a.end 1");
}

TEST(HookSchedule, HK_8_AnErrorOfAHookSkipsTheRestOfTheRoundAndEnd) {
  for (const char* callback : {"before_run", "after_run"}) {
    Lines log;
    const auto thrower = std::make_shared<Recorder>("bad", log);
    thrower->throws_in_ = callback;
    Estimator estimator(line_model, {.config = in_memory()});
    const SilentLog silent;
    EXPECT_THROW(
        estimator.train(forever(),
                        {.steps = 3, .hooks = {thrower, std::make_shared<Recorder>("last", log)}}),
        std::runtime_error);
    EXPECT_TRUE(log.back().starts_with("bad." + std::string(callback))) << log.back();
  }
}

TEST(HookSchedule, AHookIsCalledOnlyWhenItIsDue) {
  Lines log;
  const auto third = std::make_shared<Recorder>("a", log);
  third->every_ = 3;
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(forever(), {.steps = 7, .hooks = {third}});
  EXPECT_EQ(log, (Lines{"a.begin", "a.after_create 0", "a.before_run 2", "a.after_run 3",
                        "a.before_run 5", "a.after_run 6", "a.end 7"}));
}

TEST(HookSchedule, AHookWithAStateRunsBeforeTheOthersAfterAStep) {
  struct Named : Recorder {
    using Recorder::Recorder;
    std::string name() const override { return "named"; }
  };
  Lines log;
  const auto first = std::make_shared<Recorder>("plain", log);
  const auto second = std::make_shared<Named>("named", log);
  first->request_.names = {"weight"};
  second->request_.names = {"loss"};
  Estimator estimator(line_model, {.config = in_memory()});
  estimator.train(once(4), {.hooks = {first, second}});
  EXPECT_EQ(Lines(log.begin() + 4, log.end()),
            (Lines{"plain.before_run 0", "named.before_run 0", "named.after_run 1",
                   "plain.after_run 1", "plain.end 1", "named.end 1"}));
  EXPECT_EQ(first->values_.at(0).item<float>(), 0);
  EXPECT_NEAR(second->values_.at(0).item<float>(), 7.8175f, 1e-5);
}

TEST(HookSchedule, AContextKnowsVariablesByName) {
  Estimator estimator(line_model, {.config = in_memory()});
  float weight = -1;
  estimator.train(forever(), {.steps = 1, .hooks = {after_each([&](RunContext& context) {
                                            weight = context.variable_value("weight").item<float>();
                                          })}});
  EXPECT_NEAR(weight, 0.153f, 1e-6) << "after the update";
  const SilentLog silent;
  expect_error(
      [&] {
        estimator.train(forever(), {.steps = 1, .hooks = {after_each([](RunContext& context) {
                                                  (void)context.variable_value("wieght");
                                                })}});
      },
      "[variable_value] there is no variable \"wieght\"; there are: bias, global_step, weight");
}

}  // namespace hook_schedule_test
}  // namespace reckon::estimator
