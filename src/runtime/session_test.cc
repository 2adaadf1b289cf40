// SPDX-License-Identifier: Apache-2.0
#include <reckon/session.h>

#include <cmath>

#include <gtest/gtest.h>

#include <reckon/activations.h>
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>
#include "base/expect_error_testing.h"
#include "check_op.h"
#include "graph/trace.h"
#include "runtime/training_graph_testing.h"

namespace reckon::runtime {
namespace session_test {

using base::expect_error;
using testing::floats;

class SessionTest : public ::testing::Test {
 protected:
  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {kUnknown, 2}, "x");
  Tensor w_ = variable("w", floats({1, 2}, {2}));
};

TEST_F(SessionTest, NamesAPlaceholderThatIsNotFed) {
  Session session(graph_);
  session.initialize_variables();
  expect_error([&] { session.run({.fetches = {x_ * w_}}); }, ErrorCode::kFailedPrecondition,
               "[run] placeholder x is needed but not fed; add it to feeds");
  EXPECT_EQ(session.run({.fetches = {w_}})[0].at<float>(1), 2);  // which does not need it
  session.run({.fetches = {x_ * w_}, .feeds = {{x_, floats({1, 2}, {1, 2})}}});
  expect_error([&] { session.run({.fetches = {x_ * w_}}); }, ErrorCode::kFailedPrecondition,
               "not fed");
}

TEST_F(SessionTest, RefusesFeedsThatDoNotFit) {
  Session session(graph_);
  const auto run = [&](const Tensor& placeholder, const Array& value) {
    return [&session, placeholder, value] { session.run({.feeds = {{placeholder, value}}}); };
  };
  const std::string is = " but is float32[?, 2]; feed its dtype and a shape that fits";
  expect_error(run(x_, testing::ints({1, 2}, {1, 2})), ErrorCode::kInvalidArgument,
               "x is fed int32[1, 2]" + is + " (x was made at session_test.cc:");
  expect_error(run(x_, floats({1, 2, 3}, {1, 3})), ErrorCode::kInvalidArgument,
               "x is fed float32[1, 3]" + is);
  expect_error(run(x_, floats({1, 2}, {2})), ErrorCode::kInvalidArgument,
               "x is fed float32[2]" + is);
  expect_error(run(w_, floats({1, 2}, {2})), ErrorCode::kInvalidArgument,
               "w is fed but is no placeholder; feed what placeholder() returned");
  expect_error(run(Tensor(), floats({1, 2}, {2})), ErrorCode::kInvalidArgument, "never assigned");
}

TEST_F(SessionTest, RefusesWhatIsNotOfItsGraph) {
  Session session(graph_);
  Graph other;
  const GraphScope scope(other);
  const Tensor foreign = placeholder(kFloat32, {kUnknown, 2}, "foreign");
  const Operation step = assign(variable("v", zeros({2})), ones({2}));
  const std::string text = "belongs to another graph; run it in a session of its own graph";
  expect_error([&] { session.run({.fetches = {foreign}}); }, ErrorCode::kInvalidArgument,
               "foreign " + text);
  expect_error([&] { session.run({.targets = {step}}); }, ErrorCode::kInvalidArgument,
               "a target " + text);
  expect_error(
      [&] {
        session.run({.feeds = {{foreign, floats({1, 2}, {1, 2})}}});
      },
      ErrorCode::kInvalidArgument, "a feed " + text);
  expect_error([&] { session.run({.fetches = {Tensor()}}); }, ErrorCode::kInvalidArgument,
               "a fetch is a Tensor that was never assigned");
  expect_error([&] { session.run({.targets = {Operation()}}); }, ErrorCode::kInvalidArgument,
               "a target is an Operation that was never assigned");
}

TEST_F(SessionTest, NamesAVariableWithoutAValueAndItsLine) {
  Session session(graph_);
  const std::string text =
      "[variable] \"w\" (float32[2]) has no value yet, expected one before it is read; call "
      "Session::initialize_variables(), or set_variable(), first. At session_test.cc:";
  expect_error([&] { session.run({.fetches = {w_ * 2}}); }, ErrorCode::kFailedPrecondition, text);
  expect_error([&] { session.run({.fetches = {w_}}); }, ErrorCode::kFailedPrecondition, text);
  expect_error(
      [&] {
        session.run({.fetches = {reshape(w_, {2, 1})}});
      },
      ErrorCode::kFailedPrecondition, text);
  expect_error([&] { session.run({.targets = {assign_add(w_, 1.0f)}}); },
               ErrorCode::kFailedPrecondition, text);
  expect_error([&] { session.variable_value("w"); }, ErrorCode::kFailedPrecondition, text);
  session.run({.targets = {assign(w_, floats({7, 8}, {2}))}});  // needs none, gives one
  EXPECT_EQ(session.run({.fetches = {w_ * 2}})[0].at<float>(1), 16);
}

TEST_F(SessionTest, SetsAndGivesVariablesByName) {
  Session session(graph_);
  session.set_variable("w", floats({3, 4}, {2}));
  EXPECT_EQ(session.variable_value("w").at<float>(0), 3);
  expect_error([&] { session.set_variable("w", floats({3}, {1})); }, ErrorCode::kInvalidArgument,
               "\"w\" is float32[2] but the value is float32[1]");
  expect_error([&] { session.set_variable("v", floats({3}, {1})); }, ErrorCode::kNotFound,
               "there is no variable \"v\"; there are: w");
  expect_error([&] { session.variable_value("v"); }, ErrorCode::kNotFound, "there are: w");
}

TEST_F(SessionTest, CompilesOnceForEachQuestionAndSize) {
  Session session(graph_);
  session.initialize_variables();
  const Tensor y = x_ * w_;
  const auto run = [&](const Tensors& fetches, int64_t rows) {
    session.run({.fetches = fetches, .feeds = {{x_, Array::zeros(kFloat32, {rows, 2})}}});
    return session.programs_compiled();
  };
  EXPECT_EQ(run({y}, 3), 1);
  EXPECT_EQ(run({y}, 3), 1);
  EXPECT_EQ(run({y}, 4), 2);
  EXPECT_EQ(run({y}, 3), 2);
  EXPECT_EQ(run({y, w_}, 3), 3);
}

TEST_F(SessionTest, CallableRunsWhatWasResolvedOnce) {
  Session session(graph_);
  session.initialize_variables();
  const Tensor y = x_ * w_;
  Session::Callable call = session.make_callable({y}, {assign_add(w_, 1.0f)}, {x_});
  EXPECT_EQ(call({floats({1, 1}, {1, 2})})[0].at<float>(1), 2);
  EXPECT_EQ(call({floats({1, 1}, {1, 2})})[0].at<float>(1), 3);
  EXPECT_EQ(call({floats({1, 1, 2, 2}, {2, 2})})[0].at<float>(3), 8);
  EXPECT_EQ(session.programs_compiled(), 2);
  expect_error([&] { call({}); }, ErrorCode::kInvalidArgument,
               "[callable] came with 0 feeds, expected 1");
  expect_error([&] { call({floats({1}, {1})}); }, ErrorCode::kInvalidArgument,
               "x is fed float32[1]");
  expect_error([] { Session::Callable()({}); }, ErrorCode::kInvalidArgument,
               "[callable] is empty; call what Session::make_callable returned");
  // What is wrong with the question shows when it is made.
  expect_error([&] { session.make_callable({Tensor()}, {}, {}); }, ErrorCode::kInvalidArgument,
               "a fetch");
}

TEST_F(SessionTest, FetchesKeepTheirValues) {
  Session session(graph_);
  session.initialize_variables();
  const Tensor y = x_ * 2;
  const Array fed = floats({1, 2}, {1, 2});
  const std::vector<Array> first = session.run({.fetches = {y, x_, w_}, .feeds = {{x_, fed}}});
  session.run({.fetches = {y, x_, w_},
               .targets = {assign_add(w_, 1.0f)},
               .feeds = {{x_, floats({5, 6}, {1, 2})}}});
  EXPECT_EQ(first[0].at<float>(0), 2);
  EXPECT_EQ(first[1].at<float>(0), 1);
  EXPECT_EQ(first[2].at<float>(0), 1);
  EXPECT_NE(first[1].raw(), fed.raw());
}

TEST_F(SessionTest, GivesRowsWhoseNumberOnlyTheDataKnows) {
  Session session(graph_);
  const Tensor positive = boolean_mask(x_, reduce_sum(x_, 1) > 0);
  const auto run = [&](const std::vector<float>& values) {
    const auto rows = static_cast<int64_t>(values.size()) / 2;
    return session.run({.fetches = {positive, reduce_sum(positive * 2), size(positive)},
                        .feeds = {{x_, floats(values, {rows, 2})}}});
  };
  EXPECT_EQ(run({1, 2, -3, -4, 5, 6})[0].shape(), Shape({2, 2}));
  const std::vector<Array> one = run({-1, -2, -3, -4, 5, 6});
  EXPECT_EQ(one[0].shape(), Shape({1, 2}));
  EXPECT_EQ(one[0].at<float>(1), 6);
  EXPECT_EQ(one[1].item<float>(), 22);
  EXPECT_EQ(one[2].item<int32_t>(), 2);
  EXPECT_EQ(run({-1, -2, -3, -4, -5, -6})[0].shape(), Shape({0, 2}));
  EXPECT_EQ(run({-1, -2, -3, -4, -5, -6})[1].item<float>(), 0);
  EXPECT_EQ(run({1, 2, 3, 4, 5, 6})[0].shape(), Shape({3, 2}));
  EXPECT_EQ(session.programs_compiled(), 1);
}

TEST_F(SessionTest, NamesTheLineWhereSizesOfTheDataDiffer) {
  Session session(graph_);
  const Tensor some = boolean_mask(x_, reduce_sum(x_, 1) > 0),
               others = boolean_mask(x_, reduce_sum(x_, 1) > 5);
  const Feeds feeds = {{x_, floats({1, 2, 5, 6}, {2, 2})}};
  const std::string mend =
      " in this batch; sizes that only the data knows must be equal here: select both by one mask. "
      "At session_test.cc:";
  expect_error([&] { session.run({.fetches = {some + others}, .feeds = feeds}); },
               ErrorCode::kInvalidArgument, "operands have 2 and 1 rows" + mend);
  expect_error(
      [&] {
        session.run({.fetches = {some * floats({1, 2, 3, 4, 5, 6}, {3, 2})}, .feeds = feeds});
      },
      ErrorCode::kInvalidArgument, "operands have 2 and 3 rows" + mend);
  const Feeds equal = {{x_, floats({5, 6, 7, 8}, {2, 2})}};
  EXPECT_EQ(session.run({.fetches = {some + others}, .feeds = equal})[0].at<float>(3), 16);
  EXPECT_EQ(session.run({.fetches = {some * floats({1, 2}, {2})}, .feeds = feeds})[0].at<float>(3),
            12);
}

TEST_F(SessionTest, NamesTheLineOfALabelOutOfRange) {
  Session session(graph_);
  const Tensor labels = placeholder(kInt32, {kUnknown}, "labels");
  const int line = __LINE__ + 1;
  const Tensor loss = nn::sparse_softmax_cross_entropy_with_logits(labels, x_);
  const Feeds feeds = {{x_, floats({1, 2, 3, 4}, {2, 2})}, {labels, testing::ints({0, 2}, {2})}};
  expect_error([&] { session.run({.fetches = {loss}, .feeds = feeds}); },
               ErrorCode::kInvalidArgument,
               "label 2 is not in [0, 2), at position 1 of 2; give the last layer as many units as "
               "there are classes, or correct the label. At "
               "session_test.cc:" +
                   std::to_string(line));
  const Feeds good = {{x_, floats({1, 2, 3, 4}, {2, 2})}, {labels, testing::ints({0, 1}, {2})}};
  EXPECT_NO_THROW(session.run({.fetches = {loss}, .feeds = good}));
}

TEST(EvaluateNow, GivesAValueFromInitialVariables) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {2}, "x");
  const Tensor y = x * variable("w", floats({3, 4}, {2}));
  EXPECT_EQ(evaluate_now(y, {{x, floats({1, 2}, {2})}}).at<float>(1), 8);
  const std::vector<Array> both = evaluate_now({y, x + 1}, {{x, floats({1, 2}, {2})}});
  EXPECT_EQ(both[1].at<float>(1), 3);
  EXPECT_THROW(evaluate_now(y), Error);
  EXPECT_THROW(evaluate_now(Tensor()), Error);
}

