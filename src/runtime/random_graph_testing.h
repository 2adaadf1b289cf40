// SPDX-License-Identifier: Apache-2.0
// For tests: random graphs over the public API, the same for the same number. Sizes stay small
// enough that hundreds run in seconds, and a few arrays are long enough that loops are split over
// threads.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <reckon/control_flow.h>
#include <reckon/graph.h>
#include <reckon/linalg.h>
#include <reckon/math.h>
#include <reckon/nn.h>
#include <reckon/reduce.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

namespace reckon::runtime {

class RandomGraph {
 public:
  explicit RandomGraph(uint32_t number) : random_(number) {
    rows_ = pick(10) == 0 ? 600 : 1 + pick(9);
    make_sources();
    const int64_t count = 3 + pick(12);
    for (int64_t i = 0; i < count; ++i) values_.push_back(made());
    for (const Tensor& value : values_) {
      if (pick(3) == 0) fetches_.push_back(value);
    }
    fetches_.push_back(values_.back());
    if (pick(3) == 0) fetches_.push_back(chosen_rows());
    if (pick(3) == 0) fetch_gradients();
    assign_variables();
  }

  /// Tensors to fetch; variables among them.
  const Tensors& fetches() const { return fetches_; }
  const std::vector<Operation>& targets() const { return targets_; }
  const Feeds& feeds() const { return feeds_; }
  const Tensors& variables() const { return variables_; }

