// SPDX-License-Identifier: Apache-2.0
// Positions: every input continues exactly where it was, at once, and refuses what is not its own.
#include <gtest/gtest.h>

#include <chrono>

#include <reckon/math.h>

#include "base/expect_error_testing.h"
#include "data/read_numbers_testing.h"

namespace reckon::reckon_internal::data {
namespace position_test {

Dataset numbered_rows(int64_t first = 0) {
  Numbers numbers;
  for (int64_t i = 0; i < 20; ++i) numbers.push_back(first + i);
  return Dataset::from_arrays({{"y", Array::from<int64_t>(numbers, {20})}});
}

std::vector<Dataset> inputs() {
  const ShuffleOptions whole{.buffer_size = 100}, windows{.buffer_size = 6};
  return {numbered_rows(),
          numbered_rows().batch(3).repeat(2),
          numbered_rows().shuffle(whole).repeat(3).batch(7),
          numbered_rows().shuffle(windows).repeat(3).batch(7).prefetch(2),
          numbered_rows()
              .shuffle({.buffer_size = 20, .seed = 5})
              .skip(2)
              .take(11)
              .repeat(4)
              .batch(4, true),
          Dataset::zip(numbered_rows().shuffle(whole), Dataset::range(50).shuffle(windows))
              .repeat(2)
              .batch(8),
          numbered_rows().batch(2).shuffle(whole).repeat(3),
          numbered_rows()
              .shuffle({.buffer_size = 20, .reshuffle_each_iteration = false})
              .skip(3)
              .repeat(3)
              .batch(4),
          numbered_rows()
              .map([](const Features& f) {
                return Features{{"y", f["y"] * 3}};
              })
              .shuffle(whole)
              .repeat(2)
              .batch(6)};
}

TEST(Position, ContinuesAnyInputAfterAnyElement) {
  for (const Dataset& dataset : inputs()) {
    const IteratorContext context{0xffff'ffff'ffff'fff1u, 40};
    const Batches want = read_numbers(dataset, 1000, context);
    const auto iterator = make_iterator(dataset, context);
    for (size_t i = 0; i <= want.size(); ++i) {
      const auto resumed = resume_iterator(dataset, iterator->position());
      EXPECT_EQ(resumed->position(), iterator->position());
      EXPECT_EQ(read_numbers(*resumed),
                Batches(want.begin() + static_cast<int64_t>(i), want.end()));
      read_numbers(*iterator, 1);
    }
  }
}

TEST(Position, IsSmallAndTheSameForEqualRuns) {
  for (size_t i = 0; i < inputs().size(); ++i) {
    const std::string first = make_iterator(inputs()[i], {1, 2})->position();
    EXPECT_EQ(make_iterator(inputs()[i], {1, 2})->position(), first);
    EXPECT_LT(first.size(), 300u);
  }
}

TEST(Position, IsReachedAtOnce) {
  const Dataset dataset =
      Dataset::range(1'000'000).shuffle({.buffer_size = 1'000'000}).repeat().batch(10);
  std::string position = make_iterator(dataset, {})->position();
  const std::string start = "\"consumed\":0";
  position.replace(position.find(start), start.size(), "\"consumed\":70000000000000");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(read_numbers(*resume_iterator(dataset, position), 3).size(), 3u);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(Position, RefusesThatOfAnotherInput) {
  const std::string position = make_iterator(numbered_rows().batch(3), {})->position();
  base::expect_error(
      [&] { resume_iterator(numbered_rows().batch(4), position); }, ErrorCode::kDataLoss,
      "; open the input from its beginning, or bring back the one it was saved for.");
}

TEST(Position, RefusesThatOfOtherData) {
  const std::string position = make_iterator(numbered_rows().batch(3), {})->position();
  base::expect_error([&] { resume_iterator(numbered_rows(1).batch(3), position); },
                     ErrorCode::kDataLoss, "but the arrays or files now hold");
}

TEST(Position, NoticesAChangedElementOfAnyKind) {
  const auto over = [](const Array& array) {
    return make_iterator(Dataset::from_arrays({{"x", array}}), {})->position();
  };
  EXPECT_NE(over(Array::strings({"a", "b"}, {2})), over(Array::strings({"a", "c"}, {2})));
  EXPECT_NE(over(Array::from<float>({0}, {1})), over(Array::from<float>({1}, {1})));
  Array large = Array::zeros(kUInt8, {4 << 20});
  const std::string before = over(large);
  large.mutable_data<uint8_t>().back() = 1;
  EXPECT_NE(over(large), before);
}

TEST(Position, RefusesWhatIsNone) {
  for (const std::string text : {"", "{}", "[1]", "{\"consumed\":\"x\"}", "\xff"}) {
    base::expect_error([&] { resume_iterator(numbered_rows(), text); }, ErrorCode::kDataLoss,
                       "[input position] \"" + text + "\" is no position of an input;");
  }
  std::string position = make_iterator(numbered_rows(), {})->position();
  position.replace(position.find(":0"), 2, ":21");
  base::expect_error([&] { resume_iterator(numbered_rows(), position); }, ErrorCode::kDataLoss,
                     "[input position] is after 21 elements, and the input has 20;");
}

}  // namespace position_test
}  // namespace reckon::reckon_internal::data
