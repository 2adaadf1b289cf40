// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_plan.h"

#include <gtest/gtest.h>

#include "graph/core_ops.h"
#include "passes/alias.h"
#include "passes/pipeline.h"
#include "runtime/random_graph_testing.h"
#include "runtime/traced_program_testing.h"

namespace reckon::runtime {
namespace memory_plan_test {

using graph::Function;
using graph::Node;
using graph::ValueId;

/// A value in the arena, its bytes, and the steps from which and until which it is needed.
struct Interval {
  ValueId value;
  size_t begin = 0, end = 0;
  int32_t first = 0, last = 0;
};

/// A scheduled plan, its memory, and how much scratch each node was promised.
struct Planned {
  passes::Plan plan;
  std::vector<size_t> scratch;
  MemoryPlan memory;
};

Planned planned(const Tensors& fetches, const std::vector<Operation>& targets, const Feeds& feeds,
                size_t scratch_bytes = 0) {
  const CompileRequest request = request_for(fetches, targets, feeds);
  passes::Plan plan = passes::make_plan(request.request);
  passes::PassContext context;
  context.parameters = request.parameters;
  context.is_training = true;
  passes::run_pipeline(plan, context);
  std::vector<size_t> scratch;
  for (const Node& node : plan.function.nodes) {
    scratch.push_back(node.op->traits.is_leaf || node.op->traits.is_view ? 0 : scratch_bytes);
  }
  MemoryPlan memory = plan_memory(plan, scratch);
  return {std::move(plan), std::move(scratch), std::move(memory)};
}

size_t bytes_of(const Function& function, ValueId value) {
  const graph::TensorType& type = function.type(value);
  return static_cast<size_t>(function.bound(type.shape).num_elements()) * dtype_size(type.dtype);
}

/// Every value of the arena, with its life as the graph alone tells it.
std::vector<Interval> intervals(const Planned& p) {
  const Function& function = p.plan.function;
  std::vector<Interval> found;
  for (int32_t i = 0; i < function.size(); ++i) {
    if (function.nodes[i].op->traits.is_view) continue;
    for (int32_t output = 0; output < static_cast<int32_t>(function.nodes[i].outputs.size());
         ++output) {
      const Location& location = p.memory.locations[i][output];
      if (location.kind != Location::Kind::kArena) continue;
      Interval interval{
          {i, output}, location.offset, location.offset + bytes_of(function, {i, output}), i, i};
      for (int32_t user = i; user < function.size(); ++user) {
        for (ValueId input : function.nodes[user].inputs) {
          if (passes::alias_root(function, input) == interval.value) interval.last = user;
        }
      }
      for (ValueId result : function.results) {
        if (passes::alias_root(function, result) == interval.value) interval.last = function.size();
      }
      found.push_back(interval);
    }
  }
  return found;
}

bool overlap(const Interval& a, const Interval& b) { return a.begin < b.end && b.begin < a.end; }

/// A node may write one output over one operand that ends with it, and over nothing else that is
/// alive.
bool is_allowed_in_place(const Function& function, const Interval& read, const Interval& written) {
  if (read.last != written.first || read.begin != written.begin || read.end != written.end)
    return false;
  const Node& node = function.nodes[written.value.node];
  for (int32_t i = 0; i < static_cast<int32_t>(node.inputs.size()); ++i) {
    const bool is_it = passes::alias_root(function, node.inputs[i]) == read.value;
    if (is_it && !passes::may_overwrite(function, node, written.value.output, i)) return false;
  }
  return true;
}

void expect_sound(const Planned& p, const std::string& what) {
  const Function& function = p.plan.function;
  const std::vector<Interval> all = intervals(p);
  for (const Interval& a : all) {
    EXPECT_LE(a.end, p.memory.arena_bytes) << what;
    for (const Interval& b : all) {
      const bool is_later =
          b.first > a.first || (b.first == a.first && b.value.output > a.value.output);
      if (!is_later || a.last < b.first || !overlap(a, b)) continue;
      EXPECT_TRUE(is_allowed_in_place(function, a, b))
          << what << ": values %" << a.value.node << " and %" << b.value.node << " share memory\n"
          << function.text();
    }
    for (int32_t i = a.first; i <= std::min(a.last, function.size() - 1); ++i) {
      const size_t begin = p.memory.scratch[i];
      const bool shares = p.scratch[i] > 0 && begin < a.end && a.begin < begin + p.scratch[i];
      EXPECT_FALSE(shares) << what << ": the scratch of %" << i << " lies on %" << a.value.node;
    }
  }
}

TEST(MemoryPlan, GivesNoTwoLiveValuesOneMemory) {
  for (uint32_t number = 0; number < 200; ++number) {
    for (size_t scratch : {0, 200}) {
      Graph graph;
      const GraphScope scope(graph);
      const RandomGraph made(number);
      expect_sound(planned(made.fetches(), made.targets(), made.feeds(), scratch),
                   "graph " + std::to_string(number));
      if (HasFailure()) return;
    }
  }
}

class MemoryPlanOfAChain : public ::testing::Test {
 protected:
  /// A chain of products of [64, 64], each 16 KiB, none of which may be written in place.
  Tensor chain(int length) {
    Tensor value = x_;
    for (int i = 0; i < length; ++i) value = matmul(value, x_);
    return value;
  }
  static constexpr size_t kBytes = 64 * 64 * 4;
  Graph graph_;
  GraphScope scope_{graph_};
  Tensor x_ = placeholder(kFloat32, {64, 64}, "x");
  Feeds feeds_ = {{x_, Array::zeros(kFloat32, {64, 64})}};
};

TEST_F(MemoryPlanOfAChain, SharesMemoryOfValuesThatAreGone) {
  EXPECT_EQ(planned({chain(10)}, {}, feeds_).memory.arena_bytes, 2 * kBytes);
}

TEST_F(MemoryPlanOfAChain, KeepsWhatIsFetched) {
  const Tensor first = matmul(x_, x_);
  const Planned p = planned({first, matmul(matmul(matmul(first, x_), x_), x_)}, {}, feeds_);
  EXPECT_EQ(p.memory.arena_bytes, 3 * kBytes);
  expect_sound(p, "fetched");
}

TEST_F(MemoryPlanOfAChain, WritesALoopOverAnOperandThatEndsThere) {
  // Without joining, each loop would need a second array.
  const Planned p = planned({sin(chain(1)) * 2}, {}, feeds_);
  EXPECT_EQ(p.memory.arena_bytes, kBytes);
}

TEST_F(MemoryPlanOfAChain, NeverWritesOverAFeedOrAVariable) {
  const Tensor v = variable("v", zeros({64, 64}));
  const Planned p = planned({sin(x_), cos(v)}, {}, feeds_);
  EXPECT_EQ(p.memory.arena_bytes, 2 * kBytes);
  for (ValueId result : p.plan.function.results) {
    EXPECT_EQ(p.memory.locations[result.node][result.output].kind, Location::Kind::kArena);
  }
}

TEST_F(MemoryPlanOfAChain, PutsAnUpdateIntoItsVariable) {
  const Tensor v = variable("v", zeros({64, 64}));
  const Planned p = planned({}, {assign_add(v, x_)}, feeds_);
  EXPECT_EQ(p.memory.arena_bytes, 0u);
  const ValueId result = p.plan.function.results[0];
  EXPECT_EQ(p.memory.locations[result.node][result.output].kind, Location::Kind::kVariable);
}

TEST_F(MemoryPlanOfAChain, GivesAViewTheMemoryOfItsInput) {
  const Tensor y = matmul(x_, x_);
  const Planned p =
      planned({y, reshape(y, {4096}), reshape(reshape(y, {4096}), {8, 512})}, {}, feeds_);
  EXPECT_EQ(p.memory.arena_bytes, kBytes);
}

}  // namespace memory_plan_test
}  // namespace reckon::runtime
