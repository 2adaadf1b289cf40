// SPDX-License-Identifier: Apache-2.0
// Random chains of Dataset's steps, beside a plain walk of the same chain. Of a shuffled one the
// rows are known and their order is not, but that no two epochs have the same.
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <reckon/dataset.h>

#include "claims.h"
#include "sequences.h"

namespace reckon::fuzz_face {
namespace {

using Values = std::vector<int64_t>;  ///< of one element or batch

/// Gives the next element; begins anew each time it is made.
using Walk = std::function<std::optional<Values>()>;
using MakeWalk = std::function<Walk()>;

constexpr int64_t kLimit = 240;  ///< elements that are looked at

MakeWalk walk_range(int64_t end) {
  return [end] {
    return [end, next = int64_t{0}]() mutable -> std::optional<Values> {
      if (next >= end) return std::nullopt;
      return Values{next++};
    };
  };
}

MakeWalk walk_skip(MakeWalk input, int64_t count) {
  return [=] {
    Walk below = input();
    return [below, left = count]() mutable {
      for (; left > 0; --left) (void)below();
      return below();
    };
  };
}

MakeWalk walk_take(MakeWalk input, int64_t count) {
  return [=] {
    Walk below = input();
    return [below, left = count]() mutable -> std::optional<Values> {
      if (left == 0) return std::nullopt;
      --left;
      return below();
    };
  };
}

MakeWalk walk_repeat(MakeWalk input, int64_t count) {
  return [=] {
    return [=, below = input(), left = count]() mutable -> std::optional<Values> {
      // An empty input stays empty, however often it is begun.
      for (int attempt = 0; attempt < 2 && left != 0; ++attempt) {
        if (std::optional<Values> value = below()) return value;
        if (left > 0) --left;
        below = input();
      }
      return std::nullopt;
    };
  };
}

MakeWalk walk_batch(MakeWalk input, int64_t size, bool drops_rest) {
  return [=] {
    Walk below = input();
    return [below, size, drops_rest]() mutable -> std::optional<Values> {
      Values batch;
      while (static_cast<int64_t>(batch.size()) < size) {
        const std::optional<Values> value = below();
        if (!value) break;
        batch.insert(batch.end(), value->begin(), value->end());
      }
      if (batch.empty() || (drops_rest && static_cast<int64_t>(batch.size()) < size)) return {};
      return batch;
    };
  };
}

std::vector<Values> first_elements(const MakeWalk& make, int64_t limit) {
  std::vector<Values> values;
  Walk walk = make();
  while (static_cast<int64_t>(values.size()) < limit) {
    std::optional<Values> value = walk();
    if (!value) break;
    values.push_back(std::move(*value));
  }
  return values;
}

std::vector<Values> first_elements(const Dataset& set, int64_t limit) {
  std::vector<Values> values;
  for (const ArrayElement& element : set.collect(limit)) {
    const Array& x = element.features.at(0);
    Values row;
    for (int64_t i = 0; i < x.num_elements(); ++i) row.push_back(x.at<int64_t>(i));
    values.push_back(row);
  }
  return values;
}

class DatasetPlay {
 public:
  DatasetPlay(Choices& choices, Trail& trail)
      : choices_(choices),
        trail_(trail),
        rows_(choices.between(0, 24)),
        set_(Dataset::range(rows_)),
        walk_(walk_range(rows_)) {
    trail_.add("range " + std::to_string(rows_));
    if (rows_ < 16 || choices_.one_in(3)) return;
    trail_.add("shuffle");
    is_shuffled_ = true;
    set_ = set_.shuffle({.buffer_size = rows_, .seed = 3});
  }

  void extend() {
    switch (choices_.between(0, 5)) {
      case 0:
        return take(choices_.between(0, 30));
      case 1:
        return skip(choices_.between(0, 6));
      case 2:
        if (!is_batched_) return batch(choices_.between(1, 5), choices_.one_in(3));
        return take(choices_.between(0, 9));
      default:
        return repeat(choices_.pick<int64_t>({-1, -1, 1, 2, 3, 0}));
    }
  }

  void check() const {
    const std::vector<Values> got = first_elements(set_, kLimit);
    const std::vector<Values> plain = first_elements(walk_, kLimit);
    must(got.size() == plain.size(), "there are ", got.size(), " elements, expected ",
         plain.size());
    for (size_t i = 0; i < got.size(); ++i) {
      must(got[i].size() == plain[i].size(), "element ", i, " has ", got[i].size(),
           " rows, expected ", plain[i].size());
      if (!is_shuffled_) must(got[i] == plain[i], "element ", i, " is another one");
      for (const int64_t value : got[i])
        must(value >= 0 && value < rows_, "there is a row ", value);
    }
    check_epochs(got);
  }

 private:
  /// Two epochs of a repeat above a shuffle look alike by chance less often than once in 10^8.
  void check_epochs(const std::vector<Values>& got) const {
    if (!is_shuffled_ || epoch_ < 0) return;
    const auto size = static_cast<std::ptrdiff_t>(epoch_);
    if (static_cast<int64_t>(got.size()) < 2 * epoch_) return;
    int64_t rows = 0;
    for (std::ptrdiff_t i = 0; i < size; ++i)
      rows += static_cast<int64_t>(got[static_cast<size_t>(i)].size());
    if (rows < 8) return;
    must(!std::equal(got.begin(), got.begin() + size, got.begin() + size), "two epochs of ", epoch_,
         " elements have the same order");
  }

  void take(int64_t count) {
    trail_.add("take " + std::to_string(count));
    set_ = set_.take(count);
    walk_ = walk_take(walk_, count);
    epoch_ = -1;
  }
  void skip(int64_t count) {
    trail_.add("skip " + std::to_string(count));
    set_ = set_.skip(count);
    walk_ = walk_skip(walk_, count);
    epoch_ = -1;
  }
  void batch(int64_t size, bool drops_rest) {
    trail_.add("batch " + std::to_string(size) + (drops_rest ? ", without the rest" : ""));
    set_ = set_.batch(size, drops_rest);
    walk_ = walk_batch(walk_, size, drops_rest);
    is_batched_ = true;
    epoch_ = -1;
  }
  /// The elements of one epoch below it must come in another order in the next.
  void repeat(int64_t count) {
    trail_.add("repeat " + std::to_string(count));
    const auto size = static_cast<int64_t>(first_elements(walk_, kLimit).size());
    epoch_ = count != 0 && count != 1 && size < kLimit ? size : -1;
    set_ = set_.repeat(count);
    walk_ = walk_repeat(walk_, count);
  }

  Choices& choices_;
  Trail& trail_;
  int64_t rows_;
  bool is_shuffled_ = false, is_batched_ = false;
  int64_t epoch_ = -1;  ///< elements of one epoch of the repeat that comes last; -1: of no account
  Dataset set_;
  MakeWalk walk_;
};

}  // namespace

void play_dataset(Choices& choices, Trail& trail) {
  DatasetPlay play(choices, trail);
  for (int64_t left = choices.between(1, 6); left > 0; --left) {
    play.extend();
    play.check();
  }
}

}  // namespace reckon::fuzz_face
