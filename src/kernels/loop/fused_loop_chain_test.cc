// SPDX-License-Identifier: Apache-2.0
// Chains of light instructions: every length of tail, bools on their way in and out, results in
// place.
#include <gtest/gtest.h>

#include <cstring>

#include "expr/builder.h"
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/fused_loop.h"

namespace reckon::kernels {
namespace fused_loop_chain_test {

using expr::Builder;
using expr::Expr;
using expr::Lane;
using testing_support::available_isas;

std::vector<float> numbers(int64_t n, float first) {
  std::vector<float> values(static_cast<size_t>(n));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = first + 0.37f * static_cast<float>(i % 23) - 4;
  return values;
}

// With room behind the end, to see that nothing is written there.
constexpr int64_t kLengths = 300, kRoom = 64;
constexpr uint8_t kUntouched = 0x5a;

TEST(Chains, TakeAndGiveBoolsOfAnyLength) {
  Builder b;
  const Expr x = b.input(Lane::kFloat32), given = b.input(Lane::kBool), flip = b.input(Lane::kBool);
  const Expr is_large = x > 0.5, differs = given != flip, both = is_large && differs;
  const Expr chosen = expr::select(both, x * 2.0, -x);
  const expr::Program program =
      b.finish({chosen, both, is_large, convert(differs, Lane::kFloat32)});
  for (Isa isa : available_isas()) {
    for (int64_t n = 1; n <= kLengths; ++n) {
      const std::vector<float> values = numbers(n, 0);
      std::vector<uint8_t> flags(values.size());
      for (size_t i = 0; i < flags.size(); ++i) flags[i] = i % 3 == 0;
      const uint8_t flag = n % 2 == 0;
      std::vector<float> got(values.size() + kRoom, -1), converted(got);
      std::vector<uint8_t> got_both(got.size(), kUntouched), got_large(got_both);
      const void* inputs[] = {values.data(), flags.data(), &flag};
      void* outputs[] = {got.data(), got_both.data(), got_large.data(), converted.data()};
      const LoopSpec spec = {program, {n}, {{1}, {1}, {0}}, {{}, {}, {}, {}}};
      ASSERT_FALSE(FusedLoop(spec, isa).run(inputs, outputs));
      for (size_t i = 0; i < values.size(); ++i) {
        const bool large = values[i] > 0.5f, other = flags[i] != flag;
        ASSERT_EQ(got[i], large && other ? values[i] * 2 : -values[i]) << i << " of " << n;
        ASSERT_EQ(got_both[i], large && other) << i << " of " << n;
        ASSERT_EQ(got_large[i], large) << i << " of " << n;
        ASSERT_EQ(converted[i], other ? 1 : 0) << i << " of " << n;
      }
      for (size_t i = values.size(); i < got.size(); ++i) {
        ASSERT_EQ(got[i], -1);
        ASSERT_EQ(got_both[i], kUntouched);
      }
    }
  }
}

// Adam's update, a chain that writes three outputs over three of its inputs.
TEST(Chains, UpdateInPlaceWithTheBitsOfTheWrittenArithmetic) {
  Builder b;
  const Expr p = b.input(Lane::kFloat32), g = b.input(Lane::kFloat32), m = b.input(Lane::kFloat32);
  const Expr v = b.input(Lane::kFloat32), rate = b.input(Lane::kFloat32);
  const Expr mean = m + (g - m) * 0.125, variance = v + (square(g) - v) * 0.0625;
  const expr::Program program =
      b.finish({p - mean * rate / (sqrt(variance) + 0.5), mean, variance});
  const float step = 0.3f;
  for (Isa isa : available_isas()) {
    for (int64_t n : {1, 7, 16, 31, 127, 128, 129, 300, 1024, 1500, 5000}) {
      std::vector<float> p0 = numbers(n, 1), m0 = numbers(n, 2), v0 = numbers(n, 9);
      const std::vector<float> p1 = p0, m1 = m0, v1 = v0, g1 = numbers(n, 3);
      const void* inputs[] = {p0.data(), g1.data(), m0.data(), v0.data(), &step};
      void* outputs[] = {p0.data(), m0.data(), v0.data()};
      const LoopSpec spec = {program, {n}, {{1}, {1}, {1}, {1}, {0}}, {{}, {}, {}}};
      ASSERT_FALSE(FusedLoop(spec, isa).run(inputs, outputs));
      for (size_t i = 0; i < p1.size(); ++i) {
        const float first = m1[i] + (g1[i] - m1[i]) * 0.125f;
        const float second = v1[i] + (g1[i] * g1[i] - v1[i]) * 0.0625f;
        ASSERT_EQ(m0[i], first) << i << " of " << n;
        ASSERT_EQ(v0[i], second) << i << " of " << n;
        ASSERT_EQ(p0[i], p1[i] - first * step / (__builtin_sqrtf(second) + 0.5f))
            << i << " of " << n;
      }
    }
  }
}

}  // namespace fused_loop_chain_test
}  // namespace reckon::kernels
