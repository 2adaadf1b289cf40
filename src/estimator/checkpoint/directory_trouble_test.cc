// SPDX-License-Identifier: Apache-2.0
// A model_dir that vanishes, moves away under a relative path or refuses: nothing is lost that was
// there, and what is said is what the system said. tests/trouble/check does it to whole programs.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/child_process_testing.h"
#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace directory_trouble_test {

using base::in_child;

TEST(DirectoryTrouble, ARelativeModelDirStaysWhereItWasMeant) {
  const TemporaryDirectory directory;
  const std::string text = in_child([&] {
    std::filesystem::current_path(directory.path());
    const Estimator estimator(line_model, {.model_dir = "runs/a"});
    std::filesystem::current_path("/");
    return estimator.model_dir() + " " + estimator.eval_dir("b");
  });
  EXPECT_EQ(text, directory.file("runs/a") + " " + directory.file("runs/a/eval_b"));
}

TEST(DirectoryTrouble, ARelativeModelDirInAWorkingDirectoryThatIsGoneIsAnError) {
  const TemporaryDirectory directory;
  const std::string text = in_child([&]() -> std::string {
    std::filesystem::create_directory(directory.file("gone"));
    std::filesystem::current_path(directory.file("gone"));
    std::filesystem::remove(directory.file("gone"));
    const Estimator estimator(line_model, {.model_dir = "runs/a"});
    return "made";
  });
  EXPECT_EQ(
      text,
      "[Estimator] model_dir is \"runs/a\", below a working directory that cannot be told: No "
      "such file or directory; pass a path that begins with \"/\". At "
      "directory_trouble_test.cc:35");
}

// H10: the reason was not said.
TEST(DirectoryTrouble, ATemporaryModelDirThatCannotBeMadeSaysWhy) {
  const std::string text = in_child([]() -> std::string {
    base::become_nobody();
    ::setenv("TMPDIR", "/usr", 1);
    const Estimator estimator(line_model);
    return "made";
  });
  EXPECT_EQ(text,
            "[Estimator] no temporary model_dir could be made in /usr: Permission denied; pass "
            "model_dir, or set TMPDIR to a directory that may be written. At "
            "directory_trouble_test.cc:50");
}

// H10: a checkpoint that could not be read for want of descriptors or permission was taken for a
// broken one: set aside, and an older one restored in its place.
TEST(DirectoryTrouble, ACheckpointThatTheSystemRefusesToReadIsNotTakenForBroken) {
  const TemporaryDirectory directory;
  write_steps(directory.path(), {1, 2});
  const std::set<std::string> before = files_in(directory.path());
  base::FaultyFileSystem files(base::FileSystem::posix());
  int refused = 0;
  for (int64_t call = 1;; ++call) {
    CheckpointStore store(directory.path(), {.files = &files});
    store.lock_for_training();
    LogCapture log;
    files.fail_call(call, EMFILE);
    std::optional<LoadedCheckpoint> loaded;
    try {
      loaded = store.load_newest();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
      EXPECT_NE(std::string(error.what()).find("Too many open files"), std::string::npos);
      ++refused;
    }
    const bool has_failed = files.has_failed();
    files.heal();
    EXPECT_EQ(files_in(directory.path()), before) << "call " << call;
    EXPECT_EQ(store.load_newest()->content.step, 2);
    if (!has_failed) break;
    EXPECT_TRUE(!loaded || loaded->content.step == 2) << "call " << call;
  }
  EXPECT_GE(refused, 5);
}

TEST(DirectoryTrouble, ACheckpointThatTheDiskCannotGiveIsBroken) {
  const TemporaryDirectory directory;
  write_steps(directory.path(), {1, 2});
  base::FaultyFileSystem files(base::FileSystem::posix());
  CheckpointStore store(directory.path(), {.files = &files});
  store.lock_for_training();
  files.heal();
  (void)store.load_newest();
  const std::vector<std::string> calls = files.calls();
  const auto read = std::find_if(calls.begin(), calls.end(), [](const std::string& call) {
    return call.starts_with("read ") && call.find("ckpt-2.data") != std::string::npos;
  });
  ASSERT_NE(read, calls.end());
  files.fail_call(read - calls.begin() + 1, EIO);
  LogCapture log;
  EXPECT_EQ(store.load_newest()->content.step, 1);
  EXPECT_EQ(log.count("is broken and passed over", LogLevel::kWarning), 1);
}

