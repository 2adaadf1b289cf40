// SPDX-License-Identifier: Apache-2.0
// The passes. Each rewrites a Plan and keeps the values of its results; pipeline.cc has their
// order.
#pragma once

#include "passes/plan.h"

namespace reckon::passes {

void prune(Plan& plan, const PassContext& context);
void specialise(Plan& plan, const PassContext& context);
void simplify(Plan& plan, const PassContext& context);
void fold_constants(Plan& plan, const PassContext& context);
void common_subexpressions(Plan& plan, const PassContext& context);
void fuse_products(Plan& plan, const PassContext& context);
void fuse_elementwise(Plan& plan, const PassContext& context);
void fuse_reductions(Plan& plan, const PassContext& context);
void fuse_updates(Plan& plan, const PassContext& context);
void schedule(Plan& plan, const PassContext& context);

}  // namespace reckon::passes
