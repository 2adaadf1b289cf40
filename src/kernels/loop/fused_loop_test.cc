// SPDX-License-Identifier: Apache-2.0
// The fused loop against walks one element at a time, and against itself: instruction sets,
// threads, places of operands, outer extents.
#include "kernels/loop/fused_loop.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/allocation_count_testing.h"
#include "base/philox.h"
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/random_program_testing.h"

namespace reckon::kernels {
namespace fused_loop_test {

using namespace testing_support;

void expect_same(const std::vector<Buffer>& want, const std::vector<Buffer>& got,
                 const Scene& scene) {
  for (size_t o = 0; o < want.size(); ++o) {
    ASSERT_TRUE(is_same(want[o], got[o])) << "output " << o << " of\n" << scene.spec.program.text();
  }
}

TEST(FusedLoop, GivesTheSameBitsOnEveryInstructionSet) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const Scene scene = random_scene(random, round % 2 == 0);
    const std::vector<Buffer> want = scene.run(Isa::kPortable);
    for (Isa isa : available_isas()) expect_same(want, scene.run(isa), scene);
    if (HasFatalFailure()) return;
  }
}

// One element of each input, by its coordinates.
int64_t offset_of(const Scene& scene, size_t input, int64_t flat) {
  int64_t offset = 0;
  for (size_t d = scene.spec.dims.size(); d-- > 0;) {
    offset += flat % scene.spec.dims[d] * scene.spec.input_strides[input][d];
    flat /= scene.spec.dims[d];
  }
  return offset;
}
int64_t size_of(const Scene& scene) {
  int64_t size = 1;
  for (int64_t extent : scene.spec.dims) size *= extent;
  return size;
}

// The loop one element at a time: every element is a loop of its own, of scalars.
TEST(FusedLoop, ReadsBroadcastAndTransposedOperandsWhereTheyAre) {
  std::mt19937 random(2);
  int compared = 0;
  for (int round = 0; round < 200; ++round) {
    const Scene scene = random_scene(random, false);
    if (size_of(scene) > 3000) continue;
    bool counts = false;  // a loop of one element has index 0
    for (const auto& i : scene.spec.program.instructions) counts |= i.op == expr::Opcode::kIndex;
    if (counts) continue;
    const std::vector<Buffer> got = scene.run(isa());
    LoopSpec one = {scene.spec.program, {}, {}, scene.spec.outputs};
    one.input_strides.resize(scene.inputs.size());
    for (LoopOutput& output : one.outputs) output.reduced.clear();
    const FusedLoop loop(one);
    std::vector<Buffer> want = got;
    for (int64_t flat = 0; flat < size_of(scene); ++flat) {
      std::vector<const void*> in;
      std::vector<void*> out;
      for (size_t i = 0; i < scene.inputs.size(); ++i) {
        const auto place = static_cast<size_t>(offset_of(scene, i, flat));
        in.push_back(scene.inputs[i].bytes.data() + place * lane_size(scene.inputs[i].lane));
      }
      for (Buffer& buffer : want) {
        out.push_back(buffer.bytes.data() + static_cast<size_t>(flat) * lane_size(buffer.lane));
      }
      ASSERT_FALSE(loop.run(in.data(), out.data()));
    }
    expect_same(want, got, scene);
    if (HasFatalFailure()) return;
    ++compared;
  }
  EXPECT_GT(compared, 20);
}

// The reduction in double, in plain order, of one float32 input.
std::vector<double> plain_reduction(const Scene& scene) {
  const LoopOutput& output = scene.spec.outputs[0];
  const bool is_sum = output.kind == ReduceKind::kSum;
  const double start = is_sum ? 0
                       : output.kind == ReduceKind::kProd
                           ? 1
                           : -std::numeric_limits<double>::infinity();
  std::vector<double> want(static_cast<size_t>(scene.outputs[0].size()), start);
  for (int64_t flat = 0; flat < size_of(scene); ++flat) {
    int64_t rest = flat, place = 0, step = 1;
    for (size_t d = scene.spec.dims.size(); d-- > 0;) {
      if (!output.reduced[d]) {
        place += rest % scene.spec.dims[d] * step;
        step *= scene.spec.dims[d];
      }
      rest /= scene.spec.dims[d];
    }
    const double x = scene.inputs[0].get<float>(offset_of(scene, 0, flat));
    double& result = want[static_cast<size_t>(place)];
    if (is_sum)
      result += x;
    else if (output.kind == ReduceKind::kProd)
      result *= x;
    else
      result = std::max(result, x);
  }
  return want;
}

