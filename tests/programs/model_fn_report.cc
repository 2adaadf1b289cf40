// SPDX-License-Identifier: Apache-2.0
// What many calls of train, evaluate and predict cost, and what becomes of each op of a model: the
// output that docs/model_fn.md shows. Usage: model_fn_report [TURNS]
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include <reckon/reckon.h>
#include "estimator/traced_model.h"
#include "graph/core_ops.h"
#include "passes/pipeline.h"
#include "runtime/compile.h"

using namespace reckon;

namespace {

constexpr int64_t kRows = 128, kBatch = 32, kClasses = 4;

/// Preprocessing by constants, a dense layer, and a penalty that only training sees.
EstimatorSpec network(const Features& features, const Tensor& labels, Operand training) {
  Tensor deviation = sqrt(range(1.0f, 9.0f) * 2.0f);  // depends on no data: done when compiling
  Tensor x = cast(features["x"], kFloat32) / deviation;
  layers::Dense dense({.units = kClasses, .name = "dense"});
  Tensor logits = dense(x);
  Tensor penalty = 0.01f * nn::l2_loss(logits);
  Tensor loss = losses::sparse_softmax_cross_entropy(labels, logits);
  loss = loss + where(training, penalty, 0.0f);
  return {.predictions = {{"class", argmax(logits, -1)}},
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = 1e-3}).minimize(loss),
          .eval_metrics = {{"accuracy", metrics::accuracy(labels, argmax(logits, -1))}}};
}

EstimatorSpec with_mode(const Features& features, const Tensor& labels, Mode mode) {
  return network(features, labels, mode == Mode::kTrain);
}

EstimatorSpec without_mode(const Features& features, const Tensor& labels) {
  return network(features, labels, is_training());
}

InputFn make_input() {
  std::vector<uint8_t> x;
  std::vector<int64_t> y;
  for (int64_t row = 0; row < kRows; ++row) {
    for (int64_t column = 0; column < 8; ++column) {
      x.push_back(static_cast<uint8_t>((row * 37 + column * 101 + row * column) % 251));
    }
    y.push_back(row % kClasses);
  }
  const Array features = Array::from(x, {kRows, 8}), labels = Array::from(y, {kRows});
  return [=] { return Dataset::from_arrays({{"x", features}}, labels).batch(kBatch); };
}

double resident_mib() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void one_turn(Estimator& estimator, const InputFn& input) {
  estimator.train(input, {.steps = 1});
  estimator.evaluate(input, {.steps = 1});
  estimator.predict(input).next();
}

void print_counters(const RunStats& stats) {
  std::printf("  model_fn calls      %d (train %d, evaluate %d, predict %d; for all modes %d)\n",
              stats.model_fn_calls(), stats.train_calls, stats.evaluate_calls, stats.predict_calls,
              stats.shared_calls);
  std::printf("  programs compiled   %d\n", stats.programs_compiled);
  std::printf("  checkpoints         read %d, written %d\n", stats.checkpoints_read,
              stats.checkpoints_written);
  std::printf("  input_fn calls      %d\n", stats.input_fn_calls);
}

/// Memory is read after a tenth of the turns, when all was used at least once, and at the end.
void report_calls(const char* title, Estimator estimator, int turns) {
  const InputFn input = make_input();
  double settled = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int turn = 0; turn < turns; ++turn) {
    one_turn(estimator, input);
    if (turn == turns / 10) settled = resident_mib();
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  std::printf("%s, %d turns of train(1), evaluate(1), predict(1)\n", title, turns);
  print_counters(estimator.stats());
  std::printf("  resident memory     %.1f MiB after turn %d, %.1f MiB at the end\n", settled,
              turns / 10, resident_mib());
  std::printf("  time of a turn      %.3f ms\n\n", spent.count() / turns);
}

