// SPDX-License-Identifier: Apache-2.0
// where: an element-wise choice. Both sides are computed; the gradient reaches what was chosen.
#include <reckon/math.h>

#include "ops/define.h"

namespace reckon::ops {
namespace {

using expr::Expr;
using graph::NoOptions;

const DefinedOp<NoOptions> where_op = define<NoOptions>({
    .name = "Where",
    .inputs = {{"condition", kBooleans, 'c'}, {"if_true", kComputed}, {"if_false", kComputed}},
    .infer = [](const NoOptions&, const graph::InferContext& context) -> graph::Types {
      return {{context.dtype(1), infer_elementwise(context)[0].shape}};
    },
    .gradient = [](const NoOptions&, const Backward& b) -> Tensors {
      return {Tensor(), b.needs(1) ? where(b.input(0), b.grad(), 0) : Tensor(),
              b.needs(2) ? where(b.input(0), 0, b.grad()) : Tensor()};
    },
    .forward = [](const NoOptions&, Expr condition, Expr if_true,
                  Expr if_false) { return select(condition, if_true, if_false); },
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor where(Operand condition, Operand if_true, Operand if_false) {
  return ops::where_op({condition, if_true, if_false});
}

}  // namespace reckon
