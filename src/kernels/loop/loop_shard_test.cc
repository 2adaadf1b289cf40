// SPDX-License-Identifier: Apache-2.0
// A part of a loop alone: its elements and no others, wherever it begins and ends, with the bits of
// the whole.
#include "kernels/loop/loop_shard.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels {
namespace loop_shard_test {

using namespace testing_support;

/// A run of a scene, shard by shard, with guard bytes in all outputs.
class ShardRun {
 public:
  explicit ShardRun(const Scene& scene, int64_t row = 1)
      : layout_(scene.spec, false),
        plan_(scene.spec, layout_, portable_loop_kernels()),
        rooms_(plan_),
        outputs_(scene.outputs) {
    int64_t scratch = 64;
    for (size_t o = 0; o < outputs_.size(); ++o) {
      std::memset(outputs_[o].bytes.data(), 0x5a, outputs_[o].bytes.size());
      out_.push_back(outputs_[o].bytes.data());
      const LoopOutput& output = scene.spec.outputs[o];
      reducers_.push_back(
          portable_loop_kernels().reduce(output.kind, scene.spec.program.output_lane(o)));
      if (!plan_.results[o].is_reduced) continue;
      scratch += reduce_scratch_bytes(layout_.levels(o, 1), plan_.results[o].element_bytes);
    }
    for (const Buffer& input : scene.inputs) in_.push_back(input.bytes.data());
    scratch_.resize(static_cast<size_t>(scratch));
    run_.reset(new LoopRun{.layout = layout_,
                           .plan = plan_,
                           .rooms = rooms_,
                           .kernels = portable_loop_kernels(),
                           .chains = portable_chain_kernels(),
                           .reducers = reducers_.data(),
                           .outer = 1,
                           .inputs = in_.data(),
                           .outputs = out_.data(),
                           .scratch = aligned(scratch_),
                           .row = row});
  }

  /// One shard in a workspace of its own, filled with rubbish.
  void compute(int64_t begin, int64_t end) {
    std::vector<char> workspace(static_cast<size_t>(rooms_.bytes) + 128, 0x33);
    Shard(*run_, aligned(workspace)).compute(begin, end);
    const size_t used = static_cast<size_t>(aligned(workspace) - workspace.data() + rooms_.bytes);
    for (size_t i = used; i < workspace.size(); ++i) ASSERT_EQ(workspace[i], 0x33);
  }
  const std::vector<Buffer>& outputs() const { return outputs_; }
  int64_t size() const { return layout_.size(1); }
  int64_t tile() const { return plan_.tile; }
  uint32_t faults() const { return run_->faults.load(); }
  bool has_reductions() const { return plan_.has_reductions; }