TEST(EvaluateNow, RefusesToRunInsideModelFn) {
  Graph graph;
  const GraphScope scope(graph);
  graph.trace().is_model_fn = true;
  const Tensor x = ones({2});
  expect_error([&] { evaluate_now(x); }, ErrorCode::kFailedPrecondition,
               "[evaluate_now] was called inside model_fn, where nothing runs; return the value in "
               "predictions, or log it with a hook. At session_test.cc:");
}

/// Central differences of the loss in some elements of each variable.
TEST(TrainingGradients, AgreeWithFiniteDifferences) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat64, {kUnknown, 3}, "x");
  const auto wave = [](int64_t rows, int64_t columns) {
    std::vector<double> values(rows * columns);
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = std::sin(1.7 * static_cast<double>(i) + 0.3);
    return testing::doubles(values, {rows, columns});
  };
  const Tensor w = variable("w", wave(3, 5)), b = variable("b", wave(1, 5)),
               v = variable("v", wave(5, 1));
  const Tensor hidden = nn::gelu(matmul(x, w) + b);
  const Tensor loss = reduce_mean(square(matmul(hidden, v) - 1)) + 0.1 * reduce_sum(square(w));
  const Feeds feeds = {{x, wave(4, 3)}};
  Session session(graph);
  session.initialize_variables();
  const std::vector<Array> got =
      session.run({.fetches = gradients(loss, {w, b, v}), .feeds = feeds});
  const std::vector<std::string> names = {"w", "b", "v"};
  const auto loss_with = [&](const std::string& name, Array value, size_t element, double change) {
    value.mutable_data<double>()[element] += change;
    session.set_variable(name, value);
    return session.run({.fetches = {loss}, .feeds = feeds})[0].item<double>();
  };
  for (size_t i = 0; i < names.size(); ++i) {
    const Array value = session.variable_value(names[i]);
    for (size_t k = 0; k < static_cast<size_t>(value.num_elements()); ++k) {
      const double step = 1e-5;
      const double slope =
          (loss_with(names[i], value, k, step) - loss_with(names[i], value, k, -step)) / (2 * step);
      EXPECT_NEAR(got[i].data<double>()[k], slope, 1e-7) << names[i] << " " << k;
    }
    session.set_variable(names[i], value);
  }
}

