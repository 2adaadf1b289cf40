// SPDX-License-Identifier: Apache-2.0
// What the Fashion-MNIST example shows on a terminal: progress, a confusion matrix, images, the
// time split.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <reckon/reckon.h>

namespace example {

inline constexpr std::array<const char*, 10> kClassNames = {
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"};

struct Arguments {
  std::string data_dir = "/usr/share/datasets/fashion-mnist";
  std::string model_dir = "runs/fashion_mnist";
  int64_t steps = 4690;  // ten epochs of 60,000 / 128

  Arguments(int argc, char** argv) {
    int position = 0;
    for (int i = 1; i < argc; ++i) {
      const std::string_view argument = argv[i];
      if (argument.starts_with("--steps=")) {
        read_steps(argument.substr(8));
      } else if (argument.starts_with('-') || position == 2) {
        refuse(argument, "[DATA_DIR [MODEL_DIR]] [--steps=N]");
      } else {
        (position++ == 0 ? data_dir : model_dir) = argument;
      }
    }
  }

 private:
  void read_steps(std::string_view text) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), steps);
    if (error != std::errc() || end != text.data() + text.size() || steps < 1)
      refuse("--steps=" + std::string(text), "a whole number from 1, e.g. --steps=4690");
  }

  [[noreturn]] static void refuse(std::string_view came, const std::string& expected) {
    throw reckon::Error(reckon::ErrorCode::kInvalidArgument, "fashion_mnist",
                        "came with \"" + std::string(came) + "\", expected " + expected);
  }
};

/// A line of progress: redrawn on a terminal, now and then in a file.
class Progress : public reckon::Hook {
 public:
  Progress(int64_t total_steps, int64_t batch)
      : total_(total_steps), batch_(batch), is_terminal_(isatty(2)) {}

  void after_create(reckon::RunContext& context) override {
    first_ = context.global_step();
    if (first_ > 0) std::fprintf(stderr, "resuming at step %lld\n", static_cast<long long>(first_));
    start_ = std::chrono::steady_clock::now();
  }
  int64_t next_due(int64_t iteration) override { return (iteration + 49) / 50 * 50; }
  reckon::HookRequest before_run(reckon::RunContext&) override { return {.names = {"loss"}}; }
  void after_run(reckon::RunContext& context, const std::vector<reckon::Array>& values) override {
    const double seconds = elapsed();
    const int64_t step = context.global_step();
    if (seconds - last_drawn_ < (is_terminal_ ? 0.1 : 2.0) && step < total_) return;
    last_drawn_ = seconds;
    const double rate = static_cast<double>(step - first_) / seconds;
    std::fprintf(
        stderr,
        "%strain  step %lld/%lld (%d %%)  loss %.4f  %.0f steps/s  %.1fk images/s  left %.0f s%s",
        is_terminal_ ? "\r" : "", static_cast<long long>(step), static_cast<long long>(total_),
        static_cast<int>(100 * step / total_), values[0].item<float>(), rate,
        rate * static_cast<double>(batch_) / 1e3, static_cast<double>(total_ - step) / rate,
        is_terminal_ ? "   " : "\n");
  }
  void end(reckon::RunContext&) override {
    std::fprintf(stderr, "%strained in %.1f s\n", is_terminal_ ? "\n" : "", elapsed());
  }

 private:
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  int64_t total_, batch_, first_ = 0;
  bool is_terminal_;
  double last_drawn_ = -10;
  std::chrono::steady_clock::time_point start_;
};

inline reckon::HookPtr progress(int64_t total_steps, int64_t batch) {
  return std::make_shared<Progress>(total_steps, batch);
}

/// Counts true against predicted classes over a test set, and keeps its images to show some.
class Confusion {
 public:
  explicit Confusion(const reckon::Dataset& test) : batches_(test.collect(1 << 20)) {
    for (const auto& batch : batches_) {
      for (int64_t label : batch.labels[0].data<int64_t>()) labels_.push_back(label);
    }
  }

  void add(int64_t predicted, const reckon::Array& probabilities) {
    predicted_.push_back(predicted);
    confidence_.push_back(probabilities.at<float>(predicted));
    ++counts_[labels_[predicted_.size() - 1]][predicted];
  }

  void print_matrix() const {
    std::printf("\nconfusion matrix (rows: what it is, columns: what was predicted)\n%-9s", "");
    for (const char* name : kClassNames) std::printf(" %5.5s", name);
    std::printf("\n");
    for (size_t row = 0; row < 10; ++row) {
      std::printf("%-9s", kClassNames[row]);
      for (size_t column = 0; column < 10; ++column) {
        counts_[row][column] > 0 ? std::printf(" %5d", counts_[row][column])
                                 : std::printf("     .");
      }
      std::printf("\n");
    }
  }

  /// Images side by side, two rows of pixels in one line of text.
  void print_images(size_t count) const {
    std::printf("\n");
    for (int64_t y = 0; y < 28; y += 2) {
      for (size_t i = 0; i < count; ++i) {
        for (int64_t x = 0; x < 28; ++x) {
          const int shade = (pixel(i, y, x) + pixel(i, y + 1, x)) / 2;
          std::printf("%c", " .:-=+*#%@"[shade * 9 / 255]);
        }
        std::printf(" ");
      }
      std::printf("\n");
    }
    for (size_t i = 0; i < count; ++i) {
      char text[64];
      std::snprintf(text, sizeof(text), "%s %.0f %%%s", kClassNames[predicted_[i]],
                    100 * confidence_[i], predicted_[i] == labels_[i] ? "" : " (wrong)");
      std::printf("%-29s", text);
    }
    std::printf("\n\n");
  }

 private:
  int pixel(size_t image, int64_t y, int64_t x) const {
    return batches_[0].features[0].at<uint8_t>((static_cast<int64_t>(image) * 28 + y) * 28 + x);
  }

  std::vector<reckon::ArrayElement> batches_;
  std::vector<int64_t> labels_, predicted_;
  std::vector<float> confidence_;
  std::array<std::array<int, 10>, 10> counts_{};
};

inline void print_times(const reckon::RunStats& stats) {
  std::printf(
      "time    training %.2f s (waiting for input %.2f s, checkpoints %.2f s), evaluation %.2f s\n",
      stats.step_seconds, stats.input_seconds, stats.checkpoint_seconds, stats.evaluate_seconds);
  std::printf(
      "model   model_fn was called %d times, %d programs compiled, %d checkpoints written\n",
      stats.model_fn_calls(), stats.programs_compiled, stats.checkpoints_written);
}

inline void print_next_commands(const char* program, const Arguments& arguments,
                                const reckon::Estimator& estimator) {
  std::printf("saved   %s\n", estimator.latest_checkpoint().c_str());
  std::printf("next    %s %s %s --steps=%lld    trains on from here\n", program,
              arguments.data_dir.c_str(), arguments.model_dir.c_str(),
              static_cast<long long>(2 * arguments.steps));
  std::printf("        tensorboard --logdir %s    shows the curves (pip install tensorboard)\n",
              arguments.model_dir.c_str());
}

}  // namespace example
