// SPDX-License-Identifier: Apache-2.0
// Reads TensorFlow's V2 checkpoints ("tensor bundles"), also those of several shards, with
// partitioned variables or with Snappy blocks. Every byte that becomes a value has passed its CRC
// and its bounds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <reckon/array.h>

namespace reckon::base {
class FileSystem;
}

namespace reckon::formats {

/// An open checkpoint. Reading is const and may happen on several threads at once.
///
/// Errors of a damaged file are kDataLoss and name the file and the tensor or the offset; a missing
/// file is kNotFound. What a small damaged file makes the reader allocate is bounded by a multiple
/// of the file's size.
class BundleReader {
 public:
  /// Reads and verifies the index `<prefix>.index`. `files` must outlive the reader.
  BundleReader(base::FileSystem& files, const std::string& prefix);
  ~BundleReader();
  BundleReader(BundleReader&&) noexcept;

  /// The tensors' names in bytewise order; a partitioned variable is one name.
  const std::vector<std::string>& names() const;
  bool contains(const std::string& name) const;
  /// Throw Error, kNotFound, for a name that is not there, kInvalidArgument for a dtype or rank
  /// that Array lacks.
  DType dtype(const std::string& name) const;
  Shape shape(const std::string& name) const;
  /// The value, with its CRC verified. Throws as above, and kDataLoss.
  Array read(const std::string& name) const;
  /// Reads every tensor and drops it. Throws as `read`; tensors of dtypes that Array lacks are
  /// passed over.
  void verify() const;
  /// The files the bundle consists of: the index, then the data files.
  std::vector<std::string> paths() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reckon::formats
