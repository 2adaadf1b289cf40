// SPDX-License-Identifier: Apache-2.0
// Reads TensorFlow's V2 checkpoints ("tensor bundles"), also those of several shards, with
// partitioned variables or with Snappy blocks. Every byte that becomes a value has passed its CRC
// and its bounds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <reckon/array.h>

#include "formats/file_digest.h"

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
  /// Reads and verifies the index `<prefix>.index`. `files` must outlive the reader. With
  /// `digests` it takes digests on the way: that one gets the index's, also if it is damaged.
  BundleReader(base::FileSystem& files, const std::string& prefix, FileDigest* digests = nullptr);
  ~BundleReader();
  BundleReader(BundleReader&&) noexcept;

  /// The tensors' names in bytewise order; a partitioned variable is one name.
  const std::vector<std::string>& names() const;
  /// The same in the order in which they lie in the files: who reads them so, and then asks for
  /// data_digest(), reads each byte once.
  std::vector<std::string> names_as_stored() const;
  bool contains(const std::string& name) const;
  /// Throw Error, kNotFound, for a name that is not there, kInvalidArgument for a dtype or rank
  /// that Array lacks.
  DType dtype(const std::string& name) const;
  Shape shape(const std::string& name) const;
  /// The value, with its CRC verified. Throws as above, and kDataLoss.
  Array read(const std::string& name) const;
  /// Of the data file of a bundle of one shard, if the reader takes digests; reads what was not
  /// read yet. Throws Error, kUnavailable, if it cannot be read.
  FileDigest data_digest() const;
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
