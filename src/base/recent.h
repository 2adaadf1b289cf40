// SPDX-License-Identifier: Apache-2.0
// A cache with a bound: of the values that were put in, the `limit` used last. Looking one up costs
// a hash, however many there are.
#pragma once

#include <functional>
#include <iterator>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace reckon::base {

/// Values by key, which may come several times. With a Hash and an Equal that say is_transparent,
/// look-ups take whatever they take. A value dropped here lives on where a shared_ptr holds it.
template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<>>
class Recent {
 public:
  /// At least 1.
  explicit Recent(size_t limit) : limit_(limit) { RECKON_CHECK(limit > 0); }
  /// The value used longest ago goes first, as it would have without the end.
  ~Recent() {
    while (!entries_.empty()) entries_.pop_back();
  }
  Recent(const Recent&) = delete;
  Recent& operator=(const Recent&) = delete;

  /// A value of that key, which counts as used now; null if there is none. It stays where it is
  /// until it is dropped.
  template <class Sought>
  Value* find(const Sought& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }
  /// Adds a value as used now, and drops the one used longest ago if there are more than `limit`.
  Value& put(Key key, Value value) {
    Entries added;  // joined once the index has it: without memory for that, nothing has changed
    added.emplace_front(key, std::move(value));
    index_.emplace(std::move(key), added.begin());
    entries_.splice(entries_.begin(), added);
    if (entries_.size() > limit_) drop_oldest();
    return entries_.front().second;
  }
  /// Takes a value of that key out.
  template <class Sought>
  std::optional<Value> take(const Sought& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return std::nullopt;
    std::optional<Value> value = std::move(found->second->second);
    entries_.erase(found->second);
    index_.erase(found);
    return value;
  }
  size_t size() const { return entries_.size(); }
  /// Calls `function(key, value)` for each, the one used longest ago first.
  template <class Function>
  void for_each(const Function& function) const {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
      function(entry->first, entry->second);
  }

 private:
  using Entries = std::list<std::pair<Key, Value>>;

  void drop_oldest() {
    const auto oldest = std::prev(entries_.end());
    auto [found, end] = index_.equal_range(oldest->first);
    while (found->second != oldest) ++found;
    index_.erase(found);
    entries_.erase(oldest);
  }

  size_t limit_;
  Entries entries_;  ///< used last: at the front
  std::unordered_multimap<Key, typename Entries::iterator, Hash, Equal> index_;
};

}  // namespace reckon::base
