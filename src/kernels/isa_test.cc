// SPDX-License-Identifier: Apache-2.0
// The choice of the instruction set: made once in a process, lowered by RECKON_ISA.
#include "kernels/isa.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/check.h"

namespace reckon::kernels {
namespace isa_test {

/// Ends the process with the name of the choice, or the text of its error, on stderr.
[[noreturn]] void report_choice() {
  try {
    std::fprintf(stderr, "chose %s", std::string(isa_name(isa())).c_str());
  } catch (const Error& error) {
    std::fprintf(stderr, "%s", error.what());
  }
  std::exit(0);
}

/// isa() chooses once in a process: each choice is made in a child that starts anew.
class IsaChoice : public ::testing::Test {
 protected:
  IsaChoice() { ::testing::FLAGS_gtest_death_test_style = "threadsafe"; }
  ~IsaChoice() override { unsetenv("RECKON_ISA"); }
  static void expect(const char* wanted, const std::string& regex) {
    wanted == nullptr ? unsetenv("RECKON_ISA") : setenv("RECKON_ISA", wanted, 1);
    EXPECT_EXIT(report_choice(), ::testing::ExitedWithCode(0), regex);
  }
};

std::string best_name() {
  for (Isa isa : {Isa::kAvx512, Isa::kAvx2}) {
    if (isa_available(isa)) return std::string(isa_name(isa));
  }
  return "portable";
}

TEST(Isa, HasANameForEachSet) {
  EXPECT_EQ(isa_name(Isa::kPortable), "portable");
  EXPECT_EQ(isa_name(Isa::kAvx2), "avx2");
  EXPECT_EQ(isa_name(Isa::kAvx512), "avx512");
}

TEST(Isa, EveryProcessorHasThePortableSet) { EXPECT_TRUE(isa_available(Isa::kPortable)); }

// Code for AVX-512 calls code for AVX2 nowhere, but choosing by width relies on the order.
TEST(Isa, AWiderSetImpliesTheNarrowerOnes) {
  if (isa_available(Isa::kAvx512)) {
    EXPECT_TRUE(isa_available(Isa::kAvx2));
  }
}

TEST(Isa, TheChoiceOfThisProcessCanRunHere) { EXPECT_TRUE(isa_available(isa())); }

TEST_F(IsaChoice, IsTheBestUnlessTheEnvironmentLowersIt) {
  expect(nullptr, "chose " + best_name());
  expect("", "chose " + best_name());
  expect("portable", "chose portable");
}

TEST_F(IsaChoice, TakesEverySetThatIsHereAndRefusesTheOthers) {
  for (Isa isa : {Isa::kAvx2, Isa::kAvx512}) {
    const std::string name(isa_name(isa));
    expect(name.c_str(),
           isa_available(isa)
               ? "chose " + name
               : "\\[isa\\] RECKON_ISA is " + name +
                     ", a set that this processor has is expected; the best here is " +
                     best_name());
  }
}

TEST_F(IsaChoice, RefusesANameThatIsNoSet) {
  expect("AVX2",
         "\\[isa\\] RECKON_ISA is \"AVX2\", expected portable, avx2 or avx512; unset it to take "
         "the best");
}

}  // namespace isa_test
}  // namespace reckon::kernels
