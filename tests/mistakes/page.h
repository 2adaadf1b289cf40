// SPDX-License-Identifier: Apache-2.0
// docs/errors.md, made from the table.
#pragma once

#include <string>

namespace reckon::mistakes {

/// The whole page. A message's `At file:line` counts the lines of the code shown above it, so that
/// the page changes only if a row does.
std::string errors_page();

}  // namespace reckon::mistakes
