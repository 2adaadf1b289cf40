// SPDX-License-Identifier: Apache-2.0
// The float32 row kernels, written once over sixteen lanes. Sums keep sixteen partial results, one
// for each column modulo 16, so that the bits do not depend on the instruction set.
#pragma once

#include <cstdint>
#include <limits>

#include "kernels/rows/row_kernels.h"
#include "kernels/rows/row_lanes.h"

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
  [[gnu::flatten]] static float log1p(float x) {
    const F result = Functions::log1p(F(x));
    return result.part[0][0];
  }
  [[gnu::flatten]] static float expm1(float x) {
    const F result = Functions::expm1(F(x));
    return result.part[0][0];
  }

  static float sum(const float* x, int64_t columns) {
    F partial(0.0f);
    blocks(columns, [&](int64_t j, int lanes) { partial = partial + load(x + j, lanes, 0.0f); });
    return L::sum(partial);
  }
  static bool is_nan(float x) { return x != x; }
  static bool is_zero(const float* x, int64_t columns) {
    F magnitude(0.0f);
    blocks(columns,
           [&](int64_t j, int lanes) { magnitude = magnitude + abs(load(x + j, lanes, 0.0f)); });
    return L::sum(magnitude) == 0.0f;
  }
  static void zero(float* out, int64_t columns) {
    blocks(columns, [&](int64_t j, int lanes) { store(out + j, lanes, F(0.0f)); });
  }

  static float row_max(const float* x, int64_t columns) {
    F most(-kInfinity);
    blocks(columns,
           [&](int64_t j, int lanes) { most = L::max(load(x + j, lanes, -kInfinity), most); });
    return L::max(most);
  }

  /// The first column that holds the row's maximum; 0 in a row of NaN.
  static int64_t peak(const float* x, float most, int64_t columns) {
    for (int64_t j = 0; j < columns; ++j) {
      if (x[j] == most) return j;
    }
    return 0;
  }

  struct ExpSum {
    float sum;
    F rests;  // to be summed: without the terms of the maximum, which are exactly 1
    F last;   // the terms of the last block of 16 columns
    /// True if the maximum has more than all the rest together, which could be lost beside it.
    bool is_peaked() const { return sum >= 1.0f && sum < 1.5f; }
    float rest() const { return L::sum(rests); }
  };
  static float log_sum(const ExpSum& exps) {
    return exps.is_peaked() ? log1p(exps.rest()) : log(exps.sum);
  }
  /// The sum of exp(x - shift); the terms, but for the last block, go to `terms` unless it is null.
  [[gnu::always_inline]] static ExpSum exp_sum(const float* x, float shift, float* terms,
                                               int64_t columns) {
    F sum(0.0f), rests(0.0f), last(0.0f);
    const F shifts(shift);
    blocks(
        columns, [&](int64_t j, int lanes) __attribute__((flatten)) {
          const F below = load(x + j, lanes, 0.0f) - shifts;
          last = keep(Functions::exp(below), lanes);
          if (terms != nullptr && j + lanes < columns) L::store(terms + j, last);
          sum = sum + last;
          rests = rests + select(below == F(0.0f), F(0.0f), last);
        });
    return {L::sum(sum), rests, last};
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
      const F shift(most), total(log_sum(exp_sum(logits, most, nullptr, columns)));
      blocks(columns, [&](int64_t j, int lanes) {
        store(out + j, lanes, load(logits + j, lanes, 0.0f) - shift - total);
      });
    }
  }

  static void softmax_gradient(const float* y, const float* grad, float* out, int64_t rows,
                               int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, y += columns, grad += columns, out += columns) {
      // Gradients are counted from that of a share of almost 1: there grad - sum(grad y) would be a
      // difference of equals.
      const float most = row_max(y, columns);
      const F origin(most > 0.6f ? grad[peak(y, most, columns)] : 0.0f);
      F partial(0.0f);
      blocks(columns, [&](int64_t j, int lanes) {
        const F distance = origin - load(grad + j, lanes, 0.0f);
        partial = fma(load(y + j, lanes, 0.0f), keep(distance, lanes), partial);
      });
      const F mean(L::sum(partial));
      // A zero gradient stays 0, also where the row itself is NaN.
      if (is_nan(mean.part[0][0]) && is_zero(grad, columns)) {
        zero(out, columns);
        continue;
      }
      blocks(columns, [&](int64_t j, int lanes) {
        const F distance = load(grad + j, lanes, 0.0f) - origin;
        store(out + j, lanes, (distance + mean) * load(y + j, lanes, 0.0f));
      });
    }
  }

  static void log_softmax_gradient(const float* y, const float* grad, float* out, int64_t rows,
                                   int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, y += columns, grad += columns, out += columns) {
      const F total(sum(grad, columns));
      if (total.part[0][0] == 0.0f && is_zero(grad, columns)) {
        zero(out, columns);
        continue;
      }
      blocks(
          columns, [&](int64_t j, int lanes) __attribute__((flatten)) {
            const F softmax = Functions::exp(load(y + j, lanes, 0.0f));
            store(out + j, lanes, load(grad + j, lanes, 0.0f) - softmax * total);
          });
      const float most = row_max(y, columns);
      if (most < -0.5f) continue;
      // grad - exp(y) grad is a difference of equals where y is near 0.
      const int64_t j = peak(y, most, columns);
      const float missing = expm1(most);
      const float others = sum(grad, j) + sum(grad + j + 1, columns - j - 1);
      out[j] = -(grad[j] * missing) - (1.0f + missing) * others;
    }
  }

  /// sum(label (total - (logit - shift))); 0 log 0 is 0: a logit of -inf costs a label of 0
  /// nothing.
  static float masked_nats(const float* logits, const float* labels, F total, F shift,
                           int64_t columns) {
    F nats(0.0f);
    blocks(columns, [&](int64_t j, int lanes) {
      const F label = load(labels + j, lanes, 0.0f), logit = load(logits + j, lanes, 0.0f);
      const F below = select(label == F(0.0f), F(0.0f), logit - shift);
      const F counted = select(logit == F(-kInfinity), below, logit - shift);
      nats = nats + keep(label * (total - counted), lanes);
    });
    return L::sum(nats);
  }

  static void cross_entropy(const float* logits, const float* labels, float* loss, float* backprop,
                            int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, logits += columns, labels += columns) {
      const float most = row_max(logits, columns);
      const ExpSum exps = exp_sum(logits, most, backprop, columns);
      const float mass = sum(labels, columns);
      const F shift(most), total(log_sum(exps)), factor(mass / exps.sum);
      F nats(0.0f);
      blocks(columns, [&](int64_t j, int lanes) {
        const F label = load(labels + j, lanes, 0.0f);
        nats = nats + keep(label * (total - (load(logits + j, lanes, most) - shift)), lanes);
        if (backprop == nullptr) return;
        const F share = term(backprop, j, lanes, columns, exps.last) * factor;
        store(backprop + j, lanes, share - label);
      });
      loss[r] = L::sum(nats);
      if (is_nan(loss[r])) loss[r] = masked_nats(logits, labels, total, shift, columns);
      if (backprop == nullptr) continue;
      if (exps.is_peaked()) {
        // 1 - share is rest / sum, which is not rounded to 0.
        const int64_t j = peak(logits, most, columns);
        backprop[j] = ((mass - labels[j]) - labels[j] * exps.rest()) / exps.sum;
      }
      backprop += columns;
    }
  }

  static void sparse_cross_entropy(const float* logits, const void* labels, bool wide, float* loss,
                                   float* backprop, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, logits += columns) {
      const int64_t label =
          wide ? static_cast<const int64_t*>(labels)[r] : static_cast<const int32_t*>(labels)[r];
      const float most = row_max(logits, columns);
      const ExpSum exps = exp_sum(logits, most, backprop, columns);
      const float below = logits[label] - most;
      loss[r] = log_sum(exps) - below;
      if (backprop == nullptr) continue;
      const F factor(1.0f / exps.sum);
      blocks(columns, [&](int64_t j, int lanes) {
        store(backprop + j, lanes, term(backprop, j, lanes, columns, exps.last) * factor);
      });
      // At the peak 1 - share is rest / sum, which is not rounded to 0.
      if (exps.is_peaked() && below == 0.0f)
        backprop[label] = -(exps.rest() / exps.sum);
      else
        backprop[label] -= 1.0f;
      backprop += columns;
    }
  }

  static void logsumexp(const float* x, float* out, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < rows; ++r, x += columns) {
      const float most = row_max(x, columns);
      // An infinite maximum is no shift: inf - inf would be NaN.
      const float shift = most - most == 0.0f ? most : 0.0f;
      out[r] = log_sum(exp_sum(x, shift, nullptr, columns)) + shift;
    }
  }

  static RowKernels kernels() {
    return {&softmax,       &log_softmax,          &softmax_gradient, &log_softmax_gradient,
            &cross_entropy, &sparse_cross_entropy, &logsumexp};
  }
};

}  // namespace reckon::kernels
