// SPDX-License-Identifier: Apache-2.0
// What a plan computes once, what per tile, where values lie, and that no two live ones share
// a place.
#include "kernels/loop/tile_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels {
namespace tile_plan_test {

using namespace testing_support;
using expr::Opcode;

/// Everything in one dim: 1 = along it, 0 = a scalar. An output without a kind is not reduced.
TilePlan plan_of(const Program& program, const std::vector<int64_t>& strides,
                 std::vector<LoopOutput> outputs = {}, int64_t extent = 5000) {
  LoopSpec spec;
  spec.program = program;
  spec.dims = {extent};
  for (int64_t stride : strides) spec.input_strides.push_back({stride});
  outputs.resize(program.outputs.size());
  spec.outputs = std::move(outputs);
  return TilePlan(spec, LoopLayout(spec, false), portable_loop_kernels());
}

constexpr ReduceKind kSum = ReduceKind::kSum;

TEST(TilePlan, ComputesUniformValuesOnce) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), rate = b.input(Lane::kFloat32);
  const TilePlan s = plan_of(b.finish({x * exp(rate * rate)}), {1, 0});
  EXPECT_EQ(s.uniform_steps.size(), 2u);
  EXPECT_EQ(s.steps.size(), 1u);
  EXPECT_TRUE(s.is_plain);
  EXPECT_TRUE(s.fetches.empty());
  ASSERT_EQ(s.in_place_inputs.size(), 1u);
  EXPECT_EQ(s.in_place_inputs[0].input, 0u);
}

TEST(TilePlan, KeepsConstantsAsBytes) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), n = b.input(Lane::kInt64);
  const TilePlan s = plan_of(b.finish({exp(x) * 1.5, n * -7}), {1, 1});
  ASSERT_EQ(s.constants.size(), 2u);
  float single = 0;
  int64_t whole = 0;
  std::memcpy(&single, s.constants[0].bytes.data(), sizeof single);
  std::memcpy(&whole, s.constants[1].bytes.data(), sizeof whole);
  EXPECT_EQ(single, 1.5f);
  EXPECT_EQ(whole, -7);
  EXPECT_TRUE(s.uniform_steps.empty());
}

TEST(TilePlan, RunsLightInstructionsAsAChain) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat32);
  const TilePlan s = plan_of(b.finish({(x + y) * x - y}), {1, 1});
  ASSERT_EQ(s.chains.size(), 1u);
  ASSERT_EQ(s.steps.size(), 1u);
  EXPECT_EQ(s.steps[0].chain, 0);
  EXPECT_GT(s.cost_ns, 0);
}

// int32 addition has no kernel with a scalar operand, float32 addition has.
TEST(TilePlan, SpreadsScalarsThatNoKernelTakes) {
  Builder floats, integers;
  const Expr x = floats.input(Lane::kFloat64), y = floats.input(Lane::kFloat64);
  EXPECT_TRUE(plan_of(floats.finish({x + y}), {1, 0}).splats.empty());
  const Expr m = integers.input(Lane::kInt64), n = integers.input(Lane::kInt64);
  const TilePlan s = plan_of(integers.finish({m + n, m * n}), {1, 0});
  ASSERT_EQ(s.splats.size(), 1u) << "one copy serves both";
  EXPECT_EQ(s.splats[0].scalar, n.id());
  EXPECT_FALSE(s.splats[0].is_block);
  EXPECT_EQ(s.splats[0].element_bytes, 8);
  for (const LoopStep& step : s.steps) EXPECT_EQ(step.operands[1], s.splats[0].spread);
}

TEST(TilePlan, FetchesWhatDoesNotLieAlongTheElements) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), bias = b.input(Lane::kFloat32);
  const Expr column = b.input(Lane::kFloat32);
  LoopSpec spec = {b.finish({x + bias + column}), {30, 20}, {{20, 1}, {0, 1}, {1, 0}}, {{}}};
  const TilePlan s(spec, LoopLayout(spec, false), portable_loop_kernels());
  ASSERT_EQ(s.fetches.size(), 2u);
  EXPECT_EQ(s.fetches[0].input, 1u);
  EXPECT_EQ(s.fetches[0].period, 20);
  EXPECT_EQ(s.fetches[1].input, 2u);
  EXPECT_EQ(s.fetches[1].period, 0) << "strided";
  EXPECT_FALSE(s.is_plain);
  // The period is repeated, so that a tile may begin anywhere in it.
  EXPECT_GE(s.fetches[1].offset - s.fetches[0].offset, (s.tile + 20) * 4);
}

