// SPDX-License-Identifier: Apache-2.0
#include "runtime/program_cache.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/math.h>
#include <reckon/nn.h>
#include "check_op.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace program_cache_test {

/// A graph in which `make` traces what to fetch from x, float32[?, 2].
struct Traced {
  explicit Traced(const std::function<Tensor(const Tensor&)>& make) {
    const GraphScope scope(graph);
    x = placeholder(kFloat32, {kUnknown, 2}, "x");
    y = make(x);
  }
  CompileRequest request(int64_t rows, bool is_training = true) const {
    return request_for({y}, {}, {{x, Array::zeros(kFloat32, {rows, 2})}}, is_training);
  }
  Graph graph;
  Tensor x, y;
};

Tensor model(const Tensor& x) { return exp(x) * variable("w", Array::from<float>({1, 2}, {2})); }

TEST(ProgramCache, CompilesAFunctionThatIsTracedTwiceOnce) {
  const Traced first(model), second(model);
  ProgramCache cache;
  const auto program = cache.get(first.request(3));
  EXPECT_EQ(cache.get(first.request(3)), program);
  EXPECT_EQ(cache.get(second.request(3)), program);
  EXPECT_EQ(cache.compiled(), 1);
}

TEST(ProgramCache, CompilesEachSizeModeAndStructure) {
  const Traced first(model);
  const Traced other([](const Tensor& x) {
    return exp(x) * variable("w", Array::from<float>({1, 2}, {2})) + 1;
  });
  const Traced number([](const Tensor& x) { return exp(x) * Array::from<float>({1, 2}, {2}); });
  const Traced other_number([](const Tensor& x) {
    return exp(x) * Array::from<float>({1, 3}, {2});
  });
  ProgramCache cache;
  cache.get(first.request(3));
  cache.get(first.request(4));
  cache.get(first.request(3, false));
  cache.get(other.request(3));
  cache.get(number.request(3));
  cache.get(other_number.request(3));
  EXPECT_EQ(cache.compiled(), 6);
}

TEST(ProgramCache, KeepsRandomOpsOfOtherNamesApart) {
  const auto dropped = [](const std::string& name) {
    return [name](const Tensor& x) {
      const NameScope scope = name_scope(name);
      return nn::dropout(x);
    };
  };
  const Traced a(dropped("a")), again(dropped("a")), b(dropped("b"));
  ProgramCache cache;
  EXPECT_EQ(cache.get(a.request(3)), cache.get(again.request(3)));
  EXPECT_NE(cache.get(a.request(3)), cache.get(b.request(3)));
}

/// How many of those that `programs` name are alive.
int64_t living(const std::vector<std::weak_ptr<const Program>>& programs) {
  return std::count_if(programs.begin(), programs.end(),
                       [](const auto& program) { return !program.expired(); });
}

/// The programs of `sizes` sizes of batches, of which nobody but the cache keeps one.
std::vector<std::weak_ptr<const Program>> ask_for_sizes(ProgramCache& cache, const Traced& traced,
                                                        int64_t sizes) {
  std::vector<std::weak_ptr<const Program>> programs;
  for (int64_t rows = 1; rows <= sizes; ++rows) {
    programs.push_back(rows % 2 == 0 ? cache.get(traced.request(rows))
                                     : cache.get_known(traced.request(rows)));
  }
  return programs;
}

// H11: a program for each of ever new sizes was kept for ever.
TEST(ProgramCache, FreesProgramsThatWereNotUsedForLong) {
  const Traced traced(model);
  ProgramCache cache;
  const auto programs = ask_for_sizes(cache, traced, 300);
  EXPECT_EQ(cache.compiled(), 300);
  EXPECT_EQ(living(programs), 64);
  EXPECT_EQ(cache.size(), 64u);
  for (int64_t rows = 237; rows <= 300; ++rows) {
    EXPECT_EQ(cache.get(traced.request(rows)), programs[static_cast<size_t>(rows) - 1].lock());
  }
  EXPECT_EQ(cache.compiled(), 300) << "sizes that were seen lately";
}

TEST(ProgramCache, CompilesNothingForUpTo64SizesByTurns) {
  const Traced traced(model);
  ProgramCache cache;
  for (int turn = 0; turn < 3; ++turn) ask_for_sizes(cache, traced, 64);
  EXPECT_EQ(cache.compiled(), 64);
}

TEST(ProgramCache, CompilesAnewWhatItDropped) {
  const Traced traced(model);
  ProgramCache cache;
  ask_for_sizes(cache, traced, 65);
  EXPECT_EQ(cache.compiled(), 65);
  const auto again = cache.get_known(traced.request(1));
  EXPECT_EQ(cache.compiled(), 66);
  EXPECT_EQ(cache.get_known(traced.request(1)), again);
  EXPECT_EQ(cache.get(traced.request(1)), again);
  EXPECT_EQ(again->parameters[0].shape, (Shape{1, 2}));
}

TEST(ProgramCache, AProgramInUseLivesOn) {
  const Traced traced(model);
  ProgramCache cache;
  const auto held = cache.get(traced.request(1000));
  ask_for_sizes(cache, traced, 100);
  EXPECT_EQ(held->parameters[0].shape, (Shape{1000, 2}));
  EXPECT_EQ(held.use_count(), 1);
}

TEST(ProgramCache, WhatIsTouchedIsNotDropped) {
  const Traced traced(model);
  ProgramCache cache;
  const auto first = cache.get_known(traced.request(1000));
  for (int64_t rows = 1; rows <= 100; ++rows) {
    cache.touch(*first);
    cache.get(traced.request(rows));
  }
  const int compiled = cache.compiled();
  EXPECT_EQ(cache.get_known(traced.request(1000)), first);
  EXPECT_EQ(cache.compiled(), compiled);
}

TEST(ProgramCache, AKnownRequestIsTheSameProgramAsAnEqualOne) {
  const Traced first(model), second(model);
  ProgramCache cache;
  const auto program = cache.get_known(first.request(3));
  EXPECT_EQ(cache.get_known(first.request(3)), program);
  EXPECT_EQ(cache.get_known(second.request(3)), program);
  EXPECT_NE(cache.get_known(first.request(4)), program);
  EXPECT_NE(cache.get_known(first.request(3, false)), program);
  EXPECT_EQ(cache.compiled(), 3);
}

}  // namespace program_cache_test
}  // namespace reckon::runtime
