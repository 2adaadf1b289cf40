// SPDX-License-Identifier: Apache-2.0
#include <reckon/name.h>

namespace reckon {

Name::Name(const char* text, const char* file, int line) : place_{file, line} {
  if (text == nullptr) {
    throw Error(ErrorCode::kInvalidArgument, "name",
                "came as a null pointer, expected a text; pass the name to look up", place_);
  }
  text_ = text;
}

void reckon_internal::refuse_name_twice(const std::string& name) {
  throw Error(
      ErrorCode::kInvalidArgument, "names",
      "\"" + name + "\" is in one list twice, of which one entry would be lost; rename one");
}

}  // namespace reckon
