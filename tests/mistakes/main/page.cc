// SPDX-License-Identifier: Apache-2.0
// Prints docs/errors.md: build/release/mistakes_page > docs/errors.md
#include <cstdio>
#include <exception>

#include "mistakes/page.h"

int main() {
  try {
    std::fputs(reckon::mistakes::errors_page().c_str(), stdout);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
