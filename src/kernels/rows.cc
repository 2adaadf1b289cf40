// SPDX-License-Identifier: Apache-2.0
#include "kernels/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/movement.h"
#include "kernels/row_kernels.h"

namespace reckon::kernels {
namespace {

// The double versions: the formulas of row_loops.h with the C library's functions.
double row_max(const double* x, int64_t columns) {
  double most = -std::numeric_limits<double>::infinity();
  for (int64_t j = 0; j < columns; ++j) most = x[j] > most ? x[j] : most;
  return most;
}

double exp_sum(const double* x, double shift, double* terms, int64_t columns) {
  double sum = 0;
  for (int64_t j = 0; j < columns; ++j) {
    const double term = std::exp(x[j] - shift);
    if (terms != nullptr) terms[j] = term;
    sum += term;
  }
  return sum;
}

void softmax_row(const double* x, double* out, int64_t columns) {
  const double sum = exp_sum(x, row_max(x, columns), out, columns);
  for (int64_t j = 0; j < columns; ++j) out[j] /= sum;
}

void log_softmax_row(const double* x, double* out, int64_t columns) {
  const double most = row_max(x, columns);
  const double total = std::log(exp_sum(x, most, nullptr, columns));
  for (int64_t j = 0; j < columns; ++j) out[j] = x[j] - most - total;
}

void softmax_gradient_row(const double* y, const double* grad, double* out, int64_t columns) {
  double dot = 0;
  for (int64_t j = 0; j < columns; ++j) dot += y[j] * grad[j];
  for (int64_t j = 0; j < columns; ++j) out[j] = (grad[j] - dot) * y[j];
}

void log_softmax_gradient_row(const double* y, const double* grad, double* out, int64_t columns) {
  double total = 0;
  for (int64_t j = 0; j < columns; ++j) total += grad[j];
  for (int64_t j = 0; j < columns; ++j) out[j] = grad[j] - std::exp(y[j]) * total;
}

double cross_entropy_row(const double* x, const double* labels, double* backprop, int64_t columns) {
  const double most = row_max(x, columns), sum = exp_sum(x, most, backprop, columns);
  const double total = std::log(sum);
  double loss = 0, mass = 0;
  for (int64_t j = 0; j < columns; ++j) mass += labels[j];
  for (int64_t j = 0; j < columns; ++j) {
    loss += labels[j] * (total - (x[j] - most));
    if (backprop != nullptr) backprop[j] = backprop[j] / sum * mass - labels[j];
  }
  return loss;
}

double sparse_cross_entropy_row(const double* x, int64_t label, double* backprop, int64_t columns) {
  const double most = row_max(x, columns), sum = exp_sum(x, most, backprop, columns);
  if (backprop != nullptr) {
    for (int64_t j = 0; j < columns; ++j) backprop[j] /= sum;
    backprop[label] -= 1.0;
  }
  return std::log(sum) - (x[label] - most);
}

double logsumexp_row(const double* x, int64_t columns) {
  const double most = row_max(x, columns), shift = std::isfinite(most) ? most : 0.0;
  return std::log(exp_sum(x, shift, nullptr, columns)) + shift;
}

}  // namespace

RowKernels row_kernels(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return row_kernels_avx512();
    case Isa::kAvx2:
      return row_kernels_avx2();
    case Isa::kPortable:
      break;
  }
  return row_kernels_portable();
}

template <class T>
void softmax_rows(const T* logits, T* out, int64_t rows, int64_t columns, Isa isa) {
  if constexpr (std::is_same_v<T, float>) {
    row_kernels(isa).softmax(logits, out, rows, columns);
  } else {
    for (int64_t r = 0; r < rows; ++r) {
      softmax_row(logits + r * columns, out + r * columns, columns);
    }
  }
}

template <class T>
void log_softmax_rows(const T* logits, T* out, int64_t rows, int64_t columns, Isa isa) {
  if constexpr (std::is_same_v<T, float>) {
    row_kernels(isa).log_softmax(logits, out, rows, columns);
  } else {
    for (int64_t r = 0; r < rows; ++r) {
      log_softmax_row(logits + r * columns, out + r * columns, columns);
    }
  }
}

