// SPDX-License-Identifier: Apache-2.0
// F7 at length, in memory: a flipped bit in any file of a checkpoint is noticed, or changes
// nothing; no value ever comes back wrong.
#include <random>

#include "base/memory_file_system_testing.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace damage_test {

constexpr int kFlips = 1000;
constexpr const char* kDamagedDirectory = "runs/a";
constexpr const char* kNewest = "runs/a/model.ckpt-2";

/// Step 1 and, newer, a step 2 with tensors of many kinds.
class CheckpointFlips : public testing::Test {
 protected:
  CheckpointFlips() {
    files_.make_directories(kDamagedDirectory);
    write_steps(kDamagedDirectory, {1}, &files_);
    newest_ = content_of(2);
    newest_.tensors["kernel"] = Array::from<float>(std::vector<float>(64, 0.25f), {8, 8});
    newest_.tensors["names"] = Array::strings({"a", "", std::string(40, 'x')}, {3});
    newest_.tensors["is_used"] = Array::from<bool>({true, false}, {2});
    newest_.state = state_of(R"({"hooks":{"stop":"3 of 5"},"in_progress":true,"random_seed":7})");
    CheckpointStore store(kDamagedDirectory, {.files = &files_});
    save_now(store, newest_);
  }

  /// Writes `path` with one bit flipped, calls check(what was done), and puts the file back.
  template <class Check>
  void with_each_flip(const std::string& path, const Check& check) {
    const std::string whole = files_.read_file(path);
    std::mt19937_64 random(whole.size());
    for (int i = 0; i < kFlips; ++i) {
      const size_t bit = random() % (8 * whole.size());
      std::string damaged = whole;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      files_.write_file(path, damaged);
      check(base::base_name_of(path) + ", bit " + std::to_string(bit));
      if (HasFatalFailure()) break;
    }
    files_.write_file(path, whole);
  }

  bool is_newest(const LoadedCheckpoint& loaded) const {
    if (loaded.content.step != 2) return false;
    for (const auto& [name, array] : newest_.tensors) {
      const auto found = loaded.content.tensors.find(name);
      if (found == loaded.content.tensors.end() || !found->second.same_bits(array)) return false;
    }
    return loaded.content.tensors.size() == newest_.tensors.size();
  }

  base::MemoryFileSystem files_;
  CheckpointContent newest_;
};

TEST_F(CheckpointFlips, F7_AThousandInEachFileFallBackToTheOlderCheckpoint) {
  for (const std::string& path : checkpoint_files(kNewest)) {
    with_each_flip(path, [&](const std::string& what) {
      LogCapture log;
      const auto loaded = CheckpointStore(kDamagedDirectory, {.files = &files_}).load_newest();
      ASSERT_TRUE(loaded) << what;
      ASSERT_TRUE(is_whole(*loaded, 1)) << what << ": step " << loaded->content.step;
      ASSERT_EQ(log.count("model.ckpt-2", LogLevel::kWarning), 1) << what << log.text();
    });
  }
  EXPECT_TRUE(is_newest(*CheckpointStore(kDamagedDirectory, {.files = &files_}).load_newest()));
}

TEST_F(CheckpointFlips, F7_TheErrorOfANamedCheckpointNamesTheFile) {
  for (const std::string& path : checkpoint_files(kNewest)) {
    with_each_flip(path, [&](const std::string& what) {
      try {
        (void)CheckpointStore(kDamagedDirectory, {.files = &files_}).load(kNewest);
        FAIL() << what << " went unnoticed";
      } catch (const Error& error) {
        ASSERT_TRUE(error.code() == ErrorCode::kDataLoss ||
                    error.code() == ErrorCode::kInvalidArgument)
            << what << ": " << error.what();
        ASSERT_NE(std::string(error.what()).find(base::base_name_of(path)), std::string::npos)
            << what << ": " << error.what();
      }
    });
  }
}

// Nothing above the tensors' own CRCs guards a checkpoint of TensorFlow.
TEST_F(CheckpointFlips, F7_WithoutAStateFileTheTensorsOwnCrcsNoticeThem) {
  const std::vector<std::string> paths = checkpoint_files(kNewest);
  files_.remove(paths[2]);
  for (const std::string& path : {paths[0], paths[1]}) {
    with_each_flip(path, [&](const std::string& what) {
      ASSERT_THROW((void)CheckpointStore(kDamagedDirectory, {.files = &files_}).load(kNewest),
                   Error)
          << what;
    });
  }
}

// The list has no CRC: a flip may name another checkpoint, but never a wrong value.
TEST_F(CheckpointFlips, F7_AThousandInTheListLeadToSomeWholeCheckpoint) {
  with_each_flip(base::join_path(kDamagedDirectory, "checkpoint"), [&](const std::string& what) {
    LogCapture log;
    const auto loaded = CheckpointStore(kDamagedDirectory, {.files = &files_}).load_newest();
    ASSERT_TRUE(loaded) << what;
    ASSERT_TRUE(is_newest(*loaded) || is_whole(*loaded, 1)) << what;
  });
}

}  // namespace damage_test
}  // namespace reckon::estimator
