// SPDX-License-Identifier: Apache-2.0
// The store of one model_dir: what comes back, what is kept, who may write.
#include "estimator/checkpoint/store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <thread>

#include "estimator/checkpoint/commit.h"
#include "estimator/checkpoint/fixture_testing.h"
#include "formats/checkpoint_state.h"

namespace reckon::estimator {
namespace store_test {

std::set<std::string> checkpoints_in(const std::string& directory) {
  std::set<std::string> names;
  for (const std::string& name : files_in(directory)) {
    if (name.ends_with(".index")) names.insert(name.substr(0, name.size() - 6));
  }
  return names;
}

template <class T>
Array array_of(std::vector<T> values) {
  return Array::from<T>(values, {static_cast<int64_t>(values.size())});
}

/// Arbitrary bytes under a dtype that has no C++ element type for Array::from.
Array raw_array(DType dtype, const Shape& shape) {
  Array array = Array::zeros(dtype, shape);
  auto* bytes = static_cast<unsigned char*>(array.mutable_raw());
  for (size_t i = 0; i < array.num_bytes(); ++i) bytes[i] = static_cast<unsigned char>(i * 37 + 1);
  return array;
}

TEST(CheckpointStore, RoundTripsEveryDTypeAndTheState) {
  const TemporaryDirectory directory;
  CheckpointContent content = content_of(7);
  const std::map<std::string, Array> kinds = {
      {"float16", raw_array(kFloat16, {3})},
      {"bfloat16", raw_array(kBFloat16, {2, 2})},
      {"float32", array_of<float>({-0.0f, 1e-45f, 3.4e38f})},
      {"float64", array_of<double>({-0.0, 5e-324, 1e308})},
      {"int8", array_of<int8_t>({-128, 127})},
      {"int16", array_of<int16_t>({-32768, 32767})},
      {"int32", array_of<int32_t>({INT32_MIN, INT32_MAX})},
      {"int64", array_of<int64_t>({INT64_MIN, INT64_MAX})},
      {"uint8", array_of<uint8_t>({0, 255})},
      {"uint16", array_of<uint16_t>({0, 65535})},
      {"uint32", array_of<uint32_t>({0, UINT32_MAX})},
      {"uint64", array_of<uint64_t>({0, UINT64_MAX})},
      {"bool", array_of<bool>({true, false})},
      {"complex64", raw_array(kComplex64, {2})},
      {"complex128", raw_array(kComplex128, {1, 2})},
      {"string", Array::strings({"", "a", std::string("\0b", 2), std::string(1000, 'x')}, {2, 2})},
      {"empty", Array::zeros(kFloat32, {0, 5})},
      {"scalar", Array::scalar(2.5f)}};
  content.tensors.insert(kinds.begin(), kinds.end());
  content.state =
      state_of(R"({"hooks":{"a":"b"},"in_progress":true,"random_seed":18446744073709551615})");
  {
    CheckpointStore store(directory.path(), {});
    save_now(store, content);
  }
  const auto loaded = CheckpointStore(directory.path(), {}).load_newest();
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->has_state);
  EXPECT_EQ(loaded->content.step, 7);
  EXPECT_EQ(loaded->path, directory.file("model.ckpt-7"));
  ASSERT_EQ(loaded->content.tensors.size(), content.tensors.size());
  for (const auto& [name, array] : content.tensors) {
    EXPECT_TRUE(loaded->content.tensors.at(name).same_bits(array)) << name;
  }
  EXPECT_EQ(loaded->content.state.at("random_seed"), 18446744073709551615u);
  EXPECT_EQ(loaded->content.state.at("in_progress"), true);
}

TEST(CheckpointStore, SavesInTheBackgroundFromACopyThatLaterWritesDoNotReach) {
  const TemporaryDirectory directory;
  CheckpointStore store(directory.path(), {});
  CheckpointContent content = content_of(1);
  Array& weight = content.tensors["weight"];
  store.save(content);
  for (float& value : weight.mutable_data<float>()) value = 99;
  for (int64_t step = 2; step <= 4; ++step) store.save(content_of(step));
  store.finish();
  EXPECT_EQ(store.written(), 4) << "no save is skipped";
  EXPECT_TRUE(is_whole(store.load(directory.file("model.ckpt-1")), 1));
}

TEST(CheckpointStore, AnEmptyDirectoryHasNoCheckpoint) {
  const TemporaryDirectory directory;
  CheckpointStore store(directory.file("absent"), {});
  EXPECT_FALSE(store.load_newest());
  EXPECT_EQ(store.latest_path(), "");
  EXPECT_FALSE(store.has_news());
  expect_error([&] { (void)store.load("model.ckpt-3"); }, ErrorCode::kNotFound,
               "[restore] there is no checkpoint model.ckpt-3; the newest in");
}

TEST(CheckpointStore, SAV_3_KeepsTheNewestKeepMax) {
  const TemporaryDirectory directory;
  CheckpointStore store(directory.path(), {.keep_max = 2});
  for (int64_t step = 1; step <= 5; ++step) save_now(store, content_of(step));
  EXPECT_EQ(checkpoints_in(directory.path()),
            (std::set<std::string>{"model.ckpt-4", "model.ckpt-5"}));
  const std::set<std::string> files = files_in(directory.path());
  EXPECT_EQ(files.size(), 7u) << "data, index and state of two, and `checkpoint`";
}

TEST(CheckpointStore, SAV_3_KeepMaxZeroDeletesNothingAndListsTheNewest) {
  const TemporaryDirectory directory;
  CheckpointStore store(directory.path(), {.keep_max = 0});
  for (int64_t step = 1; step <= 7; ++step) save_now(store, content_of(step));
  EXPECT_EQ(checkpoints_in(directory.path()).size(), 7u);
  const auto list = formats::read_checkpoint_state(base::FileSystem::posix(), directory.path());
  EXPECT_EQ(list->all_model_checkpoint_paths,
            std::vector<std::string>{directory.file("model.ckpt-7")});
}

TEST(CheckpointStore, SAV_4_ANewStoreGoesOnDeletingWhereTheOldOneWas) {
  const TemporaryDirectory directory;
  write_steps(directory.path(), {1, 2, 3});
  CheckpointStore store(directory.path(), {.keep_max = 2});
  save_now(store, content_of(4));
  EXPECT_EQ(checkpoints_in(directory.path()),
            (std::set<std::string>{"model.ckpt-3", "model.ckpt-4"}));
}

TEST(CheckpointStore, SAV_3_KeepsOneForEverEveryNHours) {
  const TemporaryDirectory directory;
  base::ManualClock clock;
  CheckpointStore store(directory.path(),
                        {.keep_max = 1, .keep_every_n_hours = 2, .clock = &clock});
  for (int64_t step = 1; step <= 8; ++step) {
    save_now(store, content_of(step));
    clock.advance(3600);
  }
  // The clock starts at the first save: those saved more than 2, 4 and 6 hours after it stay.
  EXPECT_EQ(checkpoints_in(directory.path()),
            (std::set<std::string>{"model.ckpt-4", "model.ckpt-6", "model.ckpt-8"}));
}

TEST(CheckpointStore, F19_AClockThatJumpsBackDeletesNoMore) {
  const TemporaryDirectory directory;
  base::ManualClock clock;
  CheckpointStore store(directory.path(),
                        {.keep_max = 2, .keep_every_n_hours = 1, .clock = &clock});
  for (int64_t step = 1; step <= 3; ++step) save_now(store, content_of(step));
  clock.set_wall(0);
  for (int64_t step = 4; step <= 6; ++step) save_now(store, content_of(step));
  EXPECT_EQ(checkpoints_in(directory.path()),
            (std::set<std::string>{"model.ckpt-5", "model.ckpt-6"}));
}

TEST(CheckpointStore, TheListIsRelativeAndALaterDirectoryFindsIt) {
  const TemporaryDirectory directory;
  write_steps(directory.file("a"), {5});
  EXPECT_EQ(
      read_bytes(directory.file("a/checkpoint")),
      "model_checkpoint_path: \"model.ckpt-5\"\nall_model_checkpoint_paths: \"model.ckpt-5\"\n");
  std::filesystem::rename(directory.file("a"), directory.file("b"));
  CheckpointStore moved(directory.file("b"), {});
  EXPECT_EQ(moved.latest_path(), directory.file("b/model.ckpt-5"));
  EXPECT_TRUE(is_whole(*moved.load_newest(), 5));
}

TEST(CheckpointStore, AnEqualStepSavedAgainReplacesOnlyTheState) {
  const TemporaryDirectory directory;
  CheckpointStore store(directory.path(), {});
  save_now(store, content_of(3, 3, true));
  const std::string data = directory.file("model.ckpt-3.data-00000-of-00001");
  const auto written = std::filesystem::last_write_time(data);
  std::filesystem::last_write_time(data, written - std::chrono::hours(1));
  save_now(store, content_of(3, 3, false));
  EXPECT_EQ(std::filesystem::last_write_time(data), written - std::chrono::hours(1))
      << "the data were not touched";
  EXPECT_EQ(store.load_newest()->content.state.at("in_progress"), false);
}

TEST(CheckpointStore, EqualContentsMakeEqualFiles) {
  const TemporaryDirectory first, second;
  write_steps(first.path(), {1, 2});
  write_steps(second.path(), {1, 2});
  const std::set<std::string> names = files_in(first.path());
  EXPECT_EQ(names.size(), 8u) << "with the lock";
  for (const std::string& name : names) {
    EXPECT_EQ(read_bytes(second.file(name)), read_bytes(first.file(name))) << name;
  }
}

TEST(CheckpointStore, ALogSinkThatThrowsDoesNotEndTheProcess) {
  const TemporaryDirectory directory;
  base::FaultyFileSystem files(base::FileSystem::posix());
  CheckpointStore store(directory.path(), {.files = &files});
  files.fail_call(1, EIO, base::FaultDuration::kFromThenOn);
  set_log_sink([](LogLevel, const std::string&) { throw std::runtime_error("sink"); });
  EXPECT_ANY_THROW(save_now(store, content_of(1)));
  set_log_sink(nullptr);
}

TEST(CheckpointStore, HasNewsWhenAnotherStoreHasSaved) {
  const TemporaryDirectory directory;
  CheckpointStore reader(directory.path(), {});
  EXPECT_FALSE(reader.has_news());
  CheckpointStore writer(directory.path(), {});
  save_now(writer, content_of(1));
  EXPECT_FALSE(writer.has_news());
  EXPECT_TRUE(reader.has_news());
  (void)reader.load_newest();
  EXPECT_FALSE(reader.has_news());
}

TEST(CheckpointStore, ANonFiniteValueIsRefusedByNameAndTheOldOneStays) {
  const TemporaryDirectory directory;
  CheckpointStore store(directory.path(), {});
  save_now(store, content_of(1));
  for (float bad : {NAN, INFINITY}) {
    CheckpointContent content = content_of(2);
    content.tensors["bias"] = Array::from<float>({0, bad}, {2});
    store.save(content);
    expect_error([&] { store.finish(); }, ErrorCode::kNonFinite,
                 "[save] bias holds NaN or infinity at step 2, so no checkpoint is written; lower "
                 "the learning rate");
  }
  EXPECT_TRUE(is_whole(*store.load_newest(), 1));
  EXPECT_EQ(files_in(directory.path()).size(), 4u);
}

TEST(CheckpointStore, SAV_8_KStopThrowsAtTheNextSaveAndKContinueAtTheEnd) {
  for (const OnSaveFailure policy : {OnSaveFailure::kStop, OnSaveFailure::kContinue}) {
    const TemporaryDirectory directory;
    base::FaultyFileSystem files(base::FileSystem::posix());
    CheckpointStore store(directory.path(), {.on_save_failure = policy, .files = &files});
    save_now(store, content_of(1));
    files.fail_call(1, ENOSPC);
    LogCapture log;
    store.save(content_of(2));
    if (policy == OnSaveFailure::kStop) {
      expect_error([&] { store.save(content_of(3)); }, ErrorCode::kUnavailable, "No space left");
      continue;
    }
    store.save(content_of(3));
    store.finish();
    EXPECT_EQ(log.count("the checkpoint of step 2 was not written", LogLevel::kError), 1)
        << log.text();
    files.fail_call(1, ENOSPC);
    store.save(content_of(4));
    expect_error([&] { store.finish(); }, ErrorCode::kUnavailable, "No space left");
    store.finish();
    EXPECT_EQ(store.load_newest()->content.step, 3);
  }
}

TEST(CheckpointStore, F11_ADirectoryThatCannotBeMadeIsAClearError) {
  const TemporaryDirectory directory;
  write_bytes(directory.file("plain"), "a regular file");
  CheckpointStore below(directory.file("plain/model"), {});
  expect_error([&] { below.lock_for_training(); }, ErrorCode::kUnavailable, "plain");
  CheckpointStore on(directory.file("plain"), {});
  expect_error([&] { on.lock_for_training(); }, ErrorCode::kUnavailable, "plain");
  CheckpointStore too_long(directory.file(std::string(5000, 'x')), {});
  expect_error([&] { too_long.lock_for_training(); }, ErrorCode::kUnavailable, "too long");
  std::filesystem::create_symlink(directory.file("loop"), directory.file("loop"));
  CheckpointStore loop(directory.file("loop/model"), {});
  expect_error([&] { loop.lock_for_training(); }, ErrorCode::kUnavailable, "loop");
}

/// Runs `action` in a child process; its exit status.
template <class Action>
int in_child(Action action) {
  const pid_t child = fork();
  if (child == 0) _exit(action());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

TEST(CheckpointStore, F12_ASecondTrainerInAnotherProcessFailsNamingTheFirst) {
  const TemporaryDirectory directory;
  CheckpointStore first(directory.path(), {});
  first.lock_for_training();
  const std::string owner = "process " + std::to_string(getpid()) + " on ";
  EXPECT_EQ(in_child([&] {
              try {
                CheckpointStore(directory.path(), {}).lock_for_training();
                return 1;
              } catch (const Error& error) {
                const bool names_owner = std::string(error.what()).find(owner) != std::string::npos;
                return error.code() == ErrorCode::kUnavailable && names_owner ? 0 : 2;
              }
            }),
            0);
}

TEST(CheckpointStore, F12_TheLockOfADeadTrainerIsFreeAndItsTemporariesGo) {
  const TemporaryDirectory directory;
  ASSERT_EQ(in_child([&] {
              CheckpointStore store(directory.path(), {});
              store.lock_for_training();
              write_bytes(directory.file(".tmp-1-model.ckpt-9.index"), "half");
              return 0;
            }),
            0);
  CheckpointStore store(directory.path(), {});
  store.lock_for_training();
  EXPECT_EQ(files_in(directory.path()), std::set<std::string>{".lock"});
}

TEST(CheckpointStore, F12_ACopyThatADeadTrainerLeftIsTheOldestOfWhatIsKept) {
  const TemporaryDirectory directory;
  const std::string copy = "again-model.ckpt-1";
  for (const std::string& file : checkpoint_files(directory.file(copy))) write_bytes(file, "copy");
  CheckpointStore store(directory.path(), {.keep_max = 2});
  store.lock_for_training();
  save_now(store, content_of(2));
  EXPECT_EQ(checkpoints_in(directory.path()), (std::set<std::string>{copy, "model.ckpt-2"}));
  save_now(store, content_of(3));
  EXPECT_EQ(checkpoints_in(directory.path()),
            (std::set<std::string>{"model.ckpt-2", "model.ckpt-3"}));
  EXPECT_FALSE(files_in(directory.path()).contains(copy + ".state"));
}

TEST(CheckpointStore, AStepThatCouldNotBeListedIsListedNextAndGoesInItsTurn) {
  LogCapture log;
  const TemporaryDirectory directory;
  base::FaultyFileSystem files(base::FileSystem::posix());
  CheckpointStore store(directory.path(), {.keep_max = 2, .files = &files});
  save_now(store, content_of(1));
  files.heal();
  save_now(store, content_of(2));
  const std::vector<std::string> calls = files.calls();
  const auto renamed = std::find_if(calls.begin(), calls.end(), [](const std::string& call) {
    return call.starts_with("rename ") && call.ends_with("-checkpoint");
  });
  ASSERT_NE(renamed, calls.end());
  files.heal();
  files.fail_call(static_cast<int>(renamed - calls.begin()) + 1, EIO, base::FaultDuration::kOnce);
  EXPECT_ANY_THROW(save_now(store, content_of(3)));
  EXPECT_EQ(checkpoints_in(directory.path()),
            (std::set<std::string>{"model.ckpt-1", "model.ckpt-2", "model.ckpt-3"}));
  files.heal();
  save_now(store, content_of(4));
  EXPECT_EQ(checkpoints_in(directory.path()),
            (std::set<std::string>{"model.ckpt-3", "model.ckpt-4"}));
}

TEST(CheckpointStore, F13_AReaderBesideAWriterThatDeletesNeverSeesAHalf) {
  const TemporaryDirectory directory;
  CheckpointStore writer(directory.path(), {.keep_max = 1});
  writer.lock_for_training();
  save_now(writer, content_of(1));
  std::thread saving([&] {
    for (int64_t step = 2; step <= 40; ++step) save_now(writer, content_of(step));
  });
  const SilentLog silent;
  int whole = 0;
  for (int i = 0; i < 200; ++i) {
    CheckpointStore reader(directory.path(), {});
    try {
      const auto loaded = reader.load_newest();
      ASSERT_TRUE(loaded);
      ASSERT_TRUE(is_whole(*loaded, static_cast<float>(loaded->content.step)));
      ++whole;
    } catch (const Error& error) {
      ASSERT_TRUE(error.code() == ErrorCode::kDataLoss || error.code() == ErrorCode::kNotFound)
          << error.what();
    }
  }
  saving.join();
  EXPECT_GT(whole, 0);
  for (const std::string& name : files_in(directory.path()))
    EXPECT_FALSE(name.starts_with("corrupt-")) << name;
}

TEST(CheckpointStore, F18_ManySavesLeaveNoOpenFilesAndABoundedDirectory) {
  const TemporaryDirectory directory;
  const auto open_files = [] { return files_in("/proc/self/fd").size(); };
  CheckpointStore store(directory.path(), {.keep_max = 3});
  save_now(store, content_of(0));
  const size_t before = open_files();
  for (int64_t step = 1; step <= 200; ++step) save_now(store, content_of(step));
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(files_in(directory.path()).size(), 10u);
}

}  // namespace store_test
}  // namespace reckon::estimator
