// SPDX-License-Identifier: Apache-2.0
// Kernels over the rows of a dense [rows, columns] matrix: softmax, its losses, logsumexp.
// A row's result depends on that row alone, with the same bits on every instruction set, so callers
// may split rows as they like. T is float or double; doubles follow the same formulas with libm.
#pragma once

#include <cstdint>

#include "kernels/fault.h"
#include "kernels/isa.h"

namespace reckon::kernels {

/// exp(x - max x) / sum. Source: Goodfellow et al. 2016, section 4.1. `out` may be `logits`.
template <class T>
void softmax_rows(const T* logits, T* out, int64_t rows, int64_t columns, Isa isa = kernels::isa());

/// x - max x - log(sum exp(x - max x)). `out` may be `logits`.
template <class T>
void log_softmax_rows(const T* logits, T* out, int64_t rows, int64_t columns,
                      Isa isa = kernels::isa());

/// The softmax gradient: out = (grad - sum(grad * y)) * y, y the forward result. A row of zeros in
/// grad gives zeros, in this and the next, also where y is NaN.
template <class T>
void softmax_gradient_rows(const T* y, const T* grad, T* out, int64_t rows, int64_t columns,
                           Isa isa = kernels::isa());

/// The log-softmax gradient: out = grad - exp(y) * sum(grad), y the forward result.
template <class T>
void log_softmax_gradient_rows(const T* y, const T* grad, T* out, int64_t rows, int64_t columns,
                               Isa isa = kernels::isa());

/// Cross entropy with a distribution per row, in nats.
///   loss      [rows]: sum(labels * (log(sum exp(x - max)) - (x - max))), where a label of 0 counts
///             nothing at a logit of -inf
///   backprop  [rows, columns]: softmax(logits) * sum(labels) - labels, or null
template <class T>
void softmax_cross_entropy_rows(const T* logits, const T* labels, T* loss, T* backprop,
                                int64_t rows, int64_t columns, Isa isa = kernels::isa());

/// Cross entropy with a class number per row, in nats; backprop = softmax - one_hot, or null.
/// Fault: `label 12 is not in [0, 10)`, the first such row; nothing is promised of the outputs
/// then.
template <class T, class Label>
Fault sparse_softmax_cross_entropy_rows(const T* logits, const Label* labels, T* loss, T* backprop,
                                        int64_t rows, int64_t columns, Isa isa = kernels::isa());

/// log(sum exp x), shifted by the maximum: -inf for a row of -inf, +inf if there is a +inf, NaN if
/// there is a NaN; an empty row gives -inf.
template <class T>
void logsumexp_rows(const T* x, T* out, int64_t rows, int64_t columns, Isa isa = kernels::isa());

}  // namespace reckon::kernels
