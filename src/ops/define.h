// SPDX-License-Identifier: Apache-2.0
// An op is one value in one file: name, inputs, attributes, shape rule, gradient, kernel or
// element-wise program, traits. define() checks it, registers it, and gives the object that traces
// a call.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <reckon/tensor.h>
#include "expr/expr.h"
#include "graph/core_ops.h"
#include "graph/op.h"
#include "kernels/loop/fused_loop.h"
#include "ops/dtype_set.h"
#include "ops/kernel.h"
#include "ops/kernel_table.h"

namespace reckon::ops {

/// What a gradient rule sees. Gradients are expanded while tracing: it makes ordinary nodes.
struct Backward {
  Tensors inputs, outputs;
  Tensors grads;  ///< one for each output; not valid() where nothing flows back
  std::vector<bool> needed;
  const graph::Node* node = nullptr;
  /// Gradients inside a subgraph, for the rules of control flow: (ys, their gradients, xs).
  std::function<Tensors(const Tensors&, const Tensors&, const Tensors&)> differentiate;

  const Tensor& input(int index) const { return inputs[index]; }
  const Tensor& output(int index = 0) const { return outputs[index]; }
  const Tensor& grad(int index = 0) const { return grads[index]; }
  bool needs(int index) const { return needed[index]; }
};

/// An input of an op. Inputs of one `group` share a dtype; a plain number takes that of its group.
struct Input {
  std::string name;
  DTypeSet dtypes = kAnything;
  char group = 'T';
  bool is_variadic = false;  ///< the last one: one or more values of one dtype
};

using ForwardFunction = std::function<std::vector<expr::Expr>(
    const void* options, const std::vector<expr::Expr>& inputs)>;

/// The whole definition, type-erased: what the graph knows, and the rest.
struct OpDef : graph::Op {
  std::vector<Input> inputs;
  std::function<Tensors(const void* options, const Backward&)> gradient;
  std::vector<KernelRow> kernels;  ///< the first that fits is used; others may add to them
  /// Element-wise ops: the program from one element of each input to one of the output.
  ForwardFunction forward;
  /// The flat element index is used: fused only into loops over the output's own shape.
  bool uses_index = false;
  /// A reduction over ReduceOptions::axes; then there is neither kernel nor forward.
  kernels::ReduceKind reduce = kernels::ReduceKind::kNone;
  int output_count = 1;
  /// Of an op whose inputs broadcast: how many of their last axes do not.
  std::optional<int> own_axes;

  bool is_reduction() const { return reduce != kernels::ReduceKind::kNone; }
  bool is_elementwise() const { return static_cast<bool>(forward); }
};

/// The definition of a node's op, or null for the graph's own leaves and effects.
const OpDef* definition(const graph::Node& node);
/// Every op that is defined, in order of name.
std::vector<const OpDef*> all_ops();
const OpDef* find_op(const std::string& name);

/// Resolves, checks and adds a call. `place` is used if no operand brings one.
Tensors apply(const OpDef& op, graph::Options options, const Operands& operands, Place place,
              graph::Subgraphs subgraphs = {});

/// A listed member of an options struct: {"axis", &GatherOptions::axis}.
template <class Options>
class AttributeOf {
 public:
  template <class T>
  AttributeOf(std::string name, T Options::*member)
      : erased_(graph::make_attribute(std::move(name), member)) {}
  const graph::Attribute& erased() const { return erased_; }

 private:
  graph::Attribute erased_;
};

/// Accepts a lambda (options, Expr…) -> Expr of one to four inputs, or (options, vector<Expr>) ->
/// vector<Expr>.
template <class Options>
class Forward {
 public:
  Forward() = default;
  template <class F>
  Forward(F function) {  // NOLINT: meant to convert
    erased_ = [function](const void* erased, const std::vector<expr::Expr>& x) {
      const Options& options = *static_cast<const Options*>(erased);
      return call(function, options, x);
    };
  }
  const ForwardFunction& erased() const { return erased_; }

