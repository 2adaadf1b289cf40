// SPDX-License-Identifier: Apache-2.0
// What a caller of FusedLoop relies on: specs that do not fit are refused, scratch is its own,
// empty spaces are no trouble, and one loop serves many threads.
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "base/expect_error_testing.h"
#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels {
namespace fused_loop_contract_test {

using namespace testing_support;

Program sum_program(Lane lane = Lane::kFloat32) {
  Builder b;
  const Expr x = b.input(lane), y = b.input(lane);
  return b.finish({x + y});
}

/// x + y over [4, 3], both dense.
LoopSpec fitting_spec() { return {sum_program(), {4, 3}, {{3, 1}, {3, 1}}, {{}}}; }

void expect_refused(const LoopSpec& spec, const char* claim) {
  base::expect_error([&] { FusedLoop{spec}; }, ErrorCode::kInternal, claim);
}

TEST(FusedLoopSpec, HasStridesForEachInputAndDim) {
  EXPECT_NO_THROW(FusedLoop{fitting_spec()});
  LoopSpec spec = fitting_spec();
  spec.input_strides.pop_back();
  expect_refused(spec, "spec.input_strides.size() == spec.program.inputs.size()");
  spec = fitting_spec();
  spec.input_strides[1].push_back(1);
  expect_refused(spec, "strides.size() == spec.dims.size()");
}

TEST(FusedLoopSpec, HasAFormForEachOutput) {
  LoopSpec spec = fitting_spec();
  spec.outputs.clear();
  expect_refused(spec, "spec.outputs.size() == spec.program.outputs.size()");
  spec = fitting_spec();
  spec.outputs[0] = {ReduceKind::kSum, {true}};
  expect_refused(spec, "output.reduced.size() == spec.dims.size()");
}

TEST(FusedLoopSpec, ReducesLanesThatHaveThatReduction) {
  Builder b;
  const Program flags = b.finish({b.input(Lane::kBool)});
  const LoopSpec any = {flags, {4}, {{1}}, {{ReduceKind::kAny, {true}}}};
  EXPECT_NO_THROW(FusedLoop{any});
  expect_refused({flags, {4}, {{1}}, {{ReduceKind::kSum, {true}}}}, "rows != nullptr");
  LoopSpec numbers = fitting_spec();
  numbers.outputs[0] = {ReduceKind::kAll, {true, true}};
  expect_refused(numbers, "rows != nullptr");
}

TEST(FusedLoop, IsMovedWithItsPlan) {
  FusedLoop first(fitting_spec());
  FusedLoop second(std::move(first));
  EXPECT_EQ(second.spec().dims, (std::vector<int64_t>{4, 3}));
  FusedLoop third(LoopSpec{sum_program(), {1}, {{1}, {1}}, {{}}});
  third = std::move(second);
  std::vector<float> x(12, 1), y(12, 2), out(12);
  const void* inputs[] = {x.data(), y.data()};
  void* outputs[] = {out.data()};
  ASSERT_FALSE(third.run(inputs, outputs));
  EXPECT_EQ(out, std::vector<float>(12, 3));
}

TEST(FusedLoop, OverNothingWritesNothing) {
  const FusedLoop empty({sum_program(), {4, 0, 3}, {{0, 3, 1}, {0, 3, 1}}, {{}}});
  float guard = 77;
  const void* inputs[] = {nullptr, nullptr};
  void* outputs[] = {&guard};
  ASSERT_FALSE(empty.run(inputs, outputs));
  EXPECT_EQ(guard, 77);
  const FusedLoop dense(fitting_spec());
  ASSERT_FALSE(dense.run(inputs, outputs, 0));
  EXPECT_EQ(guard, 77) << "no rows in this batch";
}

TEST(FusedLoop, ReducesNothingToTheIdentity) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const Program program = b.finish({x, x, x});
  const FusedLoop loop({program,
                        {5, 3},
                        {{3, 1}},
                        {{ReduceKind::kSum, {true, false}},
                         {ReduceKind::kMax, {true, false}},
                         {ReduceKind::kProd, {true, true}}}});
  std::vector<float> sums(3, 77), most(3, 77), product(1, 77);
  const void* inputs[] = {nullptr};
  void* outputs[] = {sums.data(), most.data(), product.data()};
  ASSERT_FALSE(loop.run(inputs, outputs, 0));
  EXPECT_EQ(sums, std::vector<float>(3, 0.0f));
  EXPECT_EQ(most, std::vector<float>(3, -INFINITY));
  EXPECT_EQ(product[0], 1.0f);
}

TEST(FusedLoop, OfOneElementHasNoDims) {
  const FusedLoop loop({sum_program(), {}, {{}, {}}, {{}}});
  float x = 2, y = 3, out = 0;
  const void* inputs[] = {&x, &y};
  void* outputs[] = {&out};
  ASSERT_FALSE(loop.run(inputs, outputs));
  EXPECT_EQ(out, 5);
  EXPECT_EQ(loop.scratch_bytes(), 0u);
}

