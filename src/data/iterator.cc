// SPDX-License-Identifier: Apache-2.0
#include "data/iterator.h"

#include "data/indexed_iterator.h"
#include "data/position.h"
#include "data/prefetch_iterator.h"

namespace reckon::reckon_internal::data {
namespace {

std::unique_ptr<Iterator> iterate(const NodePtr& node, const IteratorContext& context,
                                  int64_t consumed) {
  const int64_t depth = node->prefetch_depth();
  if (depth == 0) return std::make_unique<IndexedIterator>(node, context, consumed);
  return std::make_unique<PrefetchIterator>(node, context, consumed, depth);
}

}  // namespace

IndexedIterator::IndexedIterator(NodePtr node, const IteratorContext& context, int64_t consumed)
    : node_(std::move(node)),
      context_(context),
      consumed_(consumed),
      targets_(static_cast<size_t>(node_->column_count())),
      unused_(targets_.size()) {
  node_->spec();  // throws here, not at the first element
  OpenContext open{context, 0};
  reader_ = node_->open(open);
  for (size_t column = 0; column < targets_.size(); ++column) targets_[column] = &unused_[column];
}

bool IndexedIterator::next(ArrayElement& out) {
  if (consumed_ == node_->size()) return false;
  const DatasetSpec& spec = node_->spec();
  out.features.resize(spec.features.size());
  out.labels.resize(spec.labels.size());
  const int32_t* column = node_->joined_columns().data();
  for (Array& feature : out.features) targets_[static_cast<size_t>(*column++)] = &feature;
  for (Array& label : out.labels) targets_[static_cast<size_t>(*column++)] = &label;
  reader_->read(0, consumed_, targets_);
  ++consumed_;
  return true;
}

std::string IndexedIterator::position() const {
  return encode_position(*node_, {context_, consumed_});
}

std::unique_ptr<Iterator> make_iterator(const Dataset& dataset, const IteratorContext& context) {
  return iterate(dataset.node(), context, 0);
}

std::string position_mistake(const Dataset& dataset, const std::string& position) {
  Position at;
  return read_position(*dataset.node(), position, &at);
}

std::unique_ptr<Iterator> resume_iterator(const Dataset& dataset, const std::string& position) {
  const Position at = decode_position(*dataset.node(), position);
  return iterate(dataset.node(), at.context, at.consumed);
}

}  // namespace reckon::reckon_internal::data
