// SPDX-License-Identifier: Apache-2.0
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/reduce.h>
#include <reckon/shape_ops.h>
#include "graph/core_ops.h"
#include "passes/alias.h"
#include "passes/traced_plan_testing.h"

namespace reckon::passes {
namespace schedule_test {

/// Who writes a variable comes after all that read its old value, and writes over nothing that it
/// still reads.
void expect_old_values_read_first(const Plan& plan) {
  const graph::Function& function = plan.function;
  for (const Plan::Binding& binding : plan.bindings) {
    for (int32_t i = 0; i < function.size(); ++i) {
      const graph::Node& node = function.nodes[i];
      if (node.op->traits.is_view) continue;
      for (int32_t k = 0; k < static_cast<int32_t>(node.inputs.size()); ++k) {
        if (aliased_variable(function, node.inputs[k]) != binding.variable) continue;
        EXPECT_LE(i, binding.value.node) << node.name << " reads the old value too late\n"
                                         << function.text();
        if (i == binding.value.node) {
          EXPECT_TRUE(may_overwrite(function, node, binding.value.output, k)) << function.text();
        }
      }
    }
  }
}

class Schedule : public PassTest {
 protected:
  /// Loops that scheduling adds: copies.
  int64_t copies(const std::vector<Operation>& targets, const Tensors& fetches = {}) {
    Plan plan = loops_of(fetches, targets);
    fuse_elementwise(plan, {});
    fuse_reductions(plan, {});
    const int64_t before = count(plan, "Loop");
    schedule(plan, {});
    graph::verify(plan.function, "schedule");
    EXPECT_EQ(plan.bindings.size(), plan.updates.size());
    expect_old_values_read_first(plan);
    return count(plan, "Loop") - before;
  }
  Tensor a_ = variable("a", zeros({4})), b_ = variable("b", zeros({4}));
  Tensor x_ = placeholder(kFloat32, {4}, "x");
};

TEST_F(Schedule, WritesAnUpdateInPlace) {
  EXPECT_EQ(copies({assign_add(a_, x_)}), 0);
  EXPECT_EQ(copies({assign(a_, sin(a_) * b_), assign(b_, x_ + b_)}), 0);
}

TEST_F(Schedule, PutsReadersOfTheOldValueFirst) {
  const Tensor matrix = variable("matrix", zeros({4, 4}));
  const Operation update = assign_add(matrix, 1.0f);
  EXPECT_EQ(copies({update}, {matmul(matrix, matrix), reduce_sum(matrix)}), 0);
}

TEST_F(Schedule, CopiesAnOldValueThatIsFetched) {
  EXPECT_EQ(copies({assign_add(a_, x_)}, {a_}), 1);
  EXPECT_EQ(copies({assign_add(a_, x_)}, {reshape(a_, {2, 2})}), 1);
  EXPECT_EQ(copies({assign_add(a_, x_)}, {b_}), 0);
}

TEST_F(Schedule, SwapsThroughCopies) { EXPECT_EQ(copies({assign(a_, b_), assign(b_, a_)}), 3); }

TEST_F(Schedule, CopiesWhatIsNoStepOfItsOwn) {
  EXPECT_EQ(copies({assign(a_, b_)}), 1);
  EXPECT_EQ(copies({assign(a_, x_)}), 1);
  EXPECT_EQ(copies({assign(a_, reshape(variable("square", zeros({2, 2})), {4}))}), 1);
  EXPECT_EQ(copies({assign(a_, Array::from<float>({1, 2, 3, 4}, {4}))}), 1);
}

TEST_F(Schedule, CopiesOneValueOfTwoVariables) {
  const Tensor value = sin(x_);
  EXPECT_EQ(copies({assign(a_, value), assign(b_, value)}), 1);
}

TEST_F(Schedule, CopiesWhereTheWriterReadsAnotherElement) {
  const Tensor row = variable("row", zeros({1, 4}));
  const Tensor square = variable("square", zeros({4, 4}));
  EXPECT_EQ(copies({assign(square, transpose(square))}), 1);
  EXPECT_EQ(copies({assign(square, square + transpose(square))}), 0);
  EXPECT_EQ(copies({assign(row, reduce_sum(matmul(square, square), 0, {.keep_dims = true}) + row)}),
            0);
}

TEST_F(Schedule, CopiesWhereTwoUpdatesNeedEachOthersOldValue) {
  const Tensor m = variable("m", zeros({2, 2})), n = variable("n", zeros({2, 2}));
  // Neither product may be written before the other one is made.
  EXPECT_EQ(copies({assign(m, matmul(n, n)), assign(n, matmul(m, m))}), 1);
}

}  // namespace schedule_test
}  // namespace reckon::passes
