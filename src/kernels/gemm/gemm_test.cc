// SPDX-License-Identifier: Apache-2.0
// Matrix products against a plain loop of fma, bit for bit, on every instruction set.
#include "kernels/gemm/gemm.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "kernels/gemm/dense_gemm_spec_testing.h"
#include "kernels/isa_fixture_testing.h"

namespace reckon::kernels {
namespace gemm_test {

using testing_support::available_isas;
using testing_support::dense_spec;

std::vector<float> random_floats(size_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(generator);
  return values;
}

// The definition: one chain per element.
void plain_gemm(const GemmSpec& s, const float* a, const float* b, float* c, const float* bias) {
  const int64_t row_a = s.transpose_a ? s.m : s.k, row_b = s.transpose_b ? s.k : s.n;
  const int64_t row_c = s.n;
  for (int64_t x = 0; x < s.batch; ++x) {
    for (int64_t i = 0; i < s.m; ++i) {
      for (int64_t j = 0; j < s.n; ++j) {
        float sum = 0;
        for (int64_t k = 0; k < s.k; ++k) {
          const float left =
              a[x * s.batch_stride_a + (s.transpose_a ? k * row_a + i : i * row_a + k)];
          const float right =
              b[x * s.batch_stride_b + (s.transpose_b ? j * row_b + k : k * row_b + j)];
          sum = std::fma(left, right, sum);
        }
        if (s.epilogue == GemmEpilogue::kBias || s.epilogue == GemmEpilogue::kBiasRelu) {
          sum += bias[j];
        }
        if (s.epilogue == GemmEpilogue::kRelu || s.epilogue == GemmEpilogue::kBiasRelu) {
          sum = sum < 0 ? 0 : sum;
        }
        c[x * s.batch_stride_c + i * row_c + j] = sum;
      }
    }
  }
}

struct Scratch {
  explicit Scratch(size_t bytes) : memory(bytes + 64) {}
  void* get() {
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
  }
  std::vector<char> memory;
};

std::string describe(const GemmSpec& s, Isa isa) {
  return std::to_string(s.m) + "x" + std::to_string(s.k) + "x" + std::to_string(s.n) +
         (s.transpose_a ? " T" : " N") + (s.transpose_b ? "T" : "N") + " batch " +
         std::to_string(s.batch) + " epilogue " + std::to_string(static_cast<int>(s.epilogue)) +
         " " + std::string(isa_name(isa));
}

// Computes with guards after C, which must stay as they are.
std::vector<float> run_gemm(const GemmSpec& s, Isa isa, const std::vector<float>& a,
                            const std::vector<float>& b, const std::vector<float>& bias,
                            size_t c_count, base::Pool* pool = nullptr) {
  std::vector<float> c(c_count + 64, 77.0f);
  const Gemm gemm(s, isa);
  Scratch scratch(gemm.scratch_bytes());
  gemm.run(a.data(), b.data(), c.data(), scratch.get(), -1, pool, bias.data());
  for (size_t i = c_count; i < c.size(); ++i) EXPECT_EQ(c[i], 77.0f) << describe(s, isa);
  c.resize(c_count);
  return c;
}

void expect_plain_bits(const GemmSpec& s, uint32_t seed, base::Pool* pool = nullptr) {
  const auto count = [](int64_t n) { return static_cast<size_t>(n); };
  const std::vector<float> a = random_floats(count(s.m * s.k * s.batch), seed);
  const std::vector<float> b = random_floats(count(s.k * s.n * s.batch), seed + 1);
  const std::vector<float> bias = random_floats(count(s.n), seed + 2);
  std::vector<float> want(count(s.m * s.n * s.batch));
  plain_gemm(s, a.data(), b.data(), want.data(), bias.data());
  for (Isa isa : available_isas()) {
    const std::vector<float> got = run_gemm(s, isa, a, b, bias, want.size(), pool);
    ASSERT_TRUE(want.empty() ||
                std::memcmp(got.data(), want.data(), want.size() * sizeof(float)) == 0)
        << describe(s, isa);
  }
}

TEST(Gemm, HasTheBitsOfOneChainForRandomShapes) {
  std::mt19937 generator(1);
  const int64_t edges[] = {1, 2, 3, 6, 7, 8, 9, 13, 14, 15, 16, 17, 28, 29, 31, 32, 33, 48, 65};
  const auto extent = [&] {
    return generator() % 2 == 0 ? edges[generator() % std::size(edges)]
                                : static_cast<int64_t>(1 + generator() % 90);
  };
  for (uint32_t round = 0; round < 400; ++round) {
    GemmSpec s =
        dense_spec(extent(), extent(), extent(), round & 1, round & 2, round % 5 == 0 ? 3 : 1);
    s.epilogue = static_cast<GemmEpilogue>(round / 4 % 4);
    if (round % 10 == 0) s.batch_stride_b = 0;
    if (round % 15 == 0) s.batch_stride_a = 0;
    expect_plain_bits(s, round);
    if (HasFatalFailure()) return;
  }
}

TEST(Gemm, HasTheBitsOfOneChainAcrossBlocksOfK) {
  for (int transposes = 0; transposes < 4; ++transposes) {
    const bool a = transposes & 1, b = transposes & 2;
    expect_plain_bits(dense_spec(30, 1000, 40, a, b), 1);
    expect_plain_bits(dense_spec(1, 800, 70, a, b), 2);
    expect_plain_bits(dense_spec(2, 800, 70, a, b), 3);
    expect_plain_bits(dense_spec(70, 800, 1, a, b), 4);
    expect_plain_bits(dense_spec(130, 512, 257, a, b), 5);  // packs A and B
    if (HasFatalFailure()) return;
  }
}

TEST(Gemm, HasTheSameBitsWithAPool) {
  base::Pool pool(3);
  for (int transposes = 0; transposes < 4; ++transposes) {
    const bool a = transposes & 1, b = transposes & 2;
    expect_plain_bits(dense_spec(300, 128, 300, a, b), 1, &pool);
    expect_plain_bits(dense_spec(8, 300, 900, a, b), 2, &pool);
    expect_plain_bits(dense_spec(33, 40, 50, a, b, 70), 3, &pool);
    if (HasFatalFailure()) return;
  }
}

TEST(Gemm, ARowHasTheSameBitsInEveryBatchSize) {
  const std::vector<float> a = random_floats(64 * 100, 1), b = random_floats(100 * 50, 2);
  for (Isa isa : available_isas()) {
    const std::vector<float> whole = run_gemm(dense_spec(64, 100, 50), isa, a, b, {}, 64 * 50);
    const Gemm planned(dense_spec(64, 100, 50), isa);
    for (int64_t rows : {1, 2, 5, 15, 33, 64}) {
      std::vector<float> part(64 * 50, 77.0f);
      planned.run(a.data(), b.data(), part.data(), nullptr, rows);
      const size_t count = static_cast<size_t>(rows) * 50;
      EXPECT_EQ(std::memcmp(part.data(), whole.data(), count * sizeof(float)), 0) << rows;
      if (count < part.size()) {
        EXPECT_EQ(part[count], 77.0f);
      }
    }
  }
}

TEST(Gemm, DepthReplacesKForThePartialBatchOfAWeightGradient) {
  const std::vector<float> a = random_floats(32 * 20, 1), b = random_floats(32 * 24, 2);
  const GemmSpec full = dense_spec(20, 32, 24, true), partial = dense_spec(20, 11, 24, true);
  std::vector<float> want(20 * 24), got(20 * 24);
  plain_gemm(partial, a.data(), b.data(), want.data(), nullptr);
  for (Isa isa : available_isas()) {
    Gemm(full, isa).run(a.data(), b.data(), got.data(), nullptr, -1, nullptr, nullptr, 11);
    EXPECT_EQ(got, want) << isa_name(isa);
  }
}

TEST(Gemm, PackedBGivesTheSameBits) {
  base::Pool pool(3);
  for (const auto& [m, k, n] : {std::array<int64_t, 3>{1, 1024, 300},
                                {1, 7, 5},
                                {2, 400, 130},
                                {3, 33, 17},
                                {70, 390, 260},
                                {300, 64, 33}}) {
    for (const bool transpose_b : {false, true}) {
      GemmSpec s = dense_spec(m, k, n);
      s.transpose_b = transpose_b;
      const std::vector<float> a = random_floats(m * k, 1), b = random_floats(k * n, 2);
      for (Isa isa : available_isas()) {
        const Gemm gemm(s, isa);
        std::vector<float> packed(gemm.packed_b_bytes() / sizeof(float));
        ASSERT_FALSE(packed.empty());
        gemm.pack_b(b.data(), packed.data());
        std::vector<char> scratch(gemm.scratch_bytes());
        for (const int64_t rows : {m, (m + 1) / 2, int64_t{1}}) {
          std::vector<float> want(m * n, 77.0f), got = want;
          gemm.run(a.data(), b.data(), want.data(), scratch.data(), rows);
          gemm.run(a.data(), b.data(), got.data(), scratch.data(), rows, &pool, nullptr, -1,
                   packed.data());
          EXPECT_EQ(got, want) << isa_name(isa) << " " << rows << " rows of " << m << " x " << k
                               << " x " << n << (transpose_b ? ", b transposed" : "");
        }
      }
    }
  }
}

TEST(Gemm, PacksNothingOfSeveralMatricesOrOneColumn) {
  GemmSpec s = dense_spec(4, 5, 6);
  s.batch = 2;
  s.batch_stride_b = 30;
  EXPECT_EQ(Gemm(s).packed_b_bytes(), 0u);
  EXPECT_EQ(Gemm(dense_spec(4, 5, 1)).packed_b_bytes(), 0u);
  EXPECT_EQ(Gemm(dense_spec(4, 0, 6)).packed_b_bytes(), 0u);
}

TEST(Gemm, NoDepthGivesZeros) {
  for (Isa isa : available_isas()) {
    GemmSpec s = dense_spec(3, 0, 20);
    EXPECT_EQ(run_gemm(s, isa, {}, {}, {}, 60), std::vector<float>(60, 0.0f));
    s.epilogue = GemmEpilogue::kBias;
    EXPECT_EQ(run_gemm(s, isa, {}, {}, std::vector<float>(20, 2.0f), 60),
              std::vector<float>(60, 2.0f));
  }
}

TEST(Gemm, ReluLetsNaNPassAndKeepsTheSignOfZero) {
  GemmSpec s = dense_spec(1, 1, 3);
  s.epilogue = GemmEpilogue::kBiasRelu;
  const std::vector<float> b = {0.0f, 0.0f, std::numeric_limits<float>::quiet_NaN()};
  for (Isa isa : available_isas()) {
    const std::vector<float> got = run_gemm(s, isa, {1.0f}, b, {-1.0f, 0.0f, 0.0f}, 3);
    EXPECT_EQ(got[0], 0.0f);
    EXPECT_EQ(got[1], 0.0f);
    EXPECT_TRUE(std::isnan(got[2]));
  }
}

// The batch of a run is smaller than planned: in every orientation, rows beyond it stay.
TEST(Gemm, TakesFewerRowsThanPlannedInEveryOrder) {
  for (int order = 0; order < 4; ++order) {
    const bool turned_a = order & 1, turned_b = order & 2;
    GemmSpec planned = dense_spec(40, 30, 20, turned_a, turned_b);
    planned.epilogue = GemmEpilogue::kBiasRelu;
    const std::vector<float> a = random_floats(40 * 30, 1), b = random_floats(30 * 20, 2),
                             bias = random_floats(20, 3);
    for (int64_t rows : {0, 1, 2, 17, 40}) {
      GemmSpec part = dense_spec(rows, 30, 20, turned_a, turned_b);
      part.epilogue = GemmEpilogue::kBiasRelu;
      std::vector<float> want(40 * 20, 77.0f);
      plain_gemm(part, a.data(), b.data(), want.data(), bias.data());
      for (Isa isa : available_isas()) {
        const Gemm gemm(planned, isa);
        Scratch scratch(gemm.scratch_bytes());
        std::vector<float> got(40 * 20, 77.0f);
        gemm.run(a.data(), b.data(), got.data(), scratch.get(), rows, nullptr, bias.data());
        EXPECT_EQ(got, want) << rows << " rows, " << describe(part, isa);
      }
    }
  }
}

TEST(Gemm, OfEmptyMatricesWritesNothing) {
  float guard = 77;
  for (const GemmSpec& s :
       {dense_spec(0, 5, 6), dense_spec(5, 6, 0), dense_spec(3, 4, 5, false, false, 0)}) {
    for (Isa isa : available_isas()) {
      Gemm(s, isa).run(nullptr, nullptr, &guard, nullptr);
      EXPECT_EQ(guard, 77) << describe(s, isa);
    }
  }
}

// One matrix B under many A is one taller product, unless A or C has gaps between its matrices.
TEST(Gemm, BroadcastsBUnderMatricesWithGaps) {
  for (int64_t gap : {0, 5}) {
    GemmSpec s = dense_spec(6, 9, 20, false, false, 4);
    s.batch_stride_b = 0;
    s.batch_stride_a = 6 * 9 + gap;
    s.batch_stride_c = 6 * 20 + gap;
    const std::vector<float> a = random_floats(4 * 60, 1), b = random_floats(9 * 20, 2);
    std::vector<float> want(4 * 125, 77.0f);
    plain_gemm(s, a.data(), b.data(), want.data(), nullptr);
    for (Isa isa : available_isas()) {
      std::vector<float> got(4 * 125, 77.0f);
      Gemm(s, isa).run(a.data(), b.data(), got.data(), nullptr);
      EXPECT_EQ(got, want) << "gap " << gap << " " << isa_name(isa);
    }
  }
}

// Infinity times zero must be NaN in every tile: no product with zero is left out.
TEST(Gemm, LetsInfinitiesAndNaNThrough) {
  std::vector<float> a(20 * 33, 0.0f), b(33 * 40, 1.0f);
  b[5 * 40 + 7] = std::numeric_limits<float>::infinity();
  a[3 * 33 + 2] = std::numeric_limits<float>::quiet_NaN();
  for (Isa isa : available_isas()) {
    std::vector<float> c(20 * 40);
    Gemm(dense_spec(20, 33, 40), isa).run(a.data(), b.data(), c.data(), nullptr);
    for (size_t i = 0; i < c.size(); ++i) {
      const bool is_nan = i / 40 == 3 || i % 40 == 7;
      ASSERT_EQ(std::isnan(c[i]), is_nan) << i << " " << isa_name(isa);
    }
  }
}

TEST(Gemm, PlansAreSharedByThreads) {
  const std::vector<float> a = random_floats(70 * 50, 1), b = random_floats(50 * 60, 2);
  const Gemm gemm(dense_spec(70, 50, 60));
  std::vector<float> want(70 * 60);
  gemm.run(a.data(), b.data(), want.data(), nullptr);
  std::vector<std::vector<float>> got(3, std::vector<float>(70 * 60));
  std::vector<std::thread> threads;
  for (std::vector<float>& c : got) {
    threads.emplace_back([&] {
      Scratch scratch(gemm.scratch_bytes());
      for (int i = 0; i < 20; ++i) gemm.run(a.data(), b.data(), c.data(), scratch.get());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<float>& c : got) EXPECT_EQ(c, want);
}

}  // namespace gemm_test
}  // namespace reckon::kernels
