// SPDX-License-Identifier: Apache-2.0
#include "ops/linear/product_kernel.h"

#include <cmath>
#include <memory>

#include "base/check.h"
#include "kernels/gemm/gemm.h"
#include "ops/dispatch.h"
#include "ops/linear/product_sizes.h"
#include "tensor/arena.h"

namespace reckon::ops {
namespace {

using kernels::Fault;
using kernels::Gemm;
using kernels::GemmSpec;

/// The right operand as the tiles read it, once a version is met again: where training and one
/// evaluated batch take turns, packing would cost more than it saves.
class PackedRight : public KernelState {
 public:
  explicit PackedRight(size_t bytes) : memory_(bytes) {}
  /// Null: take it as it is.
  const float* of(const Gemm& gemm, const View& b) {
    if (b.version == 0) return nullptr;
    const bool is_met_again = b.version == met_;
    met_ = b.version;
    if (packed_ != b.version) {
      if (!is_met_again) return nullptr;
      gemm.pack_b(static_cast<const float*>(b.data), floats());
      packed_ = b.version;
    }
    return floats();
  }

 private:
  float* floats() { return reinterpret_cast<float*>(memory_.data()); }
  tensor::Arena memory_;
  uint64_t met_ = 0, packed_ = 0;
};

const float* packed_right(const Gemm& gemm, const KernelCall& call) {
  if (call.state == nullptr) return nullptr;
  return static_cast<PackedRight*>(call.state)->of(gemm, call.inputs[1]);
}

bool adds_bias(const Gemm& gemm) {
  const kernels::GemmEpilogue epilogue = gemm.spec().epilogue;
  return epilogue == kernels::GemmEpilogue::kBias || epilogue == kernels::GemmEpilogue::kBiasRelu;
}

/// All extents are planned, and the batches lie at constant strides: one product.
Kernel whole_product(std::shared_ptr<const Gemm> gemm) {
  return {[gemm, has_bias = adds_bias(*gemm)](const KernelCall& call) {
    const float* bias = has_bias ? call.in<float>(2) : nullptr;
    gemm->run(call.in<float>(0), call.in<float>(1), call.out<float>(0), call.scratch, -1, call.pool,
              bias, -1, packed_right(*gemm, call));
    return Fault();
  }};
}

/// One product for each matrix of the batch, of the sizes that this run has.
Kernel product_of_each(const MatmulOptions& options, std::shared_ptr<const Gemm> gemm) {
  return {[gemm, options, has_bias = adds_bias(*gemm)](const KernelCall& call) -> Fault {
    if (Fault fault = check_product(options, call)) return fault;
    const ProductSizes sizes(options, call);
    const float* bias = has_bias ? call.in<float>(2) : nullptr;
    const float* packed = sizes.b_batches == 1 ? packed_right(*gemm, call) : nullptr;
    for_matrices<float>(call, sizes, [&](const float* left, const float* right, float* out) {
      gemm->run(left, right, out, call.scratch, sizes.m, call.pool, bias, sizes.k, packed);
    });
    return {};
  }};
}

template <class T>
T add_product(T sum, T a, T b) {
  if constexpr (std::is_same_v<T, float>) {
    return std::fma(a, b, sum);
  } else if constexpr (std::is_integral_v<T>) {
    using Bits = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<Bits>(sum) + static_cast<Bits>(a) * static_cast<Bits>(b));
  } else {
    return sum + a * b;
  }
}

template <class T>
void plain_matrix(const MatmulOptions& options, const ProductSizes& sizes, const T* a, const T* b,
                  T* c) {
  const int64_t m = sizes.m, n = sizes.n, depth = sizes.k;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      T sum = 0;
      for (int64_t k = 0; k < depth; ++k) {
        sum = add_product(sum, a[options.transpose_a ? k * m + i : i * depth + k],
                          b[options.transpose_b ? j * depth + k : k * n + j]);
      }
      c[i * n + j] = sum;
    }
  }
}

/// product(sizes, a, b, c) of each matrix, as T*.
template <class T, class F>
Kernel each_matrix(const MatmulOptions& options, F product) {
  return {[options, product](const KernelCall& call) -> Fault {
    if (Fault fault = check_product(options, call)) return fault;
    const ProductSizes sizes(options, call);
    for_matrices<T>(call, sizes,
                    [&](const T* a, const T* b, T* c) { product(options, sizes, a, b, c); });
    return {};
  }};
}

}  // namespace

Kernel gemm_product(const MatmulOptions& options, const KernelSpec& spec,
                    kernels::GemmEpilogue epilogue) {
  const Shape a = spec.bound(spec.inputs[0].shape), b = spec.bound(spec.inputs[1].shape),
              c = spec.bound(spec.outputs[0].shape);
  const ProductSizes planned(options, {a.begin(), a.rank()}, {b.begin(), b.rank()},
                             {c.begin(), c.rank()});
  const bool is_static = spec.inputs[0].shape.is_static() && spec.inputs[1].shape.is_static();
  const bool is_whole = is_static && planned.is_strided();
  base::require(!graph::is_extent(spec.outputs[0].shape[-1]), "matmul",
                "the columns of b have a size that only the data knows (b is ",
                graph::type_text(spec.inputs[1]), "); swap and transpose the operands");
  GemmSpec product = product_spec(options, planned, is_whole);
  product.epilogue = epilogue;
  auto gemm = std::make_shared<const Gemm>(product);
  Kernel kernel = is_whole ? whole_product(gemm) : product_of_each(options, gemm);
  kernel.scratch_bytes = gemm->scratch_bytes();
  const size_t packed_bytes = gemm->packed_b_bytes();
  if (spec.lasts.size() > 1 && spec.lasts[1] && planned.b_batches == 1 && packed_bytes > 0)
    kernel.make_state = [packed_bytes] { return std::make_unique<PackedRight>(packed_bytes); };
  return kernel;
}

Kernel simple_product(const MatmulOptions& options, const KernelSpec& spec) {
  const auto make = [&]<class T>(std::type_identity<T>) {
    return each_matrix<T>(
        options, [](const MatmulOptions& o, const ProductSizes& sizes, const T* a, const T* b,
                    T* c) { kernels::simple_gemm(product_spec(o, sizes, false), a, b, c); });
  };
  return spec.inputs[0].dtype == kFloat64 ? make(std::type_identity<double>())
                                          : with_index(spec.inputs[0].dtype, make);
}

Kernel plain_product(const MatmulOptions& options, const KernelSpec& spec) {
  const auto make = [&]<class T>(std::type_identity<T>) {
    return each_matrix<T>(options, plain_matrix<T>);
  };
  const DType dtype = spec.inputs[0].dtype;
  return dtype == kFloat32 || dtype == kFloat64 ? with_floating(dtype, make)
                                                : with_index(dtype, make);
}

}  // namespace reckon::ops
