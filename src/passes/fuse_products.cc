// SPDX-License-Identifier: Apache-2.0
// A bias that is added to a product, and a relu of the sum, move into the product, if nothing else
// reads what lies between them.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/function.h"
#include "passes/fused_product.h"
#include "passes/loop.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace reckon::passes {
namespace {

using expr::Instruction;
using expr::Opcode;
using graph::Function;
using graph::Node;
using graph::ValueId;
using kernels::GemmEpilogue;

/// What a product takes in.
struct Product {
  int32_t matmul = -1;
  std::vector<int32_t> taken;  ///< the loops that it takes in, in order
  GemmEpilogue epilogue = GemmEpilogue::kNone;
  ValueId bias = {};
};

/// A loop of one result that no reduction makes, and what it computes.
const expr::Program* elementwise_program(const Node& node) {
  if (!is_loop(node)) return nullptr;
  const LoopOptions& loop = loop_options(node);
  return loop.outputs.size() == 1 && !loop.has_reduction() ? &loop.program : nullptr;
}

/// x + y
bool is_sum(const expr::Program& program) {
  return program.instructions.size() == 1 && program.instructions[0].op == Opcode::kAdd;
}

/// max(x, 0), in this order: a zero keeps its sign.
bool is_relu(const expr::Program& program) {
  if (program.inputs.size() != 1 || program.instructions.size() != 2) return false;
  const Instruction &zero = program.instructions[0], &max = program.instructions[1];
  return zero.op == Opcode::kConstant && zero.constant == 0 && max.op == Opcode::kMax &&
         max.operands[0] == 0 && max.operands[1] == 1;
}

class ProductFuser {
 public:
  explicit ProductFuser(const Function& function)
      : function_(function), uses_(use_counts(function)), readers_(function.nodes.size(), -1) {
    for (int32_t i = 0; i < function.size(); ++i) {
      for (ValueId input : function.nodes[i].inputs) readers_[input.node] = i;
    }
  }

  Product take_in(int32_t matmul) const {
    Product product{.matmul = matmul, .taken = {}};
    take_bias(product);
    take_relu(product);
    return product;
  }

 private:
  static int32_t last(const Product& product) {
    return product.taken.empty() ? product.matmul : product.taken.back();
  }

  /// The loop that alone reads the product as it is now, over its own shape, or -1.
  int32_t only_loop(const Product& product) const {
    const int32_t node = last(product);
    const int32_t reader = readers_[node];
    if (uses_[node][0] != 1 || reader < 0) return -1;
    const Node& loop = function_.nodes[reader];
    if (elementwise_program(loop) == nullptr || loop.outputs[0].dtype != kFloat32) return -1;
    return is_identity(function_.type({node, 0}).shape, loop_options(loop).dims) ? reader : -1;
  }

  void take_bias(Product& product) const {
    const int32_t reader = only_loop(product);
    if (reader < 0 || !is_sum(*elementwise_program(function_.nodes[reader]))) return;
    const std::vector<ValueId>& operands = function_.nodes[reader].inputs;
    if (operands.size() != 2) return;
    const ValueId bias = operands[operands[0].node == last(product) ? 1 : 0];
    const Shape& shape = function_.type(bias).shape;
    const int64_t columns = function_.type({product.matmul, 0}).shape[-1];
    if (shape.rank() != 1 || shape[0] != columns || columns < 2) return;
    product.taken.push_back(reader);
    product.epilogue = GemmEpilogue::kBias;
    product.bias = bias;
  }

  void take_relu(Product& product) const {
    const int32_t reader = only_loop(product);
    if (reader < 0 || !is_relu(*elementwise_program(function_.nodes[reader]))) return;
    product.taken.push_back(reader);
    const bool has_bias = product.epilogue == GemmEpilogue::kBias;
    product.epilogue = has_bias ? GemmEpilogue::kBiasRelu : GemmEpilogue::kRelu;
  }

  const Function& function_;
  std::vector<std::vector<int32_t>> uses_;
  std::vector<int32_t> readers_;  ///< by node: the last one that reads it
};

/// The products that take something in, by the last node of each; the nodes before it only vanish.
struct Found {
  explicit Found(const Function& function)
      : by_last(function.nodes.size()), vanishes(function.nodes.size(), false) {
    const graph::Op* matmul = ops::find_op("Matmul");
    const ProductFuser fuser(function);
    for (int32_t i = 0; i < function.size(); ++i) {
      const Node& node = function.nodes[i];
      if (node.op != matmul || node.outputs[0].dtype != kFloat32) continue;
      Product product = fuser.take_in(i);
      if (product.taken.empty()) continue;
      vanishes[i] = true;
      for (int32_t taken : product.taken) vanishes[taken] = true;
      by_last[product.taken.back()] = std::move(product);
    }
  }
  std::vector<Product> by_last;
  std::vector<bool> vanishes;
};

Node fused_node(const Rewriter& rewriter, const Product& product) {
  Node node = rewriter.mapped_node(product.matmul);
  node.options = std::make_shared<const FusedProductOptions>(
      FusedProductOptions{node.as<MatmulOptions>(), product.epilogue});
  node.op = &fused_product_op();
  if (product.epilogue != GemmEpilogue::kRelu) node.inputs.push_back(rewriter.mapped(product.bias));
  return node;
}

}  // namespace

void fuse_products(Plan& plan, const PassContext&) {
  // Who asks for another kernel of matmul is to get that one.
  const std::optional<std::string> forced = ops::forced_kernel("Matmul");
  if (forced && *forced != "gemm") return;
  const Found found(plan.function);
  rewrite(plan, [&](Rewriter& rewriter, int32_t index) {
    if (!found.vanishes[index]) return false;
    const Product& product = found.by_last[index];
    if (product.matmul >= 0)
      rewriter.replace({index, 0}, rewriter.target().add(fused_node(rewriter, product)));
    return true;
  });
}

}  // namespace reckon::passes
