// SPDX-License-Identifier: Apache-2.0
// The idx files that this process has read, the 64 used last: each is decompressed once, until its
// size or time changes.
#pragma once

#include <string>

#include <reckon/array.h>

namespace reckon::reckon_internal::data {

/// uint8 or another dtype of the file, [rows, height, width, 1]; `path` or `path`.gz.
///   throws  Error, kNotFound, kDataLoss, or kInvalidArgument if the file holds no images
Array idx_images(const std::string& path);
/// int64[rows]; likewise.
Array idx_labels(const std::string& path);
/// Files decompressed so far, for tests.
int idx_files_read();

}  // namespace reckon::reckon_internal::data
