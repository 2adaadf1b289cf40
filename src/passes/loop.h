// SPDX-License-Identifier: Apache-2.0
// Loop: the compiler's node for element-wise programs and reductions over one space of elements.
// Every element-wise op and reduction of a plan becomes one; fusion joins them.
#pragma once

#include "expr/program.h"
#include "graph/function.h"
#include "kernels/loop/fused_loop.h"
#include "ops/define.h"
#include "passes/plan.h"

namespace reckon::passes {

/// Inputs broadcast to `dims` by NumPy's rule; output i of the program is stored dense over the
/// dims it keeps.
struct LoopOptions {
  expr::Program program;
  Shape dims;
  std::vector<kernels::LoopOutput> outputs;

  bool is_reduced(int32_t output) const {
    return outputs[output].kind != kernels::ReduceKind::kNone;
  }
  bool has_reduction() const;
};

/// Several loops of one program over flat arrays of different lengths, as one step: input k of
/// segment s is input s * inputs + k of the node; scalars are shared and come last.
struct LoopTableOptions {
  expr::Program program;  ///< arrays first, then scalars
  int64_t arrays = 0, scalars = 0;
  std::vector<int64_t> lengths;
};

const graph::Op& loop_op();
const graph::Op& loop_table_op();
bool is_loop(const graph::Node& node);
const LoopOptions& loop_options(const graph::Node& node);
/// The op as errors name it; of a Loop, the one that the user called: its node keeps that name.
std::string user_op(const graph::Node& node);

/// Element strides of an input of shape `input` in a loop over `dims`: 0 where it is broadcast.
std::vector<int64_t> loop_strides(const Shape& input, const Shape& dims);
/// True if the input visits its elements in the order of the loop, one for one.
bool is_identity(const Shape& input, const Shape& dims);

/// Element-wise and reduction nodes become Loops. Never switched off: nothing else runs them.
void make_loops(Plan& plan, const PassContext&);

}  // namespace reckon::passes
