// SPDX-License-Identifier: Apache-2.0
// A finite value passes for TensorFlow's NaN in the rows of the table, and nowhere else.
#include "differences.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "compare.h"

namespace reckon::golden {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Array vector_of(const std::vector<float>& values) {
  return Array::from(values, {static_cast<int64_t>(values.size())});
}

/// Whether `value` passes where the file holds `want` for element 0 of gradient or output 0.
bool passes(const Case& golden, Part part, float value) {
  const Want& want = (part == Part::kOutput ? golden.outputs : golden.input_grads).at(0);
  std::vector<float> got(static_cast<size_t>(want.output.num_elements()), value);
  return difference(vector_of(got), want, intended_differences(golden, part, 0)).empty();
}

Case make_case(const std::string& op, const std::vector<Array>& inputs) {
  Case golden;
  golden.op = op;
  golden.attrs = nlohmann::json::object();
  golden.inputs = inputs;
  return golden;
}

Want want_of(Array output) {
  Want want;
  want.output = std::move(output);
  return want;
}

Case with_output(const std::string& op, const std::vector<Array>& inputs, float want) {
  Case golden = make_case(op, inputs);
  golden.outputs = {want_of(vector_of({want}))};
  return golden;
}

Case with_gradient(const std::string& op, const std::vector<Array>& inputs,
                   const std::vector<float>& want) {
  Case golden = make_case(op, inputs);
  golden.input_grads = {want_of(vector_of(want))};
  return golden;
}

TEST(Differences, AFiniteValuePassesInARowOfTheTable) {
  const Case masked =
      with_gradient("reduce_logsumexp", {vector_of({-kInfinity, -kInfinity})}, {NAN, NAN});
  EXPECT_TRUE(passes(masked, Part::kGradient, 0));
  EXPECT_TRUE(passes(masked, Part::kGradient, NAN));
  EXPECT_FALSE(passes(masked, Part::kGradient, kInfinity));
  const Case power = with_gradient("pow", {vector_of({0}), vector_of({-0.0f})}, {NAN});
  EXPECT_TRUE(passes(power, Part::kGradient, 0));
  const Case sigmoid = with_output("sigmoid_cross_entropy_with_logits",
                                   {vector_of({0}), vector_of({-kInfinity})}, NAN);
  EXPECT_TRUE(passes(sigmoid, Part::kOutput, 0));
  const Case softmax = with_output("softmax_cross_entropy_with_logits",
                                   {vector_of({0, 1}), vector_of({-kInfinity, 3})}, NAN);
  EXPECT_TRUE(passes(softmax, Part::kOutput, 0));
}

TEST(Differences, AFiniteValueFailsForNaNAnywhereElse) {
  const Case cases[] = {
      with_gradient("reduce_logsumexp", {vector_of({-kInfinity, kInfinity})}, {NAN, NAN}),
      with_gradient("reduce_logsumexp", {vector_of({-kInfinity, NAN})}, {NAN, NAN}),
      with_gradient("reduce_logsumexp", {vector_of({-kInfinity, 1})}, {NAN, NAN}),
      with_gradient("reduce_max", {vector_of({-kInfinity, -kInfinity})}, {NAN, NAN}),
      with_gradient("pow", {vector_of({0}), vector_of({1})}, {NAN}),
      with_gradient("pow", {vector_of({NAN}), vector_of({0})}, {NAN}),
      with_gradient("sqrt", {vector_of({-1})}, {NAN}),
  };
  for (const Case& golden : cases) {
    EXPECT_FALSE(passes(golden, Part::kGradient, 0)) << golden.op;
    EXPECT_TRUE(passes(golden, Part::kGradient, NAN)) << golden.op;
  }
  const auto loss = [](const char* op, std::vector<float> labels, std::vector<float> logits) {
    return with_output(op, {vector_of(labels), vector_of(logits)}, NAN);
  };
  const char *sigmoid = "sigmoid_cross_entropy_with_logits",
             *softmax = "softmax_cross_entropy_with_logits";
  for (const Case& golden :
       {loss(sigmoid, {1}, {-kInfinity}), loss(sigmoid, {0}, {kInfinity}),
        loss(sigmoid, {0}, {NAN}), loss(softmax, {1, 0}, {-kInfinity, 3}),
        loss(softmax, {0, 1}, {-kInfinity, kInfinity}), loss(softmax, {0, 1}, {-kInfinity, NAN}),
        loss(softmax, {0, 0}, {-kInfinity, -kInfinity}), loss(softmax, {0, 1}, {2, 3}),
        loss("sqrt", {0}, {-kInfinity})})
    EXPECT_FALSE(passes(golden, Part::kOutput, 0)) << golden.op;
}

TEST(Differences, AnotherNumberFailsInARowOfTheTable) {
  const Case power = with_gradient("pow", {vector_of({0}), vector_of({0})}, {1});
  EXPECT_FALSE(passes(power, Part::kGradient, 0));
}

TEST(Differences, ARowHoldsForTheElementsOfItsReduction) {
  Case golden = make_case("reduce_logsumexp",
                          {Array::from<float>({-kInfinity, -kInfinity, 1, -kInfinity}, {2, 2})});
  golden.attrs["axis"] = -1;
  golden.input_grads = {want_of(Array::from<float>({NAN, NAN, NAN, NAN}, {2, 2}))};
  EXPECT_EQ(intended_differences(golden, Part::kGradient, 0), (std::set<int64_t>{0, 1}));
  golden.attrs["axis"] = {0};
  EXPECT_EQ(intended_differences(golden, Part::kGradient, 0), (std::set<int64_t>{1, 3}));
  golden.attrs = nlohmann::json::object();
  EXPECT_EQ(intended_differences(golden, Part::kGradient, 0), std::set<int64_t>{});
}

}  // namespace
}  // namespace reckon::golden
