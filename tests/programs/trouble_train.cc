// SPDX-License-Identifier: Apache-2.0
// The training that tests/trouble/check brings into trouble: dropout and Adam, a checkpoint at
// every second step. After step 5 it does to itself what cannot be timed from outside.
//
//   trouble_train train MODEL_DIR STEPS [TROUBLE [ARGUMENT]]   remove PATH, chdir PATH, remove-cwd,
//                                                            file-limit BYTES, descriptor-limit
//   trouble_train verify MODEL_DIR     prints the step of each checkpoint, once it was read
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <reckon/reckon.h>

using namespace reckon;

namespace {

EstimatorSpec model_fn(const Features& features, const Tensor& labels, Mode mode) {
  Tensor net = layers::dense(features["x"], {.units = 64, .activation = nn::relu});
  net = layers::dropout(net, {.rate = 0.3, .training = mode == Mode::kTrain});
  Tensor loss = losses::mean_squared_error(labels, layers::dense(net, {.units = 1}));
  summary::scalar("mse", loss);
  return {.mode = mode,
          .loss = loss,
          .train_op = optimizers::adam({.learning_rate = 1e-3}).minimize(loss)};
}

/// 1,000 rows by formula: no file, no generator.
Dataset rows() {
  std::vector<float> x, y;
  for (int row = 0; row < 1000; ++row) {
    for (int column = 0; column < 100; ++column) {
      x.push_back(static_cast<float>((row * 37 + column * 101) % 211) / 105.0f - 1.0f);
    }
    y.push_back(static_cast<float>(row % 7));
  }
  return Dataset::from_arrays({{"x", Array::from(x, {1000, 100})}}, Array::from(y, {1000, 1}));
}

Estimator make(const char* model_dir) {
  return Estimator(model_fn, {.model_dir = model_dir,
                              .config = {.random_seed = 11,
                                         .save_summary_steps = 1,
                                         .save_checkpoints_steps = 2,
                                         .log_step_count_steps = 1}});
}

void limit(__rlimit_resource resource, rlim_t soft) {
  rlimit both{};
  getrlimit(resource, &both);
  both.rlim_cur = soft;
  setrlimit(resource, &both);
}

/// Again while a save under way puts files there.
void remove_for_good(const std::filesystem::path& path) {
  for (std::error_code failure; std::filesystem::exists(path);) {
    std::filesystem::remove_all(path, failure);
  }
}

void make_trouble(const std::string& what, const std::string& argument) {
  if (what == "remove") remove_for_good(argument);
  if (what == "chdir") std::filesystem::current_path(argument);
  if (what == "remove-cwd") remove_for_good(std::filesystem::current_path());
  if (what == "file-limit") limit(RLIMIT_FSIZE, std::strtoull(argument.c_str(), nullptr, 10));
  if (what == "descriptor-limit") limit(RLIMIT_NOFILE, 3);
}

void train(const char* model_dir, int64_t steps, const std::string& what,
           const std::string& argument) {
  const HookPtr trouble = hooks::every_n_iterations(1, [&](RunContext& context) {
    if (context.global_step() == 5) make_trouble(what, argument);
  });
  make(model_dir).train(
      [] { return rows().shuffle({.buffer_size = 1000}).repeat().batch(32).prefetch(2); },
      {.max_steps = steps, .hooks = {trouble}});
}

void verify(const std::string& model_dir) {
  std::vector<int64_t> steps;
  for (const auto& entry : std::filesystem::directory_iterator(model_dir)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("model.ckpt-") || !name.ends_with(".index")) continue;
    const std::string prefix = (entry.path().parent_path() / entry.path().stem()).string();
    const EvalResult result =
        make(model_dir.c_str())
            .evaluate([] { return rows().batch(100); }, {.checkpoint_path = prefix});
    steps.push_back(result.global_step());
  }
  std::sort(steps.begin(), steps.end());
  for (const int64_t step : steps) std::printf("%lld\n", static_cast<long long>(step));
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "verify" && argc == 3) {
    verify(argv[2]);
  } else if (what == "train" && argc >= 4 && argc <= 6) {
    train(argv[2], std::atoll(argv[3]), argc > 4 ? argv[4] : "", argc > 5 ? argv[5] : "");
  } else {
    return std::fprintf(stderr, "usage: see the head of trouble_train.cc\n"), 2;
  }
} catch (const Error& error) {
  return std::fprintf(stderr, "Error: %s\n", error.what()), 1;
}