Scene reduction_scene(const std::vector<int64_t>& dims, const std::vector<bool>& reduced,
                      ReduceKind kind, std::mt19937& random) {
  Scene scene;
  Builder builder;
  scene.spec.program = builder.finish({builder.input(Lane::kFloat32)});
  scene.spec.dims = dims;
  std::vector<int64_t> strides(dims.size());
  int64_t size = 1;
  for (size_t d = dims.size(); d-- > 0; size *= dims[d]) strides[d] = size;
  scene.spec.input_strides = {strides};
  scene.spec.outputs = {{kind, reduced}};
  scene.inputs.emplace_back(Lane::kFloat32, size);
  scene.inputs[0].fill(random);
  scene.make_outputs();
  return scene;
}

struct ReductionCase {
  std::vector<int64_t> dims;
  std::vector<bool> reduced;
};
const std::vector<ReductionCase> kReductions = {
    {{1}, {true}},
    {{7}, {true}},
    {{100000}, {true}},
    {{37, 10}, {false, true}},
    {{37, 300}, {false, true}},
    {{5, 5000}, {false, true}},
    {{128, 256}, {true, false}},
    {{1000, 10}, {true, false}},
    {{999, 3}, {true, false}},
    {{40, 50}, {true, true}},
    {{6, 50, 7}, {false, true, false}},
    {{6, 90, 100}, {false, true, false}},
    {{9, 11, 13}, {true, false, true}},
    {{300, 40, 13}, {true, false, true}},
    {{3, 4, 5, 6, 7}, {false, true, false, true, false}},
    {{3, 4, 5, 6, 7}, {true, false, true, false, true}},
    {{5, 1, 4}, {true, false, true}},
    {{20000, 33}, {true, false}},
    {{2, 70000}, {false, true}},
    {{8, 8}, {false, false}},
    {{}, {}},
    {{3, 0}, {false, true}},
    {{0, 3}, {true, false}},
    {{0, 3}, {false, true}},
    {{4, 0, 3}, {true, false, true}},
    {{0, 5, 3}, {true, false, true}}};

TEST(FusedLoop, ReducesOverAnyAxesLikeAPlainSumInDouble) {
  std::mt19937 random(3);
  for (const ReductionCase& test : kReductions) {
    const Scene scene = reduction_scene(test.dims, test.reduced, ReduceKind::kSum, random);
    const std::vector<double> want = plain_reduction(scene);
    for (Isa isa : available_isas()) {
      const Buffer got = scene.run(isa)[0];
      for (int64_t i = 0; i < got.size(); ++i) {
        const double n = static_cast<double>(size_of(scene)) / static_cast<double>(got.size());
        ASSERT_NEAR(got.get<float>(i), want[static_cast<size_t>(i)], 3e-6 * std::sqrt(n) + 1e-6)
            << ::testing::PrintToString(test.dims) << " element " << i << " on " << isa_name(isa);
      }
    }
  }
}

TEST(FusedLoop, ReducesToTheMaximumExactly) {
  std::mt19937 random(4);
  for (const ReductionCase& test : kReductions) {
    const Scene scene = reduction_scene(test.dims, test.reduced, ReduceKind::kMax, random);
    const std::vector<double> want = plain_reduction(scene);
    const Buffer got = scene.run(isa())[0];
    for (int64_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(got.get<float>(i), want[static_cast<size_t>(i)])
          << ::testing::PrintToString(test.dims);
    }
  }
}

TEST(FusedLoop, SumsAMillionEqualNumbersWithoutDrift) {
  std::mt19937 random(5);
  Scene scene = reduction_scene({1 << 20}, {true}, ReduceKind::kSum, random);
  for (int64_t i = 0; i < 1 << 20; ++i) scene.inputs[0].put(i, 0.1f);
  EXPECT_NEAR(scene.run(isa())[0].get<float>(0), 0.1f * (1 << 20), 0.02);
}

