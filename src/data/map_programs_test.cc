// SPDX-License-Identifier: Apache-2.0
// One program for equal functions and types, whoever asks and on whatever thread.
#include "data/map_programs.h"

#include <gtest/gtest.h>

#include <thread>

#include <reckon/math.h>
#include <reckon/shape_ops.h>

#include "data/labelled_rows_testing.h"

namespace reckon::reckon_internal::data {
namespace map_programs_test {

/// x * 3 + `offset` over rows of int64.
TracedMap traced(int64_t offset) {
  return trace_map(
      *Dataset::range(9).node(),
      [offset](const std::vector<Element>& parts) {
        return Element{{{"x", parts[0].features()["x"] * 3 + offset}}};
      },
      Place::here());
}

TEST(MapPrograms, CompilesEqualFunctionsOnce) {
  const auto dataset = [] {
    return labelled().map([](const Features& features) {
      return Features{{"x", features["x"] * 12 + 345}};
    });
  };
  EXPECT_EQ(dataset().structural_hash(), dataset().structural_hash());
  EXPECT_NE(dataset().structural_hash(), labelled().map(times_ten).structural_hash());
  read_flat(dataset());
  const int compiled = map_programs_compiled();
  for (int i = 0; i < 5; ++i) read_flat(dataset().batch(2));
  EXPECT_EQ(map_programs_compiled(), compiled);
}

TEST(MapPrograms, EqualFunctionsShareOneProgram) {
  const graph::Types scalar = {{kInt64, {}}};
  const TracedMap first = traced(71), second = traced(71);
  EXPECT_NE(first.module, second.module);
  EXPECT_EQ(map_program(first, scalar), map_program(second, scalar));
  EXPECT_NE(map_program(first, scalar), map_program(traced(72), scalar));
}

TEST(MapPrograms, EachTypeOfItsParametersHasAProgramOfItsOwn) {
  const TracedMap map = traced(73);
  const int before = map_programs_compiled();
  const auto scalar = map_program(map, {{kInt64, {}}});
  const auto row = map_program(map, {{kInt64, {4}}});
  EXPECT_NE(scalar, row);
  EXPECT_EQ(map_program(map, {{kInt64, {4}}}), row);
  EXPECT_EQ(map_programs_compiled(), before + 2);
}

TEST(MapPrograms, OutliveTheFunctionThatTheyWereMadeFrom) {
  const graph::Types scalar = {{kInt64, {}}};
  std::shared_ptr<const runtime::Program> program;
  {
    const TracedMap map = traced(74);
    program = map_program(map, scalar);
  }
  EXPECT_EQ(map_program(traced(74), scalar), program);
}

TEST(MapPrograms, SeveralThreadsThatAskAtOnceCompileOnce) {
  const int before = map_programs_compiled();
  std::vector<std::shared_ptr<const runtime::Program>> programs(4);
  std::vector<std::thread> threads;
  for (auto& program : programs) {
    threads.emplace_back([&program] { program = map_program(traced(75), {{kInt64, {}}}); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& program : programs) EXPECT_EQ(program, programs[0]);
  EXPECT_EQ(map_programs_compiled(), before + 1);
}

}  // namespace map_programs_test
}  // namespace reckon::reckon_internal::data
