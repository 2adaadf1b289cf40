// SPDX-License-Identifier: Apache-2.0
// golden_check DIR... [--only FAMILY|OP] [--verbose]: runs the cases of golden files through the
// public API. Prints a table and ends with `N passed, N failed, N unsupported`; exits with 1 if any
// failed. golden_check --differences prints where a finite value passes for TensorFlow's NaN.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include <reckon/error.h>

#include "differences.h"
#include "golden_case.h"
#include "run_case.h"

namespace reckon::golden {
namespace {

struct Settings {
  std::vector<std::string> directories;
  std::string only;
  bool is_verbose = false;
};

struct Count {
  int passed = 0, failed = 0, unsupported = 0;
  std::map<std::string, int> reasons;  ///< of what is unsupported

  void add(const Outcome& outcome) {
    passed += outcome.verdict == Verdict::kPassed;
    failed += outcome.verdict == Verdict::kFailed;
    unsupported += outcome.verdict == Verdict::kUnsupported;
    if (outcome.verdict == Verdict::kUnsupported) ++reasons[outcome.reason];
  }
  void add(const Count& other) {
    passed += other.passed;
    failed += other.failed;
    unsupported += other.unsupported;
  }
};

/// Counts by family and op, printed at the end.
class Report {
 public:
  explicit Report(bool is_verbose) : is_verbose_(is_verbose) {}

  void add(const std::string& family, const std::string& op, const std::string& name,
           const Outcome& outcome) {
    Count& count = counts_[family][op];
    count.add(outcome);
    if (outcome.verdict != Verdict::kFailed) return;
    constexpr int kShown = 3;
    if (is_verbose_ || count.failed <= kShown)
      fmt::print("FAILED {}/{}: {}\n", family, name, outcome.reason);
  }

  /// Prints the table; true if nothing failed.
  bool finish() const {
    Count all;
    fmt::print("{:<48} {:>7} {:>7} {:>12}\n", "family/op", "passed", "failed", "unsupported");
    for (const auto& [family, ops] : counts_) all.add(print_family(family, ops));
    fmt::print("{} passed, {} failed, {} unsupported\n", all.passed, all.failed, all.unsupported);
    return all.failed == 0;
  }

 private:
  static Count print_family(const std::string& family, const std::map<std::string, Count>& ops) {
    Count all;
    std::string missing;
    for (const auto& [op, count] : ops) {
      all.add(count);
      if (count.passed + count.failed == 0 && count.reasons.contains("op")) {
        missing += fmt::format(" {}({})", op, count.unsupported);
        continue;
      }
      std::string reasons;
      for (const auto& [reason, times] : count.reasons)
        reasons += fmt::format("  {} {}", times, reason);
      fmt::print("{:<48} {:>7} {:>7} {:>12}{}\n", family + "/" + op, count.passed, count.failed,
                 count.unsupported, reasons);
    }
    if (!missing.empty()) fmt::print("{:<48} not in the library:{}\n", family, missing);
    return all;
  }

  bool is_verbose_;
  std::map<std::string, std::map<std::string, Count>> counts_;
};

std::vector<std::string> family_names(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".npz") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void check_directory(const std::string& directory, const Settings& settings, Report& report) {
  const auto is_asked = [&](const std::string& family, const std::string& op) {
    return settings.only.empty() || settings.only == family || settings.only == op;
  };
  for (const std::string& name : family_names(directory)) {
    for (const Case& golden : read_family(directory, name).cases) {
      if (is_asked(name, golden.op)) report.add(name, golden.op, golden.name, run_case(golden));
    }
  }
  const std::string errors = directory + "/errors.json";
  if (!std::filesystem::exists(errors)) return;
  for (const Rejection& rejection : read_rejections(errors)) {
    if (!is_asked(rejection.family, rejection.op)) continue;
    report.add(rejection.family, rejection.op + " (rejections)",
               rejection.name + " " + rejection.op, run_rejection(rejection));
  }
}

std::string outside_directory() {
  const char* golden = std::getenv("RECKON_GOLDEN");
  return std::string(golden != nullptr ? golden : "../shared/golden") + "/ops";
}

bool read_settings(int argc, char** argv, Settings* settings) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--outside")
      settings->directories.push_back(outside_directory());
    else if (argument == "--verbose")
      settings->is_verbose = true;
    else if (argument == "--only" && i + 1 < argc)
      settings->only = argv[++i];
    else if (argument.starts_with("--"))
      return false;
    else
      settings->directories.push_back(argument);
  }
  return !settings->directories.empty();
}

int run(const Settings& settings) {
  for (const std::string& directory : settings.directories) {
    if (std::filesystem::is_directory(directory)) continue;
    fmt::print("skipped: {} (RECKON_GOLDEN, or ../shared/golden) is not there\n", directory);
    return 77;
  }
  Report report(settings.is_verbose);
  for (const std::string& directory : settings.directories)
    check_directory(directory, settings, report);
  return report.finish() ? 0 : 1;
}

}  // namespace
}  // namespace reckon::golden

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--differences") {
    fmt::print("{}", reckon::golden::differences_text());
    return 0;
  }
  reckon::golden::Settings settings;
  if (!reckon::golden::read_settings(argc, argv, &settings)) {
    fmt::print(stderr,
               "usage: golden_check DIR...|--outside [--only FAMILY|OP] [--verbose]\n"
               "       golden_check --differences\n");
    return 2;
  }
  try {
    return reckon::golden::run(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "golden_check: {}\n", error.what());
    return 2;
  }
}
