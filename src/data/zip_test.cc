// SPDX-License-Identifier: Apache-2.0
// Pairs: joined for a model, apart for a map.
#include <gtest/gtest.h>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace zip_test {

Dataset named(const std::string& name, const Numbers& numbers, int64_t first_label) {
  const auto rows = static_cast<int64_t>(numbers.size());
  Numbers labels;
  for (int64_t i = 0; i < rows; ++i) labels.push_back(first_label + i);
  return Dataset::from_arrays({{name, Array::from<int64_t>(numbers, {rows})}},
                              Array::from<int64_t>(labels, {rows}));
}

TEST(Zip, JoinsFeaturesInOrderOfNameAndTakesTheFirstLabels) {
  const Dataset pairs = Dataset::zip(named("z", {1, 2, 3}, 10), named("a", {4, 5}, 20));
  EXPECT_EQ(pairs.spec(),
            (DatasetSpec{{{"a", kInt64, {}}, {"z", kInt64, {}}}, {{"", kInt64, {}}}}));
  const std::vector<ArrayElement> elements = pairs.collect(9);
  ASSERT_EQ(elements.size(), 2u);
  EXPECT_EQ(elements[1].features[0].item<int64_t>(), 5);
  EXPECT_EQ(elements[1].features[1].item<int64_t>(), 2);
  EXPECT_EQ(elements[1].labels[0].item<int64_t>(), 11);
}

TEST(Zip, StaysAPairThroughOtherSteps) {
  const Dataset pairs =
      Dataset::zip(named("x", {1, 2, 3}, 10), named("x", {4, 5, 6}, 20))
          .skip(1)
          .repeat()
          .shuffle({.buffer_size = 2, .seed = 1})
          .batch(2)
          .prefetch(1)
          .map([](const Element& left, const Element& right) {
            return Element{{{"left", left.features()["x"]}, {"right", right.features()["x"]}},
                           right.labels()};
          });
  const ArrayElement batch = pairs.collect(1)[0];
  EXPECT_EQ(numbers_of(batch.features[0]).size(), 2u);
  for (int64_t row = 0; row < 2; ++row) {
    EXPECT_EQ(batch.features[0].at<int64_t>(row) + 3, batch.features[1].at<int64_t>(row));
    EXPECT_EQ(batch.features[0].at<int64_t>(row) + 19, batch.labels[0].at<int64_t>(row));
  }
}

TEST(Zip, RefusesEqualNamesOnceTheSidesAreJoined) {
  const Dataset pairs = Dataset::zip(named("x", {1}, 0), named("x", {2}, 0)).batch(1);
  const std::string text =
      "[zip] both sides have a feature \"x\", and a model's features need different names; "
      "rename one with map(), which takes both sides as two Elements.";
  base::expect_error([&] { pairs.spec(); }, ErrorCode::kInvalidArgument, text);
  base::expect_error([&] { pairs.collect(1); }, text);
  base::expect_error([&] { pairs.map([](const Features& features) { return features; }); }, text);
}

}  // namespace zip_test
}  // namespace reckon::reckon_internal::data
