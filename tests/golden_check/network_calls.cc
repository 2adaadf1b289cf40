// SPDX-License-Identifier: Apache-2.0
// Matrix products, losses and normalisation.
#include <reckon/linalg.h>
#include <reckon/nn.h>
#include <reckon/shape_ops.h>
#include <reckon/optimizers.h>

#include "calls.h"

namespace reckon::golden {
namespace {

/// For real numbers the adjoint is the transpose; both at once are refused by TensorFlow and cannot
/// be said here.
bool is_transposed(const Arguments& a, const char* transpose, const char* adjoint) {
  if (a.flag(transpose) && a.flag(adjoint)) throw Unsupported("a transpose beside an adjoint");
  return a.flag(transpose) || a.flag(adjoint);
}

Tensors call_matmul(const Arguments& a) {
  return {matmul(a[0], a[1],
                 {.transpose_a = is_transposed(a, "transpose_a", "adjoint_a"),
                  .transpose_b = is_transposed(a, "transpose_b", "adjoint_b")})};
}

/// TensorFlow gives the variance divided by n - 1 beside y, Reckon the one divided by n.
Tensors call_fused_batch_norm(const Arguments& a) {
  const double epsilon = a.real("epsilon", 1e-3);
  if (!a.flag("is_training", true)) {
    if (a.x.size() < 5) throw Unsupported("inference without moments");
    return {nn::batch_normalization(a[0], a[3], a[4], Operand(a[2]), Operand(a[1]), epsilon),
            identity(a[3]), identity(a[4])};
  }
  if (a[0].rank() < 4) throw Unsupported("TensorFlow's limit to rank 4 and 5");
  const nn::FusedBatchNorm norm = nn::fused_batch_norm(a[0], a[1], a[2], epsilon);
  const Shape& shape = a.arrays[0].shape();
  const auto rows = static_cast<double>(shape.num_elements() / shape[-1]);
  return {norm.y, norm.mean, norm.variance * (rows / (rows - 1))};
}

Tensors call_batch_normalization(const Arguments& a) {
  const double epsilon = a.has("epsilon") ? a.real("epsilon", 0) : a.real("variance_epsilon", 1e-3);
  std::optional<Operand> offset, scale;
  if (a.x.size() == 5) {
    offset = a[3];
    scale = a[4];
  }
  return {nn::batch_normalization(a[0], a[1], a[2], offset, scale, epsilon)};
}

Tensors call_moments(const Arguments& a) {
  const nn::Moments found = nn::moments(a[0], a.axes("axes"), {.keep_dims = a.flag("keepdims")});
  return {found.mean, found.variance};
}

}  // namespace

void add_network_calls(CallTable& table) {
  table["matmul"] = call_matmul;
  table["batch_matmul"] = call_matmul;
  table["matvec"] = [](const Arguments& a) -> Tensors {
    return {matvec(a[0], a[1], {.transpose_a = a.flag("transpose_a")})};
  };
  table["xw_plus_b"] = ternary(nn::xw_plus_b);
  table["relu_layer"] = ternary(nn::relu_layer);
  table["bias_add"] = [](const Arguments& a) -> Tensors {
    const bool is_channels_first = a.has("data_format") && a.attrs.at("data_format") == "NCHW";
    return {nn::bias_add(a[0], a[1], {.axis = is_channels_first ? 1 : -1})};
  };
  table["sigmoid_cross_entropy_with_logits"] = binary(nn::sigmoid_cross_entropy_with_logits);
  table["sparse_softmax_cross_entropy_with_logits"] =
      binary(nn::sparse_softmax_cross_entropy_with_logits);
  table["softmax_cross_entropy_with_logits"] = [](const Arguments& a) -> Tensors {
    return {
        nn::softmax_cross_entropy_with_logits(a[0], a[1], static_cast<int>(a.integer("axis", -1)))};
  };
  table["moments"] = call_moments;
  table["global_norm"] = [](const Arguments& a) -> Tensors { return {global_norm(a.x)}; };
  table["clip_by_global_norm"] = [](const Arguments& a) -> Tensors {
    auto [clipped, norm] = clip_by_global_norm(a.x, a.real("clip_norm", 1));
    clipped.push_back(norm);
    return clipped;
  };
  table["batch_normalization"] = call_batch_normalization;
  table["fused_batch_norm"] = call_fused_batch_norm;
}

}  // namespace reckon::golden