TEST(FusedLoop, DoesNotDependOnThreads) {
  std::mt19937 random(6);
  base::Pool two(2), three(3), eight(8);
  for (const ReductionCase& test : kReductions) {
    const Scene scene = reduction_scene(test.dims, test.reduced, ReduceKind::kSum, random);
    const std::vector<Buffer> want = scene.run(isa());
    for (base::Pool* pool : {&two, &three, &eight})
      expect_same(want, scene.run(isa(), -1, pool), scene);
  }
  for (int round = 0; round < 100; ++round) {
    const Scene scene = random_scene(random, round % 2 == 0);
    expect_same(scene.run(isa()), scene.run(isa(), -1, &three), scene);
    if (HasFatalFailure()) return;
  }
}

TEST(FusedLoop, TakesAnyOuterExtentWithTheBitsOfALoopPlannedForIt) {
  std::mt19937 random(7);
  int compared = 0;
  for (int round = 0; round < 200; ++round) {
    const Scene scene = random_scene(random, round % 2 == 0);
    if (scene.spec.dims.empty()) continue;
    Scene planned_otherwise = scene;
    const int64_t outer = scene.spec.dims[0];
    planned_otherwise.spec.dims[0] = outer + 3;
    bool is_allowed =
        true;  // an input whose strides assume the outer extent cannot be planned otherwise
    for (const auto& strides : scene.spec.input_strides) {
      for (size_t d = 1; d < strides.size(); ++d)
        is_allowed &= strides[d] <= strides[0] || strides[0] == 0;
    }
    if (!is_allowed) continue;
    const FusedLoop loop(planned_otherwise.spec);
    expect_same(scene.run(isa()), scene.run(loop, outer), scene);
    if (HasFatalFailure()) return;
    ++compared;
  }
  EXPECT_GT(compared, 20);
}

TEST(FusedLoop, ReductionBitsDoNotDependOnWhatIsFusedBefore) {
  std::mt19937 random(8);
  for (const ReductionCase& test : kReductions) {
    const Scene plain = reduction_scene(test.dims, test.reduced, ReduceKind::kSum, random);
    // The same numbers as x + bias, where the bias is broadcast along all dims but the last.
    Scene fused = plain;
    Builder builder;
    const Expr x = builder.input(Lane::kFloat32);
    fused.spec.program = builder.finish({x + builder.input(Lane::kFloat32)});
    std::vector<int64_t> strides(test.dims.size(), 0);
    if (!strides.empty()) strides.back() = 1;
    fused.spec.input_strides.push_back(strides);
    fused.inputs.emplace_back(Lane::kFloat32, test.dims.empty() ? 1 : test.dims.back());
    expect_same(plain.run(isa()), fused.run(isa()), fused);
  }
}

TEST(FusedLoop, ComputesInPlaceEvenIfTheInputIsReadLater) {
  Builder builder;
  const Expr a = builder.input(Lane::kFloat32), b = builder.input(Lane::kFloat32);
  const Expr sum = a + b;
  const LoopSpec spec = {
      builder.finish({sum, sum * a, b, a}), {3000}, {{1}, {1}}, {{}, {}, {}, {}}};
  std::vector<float> x(3000), y(3000), third(3000), fourth(3000);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i), y[i] = 1;
  const void* inputs[] = {x.data(), y.data()};
  void* outputs[] = {x.data(), y.data(), third.data(), fourth.data()};
  ASSERT_FALSE(FusedLoop(spec).run(inputs, outputs));
  for (size_t i = 0; i < x.size(); ++i) {
    const auto n = static_cast<float>(i);
    ASSERT_EQ(x[i], n + 1);
    ASSERT_EQ(y[i], (n + 1) * n);
    ASSERT_EQ(third[i], 1);
    ASSERT_EQ(fourth[i], n);
  }
}

TEST(FusedLoop, SwapsTwoArraysInPlace) {
  Builder builder;
  const Expr a = builder.input(Lane::kInt32), b = builder.input(Lane::kInt32);
  const LoopSpec spec = {builder.finish({b, a}), {2000}, {{1}, {1}}, {{}, {}}};
  std::vector<int32_t> x(2000, 1), y(2000, 2);
  const void* inputs[] = {x.data(), y.data()};
  void* outputs[] = {x.data(), y.data()};
  ASSERT_FALSE(FusedLoop(spec).run(inputs, outputs));
  EXPECT_EQ(x, std::vector<int32_t>(2000, 2));
  EXPECT_EQ(y, std::vector<int32_t>(2000, 1));
}

