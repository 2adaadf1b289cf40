// SPDX-License-Identifier: Apache-2.0
// The report of a failed RECKON_CHECK.
#include "base/check.h"

namespace reckon::base {

void check_failed(const char* claim, const char* file, int line) {
  throw Error(ErrorCode::kInternal, "reckon",
              concat_text("a defect of Reckon: `", claim,
                          "` does not hold; please report it with this line and your program"),
              Place{file, line});
}

}  // namespace reckon::base
