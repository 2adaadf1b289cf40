// SPDX-License-Identifier: Apache-2.0
// Plays random sequences of public calls and ends at the first that shows a fault: its seed, what
// was done and what does not hold.
// Usage: fuzz_face [--sequences N] [--calls N] [--first SEED]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <unistd.h>

#include <reckon/logging.h>

#include "claims.h"
#include "sequences.h"

namespace reckon::fuzz_face {
namespace {

struct Options {
  int64_t sequences = 2000;
  int64_t calls = INT64_MAX;  ///< ends when so many were made
  uint64_t first = 1;         ///< seed of the first sequence; the next ones count up
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    char* rest = nullptr;
    const int64_t value = i + 1 < argc ? std::strtoll(argv[i + 1], &rest, 10) : 0;
    const bool is_number = rest != nullptr && *rest == 0 && rest != argv[i + 1];
    if (is_number && name == "--sequences") {
      options.sequences = value;
    } else if (is_number && name == "--calls") {
      options.calls = value;
      options.sequences = INT64_MAX;
    } else if (is_number && name == "--first") {
      options.first = static_cast<uint64_t>(value);
    } else {
      std::fprintf(stderr, "usage: fuzz_face [--sequences N] [--calls N] [--first SEED]\n");
      std::exit(2);
    }
  }
  return options;
}

/// In memory where the system offers that: each sequence syncs small files.
std::filesystem::path make_directory() {
  const char* memory = "/dev/shm";
  const std::filesystem::path parent =
      ::access(memory, W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
  std::string pattern = parent / "reckon-fuzz-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw Broken("no temporary directory could be made");
  return pattern;
}

void play(uint64_t seed, const std::filesystem::path& directory, Trail& trail) {
  Choices choices(seed);
  const int64_t kind = choices.between(0, 9);
  if (kind < 5) {
    play_estimator(choices, directory / std::to_string(seed), trail);
  } else if (kind < 8) {
    play_session(choices, trail);
  } else {
    play_dataset(choices, trail);
  }
}

/// The number of calls that one sequence made; -1 if it showed a fault.
int64_t try_seed(uint64_t seed, const std::filesystem::path& directory) {
  Trail trail;
  try {
    play(seed, directory, trail);
    return trail.calls;
  } catch (const std::exception& error) {
    std::printf(
        "fuzz_face: sequence %llu\n%s  %s\nplay it again: fuzz_face --sequences 1 --first %llu\n",
        static_cast<unsigned long long>(seed), trail.text.c_str(), error.what(),
        static_cast<unsigned long long>(seed));
    return -1;
  }
}

int run(const Options& options) {
  set_log_level(LogLevel::kOff);
  const std::filesystem::path directory = make_directory();
  int64_t calls = 0, sequences = 0;
  int status = 0;
  for (; sequences < options.sequences && calls < options.calls; ++sequences) {
    const uint64_t seed = options.first + static_cast<uint64_t>(sequences);
    const int64_t made = try_seed(seed, directory);
    std::filesystem::remove_all(directory / std::to_string(seed));
    if (made < 0) {
      status = 1;
      break;
    }
    calls += made;
  }
  std::filesystem::remove_all(directory);
  if (status == 0) {
    std::printf("fuzz_face: %lld sequences of %lld calls, no fault\n",
                static_cast<long long>(sequences), static_cast<long long>(calls));
  }
  return status;
}

}  // namespace
}  // namespace reckon::fuzz_face

int main(int argc, char** argv) {
  return reckon::fuzz_face::run(reckon::fuzz_face::read_options(argc, argv));
}