 private:
  int64_t pick(int64_t count) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(count));
  }
  Tensor any() { return values_[static_cast<size_t>(pick(static_cast<int64_t>(values_.size())))]; }

  Array numbers(const Shape& shape) {
    std::vector<float> values(static_cast<size_t>(shape.num_elements()));
    for (float& value : values) value = std::uniform_real_distribution<float>(-2, 2)(random_);
    return Array::from(values, shape);
  }

  Shape random_shape() {
    const Shape shapes[] = {{rows_, 3}, {3}, {rows_, 1}, {}, {2, rows_, 3}, {1, 3}, {rows_, 3}};
    return shapes[pick(7)];
  }

  void make_sources() {
    for (int i = 0; i < 2; ++i) {
      const Tensor x = placeholder(kFloat32, {kUnknown, 3}, "x");
      feeds_.push_back({x, numbers({rows_, 3})});
      values_.push_back(x);
    }
    for (int64_t i = 1 + pick(3); i > 0; --i) {
      const Tensor v = variable("v" + std::to_string(i), numbers(random_shape()));
      variables_.push_back(v);
      values_.push_back(v);
    }
    values_.push_back(Operand(numbers({3})).resolve());
    values_.push_back(Operand(pick(2) == 0 ? 1.0f : 0.5f).resolve());
  }

  Tensor unary(const Tensor& x) {
    switch (pick(10)) {
      case 0:
        return sin(x);
      case 1:
        return exp(minimum(x, 3));
      case 2:
        return tanh(x);
      case 3:
        return -x;
      case 4:
        return square(x) * 0.5f;
      case 5:
        return x * 1;
      case 6:
        return -(-x);
      case 7:
        return identity(x) - 0;
      case 8:
        return stop_gradient(x) / 1;
      default:
        return nn::dropout(x, {.rate = 0.3});
    }
  }

  Tensor binary(const Tensor& a, const Tensor& b) {
    switch (pick(7)) {
      case 0:
        return a + b;
      case 1:
        return b + a;
      case 2:
        return a * tanh(b);
      case 3:
        return a - b;
      case 4:
        return maximum(a, b);
      case 5:
        return where(a < b, a, b * 2);
      default:
        return where(Array::scalar(pick(2) == 0), a + b, a - b);
    }
  }

  /// Axes of x, at least one; some with kept dimensions.
  Tensor reduced(const Tensor& x) {
    std::vector<int64_t> axes;
    for (int axis = 0; axis < x.rank(); ++axis) {
      if (pick(2) == 0) axes.push_back(axis);
    }
    const ReduceFlags flags{.keep_dims = pick(2) == 0};
    if (axes.empty()) return reduce_mean(x, {}, flags);
    switch (pick(4)) {
      case 0:
        return reduce_sum(x, axes, flags);
      case 1:
        return reduce_max(x, axes, flags);
      case 2:
        return reduce_mean(x, axes, flags);
      default:
        return reduce_logsumexp(x, axes, flags);
    }
  }

  Tensor moved(const Tensor& x) {
    // An unknown dimension stays the number of rows: `fit` relies on it.
    if (!x.shape().is_static())
      return pick(2) == 0 ? transpose(x) : gather(x, Array::from<int32_t>({0, 0}, {2}));
    switch (pick(5)) {
      case 0:
        return x.rank() > 0 ? reshape(x, {-1}) : expand_dims(x, 0);
      case 1:
        return transpose(x);
      case 2:
        return x.rank() > 0 ? concat({x, x * 2}, -1) : x + 1;
      case 3:
        return x.rank() > 0 ? gather(x, Array::from<int32_t>({0, 0}, {2})) : x;
      default:
        return x.rank() > 0 ? flatten(expand_dims(x, 0)) : x;
    }
  }

  Tensor product(const Tensor& x) {
    if (x.rank() < 2 || x.shape()[x.rank() - 1] != 3) return unary(x);
    return matmul(x, numbers({3, 3}));
  }

  Tensor controlled(const Tensor& x) {
    const Tensor flag = pick(2) == 0 ? is_training() : Operand(pick(2) == 0).resolve();
    const Tensor predicate = pick(3) == 0 ? reduce_sum(x) > 0 : flag;
    return cond(
        predicate, [&] { return sin(x) * 2; }, [&] { return x - 1; });
  }

  int64_t extent(const Shape& shape, int from_end) const {
    const int64_t dim = shape[shape.rank() - from_end];
    return dim == kUnknown ? rows_ : dim;
  }
  bool fit(const Tensor& a, const Tensor& b) const {
    for (int axis = 1; axis <= std::min(a.rank(), b.rank()); ++axis) {
      const int64_t m = extent(a.shape(), axis), n = extent(b.shape(), axis);
      if (m != n && m != 1 && n != 1) return false;
    }
    return true;
  }

  Tensor made() {
    const Tensor x = any(), y = any();
    switch (pick(9)) {
      case 0:
      case 1:
        return unary(x);
      case 2:
      case 3:
      case 4:
        return fit(x, y) ? binary(x, y) : unary(x);
      case 5:
        return reduced(x);
      case 6:
        return moved(x);
      case 7:
        return product(x);
      default:
        return controlled(x);
    }
  }

  /// A size that only the data knows.
  Tensor chosen_rows() {
    const Tensor x = values_[0];
    const Tensor rows = boolean_mask(x, reduce_sum(x, 1) > 0.25f);
    const Tensor again = unary(rows) + reduce_sum(rows, 0);
    return pick(2) == 0 ? again : reduce_sum(again, pick(2));
  }

  void fetch_gradients() {
    Tensor loss = reduce_sum(square(values_.back()));
    if (pick(2) == 0) loss = loss + reduce_mean(values_[values_.size() / 2]);
    for (const Tensor& gradient : gradients(loss, variables_)) fetches_.push_back(gradient);
  }

  void assign_variables() {
    for (const Tensor& v : variables_) {
      if (pick(2) == 0) fetches_.push_back(pick(2) == 0 ? v : reshape(v, {-1}));
      for (int64_t i = pick(3); i > 0; --i) {
        const Tensor other =
            variables_[static_cast<size_t>(pick(static_cast<int64_t>(variables_.size())))];
        const Tensor value = other.shape() == v.shape() ? other * 0.5f : reduce_mean(other);
        switch (pick(4)) {
          case 0:
            targets_.push_back(assign(v, other.shape() == v.shape() ? other : reduce_sum(any())));
            break;
          case 1:
            targets_.push_back(assign_add(v, value));
            break;
          case 2:
            targets_.push_back(assign_sub(v, v * 0.1f));
            break;
          default:
            targets_.push_back(assign(v, sin(v) + value));
            break;
        }
      }
    }
  }

  std::mt19937 random_;
  int64_t rows_ = 1;
  Tensors values_, variables_, fetches_;
  std::vector<Operation> targets_;
  Feeds feeds_;
};

}  // namespace reckon::runtime
