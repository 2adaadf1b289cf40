// SPDX-License-Identifier: Apache-2.0
// H6: every pointer, function, Tensor, Operation and Array that a user hands in, empty: an Error,
// never a crash and never another's exception. Header by header of include/reckon.
#include "estimator/small_model_testing.h"

namespace reckon::estimator {
namespace empty_arguments_test {

/// Refuses: an Error of the user's mistake.
template <class Action>
void refused(Action action, Place place = Place::here()) {
  const ::testing::ScopedTrace trace(place.file, place.line, "refused");
  try {
    action();
    ADD_FAILURE() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_TRUE(error.code() == ErrorCode::kInvalidArgument ||
                error.code() == ErrorCode::kFailedPrecondition)
        << error.what();
    EXPECT_NE(std::string(error.what()).find(';'), std::string::npos) << error.what();
  } catch (const std::exception& foreign) {
    ADD_FAILURE() << "a foreign exception: " << foreign.what();
  }
}

class EmptyArguments : public testing::Test {
 protected:
  Graph graph_;
  GraphScope scope_{graph_};
  Tensor none_;
  Array nothing_;
  Tensor one_ = Operand(1.0f).resolve();
};

// --- hooks.h, estimator.h, estimator_spec.h, model_function.h

TEST(EmptyHooks, H6_NullHooksAndListenersAreRefusedInEveryCall) {
  const TemporaryDirectory directory;
  Estimator estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  estimator.train(forever(), {.steps = 2});
  const float weight = value_of(estimator, "weight");
  const SilentLog silent;
  expect_error([&] { estimator.train(forever(), {.saving_listeners = {nullptr}}); },
               ErrorCode::kInvalidArgument,
               "[train] a saving listener is null; pass what std::make_shared made (one of 1)");
  const auto good = std::make_shared<SavingListener>();
  refused([&] { estimator.train(forever(), {.saving_listeners = {good, nullptr, good}}); });
  refused([&] { estimator.train(forever(), {.hooks = {nullptr}}); });
  refused([&] {
    estimator.train(forever(), {.hooks = {after_each([](RunContext&) {}), HookPtr()}});
  });
  refused([&] { estimator.evaluate(once(), {.hooks = {nullptr}}); });
  refused([&] { estimator.predict(features_only(), {.hooks = {nullptr}}).next(); });
  HookPtr moved = after_each([](RunContext&) {});
  const HookPtr taken = std::move(moved);
  refused([&] { estimator.train(forever(), {.hooks = {moved}}); });  // NOLINT: meant to be empty
  EXPECT_EQ(value_of(estimator, "weight"), weight);
  EXPECT_EQ(step_of(estimator), 2);
}

TEST(EmptyHooks, H6_NullHooksOfASpecAreRefusedInTheirMode) {
  for (HookList EstimatorSpec::*list :
       {&EstimatorSpec::training_hooks, &EstimatorSpec::training_chief_hooks,
        &EstimatorSpec::evaluation_hooks, &EstimatorSpec::prediction_hooks}) {
    const auto model = [list](const Features& features, const Tensor& labels, Mode mode) {
      EstimatorSpec spec = line_model(features, labels, mode);
      (spec.*list).push_back(nullptr);
      return spec;
    };
    Estimator estimator(model, {.config = in_memory()});
    const SilentLog silent;
    int refusals = 0;
    const auto call = [&](const std::function<void()>& run) {
      try {
        run();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument) << error.what();
        ++refusals;
      }
    };
    call([&] { estimator.train(forever(), {.steps = 1}); });
    call([&] { estimator.evaluate(once()); });
    call([&] { estimator.predict(features_only()).next(); });
    EXPECT_EQ(refusals, 1);
  }
}

TEST(EmptyHooks, H6_EmptyFunctionsOfHooksAreRefusedOrMeanTheDefault) {
  refused([] { (void)hooks::every_n_iterations(1, {}); });
  refused([] { (void)hooks::every_n_iterations(1, nullptr); });
  EXPECT_NE(hooks::logging({"loss"}, {.formatter = nullptr}), nullptr);
}

TEST(EmptyFunctions, H6_OfAnEstimatorAreRefused) {
  refused([] { Estimator(std::function<EstimatorSpec(const Features&)>(), {}); });
  EstimatorSpec (*no_function)(const Features&) = nullptr;
  refused([&] { Estimator(no_function, {.config = in_memory()}); });
  refused([] { Estimator(ModelFunction(), {.config = in_memory()}); });
  ModelFunction moved = make_model_function(line_model);
  const ModelFunction taken = std::move(moved);
  Estimator estimator(taken, {.config = in_memory()});
  refused([&] { estimator.train(InputFn(), {.steps = 1}); });
  refused([&] { estimator.train(nullptr, {.steps = 1}); });
  refused([&] { estimator.evaluate({}); });
  refused([&] { estimator.predict({}); });
}

TEST(EmptyFunctions, H6_ASpecOfNothingIsRefused) {
  const auto model = [](const Features&) { return EstimatorSpec{}; };
  Estimator estimator(model, {.config = in_memory()});
  const SilentLog silent;
  refused([&] { estimator.train(features_only(), {.steps = 1}); });
  refused([&] { estimator.evaluate(features_only()); });
  refused([&] { estimator.predict(features_only()); });
}

TEST(EmptyStreams, H6_AStreamHasASource) {
  refused([] { PredictionStream(nullptr); });
  Estimator estimator(line_model, {.config = in_memory()});
  const SilentLog silent;
  PredictionStream stream = estimator.predict(features_only());
  PredictionStream other = std::move(stream);
  EXPECT_TRUE(other.next().has_value());
  EXPECT_TRUE(stream.next().has_value()) << "moving copies";  // NOLINT: that is the claim
  refused([] { (void)*PredictionStream::Iterator(); });
  refused([] { (void)PredictionStream::Iterator()->values(); });
  refused([] { ++PredictionStream::Iterator(); });
  refused([] { PredictionStream::Iterator(nullptr); });
  refused([&] { (void)*other.end(); });
}

TEST(EmptyStreams, H6_AnEstimatorThatWasMovedFromRefuses) {
  Estimator estimator(line_model, {.config = in_memory()});
  const Estimator other = std::move(estimator);
  refused([&] { estimator.train(forever(), {.steps = 1}); });  // NOLINT: meant to be empty
  refused([&] { estimator.evaluate(once()); });
  refused([&] { estimator.predict(features_only()); });
  refused([&] { (void)estimator.latest_checkpoint(); });
  refused([&] { (void)estimator.variable_names(); });
  refused([&] { (void)estimator.variable_value("weight"); });
  refused([&] { (void)estimator.eval_dir(); });
  refused([&] { (void)estimator.model_dir(); });
  refused([&] { (void)estimator.config(); });
  refused([&] { (void)estimator.params(); });
  refused([&] { (void)estimator.stats(); });
  refused([&] { estimator.rebuild(); });
}

TEST(EmptyTexts, H6_ANullLiteralIsRefused) {
  const char* null = nullptr;
  refused([&] { (void)Params({{"units", null}}); });
  refused([&] { (void)Params().get<int>(null); });
  refused([&] { (void)Params().get<int>(null, 3); });
  refused([&] { (void)Features()[null]; });
  refused([&] { (void)Prediction()[null]; });
  refused([&] { (void)EvalResult().get<int>(null); });
}

// --- metrics.h, schedules.h, optimizers.h, initializers.h

TEST_F(EmptyArguments, H6_MetricsOfNothingAreRefused) {
  refused([&] { (void)Metric(none_); });
  refused([] { (void)Metric().result({}); });
  refused([&] { (void)Metric({one_}, nullptr).result({1, 1}); });
  refused([&] { (void)metrics::mean(one_).result({}); });
  refused([&] { (void)metrics::mean(one_).result({1}); });
  refused([&] { (void)Metric(one_).result({1, 2, 3, 4}); });
  refused([&] { (void)metrics::mean(none_); });
  refused([&] { (void)metrics::mean(one_, {.weights = none_}); });
  refused([&] { (void)metrics::accuracy(none_, one_); });
  refused([&] { (void)metrics::accuracy(one_, none_); });
  Metric moved = metrics::mean(one_);
  const Metric taken = std::move(moved);
  EXPECT_EQ(taken.result({6, 3, 1}), 2);
}

TEST(EmptyFunctions, H6_MetricsOfNothingAreRefusedInEvaluate) {
  for (const Metric& metric : {Metric(), Metric({Tensor()}, [](const auto&) { return 0.0; })}) {
    const auto model = [&](const Features& features, const Tensor& labels, Mode mode) {
      EstimatorSpec spec = line_model(features, labels, mode);
      spec.eval_metrics["mine"] = metric;
      return spec;
    };
    Estimator estimator(model, {.config = in_memory()});
    const SilentLog silent;
    refused([&] { estimator.evaluate(once()); });
  }
}

TEST_F(EmptyArguments, H6_SchedulesAndOptimizersOfNothingAreRefused) {
  refused([] { (void)Schedule(Schedule::Function()); });
  refused([] { (void)optimizers::adam({.learning_rate = Schedule::Function(nullptr)}); });
  refused([&] { (void)Schedule([this](const Tensor&) { return none_; }).at(one_); });
  Schedule decay = schedules::exponential_decay();
  const Schedule taken = std::move(decay);
  EXPECT_FALSE(decay.is_constant()) << "moving copies: not a rate of 0";  // NOLINT
  refused([] { (void)Optimizer(nullptr); });
  const Optimizer optimizer = optimizers::gradient_descent();
  refused([&] { (void)optimizer.minimize(none_); });
  refused([&] { (void)optimizer.compute_gradients(none_); });
  const Tensor weight = variable("weight", 1.0f);
  refused([&] { (void)optimizer.minimize(weight * 2.0f, {.variables = {none_}}); });
  refused([&] { (void)optimizer.apply_gradients({}); });
  refused([&] { (void)optimizer.apply_gradients({{none_, weight}}); });
  refused([&] { (void)optimizer.apply_gradients({{one_, none_}}); });
  refused([&] { (void)optimizer.apply_gradients({{none_, none_}}); });
  refused([&] { (void)clip_by_global_norm({none_}, 1.0f); });
  refused([&] { (void)clip_by_global_norm({one_}, none_); });
  refused([&] { (void)clip_by_global_norm({}, 1.0f); });
  refused([&] { (void)global_norm({none_}); });
  refused([] { (void)global_norm({}); });
}

TEST_F(EmptyArguments, H6_VariablesOfNothingAreRefused) {
  refused([] { (void)variable("a", Shape{2}, Initializer()); });
  refused([] { (void)variable("b", Shape{2}, nullptr); });
  refused([] { (void)variable("c", Shape{2}, [](const Shape&, DType) { return Tensor(); }); });
  refused([&] { (void)variable("d", none_); });
  refused([&] { (void)variable("e", nothing_); });
  refused([] { (void)variable("", 1.0f); });
  refused([&] { (void)assign(none_, 1.0f); });
  refused([&] { (void)assign_add(nothing_, 1.0f); });
  const Tensor weight = variable("weight", 1.0f);
  refused([&] { (void)assign(weight, none_); });
  refused([&] { (void)assign_sub(weight, nothing_); });
}

// --- graph.h, control_flow.h, tensor.h

TEST_F(EmptyArguments, H6_GradientsOfNothingAreRefused) {
  refused([&] { (void)gradients(none_, {one_}); });
  refused([&] { (void)gradients(one_, {none_}); });
  refused([&] { (void)gradients(one_, {one_}, none_); });
  refused([&] { (void)gradients(one_, {one_}, nothing_); });
  const ForwardRule same = [](const Tensors& inputs) { return inputs; };
  const GradientRule pass = [](const Tensors&, const Tensors&, const Tensors& g) { return g; };
  refused([&] { (void)custom_gradient({one_}, {}, pass); });
  refused([&] { (void)custom_gradient({one_}, same, {}); });
  refused([&] { (void)custom_gradient({none_}, same, pass); });
  refused([&] {
    (void)custom_gradient(
        {one_}, [](const Tensors&) { return Tensors{Tensor()}; }, pass);
  });
  refused([&] { (void)placeholder(DType::kInvalid, {}); });
  refused([&] { (void)stop_gradient(none_); });
  EXPECT_FALSE(group({Operation(), Operation()}).valid());
}

TEST_F(EmptyArguments, H6_BranchesAndLoopsOfNothingAreRefused) {
  const Tensor yes = Operand(true).resolve();
  const auto value = [this] { return one_; };
  const std::function<Tensor()> empty;
  refused([&] { (void)cond(yes, empty, value); });
  refused([&] { (void)cond(yes, value, empty); });
  refused([&] { (void)cond(none_, value, value); });
  const std::function<Tensors()> empties, values = [this] { return Tensors{one_}; };
  refused([&] { (void)cond(yes, empties, values); });
  refused([&] { (void)cond(yes, values, empties); });
  refused([&] {
    (void)cond(
        yes, [] { return Tensor(); }, [] { return Tensor(); });
  });
  const LoopCondition never = [](const Tensors&) { return Operand(false).resolve(); };
  const LoopBody same = [](const Tensors& carried) { return carried; };
  refused([&] { (void)while_loop({}, same, {one_}); });
  refused([&] { (void)while_loop(never, {}, {one_}); });
  refused([&] { (void)while_loop(never, same, {}); });
  refused([&] { (void)while_loop(never, same, {none_}); });
  refused([&] { (void)while_loop([](const Tensors&) { return Tensor(); }, same, {one_}); });
  refused([&] { (void)while_loop(never, [](const Tensors&) { return Tensors(); }, {one_}); });
  refused([&] { (void)while_loop(never, [](const Tensors&) { return Tensors(1); }, {one_}); });
}

TEST_F(EmptyArguments, H6_OpsOfNothingAreRefused) {
  refused([&] { (void)(none_ + one_); });
  refused([&] { (void)(one_ * nothing_); });
  refused([&] { (void)(!none_); });
  refused([&] { (void)add_n({}); });
  refused([&] { (void)add_n({none_}); });
  refused([&] { (void)concat({}, 0); });
  refused([&] { (void)stack({none_}); });
  refused([&] { (void)matmul(none_, none_); });
  refused([&] { (void)cast(one_, DType::kInvalid); });
  refused([&] { (void)saturate_cast(one_, DType::kInvalid); });
  refused([&] { (void)bitcast(one_, DType::kInvalid); });
  refused([&] { (void)zeros({2}, DType::kInvalid); });
  refused([&] { (void)ones({2}, DType::kInvalid); });
  refused([&] { (void)fill({2}, none_); });
  refused([&] { (void)shape(one_, DType::kInvalid); });
  refused([&] { (void)where(none_, one_, one_); });
  refused([&] { (void)split(one_, std::vector<int64_t>{}); });
  refused([&] { (void)nn::batch_normalization(one_, one_, one_, none_, std::nullopt, 1e-3); });
  refused([&] { (void)losses::mean_squared_error(none_, one_); });
  refused([&] { (void)losses::mean_squared_error(one_, one_, {.weights = none_}); });
  refused([&] { summary::scalar("tag", none_); });
  refused([&] { summary::histogram("tag", nothing_); });
  refused([&] { (void)none_.shape(); });
  refused([&] { (void)none_.name(); });
  refused([&] { (void)none_.value(); });
  EXPECT_FALSE(none_.place().known());
  EXPECT_FALSE(none_.is_poison());
  EXPECT_EQ(none_.dtype(), DType::kInvalid);
}

TEST_F(EmptyArguments, H6_LayersOfNothingAreRefused) {
  const Tensor x = zeros({2, 3});
  refused([&] { (void)layers::dense(none_, {.units = 1}); });
  refused([&] { (void)layers::dense(x, {.units = 1, .kernel_initializer = {}}); });
  refused([&] { (void)layers::dense(x, {.units = 1, .bias_initializer = nullptr}); });
  EXPECT_EQ(layers::dense(x, {.units = 1, .activation = nullptr}).rank(), 2);
  refused([&] {
    (void)(layers::dense(x, {.units = 1, .activation = [](const Operand&) { return Tensor(); }}) +
           1.0f);
  });
  refused([&] { (void)layers::dropout(x, {.training = Tensor()}); });
  refused([&] { (void)layers::batch_normalization(x, {.training = Tensor()}); });
  refused([&] { (void)layers::flatten(none_); });
  layers::Dense layer({.units = 2});
  const layers::Dense taken = std::move(layer);
  EXPECT_EQ(layer(x).rank(), 2);  // NOLINT: moving copies
}

// --- session.h

TEST_F(EmptyArguments, H6_SessionsOfNothingAreRefused) {
  const Tensor fed = placeholder(kFloat32, {});
  Session session(graph_);
  refused([&] { (void)session.run({.fetches = {none_}}); });
  refused([&] { (void)session.run({.targets = {Operation()}}); });
  refused([&] { (void)session.run({.fetches = {fed}, .feeds = {{none_, Array::scalar(1.0f)}}}); });
  refused([&] { (void)session.run({.fetches = {fed}, .feeds = {{fed, nothing_}}}); });
  refused([&] { (void)session.make_callable({none_}, {}, {}); });
  refused([&] { (void)session.make_callable({}, {Operation()}, {}); });
  refused([&] { (void)Session::Callable()({}); });
  refused([&] { (void)session.make_callable({fed}, {}, {none_})({Array::scalar(1.0f)}); });
  Session::Callable callable = session.make_callable({fed}, {}, {fed});
  refused([&] { (void)callable({nothing_}); });
  const Session::Callable taken = std::move(callable);
  refused([&] { (void)callable({Array::scalar(1.0f)}); });  // NOLINT: meant to be empty
  refused([&] { (void)evaluate_now(none_); });
  refused([&] { (void)evaluate_now(std::vector<Tensor>()); });
  refused([&] { (void)evaluate_now({one_, none_}); });
  refused([&] { (void)evaluate_now(one_, {{none_, Array::scalar(1.0f)}}); });
  (void)variable("weight", 1.0f);
  refused([&] { session.set_variable("weight", nothing_); });
}

// --- dataset.h, features.h

TEST(EmptyData, H6_DatasetsOfNothingAreRefused) {
  const Dataset rows = Dataset::from_arrays({{"x", line_x()}}, line_y());
  refused([] { (void)Dataset(nullptr); });
  refused([] { (void)Dataset::from_arrays({}); });
  refused([] { (void)Dataset::from_arrays({{"x", Array()}}); });
  refused([] { (void)Dataset::from_arrays({{"x", line_x()}}, Array()); });
  refused([] { (void)Dataset::from_arrays({{"x", line_x()}}, {{"y", Array()}}); });
  refused([&] { (void)rows.map(Dataset::MapFunction()); });
  refused([&] { (void)rows.map(Dataset::PairFunction()); });
  refused([&] { (void)rows.map(Dataset::FeaturesFunction()); });
  refused([&] { (void)rows.map_native(nullptr, rows.spec()); });
  refused([&] { (void)rows.map_native([](const ArrayElement& e) { return e; }, {}); });
  refused([&] { (void)rows.map([](const Features&) { return Element(); }); });
  refused([&] {
    (void)rows.map([](const Features&) -> Element { return Features{{"x", Tensor()}}; });
  });
  refused([&] { (void)rows.map([](const Features& f) { return Element(f, Labels(Tensor())); }); });
  const auto nothing = [](const ArrayElement&) { return ArrayElement(); };
  refused([&] { (void)rows.map_native(nothing, rows.spec()).collect(1); });
  const auto invalid = [](const ArrayElement&) { return ArrayElement{{Array()}, {Array()}}; };
  refused([&] { (void)rows.map_native(invalid, rows.spec()).batch(2).collect(1); });
  refused([] { (void)Labels().single(); });
  refused([] { (void)Element().labels(); });
  Dataset moved = rows;
  const Dataset taken = std::move(moved);
  EXPECT_EQ(moved.collect(9).size(), 4u) << "moving copies";  // NOLINT: that is the claim
}

// --- array.h

TEST(EmptyArrays, H6_AnArrayOfNothingAnswersOrRefuses) {
  const Array none;
  EXPECT_FALSE(none.valid());
  EXPECT_FALSE(none.text().empty());
  EXPECT_FALSE(none.values_text().empty());
  EXPECT_TRUE(none.same_bits(Array()));
  refused([&] { (void)none.item<float>(); });
  refused([&] { (void)none.at<float>(0); });
  refused([&] { (void)none.item<std::string>(); });
  refused([&] { (void)none.at<std::string_view>(0); });
  refused([&] { (void)none.data<float>(); });
  refused([&] { (void)none.rows(0, 1); });
  refused([&] { (void)Array().mutable_raw(); });
  refused([&] { (void)Array().mutable_data<float>(); });
  refused([&] { (void)none.reshaped({2}); });
  refused([] { (void)Array::zeros(DType::kInvalid, {2}); });
  refused([] { (void)Array::uninitialized(DType::kInvalid, {2}); });
  refused([] { (void)Array::borrow(kFloat32, {2}, nullptr, nullptr); });
  refused([] { (void)Array::borrow(DType::kInvalid, {}, "x", nullptr); });
  refused([] { (void)Array::borrow(kString, {1}, nullptr, nullptr); });
}

// --- Sizes beyond any memory

/// A sanitizer's allocator ends the process where the system's says no.
#ifdef RECKON_SANITIZED
constexpr int64_t kBeyondMemory[] = {INT64_MAX};
#else
constexpr int64_t kBeyondMemory[] = {int64_t{1} << 46, int64_t{1} << 60, INT64_MAX};
#endif

TEST_F(EmptyArguments, H9_SizesBeyondAnyMemoryAreErrorsOfOurs) {
  const auto ours = [](const auto& action, Place place = Place::here()) {
    const ::testing::ScopedTrace trace(place.file, place.line, "ours");
    try {
      action();
      ADD_FAILURE() << "nothing thrown";
    } catch (const Error&) {
      // Whatever its code.
    } catch (const std::exception& foreign) {
      ADD_FAILURE() << "a foreign exception: " << foreign.what();
    }
  };
  for (const int64_t size : kBeyondMemory) {
    ours([&] { (void)Array::zeros(kFloat32, {size}); });
    ours([&] { (void)Array::uninitialized(kString, {size}); });
    ours([&] { (void)evaluate_now(zeros({size})); });
    ours([&] { (void)evaluate_now(ones({size, 2})); });
    ours([&] { (void)evaluate_now(one_hot(Operand(1), size)); });
    ours([&] { (void)evaluate_now(broadcast_to(one_, {size})); });
    ours([&] { (void)evaluate_now(random::uniform({size})); });
    ours([&] {
      (void)evaluate_now(
          range(Operand(Array::scalar<int64_t>(0)), Operand(Array::scalar<int64_t>(size))));
    });
    ours([&] { (void)evaluate_now(layers::dense(zeros({2, 3}), {.units = size})); });
    ours([&] { (void)Dataset::range(10).batch(size).collect(1); });
    ours([&] { (void)Dataset::range(10).prefetch(size).collect(1); });
  }
  EXPECT_EQ(Dataset::range(10).shuffle({.buffer_size = INT64_MAX}).collect(99).size(), 10u);
}

}  // namespace empty_arguments_test
}  // namespace reckon::estimator
