// SPDX-License-Identifier: Apache-2.0
// H11: a cache that is keyed by shapes keeps as many values as it may, the ones used last.
#include "base/recent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace reckon::base {
namespace recent_test {

std::vector<int> keys_of(const Recent<int, int>& recent) {
  std::vector<int> keys;
  recent.for_each([&](int key, int) { keys.push_back(key); });
  return keys;
}

TEST(Recent, KeepsTheValuesPutLast) {
  Recent<int, int> recent(3);
  for (int i = 0; i < 1000; ++i) {
    recent.put(i, 10 * i);
    ASSERT_LE(recent.size(), 3u);
  }
  EXPECT_EQ(keys_of(recent), (std::vector<int>{997, 998, 999}));
  EXPECT_EQ(recent.find(996), nullptr);
  EXPECT_EQ(*recent.find(998), 9980);
}

TEST(Recent, FindingIsUsing) {
  Recent<int, int> recent(3);
  for (int key : {1, 2, 3}) recent.put(key, key);
  recent.find(1);
  recent.put(4, 4);
  EXPECT_EQ(keys_of(recent), (std::vector<int>{3, 1, 4}));
  EXPECT_EQ(recent.find(2), nullptr);
}

TEST(Recent, AValueStaysWhereItIsUntilItIsDropped) {
  Recent<int, std::string> recent(2);
  std::string* first = &recent.put(1, "one");
  recent.put(2, "two");
  EXPECT_EQ(recent.find(1), first);
  recent.put(3, "three");
  EXPECT_EQ(recent.find(1), first);
  EXPECT_EQ(*first, "one");
}

TEST(Recent, WhatIsDroppedIsDestroyedUnlessSomeoneHoldsIt) {
  Recent<int, std::shared_ptr<int>> recent(1);
  const std::shared_ptr<int> held = recent.put(1, std::make_shared<int>(1));
  const std::weak_ptr<int> free = recent.put(2, std::make_shared<int>(2));
  EXPECT_FALSE(free.expired());
  recent.put(3, std::make_shared<int>(3));
  EXPECT_TRUE(free.expired());
  EXPECT_EQ(*held, 1);
}

TEST(Recent, OfOneKeyAsManyAreTakenAsWerePut) {
  Recent<std::string, std::unique_ptr<int>> recent(3);
  for (int i = 0; i < 2; ++i) recent.put("a", std::make_unique<int>(i));
  recent.put("b", std::make_unique<int>(7));
  const int sum = **recent.take("a") + **recent.take("a");
  EXPECT_EQ(sum, 1);
  EXPECT_EQ(recent.take("a"), std::nullopt);
  EXPECT_EQ(recent.size(), 1u);
  EXPECT_EQ(**recent.take("b"), 7);
}

TEST(Recent, OfOneKeyTheOneUsedLongestAgoIsDropped) {
  Recent<int, int> recent(2);
  recent.put(1, 10);
  recent.put(1, 11);
  recent.put(1, 12);
  EXPECT_EQ(*recent.take(1) + *recent.take(1), 23);
}

struct Length {
  using is_transparent = void;
  size_t operator()(size_t length) const { return length; }
  size_t operator()(const std::string& text) const { return text.size(); }
};
struct SameLength {
  using is_transparent = void;
  bool operator()(const std::string& a, const std::string& b) const { return a.size() == b.size(); }
  bool operator()(size_t a, const std::string& b) const { return a == b.size(); }
  bool operator()(const std::string& a, size_t b) const { return a.size() == b; }
};

TEST(Recent, FindsByWhatTheHashTakes) {
  Recent<std::string, int, Length, SameLength> recent(2);
  recent.put("four", 4);
  EXPECT_EQ(*recent.find(size_t{4}), 4);
  EXPECT_EQ(recent.find(size_t{3}), nullptr);
}

/// The same by a plain list of (key, value), used last at the end.
TEST(Recent, DoesWhatAPlainListDoes) {
  std::mt19937 random(7);
  Recent<int, int> recent(5);
  std::vector<std::pair<int, int>> list;
  for (int i = 0; i < 10000; ++i) {
    const int key = static_cast<int>(random() % 9);
    const auto found = std::find_if(list.begin(), list.end(),
                                    [&](const auto& entry) { return entry.first == key; });
    int* value = recent.find(key);
    ASSERT_EQ(value != nullptr, found != list.end());
    if (value != nullptr) {
      ASSERT_EQ(*value, found->second);
      std::rotate(found, found + 1, list.end());
      continue;
    }
    recent.put(key, i);
    list.emplace_back(key, i);
    if (list.size() > 5) list.erase(list.begin());
    ASSERT_EQ(recent.size(), list.size());
  }
}

TEST(Recent, NeedsRoomForOne) { EXPECT_THROW((Recent<int, int>(0)), Error); }

}  // namespace recent_test
}  // namespace reckon::base
