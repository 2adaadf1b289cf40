// SPDX-License-Identifier: Apache-2.0
// The float32 row kernels, written once over sixteen lanes. Sums keep sixteen partial results, one
// for each column modulo 16, so that the bits do not depend on the instruction set.
#pragma once

#include <cstdint>
#include <limits>

#include "kernels/row_kernels.h"
#include "kernels/row_lanes.h"

namespace reckon::kernels {

template <class M>
struct RowLoops {
  using L = RowLanes<M>;
  using F = typename L::F;
  using Functions = typename L::Functions;
  static constexpr float kInfinity = std::numeric_limits<float>::infinity();

  /// Calls body(column, lanes) for each block of 16 columns; lanes is 16 but for the last.
  template <class Body>
  [[gnu::always_inline]] static void blocks(int64_t columns, Body body) {
    int64_t j = 0;
    for (; j + 16 <= columns; j += 16) body(j, 16);
    if (j < columns) body(j, static_cast<int>(columns - j));
  }
  static F load(const float* at, int lanes, float pad) {
    return lanes == 16 ? L::load(at) : L::load(at, lanes, pad);
  }
  static void store(float* at, int lanes, F value) {
    lanes == 16 ? L::store(at, value) : L::store(at, lanes, value);
  }
  static F keep(F value, int lanes) { return lanes == 16 ? value : L::keep(value, lanes); }
  // Flattened: sixteen lanes in several registers would be passed through memory.
  [[gnu::flatten]] static float log(float x) {
    const F result = Functions::log(F(x));
    return result.part[0][0];
  }

  static float row_max(const float* x, int64_t columns) {
    F most(-kInfinity);
    blocks(columns,
           [&](int64_t j, int lanes) { most = L::max(load(x + j, lanes, -kInfinity), most); });
    return L::max(most);
  }

  struct ExpSum {
    float sum;
    F last;  // the terms of the last block of 16 columns
  };
  /// The sum of exp(x - shift); the terms, but for the last block, go to `terms` unless it is null.
  [[gnu::always_inline]] static ExpSum exp_sum(const float* x, float shift, float* terms,
                                               int64_t columns) {
    F sum(0.0f), last(0.0f);
    const F shifts(shift);
    blocks(
        columns, [&](int64_t j, int lanes) __attribute__((flatten)) {
          last = keep(Functions::exp(load(x + j, lanes, 0.0f) - shifts), lanes);
          if (terms != nullptr && j + lanes < columns) L::store(terms + j, last);
          sum = sum + last;
        });
    return {L::sum(sum), last};
  }
  static F term(const float* terms, int64_t j, int lanes, int64_t columns, const F& last) {
    return j + lanes < columns ? L::load(terms + j) : last;
  }

  static void softmax(const float* logits, float* out, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, logits += columns, out += columns) {
      const ExpSum exps = exp_sum(logits, row_max(logits, columns), out, columns);
      const F factor(1.0f / exps.sum);
      blocks(columns, [&](int64_t j, int lanes) {
        store(out + j, lanes, term(out, j, lanes, columns, exps.last) * factor);
      });
    }
  }

  static void log_softmax(const float* logits, float* out, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, logits += columns, out += columns) {
      const float most = row_max(logits, columns);
      const F shift(most), total(log(exp_sum(logits, most, nullptr, columns).sum));
      blocks(columns, [&](int64_t j, int lanes) {
        store(out + j, lanes, load(logits + j, lanes, 0.0f) - shift - total);
      });
    }
  }

  static void softmax_gradient(const float* y, const float* grad, float* out, int64_t rows,
                               int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, y += columns, grad += columns, out += columns) {
      F sum(0.0f);
      blocks(columns, [&](int64_t j, int lanes) {
        sum = fma(load(y + j, lanes, 0.0f), load(grad + j, lanes, 0.0f), sum);
      });
      const F dot(L::sum(sum));
      blocks(columns, [&](int64_t j, int lanes) {
        store(out + j, lanes, (load(grad + j, lanes, 0.0f) - dot) * load(y + j, lanes, 0.0f));
      });
    }
  }

  static void log_softmax_gradient(const float* y, const float* grad, float* out, int64_t rows,
                                   int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, y += columns, grad += columns, out += columns) {
      F sum(0.0f);
      blocks(columns, [&](int64_t j, int lanes) { sum = sum + load(grad + j, lanes, 0.0f); });
      const F total(L::sum(sum));
      blocks(
          columns, [&](int64_t j, int lanes) __attribute__((flatten)) {
            const F softmax = Functions::exp(load(y + j, lanes, 0.0f));
            store(out + j, lanes, load(grad + j, lanes, 0.0f) - softmax * total);
          });
    }
  }

  static void cross_entropy(const float* logits, const float* labels, float* loss, float* backprop,
                            int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, logits += columns, labels += columns) {
      const float most = row_max(logits, columns);
      const ExpSum exps = exp_sum(logits, most, backprop, columns);
      F mass(0.0f);
      blocks(columns, [&](int64_t j, int lanes) { mass = mass + load(labels + j, lanes, 0.0f); });
      const F shift(most), total(log(exps.sum)), factor(L::sum(mass) / exps.sum);
      F sum(0.0f);
      blocks(columns, [&](int64_t j, int lanes) {
        const F label = load(labels + j, lanes, 0.0f);
        const F nats = total - (load(logits + j, lanes, most) - shift);
        sum = sum + keep(label * nats, lanes);
        if (backprop == nullptr) return;
        const F share = term(backprop, j, lanes, columns, exps.last) * factor;
        store(backprop + j, lanes, share - label);
      });
      loss[r] = L::sum(sum);
      if (backprop != nullptr) backprop += columns;
    }
  }

  static void sparse_cross_entropy(const float* logits, const void* labels, bool wide, float* loss,
                                   float* backprop, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, logits += columns) {
      const int64_t label =
          wide ? static_cast<const int64_t*>(labels)[r] : static_cast<const int32_t*>(labels)[r];
      const float most = row_max(logits, columns);
      const ExpSum exps = exp_sum(logits, most, backprop, columns);
      loss[r] = log(exps.sum) - (logits[label] - most);
      if (backprop == nullptr) continue;
      const F factor(1.0f / exps.sum);
      blocks(columns, [&](int64_t j, int lanes) {
        store(backprop + j, lanes, term(backprop, j, lanes, columns, exps.last) * factor);
      });
      backprop[label] -= 1.0f;
      backprop += columns;
    }
  }

  static void logsumexp(const float* x, float* out, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, x += columns) {
      const float most = row_max(x, columns);
      // An infinite maximum is no shift: inf - inf would be NaN.
      const float shift = most - most == 0.0f ? most : 0.0f;
      out[r] = log(exp_sum(x, shift, nullptr, columns).sum) + shift;
    }
  }

  static RowKernels kernels() {
    return {&softmax,       &log_softmax,          &softmax_gradient, &log_softmax_gradient,
            &cross_entropy, &sparse_cross_entropy, &logsumexp};
  }
};

}  // namespace reckon::kernels