TEST(TilePlan, WritesAResultWhereItIsToLie) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Expr root = sqrt(x);
  const TilePlan s = plan_of(b.finish({root, root, exp(root)}), {1});
  ASSERT_EQ(s.results.size(), 3u);
  EXPECT_TRUE(s.results[0].is_written);
  EXPECT_FALSE(s.results[1].is_written) << "the same value can lie in one place only";
  EXPECT_TRUE(s.results[2].is_written);
  EXPECT_EQ(s.results[0].value, s.results[1].value);
}

TEST(TilePlan, CopiesAnInputThatIsAResult) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), flag = b.input(Lane::kBool);
  const TilePlan s = plan_of(b.finish({x, flag}), {1, 0});
  EXPECT_NE(s.results[0].value, x.id());
  EXPECT_EQ(s.steps.size(), 1u);
  EXPECT_EQ(s.uniform_steps.size(), 1u);
  EXPECT_TRUE(s.results[1].is_scalar);
  EXPECT_EQ(s.results[1].element_bytes, 1);
}

TEST(TilePlan, NotesInputsThatAreReadAfterAResultIsWritten) {
  Builder b;
  const Expr x = b.input(Lane::kFloat64), y = b.input(Lane::kFloat64);
  const Expr first = exp(x), second = exp(y) * x;
  const TilePlan s = plan_of(b.finish({first, second}), {1, 1});
  const std::vector<int32_t>& hindrances = s.results[0].hindrances;
  EXPECT_NE(std::find(hindrances.begin(), hindrances.end(), x.id()), hindrances.end())
      << "the second result still reads x";
  EXPECT_TRUE(s.results[1].hindrances.empty()) << "it is made last";
}

// An input of another element size, or one that is not read along the elements, is never the
// output.
TEST(TilePlan, TakesOnlyInputsOfTheSameSizeForHindrances) {
  Builder b;
  const Expr x = b.input(Lane::kFloat64), n = b.input(Lane::kInt32), c = b.input(Lane::kFloat64);
  const Expr first = exp(x);
  const Expr second = floor(convert(n, Lane::kFloat64)) * c;
  const TilePlan s = plan_of(b.finish({first, exp(second) * x}), {1, 1, 0});
  EXPECT_EQ(s.results[0].hindrances, std::vector<int32_t>{x.id()});
}

TEST(TilePlan, SpreadsAUniformValueThatIsReduced) {
  Builder b;
  const Expr rate = b.input(Lane::kFloat32);
  const TilePlan s = plan_of(b.finish({rate}), {0}, {{kSum, {true}}});
  ASSERT_EQ(s.splats.size(), 1u);
  EXPECT_EQ(s.results[0].value, s.splats[0].spread);
  EXPECT_TRUE(s.results[0].is_reduced);
  EXPECT_FALSE(s.results[0].is_written);
  EXPECT_TRUE(s.has_reductions);
  EXPECT_FALSE(s.is_plain);
}

TEST(TilePlan, ReducesAnInputWhereItLies) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const TilePlan s = plan_of(b.finish({x}), {1}, {{kSum, {true}}});
  EXPECT_TRUE(s.steps.empty()) << "no copy";
  EXPECT_EQ(s.results[0].value, x.id());
}

TEST(TilePlan, LetsRandomWordsCountByThemselves) {
  Builder b;
  const Expr key = b.input(Lane::kInt64);
  const Expr word = random_word(key, 3, b.index());
  const TilePlan alone = plan_of(b.finish({word}), {0});
  ASSERT_EQ(alone.steps.size(), 1u) << "nobody reads the index any more";
  EXPECT_EQ(alone.steps[0].kernel, portable_loop_kernels().random_words);
  const TilePlan both = plan_of(b.finish({word, b.index()}), {0});
  EXPECT_EQ(both.steps.size(), 2u) << "the index is a result";
  const TilePlan read = plan_of(b.finish({word, b.index() * 2}), {0});
  EXPECT_EQ(read.steps.size(), 3u) << "another step reads the index";
}

