// SPDX-License-Identifier: Apache-2.0
// protobuf's TextFormat, kept from printing its complaints.
#include "formats/message_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "base/check.h"

namespace reckon::formats {
namespace {

constexpr int kMaxDepth = 100;

class FirstComplaint : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty())
      text_ = base::concat_text("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  void AddWarning(int, int, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string parse_message_text(std::string_view text, google::protobuf::Message& message) {
  google::protobuf::TextFormat::Parser parser;
  FirstComplaint complaint;
  parser.RecordErrorsTo(&complaint);
  parser.AllowUnknownField(true);
  parser.SetRecursionLimit(kMaxDepth);
  if (parser.ParseFromString(std::string(text), &message)) return {};
  return complaint.text().empty() ? "the text cannot be parsed" : complaint.text();
}

std::string message_text(const google::protobuf::Message& message) {
  std::string text;
  RECKON_CHECK(google::protobuf::TextFormat::PrintToString(message, &text));
  return text;
}

}  // namespace reckon::formats
