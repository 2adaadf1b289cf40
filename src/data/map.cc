// SPDX-License-Identifier: Apache-2.0
// map(): a traced and compiled function of each element. Its randomness is keyed by (seed, op name,
// epoch, element), so an element is the same whoever asks for it and when.
#include <cstring>

#include "data/element_number.h"
#include "data/map_programs.h"
#include "data/map_trace.h"
#include "data/nodes.h"
#include "data/readers.h"
#include "runtime/program_cache.h"

namespace reckon::reckon_internal::data {
namespace {

bool has_strings(const graph::Types& types) {
  for (const graph::TensorType& type : types) {
    if (type.dtype == kString) return true;
  }
  return false;
}

struct TypesHash {
  size_t operator()(const graph::Types& types) const {
    base::Hasher hasher;
    runtime::hash_types(hasher, types);
    return hasher.value();
  }
};

class MapReader final : public ElementReader {
 public:
  MapReader(std::unique_ptr<Reader> input, std::shared_ptr<const TracedMap> map,
            const Node& input_node, const graph::Types& outputs, uint64_t seed)
      : input_(std::move(input)),
        map_(std::move(map)),
        rows_(input_node.size()),
        input_types_(input_node.columns()),
        output_types_(outputs),
        seed_(seed),
        arguments_(input_node.column_count()),
        is_stackable_(is_static(input_types_) && is_static(outputs) && !has_strings(outputs)) {}

  void read(int64_t epoch, int64_t index, Columns out) override {
    input_->read(epoch, index, arguments_.columns());
    graph::Types types = input_types_;
    for (size_t i = 0; i < types.size(); ++i) types[i].shape = arguments_[i].shape();
    runtime::Execution& execution = execution_for(types);
    for (size_t i = 0; i < types.size(); ++i) {
      execution.feed(static_cast<int32_t>(i), arguments_[i].raw());
    }
    run(execution, epoch, index);
    for (size_t i = 0; i < out.size(); ++i) *out[i] = execution.fetch(static_cast<int32_t>(i));
  }

  /// The input's rows are gathered at once, and each run of the program writes one row of the
  /// stack.
  void gather(std::span<const Run> runs, Columns out) override {
    if (!is_stackable_) return ElementReader::gather(runs, out);
    input_->gather(runs, arguments_.columns());
    runtime::Execution& execution = execution_for(input_types_);
    lend_rows(total_count(runs), out);
    size_t row = 0;
    for (const Run& part : runs) {
      for (int64_t i = 0; i < part.count; ++i, ++row) {
        feed_row(execution, row);
        run(execution, part.epoch, part.first + i);
        store_row(execution, row);
      }
    }
  }

 private:
  runtime::Execution& execution_for(const graph::Types& types) {
    if (const auto* found = executions_.find(types)) return **found;
    return *executions_.put(types, std::make_unique<runtime::Execution>(map_program(*map_, types)));
  }

  void lend_rows(int64_t count, Columns out) {
    row_targets_.resize(out.size());
    for (size_t c = 0; c < out.size(); ++c) {
      *out[c] = Array();  // gives back the memory of the batch before
      const graph::TensorType& type = output_types_[c];
      *out[c] = buffers().lend(type.dtype, stacked_shape(count, type.shape), &row_targets_[c]);
    }
  }

  void feed_row(runtime::Execution& execution, size_t row) {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      const auto elements = static_cast<size_t>(input_types_[i].shape.num_elements());
      const size_t bytes = elements * dtype_size(input_types_[i].dtype);
      execution.feed(static_cast<int32_t>(i),
                     static_cast<const char*>(arguments_[i].raw()) + row * bytes);
    }
  }

  void store_row(const runtime::Execution& execution, size_t row) {
    for (size_t i = 0; i < output_types_.size(); ++i) {
      const ops::View& result = execution.result(static_cast<int32_t>(i));
      const size_t bytes = static_cast<size_t>(result.elements) * dtype_size(result.dtype);
      if (bytes > 0) std::memcpy(row_targets_[i] + row * bytes, result.data, bytes);
    }
  }

  void run(runtime::Execution& execution, int64_t epoch, int64_t index) {
    const int64_t element = number_in_epoch(epoch, rows_, index);
    const ops::RunState state{.seed = seed_, .step = static_cast<uint64_t>(element)};
    if (const kernels::Fault fault = execution.try_run(state, &pool_)) throw_fault(fault);
  }

  // An equal function of another line may have been compiled first: the node of the same name in
  // this one knows this one's line.
  [[noreturn]] void throw_fault(const kernels::Fault& fault) const {
    for (const graph::Node& node : map_->function->nodes) {
      if (node.name == fault.origin().node) throw fault.error(node.place);
    }
    throw fault.error();
  }

  std::unique_ptr<Reader> input_;
  std::shared_ptr<const TracedMap> map_;
  int64_t rows_;
  graph::Types input_types_, output_types_;
  uint64_t seed_;
  ColumnStore arguments_;
  bool is_stackable_;
  base::Recent<graph::Types, std::unique_ptr<runtime::Execution>, TypesHash> executions_{
      runtime::kKeptShapes};
  std::vector<char*> row_targets_;
  base::Pool pool_{1};  ///< an element is small, and the step has the shared pool
};

class MapNode final : public Node {
 public:
  MapNode(NodePtr input, std::shared_ptr<const TracedMap> map)
      : Node("map", {input}, {map->spec}, input->size(), graph::structural_hash(*map->function)),
        map_(std::move(map)) {}

  std::unique_ptr<Reader> open(OpenContext& context) const override {
    std::unique_ptr<Reader> reader = input()->open(context);
    return std::make_unique<MapReader>(std::move(reader), map_, *input(), columns(),
                                       context.run.run_seed);
  }

 private:
  std::shared_ptr<const TracedMap> map_;
};

}  // namespace

NodePtr make_map(NodePtr input, const ElementFunction& function, Place place) {
  auto map = std::make_shared<const TracedMap>(trace_map(*input, function, place));
  return std::make_shared<MapNode>(std::move(input), std::move(map));
}

}  // namespace reckon::reckon_internal::data
