// SPDX-License-Identifier: Apache-2.0
// Row kernels against plain double formulas, and float32 bit for bit between instruction sets.
#include "kernels/rows/rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "kernels/isa_fixture_testing.h"

namespace reckon::kernels {
namespace rows_test {

using testing_support::available_isas;

constexpr double kDoubleInfinity = std::numeric_limits<double>::infinity();

template <class T>
std::vector<T> random_values(int64_t count, uint32_t seed, double scale) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0, scale);
  std::vector<T> values(static_cast<size_t>(count));
  for (T& value : values) value = static_cast<T>(normal(generator));
  return values;
}

// What all kernels give for the same random input, one after the other.
template <class T>
struct Results {
  Results(int64_t rows, int64_t columns, Isa isa)
      : logits(random_values<T>(rows * columns, 1, 5)),
        other(random_values<T>(rows * columns, 2, 1)) {
    const size_t size = logits.size(), count = static_cast<size_t>(rows);
    for (auto* values : {&softmax, &log_softmax, &softmax_gradient, &log_softmax_gradient,
                         &backprop, &sparse_backprop}) {
      values->resize(size);
    }
    for (auto* values : {&loss, &sparse_loss, &logsumexp}) values->resize(count);
    for (size_t r = 0; r < count; ++r) labels.push_back(static_cast<int32_t>(r * 5 % columns));
    softmax_rows(logits.data(), softmax.data(), rows, columns, isa);
    log_softmax_rows(logits.data(), log_softmax.data(), rows, columns, isa);
    softmax_gradient_rows(softmax.data(), other.data(), softmax_gradient.data(), rows, columns,
                          isa);
    log_softmax_gradient_rows(log_softmax.data(), other.data(), log_softmax_gradient.data(), rows,
                              columns, isa);
    softmax_cross_entropy_rows(logits.data(), other.data(), loss.data(), backprop.data(), rows,
                               columns, isa);
    EXPECT_FALSE(sparse_softmax_cross_entropy_rows(logits.data(), labels.data(), sparse_loss.data(),
                                                   sparse_backprop.data(), rows, columns, isa));
    logsumexp_rows(logits.data(), logsumexp.data(), rows, columns, isa);
  }
  std::vector<T> logits, other;
  std::vector<int32_t> labels;
  std::vector<T> softmax, log_softmax, softmax_gradient, log_softmax_gradient, loss, backprop,
      sparse_loss, sparse_backprop, logsumexp;
};

// Every result of one row from its definition, in double.
template <class T>
void expect_row(const Results<T>& got, size_t row, size_t columns, double tolerance) {
  const T* x = &got.logits[row * columns];
  const T* other = &got.other[row * columns];
  const size_t label = static_cast<size_t>(got.labels[row]);
  double sum = 0, dot = 0, total = 0, loss = 0, scale = 1;
  for (size_t j = 0; j < columns; ++j) sum += std::exp(static_cast<double>(x[j]));
  for (size_t j = 0; j < columns; ++j) {
    dot += std::exp(static_cast<double>(x[j])) / sum * static_cast<double>(other[j]);
    total += static_cast<double>(other[j]);
    loss += static_cast<double>(other[j]) * (std::log(sum) - static_cast<double>(x[j]));
    scale += std::abs(static_cast<double>(other[j])) * 20;
  }
  for (size_t j = 0; j < columns; ++j) {
    const size_t at = row * columns + j;
    const double log_y = static_cast<double>(x[j]) - std::log(sum), y = std::exp(log_y);
    const double grad = static_cast<double>(other[j]);
    ASSERT_NEAR(got.softmax[at], y, tolerance);
    ASSERT_NEAR(got.log_softmax[at], log_y, 20 * tolerance);
    ASSERT_NEAR(got.softmax_gradient[at], (grad - dot) * y, 10 * tolerance);
    ASSERT_NEAR(got.log_softmax_gradient[at], grad - y * total, tolerance * scale);
    ASSERT_NEAR(got.backprop[at], y * total - grad, tolerance * scale);
    ASSERT_NEAR(got.sparse_backprop[at], y - (j == label), tolerance);
  }
  ASSERT_NEAR(got.loss[row], loss, tolerance * scale);
  ASSERT_NEAR(got.sparse_loss[row], std::log(sum) - static_cast<double>(x[label]), 20 * tolerance);
  ASSERT_NEAR(got.logsumexp[row], std::log(sum), 20 * tolerance);
}

