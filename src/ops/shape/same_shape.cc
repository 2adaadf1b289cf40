// SPDX-License-Identifier: Apache-2.0
#include "ops/shape/same_shape.h"

#include "ops/axis.h"
#include "ops/define.h"
#include "ops/gradient_support.h"

namespace reckon::ops {
namespace {

/// For errors only: nodes that differ in them are equal.
struct Names {
  std::string where, x, like, mend;
  bool operator==(const Names&) const { return true; }
};
void hash_attribute(base::Hasher&, const Names&) {}
std::string attribute_text(const Names& names) { return names.x; }

struct SameShapeOptions {
  Names names;
};

graph::Types infer_same_shape(const SameShapeOptions& options, const graph::InferContext& context) {
  const Names& names = options.names;
  base::require(may_be_equal(context.shape(0), context.shape(1)), names.where.c_str(), names.x,
                " is ", graph::type_text(context.inputs[0]), " but ", names.like, " is ",
                graph::type_text(context.inputs[1]), ", expected one shape; ", names.mend);
  return {context.inputs[0]};
}

/// Element-wise, so that it is fused where a plan cannot leave it out.
const DefinedOp<SameShapeOptions> same_shape_op = define<SameShapeOptions>({
    .name = "SameShape",
    .inputs = {{"x", kComputed, 'X'}, {"like", kComputed, 'L'}},
    .attributes = {{"names", &SameShapeOptions::names}},
    .infer = infer_same_shape,
    .gradient = [](const SameShapeOptions&, const Backward& b) -> Tensors {
      return {b.grad(), Tensor()};
    },
    .forward = [](const SameShapeOptions&, expr::Expr x, expr::Expr) { return x; },
});

}  // namespace

Tensor same_shape(const char* where, const char* x_name, const Tensor& x, const char* like_name,
                  const Tensor& like, const std::string& mend) {
  const SameShapeOptions options{{where, x_name, like_name, mend}};
  const bool is_certain = x.shape() == like.shape() && x.shape().is_static();
  if (is_certain) return x;
  if (kComputed.contains(x.dtype()) && kComputed.contains(like.dtype()))
    return same_shape_op({x, like}, options);
  const graph::Types types = {{x.dtype(), x.shape()}, {like.dtype(), like.shape()}};
  infer_same_shape(options, {types});
  return x;
}

}  // namespace reckon::ops
