// SPDX-License-Identifier: Apache-2.0
// Matmul: the product over the last two dimensions, batches broadcast. float32 runs on
// kernels::Gemm, whose bits depend on no extent but the inner one; the other dtypes on a plain loop
// in the same order.
#include <reckon/linalg.h>
#include <reckon/shape_ops.h>
#include "graph/trace.h"
#include "kernels/gemm/gemm.h"
#include "ops/axis.h"
#include "ops/define.h"
#include "ops/dispatch.h"
#include "ops/gradient_support.h"

namespace reckon::ops {
namespace {

using graph::InferContext;
using kernels::Fault;
using kernels::Gemm;
using kernels::GemmSpec;

extern const DefinedOp<MatmulOptions> matmul_op;

constexpr DTypeSet kProducts = {kFloat32, kFloat64, kInt32, kInt64};

// --- Shape

Shape batch_shape(const Shape& shape) {
  Shape batch;
  for (int axis = 0; axis < shape.rank() - 2; ++axis) batch.append(shape[axis]);
  return batch;
}

const char* inner_mend(const MatmulOptions& options, const Shape& a, const Shape& b) {
  const int a_inner = options.transpose_a ? -2 : -1, b_inner = options.transpose_b ? -1 : -2;
  if (may_be_equal(b[options.transpose_b ? -2 : -1], a[options.transpose_a ? -1 : -2]))
    return "exchange the two arguments";
  if (may_be_equal(a[a_inner], b[-3 - b_inner])) return "change transpose_b";
  if (may_be_equal(a[-3 - a_inner], b[b_inner])) return "change transpose_a";
  return "reshape one of them, or make the weights as high as the rows are wide";
}

void check_operands(const MatmulOptions& options, const InferContext& context) {
  const Shape &a = context.shape(0), &b = context.shape(1);
  const auto texts = [&context] {
    return "a is " + graph::type_text(context.inputs[0]) + ", b is " +
           graph::type_text(context.inputs[1]);
  };
  base::require(
      a.rank() >= 2 && b.rank() >= 2, "matmul", texts(),
      "; both need two dimensions or more: reshape a vector to [1, n] or [n, 1], or use matvec");
  base::require(may_be_equal(a[options.transpose_a ? -2 : -1], b[options.transpose_b ? -1 : -2]),
                "matmul", "inner sizes differ: ", texts(), "; a.shape[",
                options.transpose_a ? -2 : -1, "] must equal b.shape[",
                (options.transpose_b ? -1 : -2) + (b.rank() == 2 ? 2 : 0),
                "]: ", inner_mend(options, a, b));
  for (int i = 3; i <= std::min(a.rank(), b.rank()); ++i) {
    base::require(may_be_equal(a[-i], b[-i]) || a[-i] == 1 || b[-i] == 1, "matmul",
                  "batches differ: ", texts(),
                  "; the dimensions before the last two must be equal or 1: reshape one of them");
  }
}

graph::Types infer_matmul(const MatmulOptions& options, const InferContext& context) {
  check_operands(options, context);
  const Shape &a = context.shape(0), &b = context.shape(1);
  Shape shape = broadcast_shapes(batch_shape(a), batch_shape(b), context);
  shape.append(a[options.transpose_a ? -1 : -2]);
  shape.append(b[options.transpose_b ? -2 : -1]);
  return {{context.dtype(0), shape}};
}

// --- Kernel

/// Extents as Views or bounds have them.
struct Extents {
  const int64_t* dims;
  int rank;
  int64_t batches() const { return count_elements(dims, 0, rank - 2); }
};

struct Sizes {
  Sizes(const MatmulOptions& options, Extents a, Extents b, Extents c)
      : m(c.dims[c.rank - 2]),
        n(c.dims[c.rank - 1]),
        k(a.dims[a.rank - (options.transpose_a ? 2 : 1)]),
        a_batches(a.batches()),
        b_batches(b.batches()),
        batches(c.batches()) {}
  bool is_strided() const {
    return (a_batches == 1 || a_batches == batches) && (b_batches == 1 || b_batches == batches);
  }
  int64_t m, n, k;
  int64_t a_batches, b_batches, batches;
};

/// The matrix of `source` that belongs to matrix number `index` of the broadcast batch `out`.
int64_t source_matrix(int64_t index, Extents source, Extents out) {
  int64_t matrix = 0, stride = 1;
  for (int back = 3; back <= out.rank; ++back) {
    const int64_t extent = out.dims[out.rank - back];
    const int64_t coordinate = index % extent;
    index /= extent;
    if (back > source.rank) continue;
    const int64_t own = source.dims[source.rank - back];
    if (own != 1) matrix += coordinate * stride;
    stride *= own;
  }
  return matrix;
}

/// One matrix after the other, or all at once where every batch has a constant stride.
GemmSpec gemm_spec(const MatmulOptions& options, const Sizes& sizes, bool is_whole) {
  GemmSpec spec{.m = sizes.m,
                .n = sizes.n,
                .k = sizes.k,
                .transpose_a = options.transpose_a,
                .transpose_b = options.transpose_b};
  if (!is_whole) return spec;
  if (sizes.b_batches == 1 && !options.transpose_a && sizes.a_batches == sizes.batches) {
    spec.m *= sizes.batches;  // rows of all matrices are one matrix
    return spec;
  }
  spec.batch = sizes.batches;
  spec.batch_stride_a = sizes.a_batches == 1 ? 0 : sizes.m * sizes.k;
  spec.batch_stride_b = sizes.b_batches == 1 ? 0 : sizes.k * sizes.n;
  spec.batch_stride_c = sizes.m * sizes.n;
  return spec;
}

Extents extents(const View& view) { return {view.dims, view.rank}; }

Fault check_sizes(const MatmulOptions& options, const KernelCall& call) {
  const View &a = call.inputs[0], &b = call.inputs[1];
  if (Fault fault = check_broadcast_dims(a, b, call.outputs[0], 2)) return fault;
  const int64_t k = a.dims[a.rank - (options.transpose_a ? 2 : 1)];
  const int64_t other = b.dims[b.rank - (options.transpose_b ? 1 : 2)];
  if (k == other) return {};
  return Fault(base::concat_text("inner sizes differ in this batch: ", k, " and ", other,
                                 "; sizes that only the data knows must be equal here"));
}

/// Calls product(a, b, c) for every matrix of the batch.
template <class T, class F>
void for_matrices(const KernelCall& call, const Sizes& sizes, const F& product) {
  const Extents a = extents(call.inputs[0]), b = extents(call.inputs[1]),
                c = extents(call.outputs[0]);
  for (int64_t i = 0; i < sizes.batches; ++i) {
    product(call.in<T>(0) + source_matrix(i, a, c) * sizes.m * sizes.k,
            call.in<T>(1) + source_matrix(i, b, c) * sizes.k * sizes.n,
            call.out<T>(0) + i * sizes.m * sizes.n);
  }
}

Sizes sizes_of(const MatmulOptions& options, const KernelCall& call) {
  return {options, extents(call.inputs[0]), extents(call.inputs[1]), extents(call.outputs[0])};
}

Kernel float_kernel(const MatmulOptions& options, const KernelSpec& spec) {
  const Shape a = spec.bound(spec.inputs[0].shape), b = spec.bound(spec.inputs[1].shape),
              c = spec.bound(spec.outputs[0].shape);
  const Sizes planned(options, {a.begin(), a.rank()}, {b.begin(), b.rank()}, {c.begin(), c.rank()});
  const bool is_static = spec.inputs[0].shape.is_static() && spec.inputs[1].shape.is_static();
  const bool is_whole = is_static && planned.is_strided();
  base::require(!graph::is_extent(spec.outputs[0].shape[-1]), "matmul",
                "the columns of b have a size that only the data knows (b is ",
                graph::type_text(spec.inputs[1]), "); swap and transpose the operands");
  auto gemm = std::make_shared<const Gemm>(gemm_spec(options, planned, is_whole));
  const size_t scratch = gemm->scratch_bytes();
  if (is_whole) {
    return {[gemm](const KernelCall& call) {
              gemm->run(call.in<float>(0), call.in<float>(1), call.out<float>(0), call.scratch, -1,
                        call.pool);
              return Fault();
            },
            scratch};
  }
  return {[gemm, options](const KernelCall& call) -> Fault {
            if (Fault fault = check_sizes(options, call)) return fault;
            const Sizes sizes = sizes_of(options, call);
            for_matrices<float>(
                call, sizes, [&](const float* left, const float* right, float* out) {
                  gemm->run(left, right, out, call.scratch, sizes.m, call.pool, nullptr, sizes.k);
                });
            return {};
          },
          scratch};
}

template <class T>
Kernel plain_kernel(const MatmulOptions& options) {
  return {[options](const KernelCall& call) -> Fault {
    if (Fault fault = check_sizes(options, call)) return fault;
    const Sizes sizes = sizes_of(options, call);
    const GemmSpec one = gemm_spec(options, sizes, false);
    for_matrices<T>(call, sizes, [&](const T* left, const T* right, T* out) {
      kernels::simple_gemm(one, left, right, out);
    });
    return {};
  }};
}

Kernel matmul_kernel(const MatmulOptions& options, const KernelSpec& spec) {
  switch (spec.inputs[0].dtype) {
    case kFloat32:
      return float_kernel(options, spec);
    case kFloat64:
      return plain_kernel<double>(options);
    default:
      return with_index(spec.inputs[0].dtype,
                        [&]<class T>(std::type_identity<T>) { return plain_kernel<T>(options); });
  }
}

// --- Gradient

/// `grad` summed over the batch dimensions in which the operand was repeated.
Tensor undo_batch(const Tensor& grad, const Tensor& operand) {
  return grad.rank() == 2 && operand.rank() == 2 ? grad : sum_to_like(grad, operand);
}

Tensor left_gradient(const MatmulOptions& o, const Backward& b) {
  const Tensor grad = o.transpose_a ? matmul_op({b.input(1), b.grad()}, {o.transpose_b, true})
                                    : matmul_op({b.grad(), b.input(1)}, {false, !o.transpose_b});
  return undo_batch(grad, b.input(0));
}

Tensor right_gradient(const MatmulOptions& o, const Backward& b) {
  Tensor left = b.input(0), grad = b.grad();
  // One matrix b for a whole batch: the rows of all matrices of a are summed as those of one.
  const bool is_shared = b.input(1).rank() == 2 && left.rank() > 2 && !o.transpose_a;
  if (is_shared && left.shape()[-1] >= 0 && grad.shape()[-1] >= 0) {
    left = reshape(left, {-1, left.shape()[-1]});
    grad = reshape(grad, {-1, grad.shape()[-1]});
  }
  return undo_batch(o.transpose_b ? matmul_op({grad, left}, {true, o.transpose_a})
                                  : matmul_op({left, grad}, {!o.transpose_a, false}),
                    b.input(1));
}

const DefinedOp<MatmulOptions> matmul_op = define<MatmulOptions>({
    .name = "Matmul",
    .inputs = {{"a", kProducts}, {"b", kProducts}},
    .attributes = {{"transpose_a", &MatmulOptions::transpose_a},
                   {"transpose_b", &MatmulOptions::transpose_b}},
    .infer = infer_matmul,
    .gradient = [](const MatmulOptions& options, const Backward& b) -> Tensors {
      return {b.needs(0) ? left_gradient(options, b) : Tensor(),
              b.needs(1) ? right_gradient(options, b) : Tensor()};
    },
    .kernel = matmul_kernel,
    .own_axes = 2,
});

}  // namespace
}  // namespace reckon::ops

namespace reckon {

Tensor matmul(Operand a, Operand b, MatmulOptions options) {
  return ops::matmul_op({a, b}, options);
}

Tensor matvec(Operand a, Operand x, MatvecOptions options) {
  const graph::PlaceScope place(a.place());
  return squeeze(matmul(a, expand_dims(x, -1), {.transpose_a = options.transpose_a}), {-1});
}

}  // namespace reckon