TEST(DirectoryTrouble, ADirectoryThatMayNotBeEnteredIsNotTakenForAnEmptyOne) {
  const TemporaryDirectory directory;
  write_steps(directory.path(), {1, 2});
  const std::string why =
      ": Permission denied; check the permissions of the file and its directory.";
  EXPECT_EQ(in_child([&]() -> std::string {
              base::become_nobody();
              CheckpointStore store(directory.path(), {});
              return store.load_newest() ? "loaded" : "nothing there";
            }),
            "[file] " + directory.path() + " could not be listed" + why);
  EXPECT_EQ(in_child([&]() -> std::string {
              base::become_nobody();
              return "newest: " +
                     Estimator(line_model, {.model_dir = directory.path()}).latest_checkpoint();
            }),
            "[file] " + directory.path() + "/checkpoint could not be examined" + why);
}

TEST(DirectoryTrouble, ADirectoryRemovedUnderATrainingIsUsedAnew) {
  const TemporaryDirectory directory;
  const std::string model_dir = directory.file("model");
  CheckpointStore store(model_dir, {});
  store.lock_for_training();
  save_now(store, content_of(1));
  std::filesystem::remove_all(model_dir);
  LogCapture log;
  save_now(store, content_of(2));
  EXPECT_EQ(log.count("was removed or emptied while a training runs in it", LogLevel::kWarning), 1);
  save_now(store, content_of(3));
  EXPECT_EQ(log.count("was removed or emptied", LogLevel::kWarning), 1);
  CheckpointStore other(model_dir, {});
  expect_error([&] { other.lock_for_training(); }, ErrorCode::kUnavailable, "is held by process");
  const auto loaded = other.load_newest();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->content.step, 3);
  EXPECT_EQ(read_bytes(model_dir + "/checkpoint").find("model.ckpt-1"), std::string::npos);
}

TEST(DirectoryTrouble, ADirectoryThatAnotherTrainerHasTakenIsLeftToIt) {
  const TemporaryDirectory directory;
  const std::string model_dir = directory.file("model");
  CheckpointStore store(model_dir, {});
  store.lock_for_training();
  save_now(store, content_of(1));
  std::filesystem::remove_all(model_dir);
  CheckpointStore other(model_dir, {});
  other.lock_for_training();
  save_now(other, content_of(7));
  const std::set<std::string> others = files_in(model_dir);
  expect_error([&] { save_now(store, content_of(2)); }, ErrorCode::kUnavailable,
               "/.lock is held by process");
  EXPECT_EQ(files_in(model_dir), others);
}

TEST(DirectoryTrouble, WithoutAThreadForItACheckpointIsWrittenAllTheSame) {
  if (!base::may_start_threads_in_child())
    GTEST_SKIP() << "ThreadSanitizer ends a process that cannot start a thread; every other preset "
                    "runs this test";
  const TemporaryDirectory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  const std::string text = in_child([&]() -> std::string {
    base::become_nobody_without_threads();
    CheckpointStore store(directory.path(), {});
    store.lock_for_training();
    save_now(store, content_of(1));
    save_now(store, content_of(2));
    return "saved " + std::to_string(store.written());
  });
  EXPECT_EQ(text, "saved 2");
  EXPECT_EQ(CheckpointStore(directory.path(), {}).load_newest()->content.step, 2);
}

// A training in a directory that comes and goes: errors are Errors, and what is in memory stays.
TEST(DirectoryTrouble, ATrainingOutlivesItsDirectory) {
  const TemporaryDirectory directory;
  RunConfig config = in_memory(directory.file("model"));
  config.save_checkpoints = true;
  config.save_checkpoints_steps = 1;
  Estimator estimator(line_model, {.config = config});
  const HookPtr remover = hooks::every_n_iterations(2, [&](RunContext&) {
    std::error_code a_save_is_under_way;  // which may put a file into what is being removed
    do {
      std::filesystem::remove_all(directory.file("model"), a_save_is_under_way);
    } while (a_save_is_under_way);
  });
  LogCapture log;
  estimator.train(forever(), {.steps = 5, .hooks = {remover}});
  EXPECT_GE(log.count("was removed or emptied", LogLevel::kWarning), 1);
  const std::string latest = Estimator(line_model, {.config = config}).latest_checkpoint();
  EXPECT_EQ(latest, directory.file("model/model.ckpt-5"));
}

}  // namespace directory_trouble_test
}  // namespace reckon::estimator
