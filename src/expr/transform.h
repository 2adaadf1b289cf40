// SPDX-License-Identifier: Apache-2.0
// Programs from programs: fusing one into another, expansion to basic opcodes, and
// what can be told of one. Every transformation keeps the bits of the outputs.
#pragma once

#include <vector>

#include "expr/builder.h"

namespace reckon::expr {

/// Records `program` into `builder` with `inputs` in place of its inputs; returns its outputs.
///   throws  Error, kInternal, if the number of inputs or a lane differs
std::vector<Expr> inline_program(Builder& builder, const Program& program,
                                 const std::vector<Expr>& inputs);

/// The program in basic opcodes only: float32 compositions written out.
Program expand(const Program& program);

/// True if some data make the program fault: an integer division by zero or a negative power.
bool may_fault(const Program& program);

}  // namespace reckon::expr
