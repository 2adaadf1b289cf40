// SPDX-License-Identifier: Apache-2.0
// A save that dies or fails at any call on the file system leaves the old checkpoint or the new
// one, whole.
#include "estimator/checkpoint/commit.h"

#include <cerrno>

#include "estimator/checkpoint/fixture_testing.h"
#include "formats/checkpoint_state.h"

namespace reckon::estimator {
namespace commit_test {

TEST(CheckpointCommit, NamesAndStepsBelongTogether) {
  EXPECT_EQ(checkpoint_name(42), "model.ckpt-42");
  EXPECT_EQ(checkpoint_step("runs/a-b/model.ckpt-42"), 42);
  EXPECT_EQ(checkpoint_step("model"), -1);
  EXPECT_EQ(checkpoint_step("model.ckpt-"), -1);
  EXPECT_EQ(checkpoint_step("model.ckpt-4x"), -1);
  EXPECT_EQ(checkpoint_step("model.ckpt-99999999999999999999"), -1);
}

/// What a save begins from, and the content it saves.
struct Scene {
  const char* name;
  std::vector<int64_t> steps;  ///< checkpoints that are there
  int64_t step;                ///< saved now …
  float value;                 ///< … with these values
  int64_t keep_max;
};
/// A new step with a deletion; a step that is there with equal tensors; one that is there with
/// others, which may be the only one.
const Scene kScenes[] = {{"new step", {1, 2}, 3, 3, 2},
                         {"equal step", {1, 2}, 2, 2, 5},
                         {"other", {1, 2}, 2, 7, 5},
                         {"other, the only one", {2}, 2, 7, 5}};

/// What a fresh trainer finds must be one step, whole: an old one, or the new one.
void expect_old_or_new(const std::string& directory, const Scene& scene, const std::string& when) {
  CheckpointStore store(directory, {});
  store.lock_for_training();
  for (const std::string& name : files_in(directory))
    EXPECT_FALSE(name.starts_with(".tmp-")) << when << name;
  const auto loaded = store.load_newest();
  ASSERT_TRUE(loaded) << when;
  const int64_t step = loaded->content.step;
  const bool is_new = step == scene.step && is_whole(*loaded, scene.value);
  const bool is_old = step <= 2 && is_whole(*loaded, static_cast<float>(step));
  EXPECT_TRUE(is_new || is_old) << when << " step " << step;
  EXPECT_GE(step, 2) << when << " the newest is never lost";
  // Training goes on from there.
  save_now(store, content_of(step + 1));
  EXPECT_EQ(store.load_newest()->content.step, step + 1) << when;
}

/// Fails call 1, 2, 3 … of one save until there are no more; returns how many there were.
template <class Check>
int fail_each_call(const Scene& scene, int error_number, base::FaultDuration duration,
                   const Check& check) {
  for (int call = 1;; ++call) {
    const TemporaryDirectory directory;
    write_steps(directory.path(), scene.steps);
    base::FaultyFileSystem files(base::FileSystem::posix());
    std::string when = std::string(scene.name) + ", call " + std::to_string(call);
    bool is_reported = false;
    {
      CheckpointStore store(directory.path(), {.keep_max = scene.keep_max, .files = &files});
      files.fail_call(call, error_number, duration);
      try {
        save_now(store, content_of(scene.step, scene.value));
      } catch (const Error& error) {
        is_reported = true;
        EXPECT_EQ(error.code(), ErrorCode::kUnavailable) << when << error.what();
      }
      if (!files.has_failed()) return call - 1;
      when += " (" + files.calls()[call - 1] + "):";
      check(store, files, directory.path(), is_reported, when);
    }
    expect_old_or_new(directory.path(), scene, when);
    if (testing::Test::HasFailure()) return call;
  }
}

TEST(CheckpointCommit, F2_DeathAtAnyCallLeavesTheOldOrTheNewOneWhole) {
  LogCapture log;
  for (const Scene& scene : kScenes) {
    const int calls = fail_each_call(scene, EIO, base::FaultDuration::kFromThenOn,
                                     [](CheckpointStore&, base::FaultyFileSystem&,
                                        const std::string&, bool, const std::string&) {});
    EXPECT_GT(calls, 10) << scene.name;
  }
}

TEST(CheckpointCommit, F3_F4_OneFailingCallIsReportedAndTheNextSaveIsFine) {
  LogCapture log;
  for (const int error_number : {EIO, ENOSPC, EDQUOT}) {
    for (const Scene& scene : kScenes) {
      fail_each_call(
          scene, error_number, base::FaultDuration::kOnce,
          [&](CheckpointStore& store, base::FaultyFileSystem& files, const std::string& directory,
              bool is_reported, const std::string& when) {
            files.heal();
            // A temporary or an old checkpoint that stays is no failed save.
            const auto loaded = CheckpointStore(directory, {}).load_newest();
            ASSERT_TRUE(loaded) << when;
            if (!is_reported) {
              EXPECT_TRUE(is_whole(*loaded, scene.value)) << when;
            }
            save_now(store, content_of(9));
            EXPECT_EQ(CheckpointStore(directory, {}).load_newest()->content.step, 9) << when;
            // Only a temporary whose removal failed stays, for the next trainer to remove.
            for (const std::string& name : files_in(directory)) {
              EXPECT_FALSE(is_reported && name.starts_with(".tmp-")) << when << name;
            }
            // As it was before, for the check that follows.
            for (const std::string& file : checkpoint_files(directory + "/" + checkpoint_name(9))) {
              std::filesystem::remove(file);
            }
          });
    }
  }
}

TEST(CheckpointCommit, F5_AnUnsyncedFileIsNeverRenamed) {
  const TemporaryDirectory directory;
  write_steps(directory.path(), {1});
  base::FaultyFileSystem files(base::FileSystem::posix());
  CheckpointStore store(directory.path(), {.files = &files});
  files.heal();
  save_now(store, content_of(2));
  const std::vector<std::string> calls = files.calls();
  int64_t first_sync = 0;
  for (size_t i = 0; i < calls.size() && first_sync == 0; ++i) {
    if (calls[i].starts_with("sync ")) first_sync = static_cast<int64_t>(i) + 1;
  }
  ASSERT_GT(first_sync, 0);
  files.fail_call(first_sync, EIO);
  LogCapture log;
  store.save(content_of(3));
  EXPECT_THROW(store.finish(), Error);
  for (const std::string& name : files_in(directory.path()))
    EXPECT_EQ(name.find("-3."), std::string::npos) << name;
  save_now(store, content_of(4));
  EXPECT_EQ(store.load_newest()->content.step, 4);
}

TEST(CheckpointCommit, TheStateIsRenamedLastAndTheListAfterIt) {
  const TemporaryDirectory directory;
  base::FaultyFileSystem files(base::FileSystem::posix());
  CheckpointStore store(directory.path(), {.files = &files});
  files.heal();
  save_now(store, content_of(2));
  std::vector<std::string> renames;
  for (const std::string& call : files.calls()) {
    if (call.starts_with("rename ")) renames.push_back(call);
  }
  ASSERT_EQ(renames.size(), 4u);
  const char* order[] = {".data-", ".index", ".state", "checkpoint"};
  for (size_t i = 0; i < 4; ++i)
    EXPECT_NE(renames[i].find(order[i]), std::string::npos) << renames[i];
}

std::vector<std::string> names_in(const std::string& directory) {
  const std::set<std::string> names = files_in(directory);
  return {names.begin(), names.end()};
}

TEST(CheckpointCommit, AStepSavedAgainWithOtherTensorsLeavesNoCopyBehind) {
  const TemporaryDirectory directory;
  CheckpointStore store(directory.path(), {.keep_max = 5});
  for (int64_t step : {1, 2}) save_now(store, content_of(step));
  const std::vector<std::string> before = names_in(directory.path());
  save_now(store, content_of(2, 7));
  EXPECT_EQ(names_in(directory.path()), before);
  EXPECT_TRUE(is_whole(*store.load_newest(), 7));
  EXPECT_EQ(store.latest_path(), directory.file("model.ckpt-2"));
}

TEST(CheckpointCommit, TheCopyIsNamedOnlyWhileTheFilesAreReplaced) {
  const TemporaryDirectory directory;
  base::FaultyFileSystem files(base::FileSystem::posix());
  CheckpointStore store(directory.path(), {.files = &files});
  save_now(store, content_of(2));
  files.heal();
  save_now(store, content_of(2, 7));
  std::vector<std::string> renamed;
  for (const std::string& call : files.calls()) {
    if (call.starts_with("rename ")) renamed.push_back(call.substr(call.rfind("model.ckpt") + 10));
    if (call.starts_with("remove ") && call.ends_with("/again-model.ckpt-2.index")) {
      EXPECT_EQ(renamed.size(), 8u) << "deleted after the list that no longer names it";
    }
  }
  EXPECT_EQ(renamed.size(), 8u) << "the copy and its list, the step and its list";
}

/// Where a save of step 2 again failed to rename its index, and one of step 3 followed.
std::string directory_of_failed_index(const TemporaryDirectory& parent) {
  for (int call = 1;; ++call) {
    const std::string directory = parent.file(std::to_string(call));
    write_steps(directory, {1, 2});
    base::FaultyFileSystem files(base::FileSystem::posix());
    CheckpointStore store(directory, {.keep_max = 2, .files = &files});
    files.fail_call(call, EIO, base::FaultDuration::kOnce);
    try {
      save_now(store, content_of(2, 7));
      if (!files.has_failed()) return "";
    } catch (const Error&) {
      const std::string failed = files.calls()[call - 1];
      if (!failed.starts_with("rename ") || !failed.ends_with("-model.ckpt-2.index") ||
          failed.ends_with("again-model.ckpt-2.index"))
        continue;
      files.heal();
      EXPECT_TRUE(is_whole(*CheckpointStore(directory, {}).load_newest(), 7)) << "the copy";
      save_now(store, content_of(3));
      return directory;
    }
  }
}

TEST(CheckpointCommit, ACopyWhoseSaveFailedHoldsThePlaceOfItsStep) {
  LogCapture log;
  const TemporaryDirectory parent;
  const std::string directory = directory_of_failed_index(parent);
  ASSERT_FALSE(directory.empty());
  const auto list = formats::read_checkpoint_state(base::FileSystem::posix(), directory);
  ASSERT_EQ(list->all_model_checkpoint_paths.size(), 2u);
  EXPECT_EQ(list->all_model_checkpoint_paths[0], directory + "/again-model.ckpt-2");
  std::filesystem::resize_file(directory + "/model.ckpt-3.data-00000-of-00001", 1);
  EXPECT_TRUE(is_whole(*CheckpointStore(directory, {}).load_newest(), 7));
}

TEST(CheckpointCommit, ACopyGoesInItsTurnWithWhatWasWrittenOfItsStep) {
  LogCapture log;
  const TemporaryDirectory parent;
  const std::string directory = directory_of_failed_index(parent);
  ASSERT_FALSE(directory.empty());
  CheckpointStore store(directory, {.keep_max = 2});
  save_now(store, content_of(4));
  for (const std::string& name : files_in(directory))
    EXPECT_EQ(name.find("model.ckpt-2"), std::string::npos) << name;
  EXPECT_EQ(store.load_newest()->content.step, 4);
}

TEST(CheckpointCommit, AStepThatNoListNamesIsReplacedWithoutACopy) {
  const TemporaryDirectory directory;
  write_steps(directory.path(), {1, 2});
  write_bytes(directory.file("checkpoint"),
              "model_checkpoint_path: \"model.ckpt-1\"\n"
              "all_model_checkpoint_paths: \"model.ckpt-1\"\n");
  base::FaultyFileSystem files(base::FileSystem::posix());
  CheckpointStore store(directory.path(), {.files = &files});
  files.heal();
  save_now(store, content_of(2, 7));
  for (const std::string& call : files.calls())
    EXPECT_EQ(call.find("again-"), std::string::npos) << call;
  EXPECT_TRUE(is_whole(*store.load_newest(), 7));
}

}  // namespace commit_test
}  // namespace reckon::estimator
