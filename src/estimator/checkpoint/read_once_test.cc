// SPDX-License-Identifier: Apache-2.0
// What a resume and a call that has nothing to train read of a checkpoint: each byte once, or no
// tensor at all.
#include "base/counting_file_system_testing.h"
#include "base/memory_file_system_testing.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/checkpoint/fixture_testing.h"

namespace reckon::estimator {
namespace read_once_test {

constexpr const char* kRun = "runs/a";
constexpr const char* kCheckpoint = "runs/a/model.ckpt-2";

class ReadOnce : public testing::Test {
 protected:
  ReadOnce() {
    memory_.make_directories(kRun);
    CheckpointContent content = content_of(2, 2);
    content.tensors["large"] = Array::zeros(kFloat32, {700, 1000});
    content.tensors["strings"] = Array::strings({"a", "bc"}, {2});
    CheckpointStore store(kRun, {.files = &memory_});
    save_now(store, content);
  }
  /// Flips a bit of a tensor.
  void damage_data() {
    const std::string path = checkpoint_files(kCheckpoint).front();
    std::string bytes = memory_.read_file(path);
    bytes[bytes.size() / 2] ^= 1;
    memory_.write_file(path, bytes);
  }

  base::MemoryFileSystem memory_;
  base::CountingFileSystem counting_{memory_};
  CheckpointStore store_{kRun, {.files = &counting_}};
};

TEST_F(ReadOnce, AResumeReadsEachByteOnce) {
  ASSERT_TRUE(store_.load_newest());
  for (const std::string& path : checkpoint_files(kCheckpoint))
    EXPECT_EQ(counting_.bytes_read.at(path), memory_.size(path)) << path;
}

TEST_F(ReadOnce, TensorsThatNoVariableTakesAreVerifiedOnTheWay) {
  CheckpointContent content = content_of(3, 3);
  content.tensors["_not_a_variable"] = Array::zeros(kFloat32, {1000});
  save_now(store_, content);
  const auto loaded = store_.load_newest();
  EXPECT_FALSE(loaded->content.tensors.contains("_not_a_variable"));
  for (const std::string& path : checkpoint_files("runs/a/model.ckpt-3"))
    EXPECT_EQ(counting_.bytes_read.at(path), memory_.size(path)) << path;
}

TEST_F(ReadOnce, ALookFromOutsideReadsNoTensor) {
  EXPECT_TRUE(store_.looks_whole(kCheckpoint));
  EXPECT_FALSE(counting_.bytes_read.contains(checkpoint_files(kCheckpoint).front()));
  damage_data();
  EXPECT_TRUE(store_.looks_whole(kCheckpoint));
}

TEST_F(ReadOnce, ALookFromOutsideSeesWhatIsMissingCutOrExchanged) {
  const SilentLog silent;
  for (const std::string& path : checkpoint_files(kCheckpoint)) {
    const std::string whole = memory_.read_file(path);
    memory_.write_file(path, whole.substr(0, whole.size() - 1));
    EXPECT_FALSE(store_.looks_whole(kCheckpoint)) << path;
    memory_.write_file(path, whole);
  }
  const std::string data = checkpoint_files(kCheckpoint).front();
  memory_.remove(data);
  EXPECT_FALSE(store_.looks_whole(kCheckpoint)) << "without data";
}

TEST(ReadOnceTraining, ACallWhoseMaxStepsIsReachedReadsNoTensor) {
  const TemporaryDirectory directory;
  const auto estimator = [&] {
    return Estimator(line_model, {.model_dir = directory.path(), .config = saving()});
  };
  estimator().train(forever(), {.max_steps = 5});
  const std::string path = checkpoint_files(directory.file("model.ckpt-5")).front();
  std::string bytes = read_bytes(path);
  bytes.back() ^= 1;
  write_bytes(path, bytes);
  LogCapture log;
  estimator().train(forever(), {.max_steps = 5});
  EXPECT_EQ(log.count("max_steps = 5 is reached already (step 5)"), 1);
  EXPECT_EQ(log.count("broken"), 0) << "who reads the tensors would say so";
}

}  // namespace read_once_test
}  // namespace reckon::estimator
