// SPDX-License-Identifier: Apache-2.0
// Runs a row and gives what Reckon said; reads the row's code from its source.
#pragma once

#include "mistakes/table.h"

namespace reckon::mistakes {

/// The error that the row's code throws, or the one warning that it logs.
///   throws  std::runtime_error, if there is none, or not one alone
Message message_of(const Mistake& row);

/// The lines of the row's code, without the indentation they have in common.
struct Code {
  std::vector<std::string> lines;
  int first_line = 0;  ///< of the file, counted from 1
};
/// Throws std::runtime_error, if the source has no such row.
Code code_of(const Mistake& row);

}  // namespace reckon::mistakes
