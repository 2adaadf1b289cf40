// SPDX-License-Identifier: Apache-2.0
// For tests: the row kernels of one instruction set, against their formulas in double and bit for
// bit against the portable ones, with guards behind every row that is written.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "kernels/rows/row_kernels.h"

namespace reckon::kernels::testing_support {

inline constexpr size_t kRowGuards = 32;
inline constexpr float kRowGuard = 77.0f;

/// Random rows; a label for each.
struct RowScene {
  RowScene(int64_t of_rows, int64_t of_columns, float scale = 5)
      : rows(of_rows), columns(of_columns) {
    std::mt19937 generator(static_cast<uint32_t>(31 * rows + columns));
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < rows * columns; ++i) {
      logits.push_back(scale * normal(generator));
      other.push_back(normal(generator));
    }
    for (int64_t r = 0; r < rows; ++r) {
      narrow_labels.push_back(static_cast<int32_t>(r * 7 % columns));
      wide_labels.push_back(narrow_labels.back());
    }
  }
  float logit(int64_t r, int64_t j) const { return logits[static_cast<size_t>(r * columns + j)]; }
  float second(int64_t r, int64_t j) const { return other[static_cast<size_t>(r * columns + j)]; }

  int64_t rows, columns;
  std::vector<float> logits, other;
  std::vector<int32_t> narrow_labels;
  std::vector<int64_t> wide_labels;
};

/// What one set of kernels makes of a scene: one value or one row for each row.
struct RowOutputs {
  RowOutputs(const RowKernels& kernels, const RowScene& s) {
    const int64_t n = s.rows, c = s.columns;
    kernels.softmax(s.logits.data(), full(softmax, s), n, c);
    kernels.log_softmax(s.logits.data(), full(log_softmax, s), n, c);
    kernels.softmax_gradient(softmax.data(), s.other.data(), full(softmax_gradient, s), n, c);
    kernels.log_softmax_gradient(log_softmax.data(), s.other.data(), full(log_softmax_gradient, s),
                                 n, c);
    kernels.cross_entropy(s.logits.data(), s.other.data(), one_each(loss, s), full(backprop, s), n,
                          c);
    kernels.sparse_cross_entropy(s.logits.data(), s.narrow_labels.data(), false,
                                 one_each(sparse_loss, s), full(sparse_backprop, s), n, c);
    kernels.sparse_cross_entropy(s.logits.data(), s.wide_labels.data(), true,
                                 one_each(wide_loss, s), full(wide_backprop, s), n, c);
    kernels.logsumexp(s.logits.data(), one_each(logsumexp, s), n, c);
  }
  static float* full(std::vector<float>& out, const RowScene& s) {
    out.assign(s.logits.size() + kRowGuards, kRowGuard);
    return out.data();
  }
  static float* one_each(std::vector<float>& out, const RowScene& s) {
    out.assign(static_cast<size_t>(s.rows) + kRowGuards, kRowGuard);
    return out.data();
  }
  /// All outputs with their names, guards included.
  std::vector<std::pair<const char*, const std::vector<float>*>> all() const {
    return {{"softmax", &softmax},
            {"log_softmax", &log_softmax},
            {"softmax_gradient", &softmax_gradient},
            {"log_softmax_gradient", &log_softmax_gradient},
            {"loss", &loss},
            {"backprop", &backprop},
            {"sparse_loss", &sparse_loss},
            {"sparse_backprop", &sparse_backprop},
            {"wide_loss", &wide_loss},
            {"wide_backprop", &wide_backprop},
            {"logsumexp", &logsumexp}};
  }
  std::vector<float> softmax, log_softmax, softmax_gradient, log_softmax_gradient, loss, backprop,
      sparse_loss, sparse_backprop, wide_loss, wide_backprop, logsumexp;
};

inline void expect_guards(const RowOutputs& outputs) {
  for (const auto& [name, values] : outputs.all()) {
    for (size_t i = values->size() - kRowGuards; i < values->size(); ++i) {
      ASSERT_EQ((*values)[i], kRowGuard) << name << " writes behind its end";
    }
  }
}

/// One row against its formulas.
inline void expect_row_formulas(const RowScene& s, const RowOutputs& got, int64_t r) {
  double most = -std::numeric_limits<double>::infinity(), sum = 0, dot = 0, mass = 0, loss = 0,
         size = 1;
  for (int64_t j = 0; j < s.columns; ++j) most = std::max(most, double{s.logit(r, j)});
  for (int64_t j = 0; j < s.columns; ++j) sum += std::exp(s.logit(r, j) - most);
  const double log_sum = std::log(sum) + most;
  for (int64_t j = 0; j < s.columns; ++j) {
    const double log_y = s.logit(r, j) - log_sum, weight = s.second(r, j);
    dot += std::exp(log_y) * weight;
    mass += weight;
    loss -= weight * log_y;
    size += std::abs(weight) * (1 + std::abs(log_y));
  }
  const double near = 1e-6 * size;
  for (int64_t j = 0; j < s.columns; ++j) {
    const auto at = static_cast<size_t>(r * s.columns + j);
    const double log_y = s.logit(r, j) - log_sum, y = std::exp(log_y), weight = s.second(r, j);
    const bool is_label = j == s.narrow_labels[static_cast<size_t>(r)];
    ASSERT_NEAR(got.softmax[at], y, 1e-6) << j;
    ASSERT_NEAR(got.log_softmax[at], log_y, 2e-6 * (1 + std::abs(log_y))) << j;
    ASSERT_NEAR(got.softmax_gradient[at], (weight - dot) * y, near) << j;
    ASSERT_NEAR(got.log_softmax_gradient[at], weight - y * mass, near) << j;
    ASSERT_NEAR(got.backprop[at], y * mass - weight, near) << j;
    ASSERT_NEAR(got.sparse_backprop[at], y - is_label, 1e-6) << j;
  }
  const auto row = static_cast<size_t>(r);
  const double own = log_sum - s.logit(r, s.narrow_labels[row]);
  ASSERT_NEAR(got.loss[row], loss, near);
  ASSERT_NEAR(got.sparse_loss[row], own, 2e-6 * (1 + own));
  ASSERT_NEAR(got.logsumexp[row], log_sum, 2e-6 * (1 + std::abs(log_sum)));
}

