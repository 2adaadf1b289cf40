// SPDX-License-Identifier: Apache-2.0
// Iterators over a Dataset: which components come, in which order, where the end is, and what is
// thrown when.
#include "data/iterator.h"

#include <gtest/gtest.h>

#include <reckon/math.h>

#include "base/expect_error_testing.h"
#include "data/labelled_rows_testing.h"

namespace reckon::reckon_internal::data {
namespace iterator_test {

TEST(Iterator, GivesFeaturesByNameAndThenTheLabels) {
  const auto iterator = make_iterator(
      Dataset::from_arrays({{"b", column({1})}, {"a", column({2})}},
                           std::map<std::string, Array>{{"q", column({3})}, {"p", column({4})}}),
      {});
  ArrayElement element;
  ASSERT_TRUE(iterator->next(element));
  ASSERT_EQ(element.features.size(), 2u);
  ASSERT_EQ(element.labels.size(), 2u);
  EXPECT_EQ(element.features[0].item<int64_t>(), 2);
  EXPECT_EQ(element.features[1].item<int64_t>(), 1);
  EXPECT_EQ(element.labels[0].item<int64_t>(), 4);
  EXPECT_FALSE(iterator->next(element));
  EXPECT_FALSE(iterator->next(element)) << "the end stays";
}

TEST(Iterator, LeavesOutTheLabelsOfTheSecondSideOfAZip) {
  const Dataset pairs = Dataset::zip(Dataset::from_arrays({{"z", column({1, 2})}}, column({3, 4})),
                                     Dataset::from_arrays({{"a", column({5, 6})}}, column({7, 8})));
  const auto iterator = make_iterator(pairs, {});
  ArrayElement element;
  ASSERT_TRUE(iterator->next(element));
  ASSERT_TRUE(iterator->next(element));
  ASSERT_EQ(element.features.size(), 2u);
  EXPECT_EQ(element.features[0].item<int64_t>(), 6);
  EXPECT_EQ(element.features[1].item<int64_t>(), 2);
  ASSERT_EQ(element.labels.size(), 1u);
  EXPECT_EQ(element.labels[0].item<int64_t>(), 4);
}

TEST(Iterator, ThrowsWhenItIsMadeIfTheSidesCannotBeJoined) {
  const Dataset pairs = Dataset::zip(Dataset::range(3), Dataset::range(3));
  base::expect_error([&] { make_iterator(pairs, {}); }, "both sides have a feature \"x\"");
}

TEST(Iterator, AnEmptyInputEndsAtOnce) {
  for (const Dataset& dataset : {Dataset::range(0), Dataset::range(5).take(0).repeat(3),
                                 Dataset::range(3).skip(7), Dataset::range(2).batch(3, true)}) {
    ArrayElement element;
    const auto iterator = make_iterator(dataset, {});
    EXPECT_FALSE(iterator->next(element));
  }
}

TEST(Iterator, ReusesAnElementOfAnyShape) {
  ArrayElement element;
  element.features = {column({1}), column({2}), column({3})};
  element.labels = {column({4})};
  const auto iterator = make_iterator(Dataset::range(1), {});
  ASSERT_TRUE(iterator->next(element));
  EXPECT_EQ(element.features.size(), 1u);
  EXPECT_TRUE(element.labels.empty());
}

TEST(Iterator, TwoOverOneDatasetDoNotDisturbEachOther) {
  const Dataset dataset = Dataset::range(9).shuffle({.buffer_size = 9}).batch(2);
  const Batches want = read_numbers(dataset, 100, {1, 0});
  const auto first = make_iterator(dataset, {1, 0}), second = make_iterator(dataset, {1, 0});
  for (const auto& batch : want) {
    EXPECT_EQ(read_numbers(*first, 1), Batches{batch});
    EXPECT_EQ(read_numbers(*second, 1), Batches{batch});
  }
}

TEST(Iterator, OutlivesItsDataset) {
  std::unique_ptr<Iterator> iterator;
  {
    const Dataset dataset = Dataset::from_arrays({{"x", column({1, 2, 3})}});
    iterator = make_iterator(dataset, {});
  }
  EXPECT_EQ(read_numbers(*iterator), (Batches{{1}, {2}, {3}}));
}

TEST(Iterator, AnElementThatCannotBeMadeIsTriedAgain) {
  int calls = 0;
  const Dataset dataset = Dataset::range(3).map_native(
      [&calls](const ArrayElement& element) -> ArrayElement {
        if (++calls == 2) throw Error(ErrorCode::kDataLoss, "test", "for once");
        return element;
      },
      Dataset::range(1).spec());
  const auto iterator = make_iterator(dataset, {});
  EXPECT_EQ(read_numbers(*iterator, 1), (Batches{{0}}));
  const std::string position = iterator->position();
  ArrayElement element;
  base::expect_error([&] { iterator->next(element); }, "for once");
  EXPECT_EQ(iterator->position(), position) << "nothing was handed out";
  EXPECT_EQ(read_numbers(*iterator), (Batches{{1}, {2}}));
}

TEST(Iterator, ResumesWithTheContextThatWasSaved) {
  const Dataset dataset = Dataset::range(20).shuffle({.buffer_size = 20}).repeat(2);
  const auto iterator = make_iterator(dataset, {77, 5});
  read_numbers(*iterator, 7);
  const auto resumed = resume_iterator(dataset, iterator->position());
  EXPECT_EQ(read_numbers(*resumed), read_numbers(*iterator));
}

}  // namespace iterator_test
}  // namespace reckon::reckon_internal::data
