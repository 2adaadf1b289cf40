// SPDX-License-Identifier: Apache-2.0
// Mistakes with Graph, Session and control flow.
#include "mistakes/example.h"
#include "mistakes/table.h"

namespace reckon::mistakes {
namespace {

void add_session_mistakes(Rows& rows) {
  rows.add({.name = "VariablesNotInitialized",
            .description = "Variables that were not initialized",
            .came = "\"w\" (float32[2]) has no value yet",
            .expected = "expected one before it is read",
            .mend = "call Session::initialize_variables(), or set_variable(), first",
            .line = "session.run"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor w = variable("w", {2}, initializers::zeros());
             Session session(graph);
             session.run({.fetches = {w * 2}});
           });
  rows.add({.name = "FeedMissing",
            .description = "A placeholder that is not fed",
            .came = "not fed",
            .expected = "placeholder x is needed",
            .mend = "add it to feeds",
            .line = "session.run"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
             Session session(graph);
             session.run({.fetches = {x * 2}});
           });
  rows.add({.name = "FeedOfAnotherShape",
            .description = "A feed of another dtype and shape",
            .came = "x is fed float64[3]",
            .expected = "is float32[?, 2]",
            .mend = "feed its dtype and a shape that fits",
            .line = "session.run"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {kUnknown, 2}, "x");
             Session session(graph);
             session.run({.fetches = {x * 2}, .feeds = {{x, Array::zeros(kFloat64, {3})}}});
           });
  rows.add({.name = "FetchOfAnotherGraph",
            .description = "Running a train op of another graph",
            .came = "a target belongs to another graph",
            .expected = "a session of its own graph",
            .mend = "run it in a session",
            .line = "session.run"},
           [] {
             Graph first, second;
             Operation train_op;
             {
               GraphScope scope(first);
               const Tensor w = variable("w", 1.0f);
               train_op = optimizers::gradient_descent().minimize(square(w));
             }
             Session session(second);
             session.run({.targets = {train_op}});
           });
  rows.add({.name = "SetToAnotherShape",
            .description = "Setting a variable to another shape",
            .came = "\"w\" is float32[2] but the value is float32[3]",
            .expected = "the variable's dtype and shape",
            .mend = "give it",
            .line = "set_variable"},
           [] {
             Graph graph;
             GraphScope scope(graph);
             variable("w", {2}, initializers::zeros());
             Session session(graph);
             session.set_variable("w", Array::zeros(kFloat32, {3}));
           });
  rows.add({.name = "VariableFromAFeed",
            .description = "A variable that starts as what is fed",
            .came = "the initial value of \"w\" depends on placeholder",
            .expected = "which has no value before the first step",
            .mend = "start from a constant, an Array or an initializer",
            .line = "variable(\"w\""},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {2});
             variable("w", x * 0.5f);
           });
}

void add_control_flow_mistakes(Rows& rows) {
  rows.add({.name = "BranchesOfUnequalShape",
            .description = "Branches of unequal shapes",
            .came = "if_true gives float32[2], if_false gives float32[3]",
            .expected = "the branches differ",
            .mend = "make their number, dtypes and shapes equal",
            .line = "cond("},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor flag = placeholder(kBool, {});
             cond(
                 flag, [] { return ones({2}); }, [] { return ones({3}); });
           });
  rows.add({.name = "ConditionOfARow",
            .description = "A condition of several elements",
            .came = "the predicate is bool[?]",
            .expected = "expected bool[]",
            .mend = "reduce or compare it first",
            .line = "cond("},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const Tensor x = placeholder(kFloat32, {kUnknown});
             cond(
                 greater(x, 0.0f), [&] { return x; }, [&] { return -x; });
           });
  rows.add({.name = "LoopThatChangesADType",
            .description = "A loop that changes a dtype",
            .came = "the body turns int32[] into float32[]",
            .expected = "a carried value keeps its dtype and shape",
            .mend = "cast or reshape it",
            .line = "while_loop("},
           [] {
             Graph graph;
             GraphScope scope(graph);
             const auto is_small = [](const Tensors& v) { return less(v[0], 10); };
             const auto half = [](const Tensors& v) -> Tensors { return {cast(v[0], kFloat32)}; };
             while_loop(is_small, half, {0});
           });
}

}  // namespace

Rows graph_mistakes() {
  Rows rows("Graph and Session");
  add_session_mistakes(rows);
  add_control_flow_mistakes(rows);
  return rows;
}

}  // namespace reckon::mistakes
