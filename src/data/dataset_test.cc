// SPDX-License-Identifier: Apache-2.0
// The description as a whole: hashes tell inputs apart, copies share, collect looks.
#include <gtest/gtest.h>

#include <set>

#include <reckon/math.h>

#include "base/child_process_testing.h"
#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace dataset_test {

Dataset rows(const std::string& name = "x", int64_t count = 4) {
  return Dataset::from_arrays({{name, Array::zeros(kFloat32, {count})}});
}

std::vector<Dataset> different() {
  const Dataset x = rows();
  return {x,
          rows("y"),
          rows("x", 5),
          Dataset::range(4),
          Dataset::range(4, 0, -1),
          x.batch(2),
          x.batch(2, true),
          x.batch(3),
          x.take(2),
          x.skip(2),
          x.repeat(2),
          x.repeat(),
          x.shuffle({.buffer_size = 2}),
          x.shuffle({.buffer_size = 2, .seed = 0}),
          x.shuffle({.buffer_size = 3}),
          x.repeat(2).batch(2),
          x.batch(2).repeat(2),
          Dataset::zip(x, rows("y")),
          Dataset::zip(rows("y"), x),
          x.map([](const Features& f) {
            return Features{{"x", f["x"] + 1}};
          }),
          x.map([](const Features& f) {
            return Features{{"x", f["x"] + 2}};
          })};
}

TEST(Dataset, HasAHashForEachDescription) {
  const std::vector<Dataset> datasets = different();
  std::set<uint64_t> hashes;
  for (const Dataset& dataset : datasets) hashes.insert(dataset.structural_hash());
  EXPECT_EQ(hashes.size(), datasets.size());
}

TEST(Dataset, HasTheSameHashWhenBuiltAgain) {
  const std::vector<Dataset> first = different(), second = different();
  for (size_t i = 0; i < first.size(); ++i)
    EXPECT_EQ(first[i].structural_hash(), second[i].structural_hash());
  EXPECT_EQ(Dataset::range(3).batch(2).structural_hash(),
            Dataset::range(3).batch(2).prefetch(1).structural_hash());
}

TEST(Dataset, CollectsUpToALimit) {
  EXPECT_EQ(Dataset::range(5).collect(3).size(), 3u);
  EXPECT_EQ(Dataset::range(5).collect(9).size(), 5u);
  EXPECT_TRUE(Dataset::range(5).collect(0).empty());
  const std::vector<ArrayElement> elements =
      Dataset::range(5).shuffle({.buffer_size = 5}).batch(2).collect(9);
  Numbers all;
  for (const ArrayElement& element : elements) {
    for (const int64_t number : numbers_of(element.features[0])) all.push_back(number);
  }
  EXPECT_EQ(std::set<int64_t>(all.begin(), all.end()).size(), 5u);
}

TEST(Dataset, MayBeReadByManyIteratorsAtOnce) {
  const Dataset dataset = Dataset::range(4).shuffle({.buffer_size = 4}).repeat(2).batch(3);
  const auto first = make_iterator(dataset, {1, 0}), second = make_iterator(dataset, {1, 0});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read_numbers(*first, 1), read_numbers(*second, 1));
}

TEST(Dataset, EmptyFunctionsAndDescriptionsAreRefused) {
  using base::expect_error;
  expect_error([] { rows().map(Dataset::FeaturesFunction()); }, "[map] the function is empty");
  expect_error([] { Dataset(std::shared_ptr<const Node>()); },
               "[Dataset] came without a description");
}

TEST(Dataset, CollectSaysThatThereIsNoMemory) {
#ifdef RECKON_SANITIZED
  GTEST_SKIP() << "a sanitizer needs the address space; the other presets run this test";
#endif
  const std::string text = base::in_child([]() -> std::string {
    const rlimit limit{size_t{1} << 30, size_t{1} << 30};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) return "no limit";
    Dataset::range(int64_t{1} << 40).collect(int64_t{1} << 40);
    return "collected";
  });
  EXPECT_NE(text.find("there is no memory for"), std::string::npos) << text;
}

}  // namespace dataset_test
}  // namespace reckon::reckon_internal::data
