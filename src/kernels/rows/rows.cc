// SPDX-License-Identifier: Apache-2.0
#include "kernels/rows/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>

#include "kernels/move/strided_copy.h"
#include "kernels/rows/row_kernels.h"

namespace reckon::kernels {
namespace {

// The double versions: the formulas of row_loops.h with the C library's functions.
double row_max(const double* x, int64_t columns) {
  double most = -std::numeric_limits<double>::infinity();
  for (int64_t j = 0; j < columns; ++j) most = x[j] > most ? x[j] : most;
  return most;
}

struct ExpSum {
  double sum = 0, rest = 0;
  bool is_peaked() const { return sum >= 1 && sum < 1.5; }
  double log() const { return is_peaked() ? std::log1p(rest) : std::log(sum); }
};

ExpSum exp_sum(const double* x, double shift, double* terms, int64_t columns) {
  ExpSum exps;
  for (int64_t j = 0; j < columns; ++j) {
    const double below = x[j] - shift, term = std::exp(below);
    if (terms != nullptr) terms[j] = term;
    exps.sum += term;
    exps.rest += below == 0 ? 0 : term;
  }
  return exps;
}

int64_t peak(const double* x, double most, int64_t columns) {
  const double* found = std::find(x, x + columns, most);
  return found == x + columns ? 0 : found - x;
}

bool is_zero(const double* x, int64_t columns) {
  return std::all_of(x, x + columns, [](double value) { return value == 0; });
}

void softmax_row(const double* x, double* out, int64_t columns) {
  const double sum = exp_sum(x, row_max(x, columns), out, columns).sum;
  for (int64_t j = 0; j < columns; ++j) out[j] /= sum;
}

void log_softmax_row(const double* x, double* out, int64_t columns) {
  const double most = row_max(x, columns);
  const double total = exp_sum(x, most, nullptr, columns).log();
  for (int64_t j = 0; j < columns; ++j) out[j] = x[j] - most - total;
}

void softmax_gradient_row(const double* y, const double* grad, double* out, int64_t columns) {
  if (is_zero(grad, columns)) {
    std::fill_n(out, columns, 0.0);
    return;
  }
  const double origin = grad[peak(y, row_max(y, columns), columns)];
  double mean = 0;
  for (int64_t j = 0; j < columns; ++j) mean += y[j] * (origin - grad[j]);
  for (int64_t j = 0; j < columns; ++j) out[j] = ((grad[j] - origin) + mean) * y[j];
}

void log_softmax_gradient_row(const double* y, const double* grad, double* out, int64_t columns) {
  if (is_zero(grad, columns)) {
    std::fill_n(out, columns, 0.0);
    return;
  }
  const double total = std::accumulate(grad, grad + columns, 0.0);
  for (int64_t j = 0; j < columns; ++j) out[j] = grad[j] - std::exp(y[j]) * total;
  const double most = row_max(y, columns);
  if (most < -0.5) return;
  const int64_t j = peak(y, most, columns);
  const double missing = std::expm1(most);
  const double others =
      std::accumulate(grad, grad + j, 0.0) + std::accumulate(grad + j + 1, grad + columns, 0.0);
  out[j] = -(grad[j] * missing) - (1 + missing) * others;
}

double cross_entropy_row(const double* x, const double* labels, double* backprop, int64_t columns) {
  const double most = row_max(x, columns);
  const ExpSum exps = exp_sum(x, most, backprop, columns);
  const double total = exps.log(), mass = std::accumulate(labels, labels + columns, 0.0);
  double loss = 0;
  for (int64_t j = 0; j < columns; ++j) {
    const double label = labels[j], below = x[j] - most;
    const bool is_free = label == 0 && x[j] == -std::numeric_limits<double>::infinity();
    loss += label * (total - (is_free ? 0 : below));
    if (backprop == nullptr) continue;
    backprop[j] = exps.is_peaked() && below == 0 ? ((mass - label) - label * exps.rest) / exps.sum
                                                 : backprop[j] / exps.sum * mass - label;
  }
  return loss;
}

double sparse_cross_entropy_row(const double* x, int64_t label, double* backprop, int64_t columns) {
  const double most = row_max(x, columns), below = x[label] - most;
  const ExpSum exps = exp_sum(x, most, backprop, columns);
  if (backprop != nullptr) {
    for (int64_t j = 0; j < columns; ++j) backprop[j] /= exps.sum;
    const bool is_peak = exps.is_peaked() && below == 0;
    backprop[label] = is_peak ? -(exps.rest / exps.sum) : backprop[label] - 1.0;
  }
  return exps.log() - below;
}

double logsumexp_row(const double* x, int64_t columns) {
  const double most = row_max(x, columns), shift = std::isfinite(most) ? most : 0.0;
  return exp_sum(x, shift, nullptr, columns).log() + shift;
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
  Fault fault =
      check_indices(labels, rows, columns, "label",
                    "give the last layer as many units as there are classes, or correct the label");
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