TEST(TilePlan, HasNoSplitIndexForAVaryingKey) {
  Builder b;
  const Expr key = b.input(Lane::kInt64);
  const TilePlan s = plan_of(b.finish({random_word(key, 3, b.index())}), {1});
  ASSERT_EQ(s.steps.size(), 2u);
  EXPECT_NE(s.steps[1].kernel, portable_loop_kernels().random_words);
}

// Thirty values of eight bytes that all live to the end.
TEST(TilePlan, ShortensTilesUntilTheyFitTheFirstCache) {
  Builder b;
  const Expr x = b.input(Lane::kFloat64);
  std::vector<Expr> values = {x};
  for (int i = 0; i < 30; ++i) values.push_back(exp(values.back()));
  Expr sum = values.back();
  for (const Expr& value : values) sum = floor(sum) * value;
  const TilePlan s = plan_of(b.finish({sum}), {1});
  EXPECT_LT(s.tile, 512);
  EXPECT_GE(s.tile, 128);
  EXPECT_EQ(plan_of(b.finish({values[2]}), {1}).tile, 1024);
}

TEST(TilePlan, UsesABufferAgainWhenItsValueIsDone) {
  Builder b;
  Expr value = b.input(Lane::kFloat64);
  for (int i = 0; i < 40; ++i) value = exp(value);
  const TilePlan s = plan_of(b.finish({value}), {1});
  EXPECT_LE(s.workspace_bytes, 3 * s.tile * 8);
}

/// Every place of a value: its room in the workspace.
struct Room {
  int64_t begin, end;
  bool overlaps(const Room& other) const { return begin < other.end && other.begin < end; }
};

/// At each step, values that are still to be read keep places of their own.
void expect_separate_places(const Scene& scene, const TilePlan& s) {
  std::vector<ValueUse> uses;
  for (const LoopStep& step : s.steps) {
    if (step.chain < 0) {
      uses.push_back({step.operands, step.result});
    } else {
      const auto& own = s.chains[static_cast<size_t>(step.chain)].uses;
      uses.insert(uses.end(), own.begin(), own.end());
    }
  }
  std::vector<int> last(static_cast<size_t>(s.value_count), -1);
  for (size_t u = 0; u < uses.size(); ++u) {
    for (int32_t v : uses[u].reads) {
      if (v >= 0) last[static_cast<size_t>(v)] = static_cast<int>(u);
    }
  }
  for (const LoopResult& r : s.results) {
    last[static_cast<size_t>(r.value)] = static_cast<int>(uses.size());
  }
  std::vector<int32_t> live;
  for (size_t u = 0; u < uses.size(); ++u) {
    const int32_t made = uses[u].result;
    if (made < 0 || s.offsets[static_cast<size_t>(made)] < 0) continue;
    const int64_t place = s.offsets[static_cast<size_t>(made)];
    std::erase_if(live,
                  [&](int32_t v) { return last[static_cast<size_t>(v)] <= static_cast<int>(u); });
    for (int32_t other : live) {
      ASSERT_NE(s.offsets[static_cast<size_t>(other)], place)
          << "values " << other << " and " << made << "\n"
          << scene.spec.program.text();
    }
    live.push_back(made);
    ASSERT_LT(place, s.workspace_bytes);
    ASSERT_EQ(place % 64, 0);
  }
}

TEST(TilePlan, GivesLiveValuesPlacesOfTheirOwnInRandomLoops) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    const Scene scene = random_scene(random, round % 2 == 0);
    const TilePlan s(scene.spec, LoopLayout(scene.spec, false), portable_loop_kernels());
    ASSERT_NO_FATAL_FAILURE(expect_separate_places(scene, s));
    std::vector<Room> rooms;
    for (const Fetch& fetch : s.fetches) {
      const int64_t repeated = fetch.period <= s.tile ? fetch.period : 0;
      rooms.push_back({fetch.offset, fetch.offset + (s.tile + repeated) * fetch.element_bytes});
    }
    for (size_t i = 0; i < rooms.size(); ++i) {
      ASSERT_LE(rooms[i].end, s.workspace_bytes);
      for (size_t j = 0; j < i; ++j) ASSERT_FALSE(rooms[i].overlaps(rooms[j]));
    }
  }
}

}  // namespace tile_plan_test
}  // namespace reckon::kernels