TEST(SessionTraining, LearnsAndRepeatsItself) {
  const auto train = [] {
    Graph graph;
    const GraphScope scope(graph);
    const TrainingGraph training;
    Session session(graph, {.random_seed = 11});
    session.initialize_variables();
    std::vector<Array> losses;
    for (int i = 0; i < 30; ++i) {
      losses.push_back(session.run({.fetches = {training.loss},
                                    .targets = {training.train_op},
                                    .feeds = training.feeds})[0]);
    }
    EXPECT_EQ(session.variable_value("global_step").item<int64_t>(), 30);
    EXPECT_EQ(session.programs_compiled(), 1);
    return losses;
  };
  const std::vector<Array> first = train(), second = train();
  EXPECT_LT(first.back().item<float>(), 0.8f * first.front().item<float>());
  for (size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(first[i].same_bits(second[i])) << i;
}

TEST(Callable, OutlivesItsSession) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor x = placeholder(kFloat32, {1}, "x");
  Session::Callable twice;
  EXPECT_THROW(twice({}), Error);
  {
    Session session(graph);
    twice = session.make_callable({x * 2.0f}, {}, {x});
  }
  EXPECT_EQ(twice({Array::from<float>({3}, {1})})[0].item<float>(), 6);
}

TEST_F(SessionTest, RefusesAPlaceholderFedTwice) {
  Session session(graph_);
  session.initialize_variables();
  const Array row = floats({1, 2}, {1, 2});
  expect_error(
      [&] {
        session.run({.fetches = {x_ * w_}, .feeds = {{x_, row}, {x_, row}}});
      },
      ErrorCode::kInvalidArgument, "[run] x is fed twice; feed it once");
}

