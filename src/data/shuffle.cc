// SPDX-License-Identifier: Apache-2.0
// shuffle(): a permutation of all rows, keyed by (seed, epoch) or by the seed alone, or of
// consecutive windows of buffer_size rows. Nothing is buffered: position k of the order is
// computed.
#include <optional>

#include "base/check.h"
#include "data/nodes.h"
#include "data/readers.h"
#include "kernels/move/permutation.h"

namespace reckon::reckon_internal::data {
namespace {

class ShuffleReader final : public RemapReader {
 public:
  ShuffleReader(std::unique_ptr<Reader> input, uint64_t seed, bool is_fixed, int64_t rows,
                int64_t window)
      : RemapReader(std::move(input)),
        seed_(seed),
        is_fixed_(is_fixed),
        rows_(rows),
        window_(window) {}

 private:
  void remap(const Run& run, std::vector<Run>& out) override {
    int64_t index = run.first;
    for (int64_t left = run.count; left > 0;) {
      enter(is_fixed_ ? 0 : run.epoch, index / window_);
      const int64_t begin = number_ * window_, rows = order_->rows();
      for (; left > 0 && index - begin < rows; ++index, --left) {
        out.push_back({run.epoch, begin + (*order_)[index - begin], 1});
      }
    }
  }

  /// Makes `order_` the permutation of window `number`.
  void enter(int64_t epoch, int64_t number) {
    if (order_.has_value() && epoch == epoch_ && number == number_) return;
    epoch_ = epoch;
    number_ = number;
    // The first window's key is the epoch alone: a buffer of all rows is the same as any larger
    // one.
    const auto key = number == 0 ? static_cast<uint64_t>(epoch) : hash_of(epoch, number);
    order_.emplace(seed_, key,
                   rows_ == kEndless ? window_ : std::min(window_, rows_ - number * window_));
  }

  uint64_t seed_;
  bool is_fixed_;  ///< the order of epoch 0 in all of them
  int64_t rows_, window_;
  std::optional<kernels::Permutation> order_;
  int64_t epoch_ = 0, number_ = 0;
};

class ShuffleNode final : public Node {
 public:
  ShuffleNode(NodePtr input, const ShuffleOptions& options)
      : Node("shuffle", {input}, input->parts(), input->size(), hash_options(options)),
        options_(options) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    const uint64_t seed = options_.seed.has_value() ? *options_.seed : drawn_seed(context);
    const int64_t window = std::min(options_.buffer_size, std::max<int64_t>(input()->size(), 1));
    return std::make_unique<ShuffleReader>(
        input()->open(context), seed, !options_.reshuffle_each_iteration, input()->size(), window);
  }

 private:
  // Checkpoints know inputs by this hash: the option counts only where it is set.
  static uint64_t hash_options(const ShuffleOptions& options) {
    const uint64_t hash =
        hash_of(options.buffer_size, options.seed.has_value(), options.seed.value_or(0));
    return options.reshuffle_each_iteration ? hash
                                            : hash_of(hash, options.reshuffle_each_iteration);
  }

  // Later calls of a run see other orders, a resumed one the same; both sides of a zip differ. One
  // order is that of the description in all calls of a run: take() in train and skip() in evaluate
  // must split the same.
  uint64_t drawn_seed(OpenContext& context) const {
    if (!options_.reshuffle_each_iteration) return hash_of(context.run.run_seed, structural_hash());
    return hash_of(context.run.run_seed, context.run.start_step, context.shuffles++);
  }

  ShuffleOptions options_;
};

}  // namespace

NodePtr make_shuffle(NodePtr input, const ShuffleOptions& options, Place place) {
  require_at(options.buffer_size >= 1, "shuffle", place,
             base::concat_text("buffer_size is ", options.buffer_size,
                               ", expected at least 1; give the number of "
                               "elements to draw from, all rows for a full shuffle"));
  return std::make_shared<ShuffleNode>(std::move(input), options);
}

}  // namespace reckon::reckon_internal::data
