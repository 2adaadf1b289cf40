// SPDX-License-Identifier: Apache-2.0
#include "data/columns.h"

#include <algorithm>
#include <mutex>

#include "data/readers.h"
#include "graph/attribute.h"

namespace reckon::reckon_internal::data {
namespace {

// Of a large Array so many evenly spaced pieces are hashed, of a small one everything.
constexpr size_t kPieces = 64, kPieceBytes = 16 << 10;

void hash_bytes(base::Hasher& hasher, std::string_view bytes) {
  if (bytes.size() <= kPieces * kPieceBytes) return hasher.add(bytes);
  const size_t last = bytes.size() - kPieceBytes;
  for (size_t i = 0; i < kPieces; ++i)
    hasher.add(bytes.substr(last / (kPieces - 1) * i, kPieceBytes));
  hasher.add(bytes.substr(last));
}

void hash_array(base::Hasher& hasher, const Array& array) {
  if (array.dtype() != kString) {
    return hash_bytes(hasher, {static_cast<const char*>(array.raw()), array.num_bytes()});
  }
  const auto values = array.data<std::string_view>();
  const size_t stride = std::max<size_t>(values.size() / kPieceBytes, 1);
  for (size_t i = 0; i < values.size(); i += stride) hasher.add(values[i]);
}

uint64_t hash_columns(const DatasetSpec& spec, const std::vector<Array>& columns) {
  base::Hasher hasher;
  for (const ComponentSpec& feature : spec.features) hasher.add(feature.name);
  hasher.add(spec.labels.size());
  for (const ComponentSpec& label : spec.labels) hasher.add(label.name);
  for (const Array& column : columns) {
    hasher.add(static_cast<int64_t>(column.dtype()));
    graph::hash_attribute(hasher, column.shape());
  }
  return hasher.value();
}

class ColumnsNode final : public Node {
 public:
  ColumnsNode(const char* kind, const DatasetSpec& spec, std::vector<Array> columns)
      : Node(kind, {}, {spec}, columns[0].shape()[0], hash_columns(spec, columns)),
        arrays_(std::move(columns)) {}

  uint64_t fingerprint() const override {
    std::call_once(is_hashed_, [this] {
      base::Hasher hasher;
      for (const Array& array : arrays_) hash_array(hasher, array);
      fingerprint_ = hasher.value();
    });
    return fingerprint_;
  }
  std::unique_ptr<Reader> open(OpenContext&) const override {
    return std::make_unique<ColumnReader>(arrays_);
  }

 private:
  std::vector<Array> arrays_;
  mutable std::once_flag is_hashed_;
  mutable uint64_t fingerprint_ = 0;
};

}  // namespace

NodePtr make_columns(const char* kind, DatasetSpec spec, std::vector<Array> columns) {
  return std::make_shared<ColumnsNode>(kind, spec, std::move(columns));
}

ComponentSpec row_spec(const std::string& name, const Array& column) {
  return {name, column.dtype(),
          Shape(std::vector<int64_t>(column.shape().begin() + 1, column.shape().end()))};
}

}  // namespace reckon::reckon_internal::data
