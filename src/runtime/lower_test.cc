// SPDX-License-Identifier: Apache-2.0
// From a plan to a Program: what becomes a step, where each operand lives, what is read and
// updated.
#include "runtime/lower.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/shape_ops.h>

#include "check_op.h"
#include "graph/trace.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace lower_test {

using testing::floats;
using Kind = Location::Kind;

class LowerTest : public ::testing::Test {
 protected:
  /// The program for `fetches` and `targets`; x is fed.
  std::shared_ptr<const Program> lowered(const Tensors& fetches,
                                         const std::vector<Operation>& targets = {}) {
    return compile(request_for(fetches, targets, {{x_, Array::zeros(kFloat32, {4, 2})}}));
  }
  static const Slot& result(const Program& program, int32_t index = 0) {
    return program.slots[static_cast<size_t>(program.first_result + index)];
  }

  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {4, 2}, "x");
  Tensor v_ = variable("v", floats({1, 2}, {2}));
};

TEST_F(LowerTest, LeavesAndViewsTakeNoStep) {
  const auto program = lowered({reshape(x_, {8}), v_});
  EXPECT_TRUE(program->steps.empty());
  EXPECT_EQ(program->arena_bytes, 0u);
  EXPECT_EQ(result(*program, 0).location.kind, Kind::kFeed);
  EXPECT_EQ(result(*program, 0).type.shape, (Shape{8}));
  EXPECT_EQ(result(*program, 1).location.kind, Kind::kVariable);
}

TEST_F(LowerTest, AConstantStaysWhereItIs) {
  const Array five = floats({5, 6}, {2});
  const auto program = lowered({Operand(five).resolve()});
  EXPECT_TRUE(program->steps.empty());
  ASSERT_EQ(result(*program).location.kind, Kind::kConstant);
  EXPECT_TRUE(
      program->constants[static_cast<size_t>(result(*program).location.index)].same_bits(five));
}

TEST_F(LowerTest, AStepsSlotsAreItsInputsAndThenItsOutputs) {
  const auto program = lowered({matmul(x_, reshape(v_, {2, 1}))});
  ASSERT_EQ(program->steps.size(), 1u);
  const Step& step = program->steps[0];
  ASSERT_EQ(step.output_count, 1);
  const auto slot = [&](int32_t i) {
    return program->slots[static_cast<size_t>(step.first_slot + i)];
  };
  EXPECT_EQ(slot(0).location.kind, Kind::kFeed);
  EXPECT_EQ(slot(1).location.kind, Kind::kVariable);
  EXPECT_EQ(slot(step.input_count).location.kind, Kind::kArena);
  EXPECT_EQ(slot(step.input_count).type.shape, (Shape{4, 1}));
  EXPECT_EQ(result(*program).location.offset, slot(step.input_count).location.offset);
}

TEST_F(LowerTest, StepsKnowTheirOpAndTheUsersLine) {
  const int line = __LINE__ + 1;
  const Tensor y = matmul(x_, reshape(v_, {2, 1}));
  const Step step = lowered({y})->steps.at(0);
  EXPECT_EQ(step.where, "matmul");
  EXPECT_EQ(step.place.line, line);
  EXPECT_FALSE(step.name.empty());
}

TEST_F(LowerTest, OnlyWhatIsNeededMustBeFed) {
  placeholder(kFloat32, {3}, "unused");
  CompileRequest request = request_for({x_ * 2}, {}, {});
  const auto program = compile(request);
  ASSERT_EQ(program->needs_feed.size(), 2u);
  EXPECT_TRUE(program->needs_feed[0]);
  EXPECT_FALSE(program->needs_feed[1]);
  EXPECT_FALSE(lowered({v_})->needs_feed[0]);
  EXPECT_TRUE(lowered({x_})->needs_feed[0]) << "a fetched feed is needed too";
}

TEST_F(LowerTest, ReadAndUpdatedVariablesAreToldApart) {
  const int32_t v = graph_.trace().module->find("v");
  const auto read = lowered({v_ * 2});
  EXPECT_EQ(read->read_variables, std::vector<int32_t>{v});
  EXPECT_TRUE(read->updated_variables.empty());
  const auto written = lowered({}, {assign(v_, ones({2}))});
  EXPECT_TRUE(written->read_variables.empty());
  EXPECT_EQ(written->updated_variables, std::vector<int32_t>{v});
  const auto both = lowered({}, {assign_add(v_, ones({2}))});
  EXPECT_EQ(both->read_variables, std::vector<int32_t>{v});
  EXPECT_EQ(both->updated_variables, std::vector<int32_t>{v});
}

TEST_F(LowerTest, AViewOfAVariableIsARead) {
  EXPECT_EQ(lowered({reshape(v_, {2, 1})})->read_variables.size(), 1u);
  EXPECT_EQ(lowered({transpose(reshape(v_, {1, 2})) * 2})->read_variables.size(), 1u);
}

TEST_F(LowerTest, OnlyTheStepThatSizesAnExtentWritesIt) {
  const Tensor rows = boolean_mask(x_, reduce_sum(x_, 1) > 0);
  const auto program = lowered({reduce_sum(rows * 2 + 1, 0), rows});
  int writers = 0;
  for (const Step& step : program->steps) writers += step.writes_extents ? 1 : 0;
  EXPECT_EQ(writers, 1);
  EXPECT_EQ(program->extents.size(), 1u);
  EXPECT_TRUE(graph::is_extent(result(*program, 1).type.shape[0]));
}

TEST_F(LowerTest, ScratchLiesInTheArena) {
  const Tensor a = placeholder(kFloat32, {64, 300}, "a"), b = placeholder(kFloat32, {300, 64}, "b");
  const auto program = compile(request_for({matmul(a, b) + reduce_sum(a)}, {}, {}));
  size_t most = 0;
  for (const Step& step : program->steps) {
    EXPECT_EQ(step.scratch_offset % 64, 0u) << step.name;
    EXPECT_LE(step.scratch_offset + step.kernel.scratch_bytes, program->arena_bytes) << step.name;
    most = std::max(most, step.kernel.scratch_bytes);
  }
  EXPECT_GT(most, 0u) << "the product packs its operands";
}

TEST_F(LowerTest, EveryArenaSlotLiesInsideAndIsAligned) {
  const auto program = lowered({matmul(exp(x_), reshape(v_, {2, 1})), reduce_sum(square(x_), 0)});
  int count = 0;
  for (const Slot& slot : program->slots) {
    if (slot.location.kind != Kind::kArena) continue;
    ++count;
    const size_t bytes =
        static_cast<size_t>(slot.type.shape.num_elements()) * dtype_size(slot.type.dtype);
    EXPECT_LE(slot.location.offset + bytes, program->arena_bytes);
    EXPECT_EQ(slot.location.offset % 64, 0u);
  }
  EXPECT_GT(count, 0);
}

TEST_F(LowerTest, ParametersKeepTheTypesTheyWereCompiledFor) {
  const auto program = lowered({x_ * 2});
  ASSERT_EQ(program->parameters.size(), 1u);
  EXPECT_EQ(graph::type_text(program->parameters[0]), "float32[4, 2]");
}

}  // namespace lower_test
}  // namespace reckon::runtime