 private:
  static char* aligned(std::vector<char>& memory) {
    return reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  }
  LoopLayout layout_;
  TilePlan plan_;
  ShardRooms rooms_;
  std::vector<Buffer> outputs_;
  std::vector<const void*> in_;
  std::vector<void*> out_;
  std::vector<ReduceKernels> reducers_;
  std::vector<char> scratch_;
  std::unique_ptr<LoopRun> run_;
};

Scene scene_of(const Program& program, std::vector<int64_t> dims,
               std::vector<std::vector<int64_t>> strides) {
  Scene scene;
  scene.spec = {program, std::move(dims), std::move(strides), {}};
  scene.spec.outputs.resize(program.outputs.size());
  std::mt19937 random(1);
  for (size_t i = 0; i < program.inputs.size(); ++i) {
    int64_t size = 1;
    for (size_t d = 0; d < scene.spec.dims.size(); ++d) {
      size += (scene.spec.dims[d] - 1) * scene.spec.input_strides[i][d];
    }
    scene.inputs.emplace_back(program.inputs[i], size);
    scene.inputs.back().fill(random);
  }
  scene.make_outputs();
  return scene;
}

/// Elements begin … end-1 as in `whole`; all others as they were.
void expect_part(const Buffer& got, const Buffer& whole, int64_t begin, int64_t end) {
  const size_t bytes = lane_size(got.lane);
  for (int64_t i = 0; i < got.size(); ++i) {
    const char* at = got.bytes.data() + static_cast<size_t>(i) * bytes;
    if (i >= begin && i < end) {
      const expr::ReferenceValue a = got.value(i), b = whole.value(i);
      const bool is_nan = std::isnan(a.number) && std::isnan(b.number);
      const bool is_equal =
          std::memcmp(at, whole.bytes.data() + static_cast<size_t>(i) * bytes, bytes) == 0;
      ASSERT_TRUE(is_nan || is_equal) << i << " of [" << begin << ", " << end << ")";
    } else {
      for (size_t k = 0; k < bytes; ++k) ASSERT_EQ(at[k], 0x5a) << i << " is not of this shard";
    }
  }
}

TEST(Shard, ComputesItsElementsAndNoOthers) {
  std::mt19937 random(21);
  int compared = 0;
  for (int round = 0; round < 150; ++round) {
    const Scene scene = random_scene(random, false);
    const std::vector<Buffer> whole = scene.run(Isa::kPortable);
    ShardRun run(scene);
    if (run.size() < 2) continue;
    ++compared;
    const auto pick = [&] {
      return static_cast<int64_t>(random() % static_cast<uint32_t>(run.size()));
    };
    const int64_t a = pick(), b = pick();
    const int64_t begin = std::min(a, b), end = std::max(a, b) + 1;
    ASSERT_NO_FATAL_FAILURE(run.compute(begin, end));
    for (size_t o = 0; o < whole.size(); ++o) {
      ASSERT_NO_FATAL_FAILURE(expect_part(run.outputs()[o], whole[o], begin, end))
          << scene.spec.program.text();
    }
  }
  EXPECT_GT(compared, 50);
}

TEST(Shard, MakesTheWholeWithItsNeighbours) {
  std::mt19937 random(22);
  for (int round = 0; round < 100; ++round) {
    const Scene scene = random_scene(random, false);
    const std::vector<Buffer> whole = scene.run(Isa::kPortable);
    ShardRun run(scene);
    for (int64_t begin = 0; begin < run.size();) {
      const int64_t end = std::min(run.size(), begin + 1 + static_cast<int64_t>(random() % 3000));
      ASSERT_NO_FATAL_FAILURE(run.compute(begin, end));
      begin = end;
    }
    for (size_t o = 0; o < whole.size(); ++o) ASSERT_TRUE(is_same(run.outputs()[o], whole[o]));
  }
}

// Whatever row length tiles are made to end at.
TEST(Shard, HasTheSameElementsWithTilesOfWholeRows) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), bias = b.input(Lane::kFloat32);
  const Program program = b.finish({exp(x) + bias, b.index()});
  for (int64_t row : {3, 100, 1000, 3000}) {
    const int64_t rows = 7000 / row + 2;
    const Scene scene = scene_of(program, {rows, row}, {{row, 1}, {0, 1}});
    const std::vector<Buffer> whole = scene.run(Isa::kPortable);
    ShardRun run(scene, row);
    ASSERT_NO_FATAL_FAILURE(run.compute(0, rows * row));
    for (size_t o = 0; o < whole.size(); ++o) EXPECT_TRUE(is_same(run.outputs()[o], whole[o]));
  }
}

TEST(Shard, ReadsABroadcastRowLongerThanATileAcrossItsEnd) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), bias = b.input(Lane::kFloat32);
  const Program program = b.finish({x - bias});
  const Scene scene = scene_of(program, {4, 1500}, {{1500, 1}, {0, 1}});
  ShardRun run(scene);
  ASSERT_LT(run.tile(), 1500);
  ASSERT_NO_FATAL_FAILURE(run.compute(700, 5200));
  for (int64_t i = 700; i < 5200; ++i) {
    ASSERT_EQ(run.outputs()[0].get<float>(i),
              scene.inputs[0].get<float>(i) - scene.inputs[1].get<float>(i % 1500))
        << i;
  }
}

