// SPDX-License-Identifier: Apache-2.0
// Dropout: element-wise, its mask a function of (key, stream, element): the gradient is the same op
// on the gradient, which makes the mask again; nothing is stored.
#include <reckon/nn.h>
#include "base/check.h"
#include "expr/builder.h"
#include "ops/at_place.h"
#include "ops/define.h"
#include "ops/random/random_key.h"

namespace reckon::ops {
namespace {

using expr::Expr;

struct DropoutNodeOptions {
  double rate = 0;
};

extern const DefinedOp<DropoutNodeOptions> dropout_op;

const DefinedOp<DropoutNodeOptions> dropout_op = define<DropoutNodeOptions>({
    .name = "Dropout",
    .inputs = {{"x", kFloating}, {"key", {kInt64}, 'k'}, {"stream", {kInt64}, 'k'}},
    .attributes = {{"rate", &DropoutNodeOptions::rate}},
    .infer = rule<DropoutNodeOptions>(infer_same_as_first),
    .gradient = [](const DropoutNodeOptions& options, const Backward& b) -> Tensors {
      return {dropout_op({b.grad(), b.input(1), b.input(2)}, options), Tensor(), Tensor()};
    },
    .forward =
        [](const DropoutNodeOptions& options, Expr x, Expr key, Expr stream) {
          const Expr unit = random_uniform(key, stream, x.builder()->index());
          return select(unit >= options.rate, x * (1 / (1 - options.rate)), 0);
        },
    .uses_index = true,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon::nn {

Tensor dropout(Operand x, DropoutOptions options) {
  return ops::at_place(x.place(), [&] {
    base::require(
        options.rate >= 0 && options.rate < 1, "dropout", "rate is ", options.rate,
        ", expected a number in [0, 1); it is the share that becomes 0: pass half as 0.5");
    const Tensor value = x.resolve();
    const ops::RandomKeyPair key = ops::random_key(options.seed, x.place());
    return ops::dropout_op({value, key.key, key.stream}, {options.rate});
  });
}

}  // namespace reckon::nn