template <class T>
void softmax_gradient_rows(const T* y, const T* grad, T* out, int64_t rows, int64_t columns,
                           Isa isa) {
  if constexpr (std::is_same_v<T, float>) {
    row_kernels(isa).softmax_gradient(y, grad, out, rows, columns);
  } else {
    for (int64_t at = 0; at < rows * columns; at += columns) {
      softmax_gradient_row(y + at, grad + at, out + at, columns);
    }
  }
}

template <class T>
void log_softmax_gradient_rows(const T* y, const T* grad, T* out, int64_t rows, int64_t columns,
                               Isa isa) {
  if constexpr (std::is_same_v<T, float>) {
    row_kernels(isa).log_softmax_gradient(y, grad, out, rows, columns);
  } else {
    for (int64_t at = 0; at < rows * columns; at += columns) {
      log_softmax_gradient_row(y + at, grad + at, out + at, columns);
    }
  }
}

template <class T>
void softmax_cross_entropy_rows(const T* logits, const T* labels, T* loss, T* backprop,
                                int64_t rows, int64_t columns, Isa isa) {
  if constexpr (std::is_same_v<T, float>) {
    row_kernels(isa).cross_entropy(logits, labels, loss, backprop, rows, columns);
  } else {
    for (int64_t r = 0; r < rows; ++r) {
      T* gradient = backprop == nullptr ? nullptr : backprop + r * columns;
      loss[r] = cross_entropy_row(logits + r * columns, labels + r * columns, gradient, columns);
    }
  }
}

template <class T, class Label>
Fault sparse_softmax_cross_entropy_rows(const T* logits, const Label* labels, T* loss, T* backprop,
                                        int64_t rows, int64_t columns, Isa isa) {
  Fault fault = check_indices(labels, rows, columns, "label");
  if (fault) return fault;
  if constexpr (std::is_same_v<T, float>) {
    row_kernels(isa).sparse_cross_entropy(logits, labels, sizeof(Label) == 8, loss, backprop, rows,
                                          columns);
  } else {
    for (int64_t r = 0; r < rows; ++r) {
      T* gradient = backprop == nullptr ? nullptr : backprop + r * columns;
      loss[r] = sparse_cross_entropy_row(logits + r * columns, labels[r], gradient, columns);
    }
  }
  return {};
}

template <class T>
void logsumexp_rows(const T* x, T* out, int64_t rows, int64_t columns, Isa isa) {
  if constexpr (std::is_same_v<T, float>) {
    row_kernels(isa).logsumexp(x, out, rows, columns);
  } else {
    for (int64_t r = 0; r < rows; ++r) out[r] = logsumexp_row(x + r * columns, columns);
  }
}

// A macro, for an explicit instantiation cannot be written in a loop.
#define RECKON_INSTANTIATE(T)                                                                  \
  template void softmax_rows(const T*, T*, int64_t, int64_t, Isa);                             \
  template void log_softmax_rows(const T*, T*, int64_t, int64_t, Isa);                         \
  template void softmax_gradient_rows(const T*, const T*, T*, int64_t, int64_t, Isa);          \
  template void log_softmax_gradient_rows(const T*, const T*, T*, int64_t, int64_t, Isa);      \
  template void softmax_cross_entropy_rows(const T*, const T*, T*, T*, int64_t, int64_t, Isa); \
  template Fault sparse_softmax_cross_entropy_rows(const T*, const int32_t*, T*, T*, int64_t,  \
                                                   int64_t, Isa);                              \
  template Fault sparse_softmax_cross_entropy_rows(const T*, const int64_t*, T*, T*, int64_t,  \
                                                   int64_t, Isa);                              \
  template void logsumexp_rows(const T*, T*, int64_t, int64_t, Isa);
RECKON_INSTANTIATE(float)
RECKON_INSTANTIATE(double)
#undef RECKON_INSTANTIATE

}  // namespace reckon::kernels