TEST(FusedLoop, DrawsTheWordsOfPhilox) {
  Builder builder;
  const Expr key = builder.input(Lane::kInt64), stream = builder.input(Lane::kInt64);
  const Program program = builder.finish({random_uniform(key, stream, builder.index())});
  const LoopSpec spec = {program, {777, 3}, {{0, 0}, {0, 0}}, {{}}};
  const int64_t k = -5, s = 77;
  for (Isa isa : available_isas()) {
    std::vector<float> got(777 * 3);
    const void* inputs[] = {&k, &s};
    void* outputs[] = {got.data()};
    ASSERT_FALSE(FusedLoop(spec, isa).run(inputs, outputs));
    for (size_t i = 0; i < got.size(); ++i) {
      const auto block = base::philox(static_cast<uint64_t>(k), static_cast<uint64_t>(s), i / 4);
      ASSERT_EQ(got[i], base::unit_float(block[i % 4])) << i << " on " << isa_name(isa);
    }
  }
}

TEST(FusedLoop, WrapsIntegers) {
  Builder builder;
  const Expr x = builder.input(Lane::kInt32), y = builder.input(Lane::kUInt8);
  const Program program = builder.finish({x + x, x * x, -x, abs(x), y + y, y - 200});
  const int32_t a = std::numeric_limits<int32_t>::min();
  const uint8_t b = 199;
  for (Isa isa : available_isas()) {
    int32_t sum, square, negative, magnitude;
    uint8_t twice, below;
    const void* inputs[] = {&a, &b};
    void* outputs[] = {&sum, &square, &negative, &magnitude, &twice, &below};
    const LoopSpec spec = {program, {1}, {{1}, {1}}, {{}, {}, {}, {}, {}, {}}};
    ASSERT_FALSE(FusedLoop(spec, isa).run(inputs, outputs));
    EXPECT_EQ(sum, 0);
    EXPECT_EQ(square, 0);
    EXPECT_EQ(negative, a);
    EXPECT_EQ(magnitude, a);
    EXPECT_EQ(twice, 142);
    EXPECT_EQ(below, 255);
  }
}

Fault run_integers(Expr (*function)(Expr, Expr), std::vector<int32_t> a, std::vector<int32_t> b,
                   std::vector<int32_t>& out) {
  Builder builder;
  const Expr x = builder.input(Lane::kInt32), y = builder.input(Lane::kInt32);
  const auto n = static_cast<int64_t>(a.size());
  out.resize(a.size());
  const void* inputs[] = {a.data(), b.data()};
  void* outputs[] = {out.data()};
  return FusedLoop({builder.finish({function(x, y)}), {n}, {{1}, {1}}, {{}}}).run(inputs, outputs);
}

TEST(FusedLoop, DividesIntegersTowardsZeroOrDown) {
  std::vector<int32_t> out;
  const std::vector<int32_t> a = {7, -7, 7, -7, std::numeric_limits<int32_t>::min()},
                             b = {2, 2, -2, -2, -1};
  EXPECT_FALSE(run_integers(expr::floordiv, a, b, out));
  EXPECT_EQ(out, (std::vector<int32_t>{3, -4, -4, 3, std::numeric_limits<int32_t>::min()}));
  EXPECT_FALSE(run_integers(expr::floormod, a, b, out));
  EXPECT_EQ(out, (std::vector<int32_t>{1, 1, -1, -1, 0}));
  EXPECT_FALSE(run_integers(expr::truncatediv, a, b, out));
  EXPECT_EQ(out, (std::vector<int32_t>{3, -3, -3, 3, std::numeric_limits<int32_t>::min()}));
  EXPECT_FALSE(run_integers(expr::truncatemod, a, b, out));
  EXPECT_EQ(out, (std::vector<int32_t>{1, -1, 1, -1, 0}));
}

TEST(FusedLoop, ReportsDivisionByZeroAndNegativePowers) {
  std::vector<int32_t> out;
  const Fault division = run_integers(expr::floordiv, {1, 2, 3}, {1, 0, 3}, out);
  ASSERT_TRUE(division);
  EXPECT_NE(division.text().find("divided by zero"), std::string::npos);
  EXPECT_EQ(out, (std::vector<int32_t>{1, 0, 1}));
  const Fault power = run_integers(expr::pow, {3, 2}, {4, -1}, out);
  ASSERT_TRUE(power);
  EXPECT_NE(power.text().find("negative power"), std::string::npos);
  EXPECT_EQ(out[0], 81);
}

