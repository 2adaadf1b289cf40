// SPDX-License-Identifier: Apache-2.0
// The kernels of the fused loop for any processor.
#include "kernels/isa_fixture_testing.h"
#include "kernels/loop/loop_variant_testing.h"
#include "kernels/loop/reduce_variant_testing.h"

namespace reckon::kernels {
namespace fused_loop_portable_test {

using namespace testing_support;
using FusedLoopPortable = OnIsa<Isa::kPortable>;

TEST_F(FusedLoopPortable, IsWhatTheChoiceOfThatSetGives) {
  EXPECT_EQ(&loop_kernels(Isa::kPortable), &portable_loop_kernels());
  EXPECT_EQ(&portable_loop_kernels().chains(), &portable_chain_kernels());
}

TEST_F(FusedLoopPortable, HasAKernelForEveryInstruction) {
  for (const KernelCase& c : every_case()) {
    EXPECT_NE(portable_loop_kernels().find(c.op, c.lane, c.operand_lane(), 0), nullptr) << c.text();
  }
}

// Each kernel with itself, elsewhere: bits do not depend on the place in a vector.
TEST_F(FusedLoopPortable, HasTheSameBitsAtEveryLengthOfItsTail) {
  for (const KernelCase& c : every_case()) {
    const Kernel kernel = portable_loop_kernels().find(c.op, c.lane, c.operand_lane(), 0);
    if (c.op == Opcode::kIndex) continue;
    const KernelCall whole = call_kernel(kernel, c, 0, 40, 0);
    for (int64_t skip : {1, 2, 3, 5, 39}) {
      const KernelCall part = call_kernel(kernel, c, 0, 40 - skip, skip);
      const size_t bytes = lane_size(c.lane);
      for (int64_t i = skip; i < 40; ++i) {
        const auto at = static_cast<size_t>(i) * bytes;
        const expr::ReferenceValue a = part.out.value(i), b = whole.out.value(i);
        if (std::isnan(a.number) && std::isnan(b.number)) continue;
        ASSERT_EQ(std::memcmp(part.out.bytes.data() + at, whole.out.bytes.data() + at, bytes), 0)
            << c.text() << ", element " << i << " from " << skip;
      }
    }
  }
}

TEST_F(FusedLoopPortable, TakesScalarOperandsAsIfSpreadOut) {
  expect_scalar_kernels(portable_loop_kernels());
}

TEST_F(FusedLoopPortable, ReportsTheFaultOfAnyElement) { expect_faults(portable_loop_kernels()); }

TEST_F(FusedLoopPortable, CountsTheWordsOfPhilox) { expect_random_words(portable_loop_kernels()); }

TEST_F(FusedLoopPortable, ReducesBySixteenLanesAndATree) {
  expect_reductions(portable_loop_kernels());
}

TEST_F(FusedLoopPortable, GathersElementsOfEverySize) {
  expect_every_gather(portable_loop_kernels());
}

}  // namespace fused_loop_portable_test
}  // namespace reckon::kernels
