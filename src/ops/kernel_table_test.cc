// SPDX-License-Identifier: Apache-2.0
// The table that a kernel is chosen from.
#include "ops/kernel_table.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include <reckon/graph.h>
#include <reckon/linalg.h>

#include "base/expect_error_testing.h"
#include "ops/define.h"

namespace reckon::ops {
namespace kernel_table_test {

const OpDef& matmul_def() { return *find_op("Matmul"); }

std::vector<std::string> names_of(const std::vector<const KernelRow*>& rows) {
  std::vector<std::string> names;
  for (const KernelRow* row : rows) names.push_back(row->name);
  return names;
}

/// The row for the product of these types.
std::string chosen(const graph::TensorType& a, const graph::TensorType& b) {
  Graph graph;
  const GraphScope scope(graph);
  const Tensor any = placeholder(kFloat32, {1}, "any");
  const MatmulOptions options;
  const KernelSpec spec{any.function()->node(any.id()), *any.function(), {a, b}, {}, {}};
  const KernelRow* row = choose_kernel(matmul_def(), &options, spec);
  return row == nullptr ? "" : row->name;
}

TEST(KernelTable, TheFirstRowThatFitsIsChosen) {
  EXPECT_EQ(names_of(kernel_rows(matmul_def())),
            (std::vector<std::string>{"gemm", "simple", "plain"}));
  EXPECT_EQ(chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}}), "gemm");
  EXPECT_EQ(chosen({kInt64, {2, 3}}, {kInt64, {3, 2}}), "simple");
  EXPECT_EQ(chosen({kBool, {2, 3}}, {kBool, {3, 2}}), "");
}

TEST(KernelTable, AForcedRowIsChosenWhereItFits) {
  {
    const ForcedKernel forced("Matmul", "plain");
    EXPECT_EQ(chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}}), "plain");
    {
      const ForcedKernel inner("Matmul", "simple");
      EXPECT_EQ(chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}}), "gemm");
      EXPECT_EQ(chosen({kInt32, {2, 3}}, {kInt32, {3, 2}}), "simple");
    }
    EXPECT_EQ(chosen({kInt32, {2, 3}}, {kInt32, {3, 2}}), "plain");
  }
  EXPECT_EQ(chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}}), "gemm");
}

TEST(KernelTable, AnotherRoomAddsARowThatIsTriedFirst) {
  add_kernel_row(
      "TestAddedRow",
      {.name = "added",
       .dtypes = {kFloat32},
       .fits = [](const void*, const KernelSpec& spec) { return spec.inputs[0].shape.rank() == 2; },
       .make = [](const void*, const KernelSpec&) -> Kernel { return {}; }});
  // Registered ops live as long as the program.
  static const auto op = define<graph::NoOptions>(
      {.name = "TestAddedRow",
       .inputs = {{"x", {kFloat32}}},
       .infer = rule(infer_same_as_first),
       .kernel = [](const graph::NoOptions&, const KernelSpec&) -> Kernel { return {}; }});
  EXPECT_EQ(names_of(kernel_rows(op.def())), (std::vector<std::string>{"added", "plain"}));
  Graph graph;
  const GraphScope scope(graph);
  const Tensor any = placeholder(kFloat32, {1}, "any");
  const graph::Node& node = any.function()->node(any.id());
  const graph::Function& function = *any.function();
  const graph::NoOptions options;
  const KernelSpec matrix{node, function, {{kFloat32, {1, 2}}}, {}, {}};
  const KernelSpec vector{node, function, {{kFloat32, {2}}}, {}, {}};
  EXPECT_EQ(choose_kernel(op.def(), &options, matrix)->name, "added");
  EXPECT_EQ(choose_kernel(op.def(), &options, vector)->name, "plain");
}

/// RECKON_KERNEL while it lives.
class Environment {
 public:
  explicit Environment(const char* value) { setenv("RECKON_KERNEL", value, 1); }
  ~Environment() { unsetenv("RECKON_KERNEL"); }
};

TEST(KernelTable, TheEnvironmentForcesARow) {
  {
    const Environment plain("Matmul:plain");
    EXPECT_EQ(chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}}), "plain");
  }
  {
    const Environment other("Conv2D:plain");
    EXPECT_EQ(chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}}), "gemm");
  }
  {
    const Environment unknown("Matmul:onednn");
    base::expect_error(
        [] {
          chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}});
        },
        ErrorCode::kInvalidArgument,
        "Matmul has no kernel \"onednn\", expected one of gemm, simple, plain");
  }
  {
    const Environment misfit("Matmul:simple");
    base::expect_error(
        [] {
          chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}});
        },
        ErrorCode::kInvalidArgument, "the kernel simple of Matmul does not fit");
  }
  const Environment malformed("Matmul");
  base::expect_error(
      [] {
        chosen({kFloat32, {2, 3}}, {kFloat32, {3, 2}});
      },
      ErrorCode::kInvalidArgument, "expected an op and one of its kernels");
}

}  // namespace kernel_table_test
}  // namespace reckon::ops
