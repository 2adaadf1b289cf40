// SPDX-License-Identifier: Apache-2.0
#include "passes/loop.h"

#include <algorithm>

#include "base/check.h"
#include "expr/builder.h"
#include "graph/core_ops.h"
#include "ops/lanes.h"
#include "passes/loop_kernel.h"
#include "passes/rewrite.h"

namespace reckon::passes {
namespace {

using graph::Node;
using graph::ValueId;

/// The options' text is their hash too: programs print completely.
template <class Options, class Text>
graph::Attribute text_attribute(Text text) {
  return {"loop",
          [text](const void* options, base::Hasher& hasher) {
            hasher.add(text(*static_cast<const Options*>(options)));
          },
          [text](const void* a, const void* b) {
            return text(*static_cast<const Options*>(a)) == text(*static_cast<const Options*>(b));
          },
          [text](const void* options) { return text(*static_cast<const Options*>(options)); }};
}

std::string loop_text(const LoopOptions& loop) {
  std::string text = loop.dims.text() + " {" + loop.program.text() + "}";
  for (const kernels::LoopOutput& output : loop.outputs) {
    text += " " + std::to_string(static_cast<int>(output.kind)) + ":";
    for (bool reduced : output.reduced) text += reduced ? 'r' : 'k';
  }
  return text;
}

std::string table_text(const LoopTableOptions& table) {
  return graph::attribute_text(table.lengths) + " {" + table.program.text() + "}";
}

std::unique_ptr<ops::OpDef> make_op(const char* name, graph::Attribute attribute) {
  auto op = std::make_unique<ops::OpDef>();
  op->name = name;
  op->where = graph::snake_case(name);
  op->attributes = {std::move(attribute)};
  op->infer = [](const void*, const graph::InferContext&) -> graph::Types {
    base::fail(ErrorCode::kInternal, "loop", "types are set by the pass; please report this");
  };
  return op;
}

/// A number that the program itself can hold.
bool is_number(const Node& node) {
  return graph::is_constant(node) && graph::constant_value(node).num_elements() == 1;
}

expr::Expr number(expr::Builder& builder, const Array& value) {
  const expr::Lane lane = ops::lane_of(value.dtype());
  return expr::is_float(lane) ? builder.constant(value.at<double>(0), lane)
                              : builder.constant(value.at<int64_t>(0), lane);
}

/// The recorded program of an element-wise node; `arrays` gets the inputs that it still reads.
expr::Program record(const ops::OpDef& op, const Node& node, const graph::Function& function,
                     std::vector<ValueId>& arrays) {
  expr::Builder builder;
  std::vector<expr::Expr> inputs;
  for (ValueId input : node.inputs) {
    if (is_number(function.node(input))) {
      inputs.push_back(number(builder, graph::constant_value(function.node(input))));
      continue;
    }
    arrays.push_back(input);
    inputs.push_back(builder.input(ops::lane_of(function.type(input).dtype)));
  }
  const expr::Lane lane = ops::lane_of(node.outputs[0].dtype);
  return builder.finish({builder.adopt(op.forward(node.options.get(), inputs)[0], lane)});
}

LoopOptions reduction_loop(const ops::OpDef& op, const Node& node,
                           const graph::Function& function) {
  const graph::TensorType& input = function.type(node.inputs[0]);
  expr::Builder builder;
  const expr::Expr x = builder.input(ops::lane_of(input.dtype));
  std::vector<bool> reduced(input.shape.rank(), false);
  for (int64_t axis : node.as<ops::ReduceOptions>().axes) reduced[axis] = true;
  return {builder.finish({x}), input.shape, {{op.reduce, reduced}}};
}

}  // namespace

bool LoopOptions::has_reduction() const {
  return std::any_of(outputs.begin(), outputs.end(), [](const kernels::LoopOutput& output) {
    return output.kind != kernels::ReduceKind::kNone;
  });
}

const graph::Op& loop_op() {
  static const std::unique_ptr<ops::OpDef> op = [] {
    auto made = make_op("Loop", text_attribute<LoopOptions>(loop_text));
    made->kernels.push_back({.name = "loop", .make = loop_kernel});
    return made;
  }();
  return *op;
}

const graph::Op& loop_table_op() {
  static const std::unique_ptr<ops::OpDef> op = [] {
    auto made = make_op("LoopTable", text_attribute<LoopTableOptions>(table_text));
    made->kernels.push_back({.name = "loop", .make = loop_table_kernel});
    return made;
  }();
  return *op;
}

bool is_loop(const Node& node) { return node.op == &loop_op(); }
const LoopOptions& loop_options(const Node& node) { return node.as<LoopOptions>(); }

std::string user_op(const graph::Node& node) {
  if (!is_loop(node)) return node.op->where;
  // "scope/floordiv_3" -> "floordiv"
  std::string name = node.name.substr(node.name.rfind('/') + 1);
  const size_t digits = name.find_last_not_of("0123456789");
  if (digits != std::string::npos && digits + 1 < name.size() && name[digits] == '_')
    name.resize(digits);
  return name;
}

std::vector<int64_t> loop_strides(const Shape& input, const Shape& dims) {
  std::vector<int64_t> strides(dims.rank(), 0);
  int64_t stride = 1;
  for (int axis = input.rank() - 1; axis >= 0; --axis) {
    const int64_t extent = input[axis];
    const int target = axis + dims.rank() - input.rank();
    RECKON_CHECK(target >= 0);
    strides[target] = extent == 1 ? 0 : stride;
    // Only the outermost extent may be unknown, and nothing lies outside it.
    stride *= extent;
  }
  return strides;
}

bool is_identity(const Shape& input, const Shape& dims) {
  int outer = dims.rank() - input.rank();
  if (outer < 0) return false;
  for (int axis = 0; axis < dims.rank(); ++axis) {
    if ((axis < outer ? 1 : input[axis - outer]) != dims[axis]) return false;
  }
  return true;
}

void make_loops(Plan& plan, const PassContext&) {
  rewrite(plan, [](Rewriter& rewriter, int32_t index) {
    const Node& node = rewriter.source().nodes[index];
    const ops::OpDef* op = ops::definition(node);
    if (op == nullptr || !(op->is_elementwise() || op->is_reduction())) return false;
    Node loop = rewriter.mapped_node(index);
    if (op->is_elementwise()) {
      std::vector<ValueId> arrays;
      LoopOptions options{
          record(*op, loop, rewriter.target(), arrays), node.outputs[0].shape, {{}}};
      loop.inputs = std::move(arrays);
      loop.options = std::make_shared<const LoopOptions>(std::move(options));
    } else {
      loop.options =
          std::make_shared<const LoopOptions>(reduction_loop(*op, node, rewriter.source()));
    }
    loop.op = &loop_op();
    rewriter.replace({index, 0}, rewriter.target().add(std::move(loop)));
    return true;
  });
}

}  // namespace reckon::passes
