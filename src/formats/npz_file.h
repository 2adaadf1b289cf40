// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy and .npz files into Arrays. Pickled objects and column-major arrays are refused.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <reckon/array.h>

namespace reckon::base {
class FileSystem;
}

namespace reckon::formats {

/// One array. Texts (`S`, `U`) become strings, `U` as UTF-8; big-endian numbers are swapped.
///   throws  Error, kNotFound; kDataLoss for damage; kInvalidArgument for pickles, column-major
///   order and dtypes
///           that Array lacks
Array read_npy(base::FileSystem& files, const std::string& path);
Array decode_npy(std::string_view bytes, const std::string& path);
/// All arrays of a zip archive, under their names without ".npy". Members are stored or deflated.
///   throws  as read_npy; kDataLoss also for unsafe or repeated names and for members that grow
///   over 1000-fold
std::map<std::string, Array> read_npz(base::FileSystem& files, const std::string& path);
std::map<std::string, Array> decode_npz(std::string_view bytes, const std::string& path);

}  // namespace reckon::formats
