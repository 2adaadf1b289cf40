// SPDX-License-Identifier: Apache-2.0
// Protobuf's text form read from files that may be damaged.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace reckon::formats {

/// Fills `message`; fields that its schema lacks are left out. The empty text on success, else what
/// is wrong where.
std::string parse_message_text(std::string_view text, google::protobuf::Message& message);
std::string message_text(const google::protobuf::Message& message);

}  // namespace reckon::formats