TEST(Shard, ReadsTransposedAndSteppedOperandsFromAnywhere) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), y = b.input(Lane::kFloat64);
  const Program program = b.finish({x * 2, y});
  // x is transposed, y lies in every third place of rows with gaps.
  const Scene scene = scene_of(program, {50, 40}, {{1, 50}, {130, 3}});
  for (const auto& [begin, end] : {std::pair{0, 2000}, {1, 40}, {39, 41}, {1234, 1999}}) {
    ShardRun run(scene);
    ASSERT_NO_FATAL_FAILURE(run.compute(begin, end));
    for (int64_t i = begin; i < end; ++i) {
      const int64_t row = i / 40, column = i % 40;
      ASSERT_EQ(run.outputs()[0].get<float>(i), 2 * scene.inputs[0].get<float>(row + 50 * column));
      ASSERT_EQ(run.outputs()[1].get<double>(i),
                scene.inputs[1].get<double>(130 * row + 3 * column));
    }
  }
}

TEST(Shard, CountsElementsFromTheStartOfTheLoop) {
  Builder b;
  const Expr x = b.input(Lane::kInt64);
  const Scene scene = scene_of(b.finish({b.index() + x * 0}), {4000}, {{1}});
  ShardRun run(scene);
  ASSERT_NO_FATAL_FAILURE(run.compute(1500, 3501));
  for (int64_t i = 1500; i < 3501; ++i) ASSERT_EQ(run.outputs()[0].get<int64_t>(i), i);
}

TEST(Shard, ReportsFaultsOfItsOwnElementsToTheRun) {
  Builder b;
  const Expr x = b.input(Lane::kInt32), y = b.input(Lane::kInt32);
  Scene scene = scene_of(b.finish({floordiv(x, y)}), {100}, {{1}, {1}});
  for (int64_t i = 0; i < 100; ++i) scene.inputs[1].put<int32_t>(i, i == 60 ? 0 : 3);
  ShardRun without(scene), with(scene);
  ASSERT_NO_FATAL_FAILURE(without.compute(0, 60));
  EXPECT_EQ(without.faults(), 0u);
  ASSERT_NO_FATAL_FAILURE(with.compute(60, 61));
  EXPECT_EQ(with.faults(), kDividedByZero);
}

TEST(Shard, ReportsFaultsOfUniformValues) {
  Builder b;
  const Expr x = b.input(Lane::kInt32), y = b.input(Lane::kInt32);
  Scene scene = scene_of(b.finish({pow(x, y)}), {1}, {{0}, {0}});
  scene.inputs[1].put<int32_t>(0, -1);
  ShardRun run(scene);
  ASSERT_NO_FATAL_FAILURE(run.compute(0, 1));
  EXPECT_EQ(run.faults(), kNegativePower);
}

TEST(ShardRooms, AreOneAfterTheOther) {
  std::mt19937 random(23);
  for (int round = 0; round < 50; ++round) {
    const Scene scene = random_scene(random, true);
    const TilePlan plan(scene.spec, LoopLayout(scene.spec, false), portable_loop_kernels());
    const ShardRooms rooms(plan);
    const auto results = static_cast<int64_t>(plan.results.size());
    EXPECT_GE(rooms.flags, plan.value_count * static_cast<int64_t>(sizeof(char*)));
    EXPECT_GE(rooms.reducers - rooms.flags, results);
    const int64_t reducers = plan.has_reductions ? results : 0;
    EXPECT_GE(rooms.buffers - rooms.reducers, reducers * static_cast<int64_t>(sizeof(Reducer)));
    EXPECT_EQ(rooms.buffers % 64, 0) << "buffers are read as whole vectors";
    EXPECT_EQ(rooms.bytes, rooms.buffers + plan.workspace_bytes);
  }
}

}  // namespace loop_shard_test
}  // namespace reckon::kernels
