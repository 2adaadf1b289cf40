// SPDX-License-Identifier: Apache-2.0
// The traced function of a map: parameters and results in the order of the specs, and what a
// function of elements may not do, with the user's line.
#include "data/map_trace.h"

#include <gtest/gtest.h>

#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "base/expect_error_testing.h"
#include "data/labelled_rows_testing.h"
#include "graph/core_ops.h"

namespace reckon::reckon_internal::data {
namespace map_trace_test {

/// Traces a function of the single part of `dataset`'s elements.
TracedMap trace(const Dataset& dataset, const std::function<Element(const Element&)>& function) {
  return trace_map(
      *dataset.node(), [&](const std::vector<Element>& parts) { return function(parts.at(0)); },
      Place{"user.cc", 7});
}

TEST(MapTrace, ParametersAreTheColumnsAndResultsTheSpec) {
  const Dataset rows = Dataset::from_arrays(
      {{"b", column({1})}, {"a", Array::zeros(kFloat32, {1, 2})}}, column({3}));
  const TracedMap map = trace(rows, [](const Element& element) {
    EXPECT_EQ(element.features()["a"].shape(), (Shape{2}));
    EXPECT_EQ(element.labels().dtype(), kInt64);
    return Element{{{"z", element.features()["b"]}, {"c", element.features()["a"] * 2.0f}},
                   element.labels()};
  });
  ASSERT_EQ(map.function->parameters.size(), 3u);
  EXPECT_EQ(map.function->results.size(), 3u);
  EXPECT_EQ(map.spec, (DatasetSpec{{{"c", kFloat32, {2}}, {"z", kInt64, {}}}, {{"", kInt64, {}}}}));
  const auto& first = map.function->nodes[map.function->parameters[0].node];
  EXPECT_EQ(first.op, &graph::parameter_op);
  EXPECT_EQ(first.name, "features/a");
  EXPECT_EQ(first.place.line, 7);
  EXPECT_EQ(map.function->nodes[map.function->parameters[2].node].name, "labels");
}

TEST(MapTrace, BothSidesOfAZipAreElementsOfTheirOwn) {
  const Dataset pairs = Dataset::zip(labelled(), Dataset::range(9));
  const TracedMap map = trace_map(
      *pairs.node(),
      [](const std::vector<Element>& parts) {
        EXPECT_EQ(parts.size(), 2u);
        return Element{{{"sum", parts[0].labels() + parts[1].features()["x"]}}};
      },
      Place{"user.cc", 7});
  EXPECT_EQ(map.function->parameters.size(), 3u) << "x, the label, and the other side's x";
}

TEST(MapTrace, WhatOnlyTheDataKnowIsUnknownInTheSpec) {
  const TracedMap map = trace(Dataset::from_arrays({{"x", Array::zeros(kInt64, {2, 3})}}),
                              [](const Element& element) {
                                const Tensor x = element.features()["x"];
                                return Element{{{"x", boolean_mask(x, x > 0)}}};
                              });
  EXPECT_EQ(map.spec.features[0].shape, (Shape{kUnknown}));
}

TEST(MapTrace, AParameterMayBeReturnedTwiceAndAConstantAtAll) {
  const TracedMap map = trace(Dataset::range(3), [](const Element& element) {
    const Tensor x = element.features()["x"];
    return Element{{{"a", x}, {"b", x}, {"c", Operand(2.5f).resolve()}}};
  });
  EXPECT_EQ(map.function->results.size(), 3u);
  EXPECT_EQ(map.function->results[0].node, map.function->results[1].node);
  EXPECT_EQ(map.spec.features[2].dtype, kFloat32);
}

TEST(MapTrace, LeavesTheGraphOfTheCallerAlone) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor before = placeholder(kInt64, {});
  trace(Dataset::range(3), [](const Element& element) { return element; });
  const Tensor after = placeholder(kInt64, {});
  EXPECT_EQ(after.function(), before.function());
  EXPECT_EQ(after.id().node, before.id().node + 1) << "no node of the map came in between";
}

TEST(MapTrace, ReturningNothingNamesTheLineOfTheMap) {
  base::expect_error([] { trace(Dataset::range(3), [](const Element&) { return Element{}; }); },
                     ErrorCode::kInvalidArgument,
                     "[map] the function returned no features; return at least one named Tensor. "
                     "At user.cc:7");
  base::expect_error(
      [] { trace(Dataset::range(3), [](const Element&) {
             return Element{{{"y", Tensor()}}};
           }); },
      "[map] the function returned \"y\" as a Tensor that was never assigned; assign it from an op "
      "first. At user.cc:7");
}

TEST(MapTrace, RefusesVariables) {
  base::expect_error(
      [] {
        labelled().map([](const Features& features) {
          return Features{{"x", features["x"] + variable("offset", Array::scalar<int64_t>(1))}};
        });
      },
      ErrorCode::kInvalidArgument,
      "[map] variable \"offset\" was made inside Dataset::map, whose functions have no state; make "
      "it in model_fn, or "
      "give the value as a constant. At map_trace_test.cc:");
}

TEST(MapTrace, RefusesPlaceholders) {
  base::expect_error(
      [] {
        labelled().map([](const Features& features) {
          return Features{{"x", features["x"] * placeholder(kInt64, {}, "factor")}};
        });
      },
      ErrorCode::kInvalidArgument,
      "[map] placeholder \"factor\" was made inside Dataset::map, where nothing feeds it; use the "
      "element that the function is given. At map_trace_test.cc:");
}

TEST(MapTrace, RefusesToAskForAMode) {
  base::expect_error(
      [] {
        labelled().map([](const Features& f) {
          return Features{{"x", f["x"]}, {"mode", is_training()}};
        });
      },
      "[map] is_training() was called inside Dataset::map, which runs in no mode;");
}

TEST(MapTrace, RefusesATensorOfAnotherGraph) {
  Graph graph;
  Tensor outside;
  {
    const GraphScope scope(graph);
    outside = placeholder(kInt64, {});
  }
  base::expect_error(
      [&] {
        Dataset::range(3).map([&](const Features& f) { return Features{{"x", f["x"] + outside}}; });
      },
      "belongs to another graph");
}

}  // namespace map_trace_test
}  // namespace reckon::reckon_internal::data
