// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/denormals.h"
#include "runtime/program.h"

namespace reckon::runtime {

Execution::Execution(std::shared_ptr<const Program> program)
    : program_(std::move(program)),
      arena_(program_->arena_bytes),
      extents_(program_->extents.size(), 0),
      feed_views_(program_->parameters.size()),
      result_views_(static_cast<size_t>(program_->result_count)) {
  make_views();
  make_states();
}

void Execution::make_states() {
  states_.resize(static_cast<size_t>(program_->state_count));
  for (const Step& step : program_->steps) {
    if (step.state >= 0) states_[static_cast<size_t>(step.state)] = step.kernel.make_state();
  }
}

void Execution::make_views() {
  size_t total_rank = 0;
  for (const Slot& slot : program_->slots) total_rank += slot.type.shape.rank();
  dims_.reserve(total_rank);
  for (const Slot& slot : program_->slots) {
    const auto index = static_cast<int32_t>(views_.size());
    ops::View view{nullptr, dims_.data() + dims_.size(), 0, slot.type.shape.rank(),
                   slot.type.dtype};
    for (int64_t dim : slot.type.shape) dims_.push_back(std::max<int64_t>(dim, 0));
    if (slot.type.shape.is_static())
      view.elements = slot.type.shape.num_elements();
    else
      dynamic_views_.push_back(index);
    switch (slot.location.kind) {
      case Location::Kind::kArena:
        view.data = arena_.data() + slot.location.offset;
        break;
      case Location::Kind::kFeed:
        feed_views_[slot.location.index].push_back(index);
        break;
      case Location::Kind::kConstant:
        view.data = const_cast<void*>(program_->constants[slot.location.index].raw());
        view.version = kConstantVersion;
        break;
      case Location::Kind::kResult:
        result_views_[slot.location.index].push_back(index);
        break;
      case Location::Kind::kVariable:
        break;
    }
    views_.push_back(view);
  }
}

void Execution::feed(int32_t parameter, const void* data) {
  for (int32_t view : feed_views_[parameter]) views_[view].data = const_cast<void*>(data);
}

void Execution::place_result(int32_t index, void* data) {
  for (int32_t view : result_views_[index]) views_[view].data = data;
}

void Execution::bind(VariableStore& store) {
  if (bound_store_ == store.id()) return;
  for (int32_t variable : program_->read_variables) {
    store.require_initialized(variable);
  }
  for (size_t i = 0; i < views_.size(); ++i) {
    const Location& location = program_->slots[i].location;
    if (location.kind == Location::Kind::kVariable) views_[i].data = store.data(location.index);
  }
  bind_versions(store);
  bound_store_ = store.id();
  unmarked_ = program_->updated_variables.empty() ? nullptr : &store;
}

void Execution::bind_versions(VariableStore& store) {
  read_versions_.clear();
  updated_versions_.clear();
  const std::vector<int32_t>& updated = program_->updated_variables;
  for (int32_t variable : updated) updated_versions_.push_back(store.version(variable));
  for (const Step& step : program_->steps) {
    if (step.state < 0) continue;
    for (int32_t i = step.first_slot; i < step.first_slot + step.input_count; ++i) {
      const Location& location = program_->slots[static_cast<size_t>(i)].location;
      if (location.kind != Location::Kind::kVariable) continue;
      if (std::find(updated.begin(), updated.end(), location.index) != updated.end()) continue;
      read_versions_.emplace_back(i, store.version(location.index));
    }
  }
}

/// Called after a step that wrote extents: derived ones, then every dimension that is one.
void Execution::refresh_extents() {
  for (size_t i = 0; i < extents_.size(); ++i) {
    const graph::Extent& extent = program_->extents[i];
    if (extent.base >= 0) extents_[i] = extents_[extent.base] * extent.multiplier;
  }
  for (int32_t index : dynamic_views_) {
    ops::View& view = views_[index];
    const Shape& shape = program_->slots[index].type.shape;
    view.elements = 1;
    for (int axis = 0; axis < view.rank; ++axis) {
      const int64_t dim = shape[axis];
      const int64_t value = graph::is_extent(dim) ? extents_[graph::extent_index(dim)] : dim;
      const_cast<int64_t*>(view.dims)[axis] = value;
      view.elements *= value;
    }
  }
}

namespace {

/// Counts up the versions of what a run updates at its end, also where a fault ends it.
struct NewVersions {
  const std::vector<uint64_t*>& versions;
  ~NewVersions() {
    for (uint64_t* version : versions) ++*version;
  }
};

}  // namespace

kernels::Fault Execution::try_run(const ops::RunState& state, base::Pool* pool) {
  const base::DenormalsFlushed flushed;
  ops::KernelCall call;
  call.extents = extents_.data();
  call.pool = pool;
  call.run = &state;
  for (const auto& [view, version] : read_versions_)
    views_[static_cast<size_t>(view)].version = *version;
  const NewVersions updated{updated_versions_};
  for (const Step& step : program_->steps) {
    call.inputs = views_.data() + step.first_slot;
    call.outputs = call.inputs + step.input_count;
    call.scratch = arena_.data() + step.scratch_offset;
    call.state = step.state < 0 ? nullptr : states_[static_cast<size_t>(step.state)].get();
    if (kernels::Fault fault = step.kernel.run(call))
      return std::move(fault).from({step.where, step.name, step.place});
    if (step.writes_extents) refresh_extents();
  }
  if (unmarked_ != nullptr) mark_updated();
  return {};
}

void Execution::mark_updated() {
  for (int32_t variable : program_->updated_variables) unmarked_->mark_initialized(variable);
  unmarked_ = nullptr;
}

void Execution::run(const ops::RunState& state, base::Pool& pool) {
  if (const kernels::Fault fault = try_run(state, &pool)) throw fault.error();
}

Array Execution::fetch(int32_t index) const {
  const ops::View& view = result(index);
  const Shape shape(std::vector<int64_t>(view.dims, view.dims + view.rank));
  if (view.dtype == kString) {
    return Array::string_views(
        {static_cast<const std::string_view*>(view.data), static_cast<size_t>(view.elements)},
        shape);
  }
  Array array = Array::uninitialized(view.dtype, shape);
  if (array.num_bytes() > 0) std::memcpy(array.mutable_raw(), view.data, array.num_bytes());
  return array;
}

}  // namespace reckon::runtime
