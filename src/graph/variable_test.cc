// SPDX-License-Identifier: Apache-2.0
// Variables: declared once in a module, met again by every trace, assigned outside of subgraphs.
#include "graph/variable.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "graph/core_ops.h"

namespace reckon::reckon_internal::graph {
namespace variable_test {

using base::expect_error;

class VariableTest : public ::testing::Test {
 protected:
  const VariableDecl& declared(const Tensor& tensor) const {
    return trace_.module->variable(variable_index(tensor));
  }
  Graph graph_;
  GraphScope scope_{graph_};
  Trace& trace_ = graph_.trace();
};

TEST_F(VariableTest, HasTheTypeAndInitialValueItStartsAs) {
  const int line = __LINE__ + 1;
  const Tensor w = variable("w", Array::from<double>({1, 2}, {2}), {.trainable = false});
  EXPECT_EQ(w.text(), "float64[2]");
  EXPECT_EQ(w.name(), "w");
  EXPECT_EQ(w.place().line, line);
  const VariableDecl& decl = declared(w);
  EXPECT_FALSE(decl.trainable);
  EXPECT_EQ(decl.kind, VariableKind::kWeight);
  EXPECT_EQ(decl.place.line, line);
  EXPECT_TRUE(constant_value(decl.initializer->node(decl.initializer->results.at(0)))
                  .same_bits(Array::from<double>({1, 2}, {2})));
}

TEST_F(VariableTest, OfAShapeIsFloat32DrawnByItsInitializer) {
  const Tensor w = variable("w", {3, 4}, initializers::zeros());
  EXPECT_EQ(w.text(), "float32[3, 4]");
  EXPECT_TRUE(declared(w).trainable);
  const Function& initial = *declared(w).initializer;
  EXPECT_EQ(initial.type(initial.results[0]).shape, Shape({3, 4}));
  EXPECT_TRUE(initial.parameters.empty());
}

// F1, its kind: -2 is the name of a size that only the data know, inside a plan.
TEST_F(VariableTest, PlaceholdersKnowNoNegativeExtents) {
  EXPECT_EQ(placeholder(kFloat32, {-2, 3}).shape(), Shape({kUnknown, 3}));
  EXPECT_EQ(placeholder(kFloat32, {INT64_MIN}).shape(), Shape({kUnknown}));
}

// Friction 17: a variable with an initializer was float32 whatever was wanted.
TEST_F(VariableTest, OfAShapeHasTheDtypeThatIsAskedFor) {
  for (DType dtype : {kFloat16, kBFloat16, kFloat32, kFloat64, kInt8, kInt16, kInt32, kInt64,
                      kUInt8, kUInt16, kUInt32, kUInt64}) {
    for (const auto& initializer :
         {initializers::zeros(), initializers::ones(), initializers::constant(3)}) {
      const Tensor w = variable(trace_.unique_name("w"), {2}, initializer, {.dtype = dtype});
      EXPECT_EQ(w.dtype(), dtype);
      EXPECT_EQ(declared(w).initializer->type(declared(w).initializer->results[0]).dtype, dtype);
    }
  }
  EXPECT_EQ(variable("d", {2}, initializers::glorot_uniform(), {.dtype = kFloat64}).dtype(),
            kFloat64);
  EXPECT_EQ(
      variable("i", {2}, initializers::random_uniform({.low = 0, .high = 9}), {.dtype = kInt32})
          .dtype(),
      kInt32);
  expect_error([] { variable("n", {2}, initializers::glorot_uniform(), {.dtype = kInt32}); },
               "dtype is int32");
  expect_error([] { variable("t", {2}, initializers::zeros(), {.dtype = kString}); }, "string");
}

TEST_F(VariableTest, ThatStartsAsANumberHasTheDtypeThatIsAskedFor) {
  EXPECT_EQ(variable("n", 0, {.dtype = kInt64}).dtype(), kInt64);
  EXPECT_EQ(variable("r", 1, {.dtype = kFloat64}).dtype(), kFloat64);
  EXPECT_EQ(variable("a", Array::scalar(1.0), {.dtype = kFloat64}).dtype(), kFloat64);
  expect_error([] { variable("b", Array::scalar(1.0), {.dtype = kFloat32}); },
               ErrorCode::kInvalidArgument,
               "[variable] \"b\" would start as float64[], but options.dtype is float32; cast the "
               "initial value, or leave the dtype out. At variable_test.cc:");
  expect_error([] { variable("c", 0.5, {.dtype = kInt64}); }, "holds no fractions");
}

TEST_F(VariableTest, CopiesOnlyWhatItsInitialValueNeeds) {
  const Tensor unrelated = exp(placeholder(kFloat32, {2}, "x"));
  const Tensor start = Operand(Array::from<float>({1, 2}, {2})).resolve();
  const Tensor w = variable("w", sin(start) + 1);
  const Function& initial = *declared(w).initializer;
  verify(initial, "a test");
  EXPECT_EQ(initial.size(), 4) << initial.text();
  EXPECT_EQ(initial.node(initial.results[0]).op->name, "Add");
  EXPECT_EQ(initial.name, "initial/w");
}

TEST_F(VariableTest, TakesTheRightOutputOfItsInitialValue) {
  const Tensors parts = split(Operand(Array::from<float>({1, 2, 3, 4}, {4})).resolve(), 2);
  const Function& initial = *declared(variable("w", parts[1])).initializer;
  EXPECT_EQ(initial.results[0].output, 1);
}

TEST_F(VariableTest, HoldsNumbersAndNoStrings) {
  expect_error([] { variable("s", Array::strings({"a"}, {1})); },
               "[variable] \"s\" would be string[1], expected numbers or bools");
}

TEST_F(VariableTest, HasANameThatCheckpointsAndEventsTake) {
  for (const char* name : {"", "two words", "-dash", "colon:0"}) {
    expect_error([&] { variable(name, 1.0f); }, std::string("[variable] the name is \"") + name);
  }
  EXPECT_EQ(variable(".dot/dash-1_a", 1.0f).name(), ".dot/dash-1_a");
}

TEST_F(VariableTest, MayNotDependOnAFeedOrAVariable) {
  expect_error([] { variable("w", placeholder(kFloat32, {2}, "x") * 2); },
               ErrorCode::kInvalidArgument,
               "[variable] the initial value of \"w\" depends on x, which has no value before the "
               "first step; start from a constant, an Array or an initializer");
  const Tensor v = variable("v", 1.0f);
  expect_error([&] { variable("w", v * 2); }, "the initial value of \"w\" depends on v");
}

TEST_F(VariableTest, IsOfKnownSize) {
  const Tensor numbers = Operand(Array::from<float>({1, -2}, {2})).resolve();
  expect_error([&] { variable("w", boolean_mask(numbers, numbers > 0)); },
               ErrorCode::kInvalidArgument,
               "[variable] \"w\" would start as float32[?], expected known extents; write every "
               "dimension out as a number");
}

TEST_F(VariableTest, RefusesAnInitializerThatUsesATensorFromOutside) {
  const Tensor scale = Operand(2.0f).resolve();
  expect_error(
      [&] { variable("w", {2}, [&](const Shape& shape, DType) { return zeros(shape) + scale; }); },
      "[variable] the initializer of \"w\" uses a Tensor from outside; make all of it inside the "
      "initializer");
}

TEST_F(VariableTest, AnEmptyInitializerIsRefusedAtTheUsersLine) {
  expect_error([] { variable("w", {2}, Initializer()); },
               "[variable] the initializer of \"w\" is empty; pass one, e.g. "
               "initializers::zeros(). At variable_test.cc:" +
                   std::to_string(__LINE__ - 3));
}

TEST_F(VariableTest, AnInitializerThatThrowsLeavesNamesAsTheyWere) {
  const auto throws = [](const Shape&, DType) -> Tensor { throw std::runtime_error("mine"); };
  EXPECT_THROW(variable("w", {2}, throws), std::runtime_error);
  EXPECT_EQ(variable("v", 1.0f).name(), "v");
}

TEST_F(VariableTest, IsMadeOnceInATrace) {
  variable("w", 1.0f);
  expect_error([] { variable("w", 1.0f); }, ErrorCode::kInvalidArgument,
               "[variable] \"w\" was already made at ");
}

// Training and evaluation of one model: two traces of one module.
TEST_F(VariableTest, IsMetAgainByTheNextTrace) {
  const Tensor w = variable("w", Array::from<float>({1, 2}, {2}));
  const TraceScope scope(
      std::make_shared<Trace>(trace_.module, trace_.module->add_function("eval")));
  const Tensor again = variable("w", Array::from<float>({8, 9}, {2}));
  EXPECT_EQ(variable_index(again), variable_index(w));
  EXPECT_NE(again.function(), w.function());
  EXPECT_EQ(trace_.module->variable_count(), 1);
  const VariableDecl& decl = declared(w);
  EXPECT_EQ(constant_value(decl.initializer->nodes[0]).at<float>(0), 1) << "the first one counts";
  expect_error([] { variable("b", 1.0f), variable("b", 1.0f); }, "\"b\" was already made");
}

TEST_F(VariableTest, OfAnotherShapeInTheNextTraceIsRefused) {
  variable("w", zeros({2, 3}));
  const TraceScope scope(
      std::make_shared<Trace>(trace_.module, trace_.module->add_function("eval")));
  expect_error(
      [] {
        variable("w", zeros({3, 2}));
      },
      "[variable] \"w\" is float32[3, 2] here but float32[2, 3] at ");
}

TEST_F(VariableTest, IndexIsOfVariablesOnly) {
  const Tensor w = variable("w", 1.0f);
  EXPECT_EQ(variable_index(w), 0);
  EXPECT_EQ(variable_index(w * 1), -1);
  EXPECT_EQ(variable_index(placeholder(kFloat32, {})), -1);
}

TEST_F(VariableTest, GlobalStepIsOneForAll) {
  const Tensor first = global_step(), second = global_step();
  EXPECT_EQ(first.id(), second.id());
  EXPECT_EQ(first.text(), "int64[]");
  EXPECT_EQ(declared(first).kind, VariableKind::kStep);
  EXPECT_FALSE(declared(first).trainable);
  EXPECT_EQ(declared(first).name, "global_step");
}

TEST_F(VariableTest, PlaceholdersAreParametersInTheirOrder) {
  const Tensor a = placeholder(kFloat32, {}, "x"), b = placeholder(kInt32, {2}, "x");
  const Function& function = *trace_.outermost();
  EXPECT_EQ(function.parameters, (std::vector<ValueId>{a.id(), b.id()}));
  EXPECT_EQ(b.name(), "x_1");
  EXPECT_EQ(function.node(b.id()).as<ParameterOptions>().index, 1);
}

TEST_F(VariableTest, TheModeIsKnownOutsideOfSubgraphs) {
  const SubgraphScope subgraph("body");
  const Tensor flag = is_training();
  EXPECT_EQ(flag.function(), subgraph.function().get());
  ASSERT_EQ(subgraph.function()->captures.size(), 1u);
  EXPECT_EQ(trace_.outermost()->node(subgraph.function()->captures[0].outer).op, &is_training_op);
}

class AssignTest : public VariableTest {
 protected:
  const Node& node(const Operation& operation) const {
    return trace_.outermost()->nodes[static_cast<size_t>(operation.nodes().at(0))];
  }
  Tensor w_ = variable("w", zeros({2, 3}));
};

TEST_F(AssignTest, RecordsWhatIsDoneToWhichVariable) {
  const Tensor b = variable("b", 1.0f);
  EXPECT_EQ(node(assign(w_, zeros({2, 3}))).as<AssignOptions>().kind, AssignKind::kSet);
  EXPECT_EQ(node(assign_add(w_, zeros({2, 3}))).as<AssignOptions>().kind, AssignKind::kAdd);
  const Node& last = node(assign_sub(b, 1.0f));
  EXPECT_EQ(last.as<AssignOptions>().kind, AssignKind::kSubtract);
  EXPECT_EQ(last.as<AssignOptions>().variable, 1);
  EXPECT_TRUE(last.outputs.empty());
}

TEST_F(AssignTest, TakesValuesThatBroadcastToTheVariable) {
  EXPECT_NO_THROW(assign(w_, 1.0f));
  EXPECT_NO_THROW(assign(w_, 1)) << "a number takes the variable's dtype";
  EXPECT_NO_THROW(assign(w_, zeros({3})));
  EXPECT_NO_THROW(assign(w_, zeros({2, 1})));
  EXPECT_NO_THROW(assign(w_, placeholder(kFloat32, {kUnknown, 3}))) << "known when a plan is made";
}

TEST_F(AssignTest, RefusesValuesThatDoNotFit) {
  for (const Shape& shape : {Shape{2}, Shape{3, 3}, Shape{1, 2, 3}, Shape{2, 4}}) {
    expect_error([&] { assign(w_, zeros(shape)); }, ErrorCode::kInvalidArgument,
                 "[assign] the value is float32" + shape.text() +
                     " but variable \"w\" is float32[2, 3]; assign what broadcasts to that shape");
  }
  expect_error(
      [&] {
        assign_add(w_, placeholder(kInt32, {2, 3}));
      },
      "[assign] the value is int32[2, 3] but variable \"w\" is float32[2, 3]; cast the value to "
      "that dtype");
}

TEST_F(AssignTest, RefusesWhatIsNoVariable) {
  const std::string text = "[assign] the target is no variable; pass the Tensor that variable()";
  expect_error([] { assign(placeholder(kFloat32, {2}), 1.0f); }, text);
  expect_error([&] { assign(w_ * 1, 1.0f); }, text);
  expect_error([] { assign(2.0f, 1.0f); }, text);
}

TEST_F(AssignTest, IsDoneOutsideOfBranches) {
  const Tensor flag = placeholder(kBool, {});
  expect_error(
      [&] {
        cond(
            flag, [&] { return assign(w_, 1.0f), w_ * 1; }, [&] { return w_ * 1; });
      },
      "[assign] w is assigned inside cond or while_loop; return the value and assign it outside");
}

}  // namespace variable_test
}  // namespace reckon::reckon_internal::graph