/// Whole vectors, parts of one and many.
inline void expect_formulas(const RowKernels& kernels) {
  for (int64_t columns : {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 1000}) {
    const RowScene scene(3, columns);
    const RowOutputs got(kernels, scene);
    ASSERT_NO_FATAL_FAILURE(expect_guards(got)) << columns;
    for (int64_t r = 0; r < scene.rows; ++r) {
      ASSERT_NO_FATAL_FAILURE(expect_row_formulas(scene, got, r)) << columns;
    }
    EXPECT_EQ(got.wide_loss, got.sparse_loss) << columns;
    EXPECT_EQ(got.wide_backprop, got.sparse_backprop) << columns;
  }
}

inline void expect_portable_bits(const RowKernels& kernels) {
  for (int64_t columns = 1; columns <= 130; ++columns) {
    for (float scale : {0.1f, 5.0f, 300.0f}) {
      const RowScene scene(3, columns, scale);
      const RowOutputs got(kernels, scene), want(row_kernels_portable(), scene);
      const auto all = got.all(), wanted = want.all();
      for (size_t k = 0; k < all.size(); ++k) {
        for (size_t i = 0; i < all[k].second->size(); ++i) {
          ASSERT_EQ(std::bit_cast<uint32_t>((*all[k].second)[i]),
                    std::bit_cast<uint32_t>((*wanted[k].second)[i]))
              << all[k].first << " " << i << " of rows of " << columns << ", scale " << scale;
        }
      }
    }
  }
}

/// A row's bits depend on that row alone: callers split rows as they like.
inline void expect_rows_alone(const RowKernels& kernels) {
  for (int64_t columns : {5, 16, 37}) {
    const RowScene scene(9, columns);
    const RowOutputs whole(kernels, scene);
    for (int64_t r = 0; r < scene.rows; ++r) {
      const auto at = static_cast<size_t>(r * columns), length = static_cast<size_t>(columns);
      std::vector<float> row(length), loss(1);
      kernels.softmax(scene.logits.data() + at, row.data(), 1, columns);
      kernels.logsumexp(scene.logits.data() + at, loss.data(), 1, columns);
      for (size_t j = 0; j < length; ++j) ASSERT_EQ(row[j], whole.softmax[at + j]) << r;
      EXPECT_EQ(loss[0], whole.logsumexp[static_cast<size_t>(r)]);
    }
  }
}

inline void expect_in_place(const RowKernels& kernels) {
  for (int64_t columns : {1, 15, 16, 40}) {
    const RowScene scene(4, columns);
    const RowOutputs want(kernels, scene);
    std::vector<float> x = scene.logits, y = scene.logits;
    kernels.softmax(x.data(), x.data(), scene.rows, columns);
    kernels.log_softmax(y.data(), y.data(), scene.rows, columns);
    for (size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(x[i], want.softmax[i]) << columns;
      ASSERT_EQ(y[i], want.log_softmax[i]) << columns;
    }
  }
}

/// Losses without a gradient are the same losses.
inline void expect_losses_alone(const RowKernels& kernels) {
  const RowScene scene(6, 21);
  const RowOutputs want(kernels, scene);
  std::vector<float> loss(6), sparse(6);
  kernels.cross_entropy(scene.logits.data(), scene.other.data(), loss.data(), nullptr, 6, 21);
  kernels.sparse_cross_entropy(scene.logits.data(), scene.wide_labels.data(), true, sparse.data(),
                               nullptr, 6, 21);
  for (size_t r = 0; r < 6; ++r) {
    EXPECT_EQ(loss[r], want.loss[r]);
    EXPECT_EQ(sparse[r], want.sparse_loss[r]);
  }
}

inline float logsumexp_with(const RowKernels& kernels, const std::vector<float>& x) {
  float out = kRowGuard;
  kernels.logsumexp(x.data(), &out, 1, static_cast<int64_t>(x.size()));
  return out;
}

/// The special value in each lane of a block, and in the block after it.
inline void expect_special_values(const RowKernels& kernels) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(logsumexp_with(kernels, {}), -inf);
  EXPECT_EQ(logsumexp_with(kernels, std::vector<float>(19, -inf)), -inf);
  for (size_t at = 0; at < 19; ++at) {
    std::vector<float> row(19, 1.0f), out(19);
    row[at] = inf;
    EXPECT_EQ(logsumexp_with(kernels, row), inf) << at;
    row[at] = nan;
    EXPECT_TRUE(std::isnan(logsumexp_with(kernels, row))) << at;
    kernels.softmax(row.data(), out.data(), 1, 19);
    for (float value : out) EXPECT_TRUE(std::isnan(value)) << at;
    row.assign(19, -1e30f);
    row[at] = 1e30f;
    kernels.softmax(row.data(), out.data(), 1, 19);
    for (size_t j = 0; j < 19; ++j) EXPECT_EQ(out[j], j == at ? 1.0f : 0.0f) << at;
  }
}

}  // namespace reckon::kernels::testing_support
