// SPDX-License-Identifier: Apache-2.0
// Text forms from files: what is wrong is said with line and column, and nothing is printed.
#include "formats/message_text.h"

#include <gtest/gtest.h>

#include "formats/proto/event.pb.h"
#include "formats/proto/tensor_bundle.pb.h"

namespace reckon::formats {
namespace message_text_test {

TEST(MessageText, ComesBackWithEscapes) {
  proto::CheckpointState message;
  message.set_model_checkpoint_path("a \"quoted\"\n\xff path");
  message.add_all_model_checkpoint_paths("b");
  proto::CheckpointState back;
  EXPECT_EQ(parse_message_text(message_text(message), back), "");
  EXPECT_EQ(back.SerializeAsString(), message.SerializeAsString());
}

TEST(MessageText, IsOneFieldPerLine) {
  proto::CheckpointState message;
  message.set_model_checkpoint_path("model.ckpt-1");
  EXPECT_EQ(message_text(message), "model_checkpoint_path: \"model.ckpt-1\"\n");
  EXPECT_EQ(message_text(proto::CheckpointState()), "");
}

TEST(MessageText, TheEmptyTextIsAnEmptyMessage) {
  proto::CheckpointState message;
  message.set_model_checkpoint_path("gone");
  EXPECT_EQ(parse_message_text("", message), "");
  EXPECT_EQ(message.model_checkpoint_path(), "");
}

TEST(MessageText, FieldsOfANewerVersionAreLeftOut) {
  proto::CheckpointState message;
  EXPECT_EQ(parse_message_text("model_checkpoint_path: \"x\" from_the_future: 7", message), "");
  EXPECT_EQ(message.model_checkpoint_path(), "x");
}

TEST(MessageText, TheComplaintNamesLineAndColumnOfTheFirstFault) {
  proto::CheckpointState message;
  testing::internal::CaptureStderr();
  const std::string complaint =
      parse_message_text("model_checkpoint_path: \"x\"\nall_model_checkpoint_paths: 5", message);
  EXPECT_TRUE(complaint.starts_with("line 2, column 29: ")) << complaint;
  EXPECT_NE(parse_message_text("model_checkpoint_path", message), "");
  EXPECT_NE(parse_message_text("model_checkpoint_path: \"x", message), "");
  EXPECT_NE(parse_message_text("}", message), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "protobuf prints nothing of its own";
}

TEST(MessageText, ATextThatNestsWithoutEndIsRefused) {
  std::string text = "unknown {";
  for (int depth = 0; depth < 100000; ++depth) text += " a {";
  proto::Event event;
  EXPECT_NE(parse_message_text(text, event), "");
}

}  // namespace message_text_test
}  // namespace reckon::formats
