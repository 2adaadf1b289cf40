// SPDX-License-Identifier: Apache-2.0
// MNIST's idx format, plain or gzipped: a magic number, the extents, the elements, all big-endian.
#pragma once

#include <string>
#include <string_view>

#include <reckon/array.h>

namespace reckon::base {
class FileSystem;
}

namespace reckon::formats {

/// Reads `path`, or `path` + ".gz" if only that exists. The dtype is the file's: uint8, int8,
/// int16, int32, float32 or float64.
///   throws  Error, kNotFound, if neither exists; kDataLoss for a header or length that does not
///   fit
Array read_idx(base::FileSystem& files, const std::string& path);
/// The bytes of a plain file; `path` names it in errors.
Array decode_idx(std::string_view bytes, const std::string& path);

}  // namespace reckon::formats
