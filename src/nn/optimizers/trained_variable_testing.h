// SPDX-License-Identifier: Apache-2.0
// For tests of optimizers: one variable "w", some steps on a loss of it, and what has become of it.
#pragma once

#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/reduce.h>
#include <reckon/session.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace reckon::nn {

class TrainedVariable {
 public:
  using Loss = std::function<Tensor(const Tensor& w)>;
  TrainedVariable(const Optimizer& optimizer, const Array& start, const Loss& loss) {
    const GraphScope scope(graph_);
    const Tensor w = variable("w", start);
    train_ = optimizer.minimize(loss(w));
    session_ = std::make_unique<Session>(graph_);
    session_->initialize_variables();
  }

  void train(int steps) {
    for (int i = 0; i < steps; ++i) session_->run({.targets = {train_}});
  }
  Array value(const std::string& name = "w") const { return session_->variable_value(name); }
  float number(const std::string& name = "w") const { return value(name).item<float>(); }

 private:
  Graph graph_;
  Operation train_;
  std::unique_ptr<Session> session_;
};

/// A loss whose gradient is `slope` everywhere.
inline TrainedVariable::Loss with_slope(double slope) {
  return [slope](const Tensor& w) { return reduce_sum(w * slope); };
}

}  // namespace reckon::nn
