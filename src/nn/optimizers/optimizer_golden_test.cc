// SPDX-License-Identifier: Apache-2.0
// 100 steps of each optimizer against TensorFlow's version 1, on a dense parameter and on rows of a
// table whose numbers repeat.
#include <reckon/math.h>
#include <reckon/optimizers.h>
#include <reckon/rows.h>
#include <reckon/session.h>
#include <reckon/shape_ops.h>

#include "golden_cases.h"
#include "ops/rows/gather.h"

namespace reckon::nn {
namespace optimizer_golden_test {

class OptimizerGolden : public GoldenTest {};

Optimizer optimizer_of(const nlohmann::json& golden) {
  const nlohmann::json& attrs = golden["attrs"];
  const std::string op = golden["op"];
  const double rate = attrs["learning_rate"];
  if (op == "v1.GradientDescent") return optimizers::gradient_descent({.learning_rate = rate});
  if (op == "v1.Momentum") {
    return optimizers::momentum({.learning_rate = rate,
                                 .momentum = attrs["momentum"],
                                 .use_nesterov = attrs.value("use_nesterov", false)});
  }
  if (op == "v1.Adagrad") {
    return optimizers::adagrad(
        {.learning_rate = rate,
         .initial_accumulator_value = attrs.value("initial_accumulator_value", 0.1)});
  }
  return optimizers::adam({.learning_rate = rate,
                           .beta1 = attrs.value("beta1", 0.9),
                           .beta2 = attrs.value("beta2", 0.999),
                           .epsilon = attrs.value("epsilon", 1e-8)});
}

bool is_ours(const nlohmann::json& golden) {
  const std::string op = golden["op"];
  return op == "v1.GradientDescent" || op == "v1.Momentum" || op == "v1.Adagrad" || op == "v1.Adam";
}

/// "dense/m" -> "dense/Adam"
std::string checkpoint_name(std::string name) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos) return name;
  const std::map<std::string, std::string> slots = {
      {"momentum", "Momentum"}, {"accumulator", "Adagrad"}, {"m", "Adam"}, {"v", "Adam_1"}};
  return name.substr(0, slash + 1) + slots.at(name.substr(slash + 1));
}

/// The training problem of the golden files, in a graph.
class Replay {
 public:
  Replay(const GoldenFamily& family, const nlohmann::json& golden) {
    const GraphScope scope(graph_);
    const auto input = [&](const char* name) { return family.input(golden, name); };
    noise_ = placeholder(kFloat32, input("dense").shape(), "noise");
    row_noise_ =
        placeholder(kFloat32, {input("ids").shape()[1], input("table").shape()[1]}, "row_noise");
    ids_ = placeholder(kInt32, {input("ids").shape()[1]}, "ids");
    const Tensor dense = variable("dense", input("dense")),
                 table = variable("table", input("table"));
    const Tensor gradient = (dense - input("dense_target")) * input("dense_curvature") + noise_;
    const Tensor rows = gather(input("table_curvature"), ids_) *
                            (gather(table, ids_) - gather(input("table_target"), ids_)) +
                        row_noise_;
    train_ = optimizer_of(golden).apply_gradients(
        {{gradient, dense}, {ops::table_of({ids_, rows}, table), table}});
    session_ = std::make_unique<Session>(graph_);
    session_->initialize_variables();
  }

  void step(const GoldenFamily& family, const nlohmann::json& golden, int64_t k) {
    const auto row = [&](const char* name, const Tensor& like) {
      return family.input(golden, name).rows(k, k + 1).reshaped(like.shape());
    };
    session_->run({.targets = {train_},
                   .feeds = {{noise_, row("dense_noise", noise_)},
                             {row_noise_, row("table_noise", row_noise_)},
                             {ids_, row("ids", ids_)}}});
  }

  Array value(const std::string& name) const { return session_->variable_value(name); }

 private:
  Graph graph_;
  Tensor noise_, row_noise_, ids_;
  Operation train_;
  std::unique_ptr<Session> session_;
};

void expect_values(const Replay& replay, const GoldenFamily& family, const nlohmann::json& golden,
                   int64_t row) {
  for (size_t i = 0; i < golden["outputs"].size(); ++i) {
    const Array want = family.array(golden["outputs"][i]).rows(row, row + 1);
    const std::string name = golden["output_names"][i];
    expect_golden(replay.value(checkpoint_name(name)), want, {}, golden["tol"]["rtol"],
                  golden["tol"]["atol"][i],
                  golden["name"].get<std::string>() + " " + name + " row " + std::to_string(row));
  }
}

TEST_P(OptimizerGolden, HundredStepsEqualTensorFlows) {
  const GoldenFamily golden_family = family("optimizers");
  int replayed = 0;
  for (const nlohmann::json& golden : golden_family.cases) {
    if (!is_ours(golden)) continue;
    ++replayed;
    Replay replay(golden_family, golden);
    const std::vector<int64_t> steps = golden["attrs"]["steps"];
    int64_t row = 0;
    for (int64_t k = 0; k < steps.back(); ++k) {
      replay.step(golden_family, golden, k);
      if (k + 1 == steps[row]) expect_values(replay, golden_family, golden, row++);
    }
    EXPECT_EQ(replay.value("global_step").item<int64_t>(), steps.back());
  }
  EXPECT_EQ(replayed, 7);
}

INSTANTIATE_TEST_SUITE_P(Golden, OptimizerGolden, ::testing::Bool(), golden_test_name);

}  // namespace optimizer_golden_test
}  // namespace reckon::nn