TEST(FusedLoop, PropagatesNaNThroughMinimaAndMaxima) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  std::mt19937 random(9);
  for (ReduceKind kind : {ReduceKind::kMax, ReduceKind::kMin}) {
    for (int64_t place : {0, 5, 99, 2999}) {
      Scene scene = reduction_scene({3000}, {true}, kind, random);
      scene.inputs[0].put(place, kNaN);
      for (Isa isa : available_isas()) EXPECT_TRUE(std::isnan(scene.run(isa)[0].get<float>(0)));
    }
  }
  Builder builder;
  const Expr x = builder.input(Lane::kFloat32), y = builder.input(Lane::kFloat32);
  const float a[] = {kNaN, 1, kNaN}, b[] = {1, kNaN, kNaN};
  float low[3], high[3];
  const void* inputs[] = {a, b};
  void* outputs[] = {low, high};
  ASSERT_FALSE(FusedLoop({builder.finish({min(x, y), max(x, y)}), {3}, {{1}, {1}}, {{}, {}}})
                   .run(inputs, outputs));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(std::isnan(low[i]) && std::isnan(high[i])) << i;
}

TEST(FusedLoop, AllocatesNothingAfterTheFirstRun) {
  std::mt19937 random(10);
  base::Pool two(2);
  const Scene scene = reduction_scene({500, 300}, {true, false}, ReduceKind::kSum, random);
  const FusedLoop loop(scene.spec);
  std::vector<float> out(300);
  const void* inputs[] = {scene.inputs[0].bytes.data()};
  void* outputs[] = {out.data()};
  ASSERT_FALSE(loop.run(inputs, outputs, -1, &two));
  const int64_t before = base::allocation_count;
  for (int64_t outer : {-1, 400, 1}) ASSERT_FALSE(loop.run(inputs, outputs, outer, &two));
  EXPECT_EQ(base::allocation_count, before);
}

TEST(FusedLoop, FillsOutputsThatAreUniform) {
  Builder builder;
  const Expr s = builder.input(Lane::kFloat32), x = builder.input(Lane::kFloat32);
  const LoopSpec spec = {builder.finish({s * 2, s * 2, x + s}),
                         {5, 3},
                         {{0, 0}, {3, 1}},
                         {{}, {ReduceKind::kSum, {true, false}}, {}}};
  const float scalar = 4, values[15] = {};
  float fill[15], sums[3], added[15];
  const void* inputs[] = {&scalar, values};
  void* outputs[] = {fill, sums, added};
  ASSERT_FALSE(FusedLoop(spec).run(inputs, outputs));
  for (float value : fill) EXPECT_EQ(value, 8);
  for (float value : sums) EXPECT_EQ(value, 40);
  for (float value : added) EXPECT_EQ(value, 4);
}

TEST(FusedLoop, JoinsBoolsAndWholeNumbers) {
  Builder builder;
  const Expr x = builder.input(Lane::kInt64);
  const std::vector<bool> inner = {false, true};
  const LoopSpec spec = {builder.finish({x > 0, x > 0, x, x}),
                         {2, 20},
                         {{20, 1}},
                         {{ReduceKind::kAny, inner},
                          {ReduceKind::kAll, inner},
                          {ReduceKind::kSum, inner},
                          {ReduceKind::kProd, inner}}};
  std::vector<int64_t> values(40, 0);
  for (size_t i = 20; i < 40; ++i) values[i] = 2;
  bool any[2], all[2];
  int64_t sum[2], product[2];
  const void* inputs[] = {values.data()};
  void* outputs[] = {any, all, sum, product};
  ASSERT_FALSE(FusedLoop(spec).run(inputs, outputs));
  EXPECT_FALSE(any[0] || all[0]);
  EXPECT_TRUE(any[1] && all[1]);
  EXPECT_EQ(sum[1], 40);
  EXPECT_EQ(product[1], 1 << 20);
  EXPECT_EQ(product[0], 0);
}

}  // namespace fused_loop_test
}  // namespace reckon::kernels
