// SPDX-License-Identifier: Apache-2.0
#include "graph/function.h"

#include <gtest/gtest.h>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/math.h>
#include <reckon/reduce.h>

#include "base/expect_error_testing.h"
#include "graph/traced_function_testing.h"

namespace reckon::reckon_internal::graph {
namespace function_test {

Tensor square_sum(double factor = 2) {
  const Tensor x = placeholder(kFloat32, {3}, "x");
  return reduce_sum(x * x * factor);
}

TEST(Function, PrintsEachNodeWithTypesAndPlaces) {
  Traced traced([] { return square_sum(); });
  const std::string text = traced.function().text();
  EXPECT_NE(text.find("function main (5 nodes)"), std::string::npos) << text;
  EXPECT_NE(text.find("%0 = Parameter() {index=0, poison=0} : float32[3]  # x"), std::string::npos)
      << text;
  EXPECT_NE(text.find("%1 = Multiply(%0, %0) : float32[3]  # multiply at "), std::string::npos)
      << text;
  EXPECT_NE(text.find("return %4"), std::string::npos) << text;
}

TEST(Function, PrintsSubgraphsUnderTheirNode) {
  Traced traced([] {
    const Tensor x = placeholder(kFloat32, {3}, "x");
    return cond(
        reduce_sum(x) > 0, [&] { return exp(x); }, [&] { return x; });
  });
  const std::string text = traced.function().text();
  EXPECT_NE(text.find("    | function cond/if_true"), std::string::npos) << text;
  EXPECT_NE(text.find("    |   %1 = Exp(%0)"), std::string::npos) << text;
  EXPECT_EQ(traced.function().text(false).find("Exp"), std::string::npos);
}

TEST(Function, HashesStructureAndNotNames) {
  Traced a([] { return square_sum(); });
  Traced b([] {
    const auto scope = name_scope("elsewhere");
    return square_sum();
  });
  EXPECT_EQ(structural_hash(a.function()), structural_hash(b.function()));
}

TEST(Function, HashesDifferWithConstantsOpsAndResults) {
  Traced a([] { return square_sum(); });
  Traced other_constant([] { return square_sum(3); });
  Traced other_op([] {
    const Tensor x = placeholder(kFloat32, {3}, "x");
    return reduce_sum(x + x * 2);
  });
  Traced other_result([] { return square_sum(); });
  other_result.function().results = {{1, 0}};
  const uint64_t hash = structural_hash(a.function());
  EXPECT_NE(hash, structural_hash(other_constant.function()));
  EXPECT_NE(hash, structural_hash(other_op.function()));
  EXPECT_NE(hash, structural_hash(other_result.function()));
}

TEST(Function, HashesLookIntoSubgraphs) {
  const auto with_body = [](double factor) {
    const Tensor x = placeholder(kFloat32, {3}, "x");
    return cond(
        reduce_sum(x) > 0, [&] { return x * factor; }, [&] { return x; });
  };
  Traced a([&] { return with_body(2); }), b([&] { return with_body(2); }),
      c([&] { return with_body(3); });
  EXPECT_EQ(structural_hash(a.function()), structural_hash(b.function()));
  EXPECT_NE(structural_hash(a.function()), structural_hash(c.function()));
}

void expect_broken(const Function& function, const std::string& text) {
  base::expect_error([&] { verify(function, "a test"); }, ErrorCode::kInternal, text);
}

TEST(Verifier, AcceptsATracedFunction) {
  Traced traced([] { return square_sum(); });
  EXPECT_NO_THROW(verify(traced.function(), "tracing"));
}

TEST(Verifier, RefusesAnInputThatIsNotEarlier) {
  Traced traced([] { return square_sum(); });
  traced.function().nodes[1].inputs[1] = {1, 0};
  expect_broken(traced.function(), "a test: node multiply of function main uses %1");
}

TEST(Verifier, RefusesAnOutputThatDoesNotExist) {
  Traced traced([] { return square_sum(); });
  traced.function().nodes[1].inputs[1] = {0, 1};
  expect_broken(traced.function(), "uses %0.1");
}

TEST(Verifier, RefusesAMissingResult) {
  Traced traced([] { return square_sum(); });
  traced.function().results = {{99, 0}};
  expect_broken(traced.function(), "a result of function main uses %99");
}

}  // namespace function_test
}  // namespace reckon::reckon_internal::graph