TEST_F(SessionTest, NamesAnUnfedPlaceholderBeforeAShapeThatDependsOnIt) {
  const Tensor y = placeholder(kFloat32, {kUnknown, 2}, "y");
  const Tensor sum = x_ + y;
  Session session(graph_);
  expect_error(
      [&] {
        session.run({.fetches = {sum}, .feeds = {{x_, floats({1, 2, 3, 4, 5, 6}, {3, 2})}}});
      },
      ErrorCode::kFailedPrecondition, "[run] placeholder y is needed but not fed");
}

// H11: what was kept grew with every size.
TEST_F(SessionTest, KeepsFewProgramsHoweverManySizesCome) {
  Session session(graph_);
  session.initialize_variables();
  Session::Callable product = session.make_callable({x_ * w_}, {}, {x_});
  for (int64_t rows = 1; rows <= 200; ++rows) {
    const Array x = Array::zeros(kFloat32, {rows, 2});
    EXPECT_EQ(product({x})[0].shape(), (Shape{rows, 2}));
  }
  EXPECT_EQ(session.programs_compiled(), 200);
  EXPECT_EQ(product({floats({3, 3}, {1, 2})})[0].at<float>(1), 6);
  EXPECT_EQ(session.programs_compiled(), 201) << "the first size is compiled anew";
  for (int64_t rows = 138; rows <= 200; ++rows) product({Array::zeros(kFloat32, {rows, 2})});
  EXPECT_EQ(session.programs_compiled(), 201) << "the others were seen lately";
}