/// What the compiler asks to have constants computed.
std::vector<Array> run_constants(const graph::Function& function) {
  const auto program = runtime::compile({{&function, function.results, {}}, {}, {}});
  runtime::Execution execution(program);
  execution.run({}, base::Pool::shared());
  std::vector<Array> values;
  for (int32_t i = 0; i < program->result_count; ++i) values.push_back(execution.fetch(i));
  return values;
}

bool is_computed(const graph::Node& node) { return !node.op->traits.is_leaf; }

std::map<std::string, std::string> computed_ops(const graph::Function& function) {
  std::map<std::string, std::string> ops;
  for (const graph::Node& node : function.nodes) {
    if (is_computed(node)) ops[node.name] = node.op->name;
  }
  return ops;
}

/// "  title: name, name …", broken at 96 columns.
void print_names(const std::string& title, const std::vector<std::string>& names) {
  std::string line = "  " + title + ":";
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string word = " " + names[i] + (i + 1 < names.size() ? "," : "");
    if (line.size() + word.size() > 96) {
      std::printf("%s\n", line.c_str());
      line = "   ";
    }
    line += word;
  }
  std::printf("%s\n", line.c_str());
}

/// Runs the pipeline pass by pass and says which pass relieved the step of which op.
void report_compilation(const char* mode, const passes::Request& request,
                        const graph::Types& parameters, bool is_training) {
  passes::Plan plan = passes::make_plan(request);
  const std::map<std::string, std::string> traced = computed_ops(*request.function);
  std::printf("%s: %zu ops traced\n", mode, traced.size());
  std::map<std::string, std::string> before = computed_ops(plan.function);
  std::printf("  not needed by the fetches: %zu\n", traced.size() - before.size());
  for (const passes::Pass& pass : passes::pipeline()) {
    pass.run(plan, {parameters, is_training, run_constants});
    const std::map<std::string, std::string> after = computed_ops(plan.function);
    std::vector<std::string> gone;
    for (const auto& [name, op] : before) {
      if (!after.contains(name)) gone.push_back(name);
    }
    if (!gone.empty()) print_names(std::string("gone by ") + pass.name, gone);
    before = after;
  }
  std::vector<std::string> steps;
  for (const graph::Node& node : plan.function.nodes) {
    if (is_computed(node)) steps.push_back(node.op->name + " " + node.name);
  }
  print_names("steps of the program", steps);
}

}  // namespace

int main(int argc, char** argv) try {
  const int turns = argc > 1 ? std::atoi(argv[1]) : 1000;
  const RunConfig quiet = {
      .save_summary_steps = 0, .save_on_return = false, .log_step_count_steps = {}};
  const RunConfig saving = {.save_summary_steps = 0, .log_step_count_steps = {}};
  report_calls("with Mode", Estimator(with_mode, {.config = quiet}), turns);
  report_calls("without Mode", Estimator(without_mode, {.config = quiet}), turns);
  // Fewer: every train call ends with a checkpoint on the disk.
  report_calls("without Mode, default saves", Estimator(without_mode, {.config = saving}),
               turns / 10);

  const ModelFunction model = make_model_function(without_mode);
  const auto module = std::make_shared<graph::Module>();
  estimator::ModelTracer tracer(model, {}, {}, module);
  const auto traced = tracer.get(Mode::kTrain, make_input()().spec());
  const graph::Function& function = *traced->trace.functions.front();
  const graph::Types batch = {{DType::kUInt8, {kBatch, 8}}, {DType::kInt64, {kBatch}}};
  const EstimatorSpec& spec = traced->spec;
  report_compilation("train", {&function, {spec.loss.id()}, spec.train_op.nodes()}, batch, true);
  report_compilation("evaluate", {&function, {spec.loss.id()}, {}}, batch, false);
  report_compilation("predict", {&function, {spec.predictions["class"].id()}, {}}, batch, false);
} catch (const Error& error) {
  return std::fprintf(stderr, "%s\n", error.what()), 1;
}
