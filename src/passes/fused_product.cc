// SPDX-License-Identifier: Apache-2.0
#include "passes/fused_product.h"

#include "base/check.h"
#include "ops/linear/product_kernel.h"

namespace reckon::passes {
namespace {

std::string options_text(const void* erased) {
  const auto& options = *static_cast<const FusedProductOptions*>(erased);
  static constexpr const char* kNames[] = {"none", "bias", "relu", "bias, relu"};
  std::string text = kNames[static_cast<size_t>(options.epilogue)];
  if (options.matmul.transpose_a) text += ", transpose_a";
  if (options.matmul.transpose_b) text += ", transpose_b";
  return text;
}

graph::Attribute options_attribute() {
  return {"epilogue",
          [](const void* options, base::Hasher& hasher) { hasher.add(options_text(options)); },
          [](const void* a, const void* b) { return options_text(a) == options_text(b); },
          options_text};
}

ops::Kernel make_kernel(const void* erased, const ops::KernelSpec& spec) {
  const auto& options = *static_cast<const FusedProductOptions*>(erased);
  return ops::gemm_product(options.matmul, spec, options.epilogue);
}

}  // namespace

const graph::Op& fused_product_op() {
  static const std::unique_ptr<ops::OpDef> op = [] {
    auto made = std::make_unique<ops::OpDef>();
    made->name = "FusedProduct";
    made->where = "matmul";  // what the user called
    made->traits = ops::find_op("Matmul")->traits;
    made->attributes = {options_attribute()};
    made->infer = [](const void*, const graph::InferContext&) -> graph::Types {
      base::fail(ErrorCode::kInternal, "matmul", "types are set by the pass; please report this");
    };
    made->kernels.push_back({.name = "gemm", .dtypes = {kFloat32}, .make = make_kernel});
    return made;
  }();
  return *op;
}

}  // namespace reckon::passes
