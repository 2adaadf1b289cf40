// SPDX-License-Identifier: Apache-2.0
// For tests: .npy files made by hand, so that each part can be wrong by itself.
#pragma once

#include <string>

#include "formats/byte_order.h"

namespace reckon::formats {

/// A .npy file by hand.
inline std::string npy_bytes(const std::string& header, const std::string& elements,
                             char major = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += {major, 0};
  append_fixed(bytes, static_cast<uint16_t>(header.size()));
  return bytes + header + elements;
}

/// NumPy's dictionary.
inline std::string npy_header(const std::string& descr, const std::string& order,
                              const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape +
         ", }     \n";
}

}  // namespace reckon::formats
