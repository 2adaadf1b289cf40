// SPDX-License-Identifier: Apache-2.0
// zip(): pairs of elements, as many as the shorter side has. Both sides stay apart until a map()
// takes them or a model joins them.
#include <algorithm>

#include "data/nodes.h"

namespace reckon::reckon_internal::data {
namespace {

class ZipReader final : public Reader {
 public:
  ZipReader(std::unique_ptr<Reader> left, std::unique_ptr<Reader> right, int64_t left_columns)
      : left_(std::move(left)),
        right_(std::move(right)),
        left_columns_(static_cast<size_t>(left_columns)) {}

  void read(int64_t epoch, int64_t index, Columns out) override {
    left_->read(epoch, index, out.first(left_columns_));
    right_->read(epoch, index, out.subspan(left_columns_));
  }
  void gather(std::span<const Run> runs, Columns out) override {
    left_->gather(runs, out.first(left_columns_));
    right_->gather(runs, out.subspan(left_columns_));
  }

 private:
  std::unique_ptr<Reader> left_, right_;
  size_t left_columns_;
};

std::vector<DatasetSpec> joined(std::vector<DatasetSpec> left,
                                const std::vector<DatasetSpec>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

class ZipNode final : public Node {
 public:
  ZipNode(NodePtr left, NodePtr right)
      : Node("zip", {left, right}, joined(left->parts(), right->parts()),
             std::min(left->size(), right->size()), 0) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    std::unique_ptr<Reader> left = inputs()[0]->open(context);
    std::unique_ptr<Reader> right = inputs()[1]->open(context);
    return std::make_unique<ZipReader>(std::move(left), std::move(right),
                                       inputs()[0]->column_count());
  }
};

}  // namespace

NodePtr make_zip(NodePtr left, NodePtr right) {
  return std::make_shared<ZipNode>(std::move(left), std::move(right));
}

}  // namespace reckon::reckon_internal::data
