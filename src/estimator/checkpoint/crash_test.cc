// SPDX-License-Identifier: Apache-2.0
// F6: power fails at every call of a save. What was not synced is gone, and of the names that were
// not synced some, all or none have reached the disk; a fresh trainer finds a committed step,
// whole.
#include <cerrno>

#include "base/memory_file_system_testing.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace crash_test {

using base::UnsyncedNames;

constexpr const char* kDirectory = "runs/a";

struct CrashScene {
  const char* name;
  std::vector<int64_t> steps;  ///< committed before, oldest first
  int64_t step;                ///< saved now …
  float value;                 ///< … with these values
  int64_t keep_max;
  bool has_states = true;  ///< false: the checkpoints before are TensorFlow's
};
const CrashScene kCrashScenes[] = {
    {"the first of all", {}, 1, 1, 5},
    {"a new step", {1, 2}, 3, 3, 5},
    {"a new step that deletes", {1, 2}, 3, 3, 1},
    {"the newest again with equal tensors", {1, 2}, 2, 2, 5},
    {"the newest again with others", {1, 2}, 2, 7, 5},
    {"the only one again with others", {2}, 2, 7, 1},
    {"an older one again with others", {1, 2}, 1, 7, 5},
    {"TensorFlow's only one again with others", {2}, 2, 7, 1, false},
};

/// A machine with the checkpoints of `scene`, all of it durable.
std::unique_ptr<base::MemoryFileSystem> machine_of(const CrashScene& scene) {
  auto files = std::make_unique<base::MemoryFileSystem>();
  files->make_directories(kDirectory);
  write_steps(kDirectory, scene.steps, files.get());
  if (!scene.has_states) {
    for (int64_t step : scene.steps)
      files->remove(checkpoint_files(std::string(kDirectory) + "/" + checkpoint_name(step)).back());
  }
  files->sync_directory(kDirectory);
  return files;
}

/// Saves until call `call` kills the process and then the machine; false if the save came through.
bool save_until_crash(base::MemoryFileSystem& machine, const CrashScene& scene, int64_t call,
                      UnsyncedNames names) {
  base::FaultyFileSystem files(machine);
  {
    CheckpointStore store(kDirectory, {.keep_max = scene.keep_max, .files = &files});
    files.fail_call(call, EIO, base::FaultDuration::kFromThenOn);
    store.save(content_of(scene.step, scene.value));
    try {
      store.finish();
    } catch (const Error&) {
      // Nobody is left to be told.
    }
  }
  machine.crash(names);
  return files.has_failed();
}

/// What a fresh trainer finds is the newest that was committed, or the one that was being saved.
void expect_committed(base::MemoryFileSystem& machine, const CrashScene& scene,
                      const std::string& when) {
  CheckpointStore store(kDirectory, {.keep_max = scene.keep_max, .files = &machine});
  store.lock_for_training();
  const auto loaded = store.load_newest();
  if (scene.steps.empty() && !loaded) return;
  ASSERT_TRUE(loaded) << when;
  const int64_t step = loaded->content.step;
  const bool is_old =
      !scene.steps.empty() && step == scene.steps.back() && is_whole(*loaded, float(step));
  EXPECT_TRUE(is_old || (step == scene.step && is_whole(*loaded, scene.value)))
      << when << "step " << step;
  for (const std::string& name : machine.list(kDirectory))
    EXPECT_FALSE(name.starts_with("corrupt-")) << when << name << " was named but not whole";
}

/// The save is made again and nothing stands in its way.
void expect_that_it_goes_on(base::MemoryFileSystem& machine, const CrashScene& scene,
                            const std::string& when) {
  CheckpointStore store(kDirectory, {.keep_max = scene.keep_max, .files = &machine});
  store.lock_for_training();
  save_now(store, content_of(scene.step, scene.value));
  machine.crash(UnsyncedNames::kDropped);
  const auto loaded = CheckpointStore(kDirectory, {.files = &machine}).load_newest();
  ASSERT_TRUE(loaded) << when;
  EXPECT_EQ(loaded->content.step, scene.step) << when;
  EXPECT_TRUE(is_whole(*loaded, scene.value)) << when;
}

class CheckpointCrash : public testing::TestWithParam<UnsyncedNames> {};

TEST_P(CheckpointCrash, F6_LeavesACommittedStepWholeWhereverItHappens) {
  LogCapture log;
  for (const CrashScene& scene : kCrashScenes) {
    int64_t call = 1;
    for (bool is_cut_short = true; is_cut_short; ++call) {
      const std::string when =
          std::string(scene.name) + ", cut at call " + std::to_string(call) + ": ";
      const auto machine = machine_of(scene);
      is_cut_short = save_until_crash(*machine, scene, call, GetParam());
      expect_committed(*machine, scene, when);
      expect_that_it_goes_on(*machine, scene, when);
      if (HasFailure()) return;
    }
    EXPECT_GT(call, 10) << scene.name;
  }
}

TEST_P(CheckpointCrash, F6_TwoCrashesInARowAreNoWorse) {
  LogCapture log;
  for (const CrashScene& scene : kCrashScenes) {
    for (int64_t first = 1; first < 60; first += 5) {
      for (int64_t second = 1; second < 60; second += 7) {
        const auto machine = machine_of(scene);
        if (!save_until_crash(*machine, scene, first, GetParam())) break;
        save_until_crash(*machine, scene, second, GetParam());
        expect_committed(*machine, scene,
                         std::string(scene.name) + ", cut at calls " + std::to_string(first) +
                             " and " + std::to_string(second) + ": ");
        if (HasFailure()) return;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(UnsyncedNames, CheckpointCrash,
                         testing::Values(UnsyncedNames::kDropped, UnsyncedNames::kKept,
                                         UnsyncedNames::kEveryOther),
                         [](const auto& info) {
                           return info.param == UnsyncedNames::kDropped ? "Dropped"
                                  : info.param == UnsyncedNames::kKept  ? "Kept"
                                                                        : "EveryOther";
                         });

// The save is only as good as its syncs: without them the same test would fail.
TEST(CheckpointCrashTest, F6_ASaveThatReportsSuccessIsDurable) {
  for (const CrashScene& scene : kCrashScenes) {
    const auto machine = machine_of(scene);
    {
      CheckpointStore store(kDirectory, {.keep_max = scene.keep_max, .files = machine.get()});
      save_now(store, content_of(scene.step, scene.value));
    }
    machine->crash(UnsyncedNames::kDropped);
    const auto loaded = CheckpointStore(kDirectory, {.files = machine.get()}).load_newest();
    ASSERT_TRUE(loaded) << scene.name;
    EXPECT_EQ(loaded->content.step, scene.step) << scene.name;
    EXPECT_TRUE(is_whole(*loaded, scene.value)) << scene.name;
  }
}

}  // namespace crash_test
}  // namespace reckon::estimator