TEST(Rows, FollowTheirDefinitions) {
  for (int64_t columns : {1, 2, 10, 15, 16, 17, 32, 100, 1000}) {
    const Results<double> doubles(7, columns, Isa::kPortable);
    for (size_t r = 0; r < 7; ++r) {
      expect_row(doubles, r, static_cast<size_t>(columns), 1e-14);
      if (HasFatalFailure()) return;
    }
    for (Isa isa : available_isas()) {
      const Results<float> floats(7, columns, isa);
      for (size_t r = 0; r < 7; ++r) {
        expect_row(floats, r, static_cast<size_t>(columns), 3e-7);
        if (HasFatalFailure()) return;
      }
    }
  }
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(Rows, HaveTheSameBitsOnEveryInstructionSet) {
  for (int64_t columns = 1; columns < 70; ++columns) {
    const Results<float> want(5, columns, Isa::kPortable);
    for (Isa isa : available_isas()) {
      const Results<float> got(5, columns, isa);
      ASSERT_TRUE(same_bits(got.softmax, want.softmax)) << columns << isa_name(isa);
      ASSERT_TRUE(same_bits(got.log_softmax, want.log_softmax));
      ASSERT_TRUE(same_bits(got.softmax_gradient, want.softmax_gradient));
      ASSERT_TRUE(same_bits(got.log_softmax_gradient, want.log_softmax_gradient));
      ASSERT_TRUE(same_bits(got.loss, want.loss));
      ASSERT_TRUE(same_bits(got.backprop, want.backprop));
      ASSERT_TRUE(same_bits(got.sparse_loss, want.sparse_loss));
      ASSERT_TRUE(same_bits(got.sparse_backprop, want.sparse_backprop));
      ASSERT_TRUE(same_bits(got.logsumexp, want.logsumexp));
    }
  }
}

template <class T>
T logsumexp_of(std::vector<T> x, Isa isa) {
  T out = 0;
  logsumexp_rows(x.data(), &out, 1, static_cast<int64_t>(x.size()), isa);
  return out;
}

template <class T>
void expect_edges(Isa isa) {
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  EXPECT_EQ(logsumexp_of<T>({-inf, -inf}, isa), -inf);
  EXPECT_EQ(logsumexp_of<T>({}, isa), -inf);
  EXPECT_EQ(logsumexp_of<T>({1, inf, -inf}, isa), inf);
  EXPECT_EQ(logsumexp_of<T>({-inf, 3}, isa), T(3));
  EXPECT_EQ(logsumexp_of<T>({1000, -1000}, isa), T(1000));
  EXPECT_TRUE(std::isnan(logsumexp_of<T>({1, nan, 2}, isa)));
  EXPECT_TRUE(std::isnan(logsumexp_of<T>({inf, nan}, isa)));
  const std::vector<T> far = {T(-1e30), 0, -inf}, bad = {0, nan, 1};
  std::vector<T> out(3);
  softmax_rows(far.data(), out.data(), 1, 3, isa);
  EXPECT_EQ(out, (std::vector<T>{0, 1, 0}));
  softmax_rows(bad.data(), out.data(), 1, 3, isa);
  for (T value : out) EXPECT_TRUE(std::isnan(value));
}

TEST(Rows, TreatInfinitiesAndNaNAsTheirDefinitionsDo) {
  for (Isa isa : available_isas()) {
    expect_edges<float>(isa);
    expect_edges<double>(isa);
  }
}

TEST(Rows, SoftmaxMayWriteOverItsInput) {
  for (Isa isa : available_isas()) {
    std::vector<float> x = random_values<float>(3 * 37, 1, 2), want(x.size());
    softmax_rows(x.data(), want.data(), 3, 37, isa);
    softmax_rows(x.data(), x.data(), 3, 37, isa);
    EXPECT_EQ(x, want);
  }
}

TEST(Rows, LossNeedsNoGradient) {
  const Results<float> want(5, 21, kernels::isa());
  std::vector<float> loss(5);
  softmax_cross_entropy_rows<float>(want.logits.data(), want.other.data(), loss.data(), nullptr, 5,
                                    21);
  EXPECT_EQ(loss, want.loss);
  const std::vector<int64_t> wide(want.labels.begin(), want.labels.end());
  EXPECT_FALSE((sparse_softmax_cross_entropy_rows<float, int64_t>(want.logits.data(), wide.data(),
                                                                  loss.data(), nullptr, 5, 21)));
  EXPECT_EQ(loss, want.sparse_loss);
}

TEST(Rows, ALabelOutOfRangeIsAFault) {
  const std::vector<float> logits(30);
  std::vector<float> loss(3);
  const std::vector<int32_t> high = {1, 12, -1};
  const std::vector<int64_t> low = {1, 9, -1};
  EXPECT_EQ(sparse_softmax_cross_entropy_rows<float>(logits.data(), high.data(), loss.data(),
                                                     nullptr, 3, 10)
                .text(),
            "label 12 is not in [0, 10), at position 1 of 3; give the last layer as many units as "
            "there are classes, or correct the label");
  EXPECT_EQ(sparse_softmax_cross_entropy_rows<float>(logits.data(), low.data(), loss.data(),
                                                     nullptr, 3, 10)
                .text(),
            "label -1 is not in [0, 10), at position 2 of 3; give the last layer as many units as "
            "there are classes, or correct the label");
}

}  // namespace rows_test
}  // namespace reckon::kernels