TEST_F(SessionTest, AStepThatFaultsChangesNothing) {
  const Tensor ids = placeholder(kInt32, {1}, "ids");
  const Tensor table = variable("table", floats({1, 2}, {2}));
  const Operation first = assign_add(w_, 1);
  const Tensor row = gather(table, ids);
  const Operation last = assign_add(table, cast(floordiv(ids, ids), kFloat32) + 0.0f * row);
  Session session(graph_);
  session.initialize_variables();
  const auto run = [&](int32_t id) {
    session.run({.fetches = {row},
                 .targets = {first, last},
                 .feeds = {{ids, Array::from<int32_t>({id}, {1})}}});
  };
  for (int32_t id : {7, 0}) {  // outside of the table; a division by zero
    expect_error([&] { run(id); }, ErrorCode::kInvalidArgument,
                 id == 7 ? "[gather]" : "[floordiv]");
    EXPECT_EQ(session.variable_value("w").at<float>(0), 1);
    EXPECT_EQ(session.variable_value("table").at<float>(0), 1);
  }
  run(1);
  EXPECT_EQ(session.variable_value("w").at<float>(0), 2);
  EXPECT_EQ(session.variable_value("table").at<float>(0), 2);
}

}  // namespace session_test
}  // namespace reckon::runtime