/// A scene whose outputs are reduced in several forms.
Scene reducing_scene() {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  Scene scene;
  scene.spec = {b.finish({exp(x * 0.1), x, x * x}),
                {37, 40, 11},
                {{440, 11, 1}},
                {{ReduceKind::kSum, {false, true, true}},
                 {ReduceKind::kMax, {true, false, true}},
                 {ReduceKind::kSum, {true, true, true}}}};
  scene.inputs.emplace_back(Lane::kFloat32, 37 * 40 * 11);
  std::mt19937 random(9);
  scene.inputs[0].fill(random);
  scene.make_outputs();
  return scene;
}

TEST(FusedLoop, UsesTheGivenScratchAndNoMore) {
  const Scene scene = reducing_scene();
  const FusedLoop loop(scene.spec);
  const std::vector<Buffer> want = scene.run(loop);
  const size_t size = loop.scratch_bytes();
  ASSERT_GT(size, 0u);
  std::vector<char> memory(size + 128, 0x5a);
  auto* scratch =
      reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  std::vector<Buffer> got = scene.outputs;
  const void* inputs[] = {scene.inputs[0].bytes.data()};
  void* outputs[] = {got[0].bytes.data(), got[1].bytes.data(), got[2].bytes.data()};
  ASSERT_FALSE(loop.run(inputs, outputs, -1, nullptr, scratch));
  for (size_t o = 0; o < want.size(); ++o) EXPECT_TRUE(is_same(want[o], got[o])) << o;
  for (char* at = scratch + size; at < memory.data() + memory.size(); ++at) ASSERT_EQ(*at, 0x5a);
}

TEST(FusedLoop, NeedsScratchForTheOuterExtentOfTheRun) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32);
  const FusedLoop loop({b.finish({x}), {1000}, {{1}}, {{ReduceKind::kSum, {true}}}});
  EXPECT_EQ(loop.scratch_bytes(100), 0u) << "one chunk is the result";
  EXPECT_GT(loop.scratch_bytes(100'000), loop.scratch_bytes(1000));
  EXPECT_EQ(loop.scratch_bytes(), loop.scratch_bytes(1000));
  EXPECT_EQ(FusedLoop(fitting_spec()).scratch_bytes(1'000'000), 0u) << "nothing is reduced";
}

// Sessions share compiled programs: a loop holds no state of a run.
TEST(FusedLoop, ServesManyThreadsAtOnce) {
  const Scene scene = reducing_scene();
  const FusedLoop loop(scene.spec);
  const std::vector<Buffer> want = scene.run(loop);
  std::vector<std::thread> threads;
  std::vector<int> differences(4, 0);
  for (size_t t = 0; t < differences.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 30; ++round) {
        const std::vector<Buffer> got = scene.run(loop);
        for (size_t o = 0; o < want.size(); ++o) differences[t] += !is_same(want[o], got[o]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(differences, std::vector<int>(4, 0));
}

// More values than the stack of a shard has room for.
TEST(FusedLoop, RunsProgramsOfVeryManyValues) {
  Builder b;
  const Expr x = b.input(Lane::kFloat64);
  std::vector<Expr> values = {x};
  for (int i = 0; i < 150; ++i) values.push_back(floor(values.back() * 0.99 + i));
  Expr sum = values[0];
  for (size_t i = values.size(); i-- > 1;) sum = floor(sum + values[i]);
  Scene scene;
  scene.spec = {b.finish({sum}), {3000}, {{1}}, {{}}};
  scene.inputs.emplace_back(Lane::kFloat64, 3000);
  std::mt19937 random(4);
  scene.inputs[0].fill(random);
  scene.make_outputs();
  const Buffer got = scene.run(FusedLoop(scene.spec))[0];
  for (int64_t i = 0; i < 3000; i += 7) {
    const expr::ReferenceValue want =
        run_reference(scene.spec.program, {scene.inputs[0].value(i)}).outputs[0];
    ASSERT_EQ(got.get<double>(i), want.number) << i;
  }
}

TEST(FusedLoop, NamesTheFaultThatItMet) {
  Builder b;
  const Expr x = b.input(Lane::kInt32), y = b.input(Lane::kInt32);
  const FusedLoop loop({b.finish({truncatemod(x, y), pow(x, y)}), {2}, {{1}, {1}}, {{}, {}}});
  std::vector<int32_t> left = {5, 5}, right = {2, 2}, rest(2), power(2);
  const void* inputs[] = {left.data(), right.data()};
  void* outputs[] = {rest.data(), power.data()};
  EXPECT_FALSE(loop.run(inputs, outputs));
  right[1] = -1;
  EXPECT_NE(loop.run(inputs, outputs).text().find("an integer is raised to a negative power"),
            std::string::npos);
  right[0] = 0;
  EXPECT_NE(loop.run(inputs, outputs).text().find("an integer is divided by zero"),
            std::string::npos)
      << "of two faults, the same one always";
}

}  // namespace fused_loop_contract_test
}  // namespace reckon::kernels