 private:
  template <class F>
  static std::vector<expr::Expr> call(const F& f, const Options& options,
                                      const std::vector<expr::Expr>& x) {
    using expr::Expr;
    if constexpr (std::is_invocable_v<F, const Options&, Expr>)
      return {f(options, x[0])};
    else if constexpr (std::is_invocable_v<F, const Options&, Expr, Expr>)
      return {f(options, x[0], x[1])};
    else if constexpr (std::is_invocable_v<F, const Options&, Expr, Expr, Expr>)
      return {f(options, x[0], x[1], x[2])};
    else if constexpr (std::is_invocable_v<F, const Options&, Expr, Expr, Expr, Expr>)
      return {f(options, x[0], x[1], x[2], x[3])};
    else
      return f(options, x);
  }
  ForwardFunction erased_;
};

template <class Options>
struct Definition {
  std::string name;
  std::vector<Input> inputs;
  std::vector<AttributeOf<Options>> attributes = {};
  std::function<graph::Types(const Options&, const graph::InferContext&)> infer;
  std::function<Tensors(const Options&, const Backward&)> gradient = {};
  /// The one way to compute it, of every dtype that the inputs take; or `kernels`.
  std::function<Kernel(const Options&, const KernelSpec&)> kernel = {};
  std::vector<KernelRowOf<Options>> kernels = {};
  Forward<Options> forward = {};
  kernels::ReduceKind reduce = kernels::ReduceKind::kNone;
  graph::Traits traits = {};
  bool uses_index = false;
  int output_count = 1;
  std::optional<int> own_axes = {};  ///< as in OpDef; 0 if there is a `forward`
};

/// What every reduction's options are: the loop fuser reads them.
struct ReduceOptions {
  std::vector<int64_t> axes;  ///< not negative, ascending, distinct; all of them are listed
  bool keep_dims = false;     ///< reduced axes stay with extent 1
};

/// The number of members of an aggregate, so that define() can refuse an unlisted one.
struct AnyMember {
  template <class T>
  operator T() const;
};
template <class T, class... Members>
constexpr size_t member_count() {
  if constexpr (requires { T{Members{}..., AnyMember{}}; })
    return member_count<T, Members..., AnyMember>();
  else
    return sizeof...(Members);
}

void register_op(OpDef* op, size_t option_members);

/// A defined op: `relu_op({x}, options)` traces a call.
template <class Options>
class DefinedOp {
 public:
  explicit DefinedOp(std::unique_ptr<OpDef> def) : def_(std::move(def)) {}
  const OpDef& def() const { return *def_; }
  bool made(const graph::Node& node) const { return node.op == def_.get(); }

  Tensor operator()(const Operands& operands, Options options = {}, Place place = {}) const {
    return all(operands, std::move(options), place)[0];
  }
  Tensors all(const Operands& operands, Options options = {}, Place place = {},
              graph::Subgraphs subgraphs = {}) const {
    return apply(*def_, std::make_shared<const Options>(std::move(options)), operands, place,
                 std::move(subgraphs));
  }

 private:
  std::unique_ptr<OpDef> def_;
};

template <class Options>
DefinedOp<Options> define(Definition<Options> definition) {
  auto def = std::make_unique<OpDef>();
  def->name = definition.name;
  def->where = graph::snake_case(definition.name);
  for (const auto& attribute : definition.attributes) def->attributes.push_back(attribute.erased());
  def->traits = definition.traits;
  def->inputs = std::move(definition.inputs);
  def->uses_index = definition.uses_index;
  def->output_count = definition.output_count;
  def->own_axes = definition.forward.erased() ? 0 : definition.own_axes;
  def->forward = definition.forward.erased();
  def->reduce = definition.reduce;
  def->infer = [infer = std::move(definition.infer)](const void* options,
                                                     const graph::InferContext& context) {
    return infer(*static_cast<const Options*>(options), context);
  };
  if (definition.gradient) {
    def->gradient = [gradient = std::move(definition.gradient)](const void* options,
                                                                const Backward& b) {
      return gradient(*static_cast<const Options*>(options), b);
    };
  }
  for (const auto& row : definition.kernels) def->kernels.push_back(row.erased());
  if (definition.kernel) {
    def->kernels.push_back(
        KernelRowOf<Options>{.name = "plain", .make = std::move(definition.kernel)}.erased());
  }
  register_op(def.get(), std::is_same_v<Options, graph::NoOptions> ? 0 : member_count<Options>());
  return DefinedOp<Options>(std::move(def));
}

/// Shape rules that many ops share.
using InferRule = graph::Types (*)(const graph::InferContext&);
/// The NumPy broadcast of all inputs; the dtype of the first (kElementwiseBool: bool).
Shape broadcast_shapes(const Shape& a, const Shape& b, const graph::InferContext& context);
graph::Types infer_elementwise(const graph::InferContext& context);
graph::Types infer_elementwise_bool(const graph::InferContext& context);
graph::Types infer_same_as_first(const graph::InferContext& context);
/// Adapts a rule that needs no options: `.infer = rule<NoOptions>(infer_elementwise)`.
template <class Options = graph::NoOptions>
auto rule(InferRule infer) {
  return [infer](const Options&, const graph::InferContext& context) { return infer(context); };
}

}  // namespace reckon::ops
