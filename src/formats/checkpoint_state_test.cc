// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoint_state.h"

#include "base/expect_error_testing.h"
#include "base/file_system.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/golden_directory_testing.h"
#include "formats/scratch_directory_testing.h"

namespace reckon::formats {
namespace checkpoint_state_test {

using base::expect_error;

// As TensorFlow 2.15's v1 saver wrote it.
const char kText[] =
    "model_checkpoint_path: \"model.ckpt-10\"\n"
    "all_model_checkpoint_paths: \"model.ckpt-4\"\n"
    "all_model_checkpoint_paths: \"model.ckpt-8\"\n"
    "all_model_checkpoint_paths: \"model.ckpt-10\"\n";

const CheckpointState kState = {
    "runs/a/model.ckpt-10", {"runs/a/model.ckpt-4", "runs/a/model.ckpt-8", "runs/a/model.ckpt-10"}};

TEST(CheckpointState, TextIsTensorFlowsWithRelativePaths) {
  EXPECT_EQ(checkpoint_state_text(kState, "runs/a"), kText);
  EXPECT_EQ(checkpoint_state_text(kState, "runs/a/"), kText);
}

TEST(CheckpointState, RelativePathsAreJoinedToTheFilesDirectory) {
  EXPECT_EQ(parse_checkpoint_state(kText, "runs/a/checkpoint"), kState);
}

TEST(CheckpointState, PathsElsewhereStayAsTheyAre) {
  const CheckpointState state = {"/other/model.ckpt-1", {"/other/model.ckpt-1"}};
  EXPECT_EQ(parse_checkpoint_state(checkpoint_state_text(state, "runs/a"), "runs/a/checkpoint"),
            state);
}

TEST(CheckpointState, UnusualBytesTravelAsCEscapes) {
  const CheckpointState state = {"d/na\xc3\xafve \"x\"\\\n\x01\xff", {}};
  const std::string text = checkpoint_state_text(state, "d");
  EXPECT_EQ(text, "model_checkpoint_path: \"na\\303\\257ve \\\"x\\\"\\\\\\n\\001\\377\"\n");
  EXPECT_EQ(parse_checkpoint_state(text, "d/checkpoint"), state);
}

TEST(CheckpointState, FieldsOfNewerTensorFlowsAreAccepted) {
  const std::string text =
      std::string(kText) +
      "all_model_checkpoint_timestamps: 1700000000.5\nlast_preserved_timestamp: 1700000000.0\n"
      "brand_new: { a: 1 }\n";
  EXPECT_EQ(parse_checkpoint_state(text, "runs/a/checkpoint"), kState);
}

TEST(CheckpointState, DamageNamesFileAndLine) {
  expect_error(
      [] { parse_checkpoint_state("model_checkpoint_path: \"a\"\nall_model", "d/checkpoint"); },
      ErrorCode::kDataLoss, "line 2, column");
  expect_error([] { parse_checkpoint_state("model_checkpoint_path: 7", "d/checkpoint"); },
               ErrorCode::kDataLoss, "At d/checkpoint");
  expect_error([] { parse_checkpoint_state("", "d/checkpoint"); }, ErrorCode::kDataLoss,
               "no model_checkpoint_path");
}

TEST(CheckpointState, MissingFileIsEmpty) {
  ScratchDirectory scratch;
  auto& files = base::FileSystem::posix();
  EXPECT_FALSE(read_checkpoint_state(files, scratch.path()).has_value());
  files.write_file(scratch / "checkpoint", kText);
  EXPECT_EQ(read_checkpoint_state(files, scratch.path())->model_checkpoint_path,
            scratch / "model.ckpt-10");
}

TEST(CheckpointState, ReadsEveryStateFileOfTheGoldenRuns) {
  if (golden_directory().empty()) GTEST_SKIP() << missing_golden("estimator/files/model_dir");
  const std::string directory = golden_directory() + "/estimator/files/model_dir";
  const auto state = read_checkpoint_state(base::FileSystem::posix(), directory);
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->model_checkpoint_path, directory + "/model.ckpt-10");
  EXPECT_EQ(checkpoint_state_text(*state, directory), kText);
}

TEST(CheckpointState, DamageGivesAValueOrAnError) {
  fuzz_bytes(
      kText, Damage::kPerhapsNoticed,
      [](const std::string& text) { parse_checkpoint_state(text, "runs/a/checkpoint"); }, 1000);
}

}  // namespace checkpoint_state_test
}  // namespace reckon::formats
