// SPDX-License-Identifier: Apache-2.0
#include "runtime/variable_store.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/check.h"

namespace reckon::runtime {

namespace {

uint64_t new_id() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

VariableStore::VariableStore(std::shared_ptr<graph::Module> module)
    : module_(std::move(module)), id_(new_id()) {}

const VariableStore::Entry* VariableStore::find(int32_t variable) const {
  const auto entry = entries_.find(variable);
  return entry == entries_.end() ? nullptr : &entry->second;
}

bool VariableStore::is_initialized(int32_t variable) const {
  const Entry* entry = find(variable);
  return entry != nullptr && entry->is_initialized;
}

void* VariableStore::data(int32_t variable) {
  Entry& entry = entries_[variable];
  if (!entry.memory) {
    const graph::TensorType& type = module_->variable(variable).type;
    RECKON_CHECK(type.dtype != kString && "variable() refuses strings");
    const size_t bytes = static_cast<size_t>(type.shape.num_elements()) * dtype_size(type.dtype);
    entry.memory = std::make_unique<tensor::Arena>(std::max<size_t>(bytes, 1));
  }
  return entry.memory->data();
}

void VariableStore::require_initialized(int32_t variable) const {
  if (is_initialized(variable)) return;
  const graph::VariableDecl& decl = module_->variable(variable);
  base::fail(ErrorCode::kFailedPrecondition, "variable", "\"", decl.name, "\" (",
             graph::type_text(decl.type),
             ") has no value yet, expected one before it is read; call "
             "Session::initialize_variables(), or set_variable(), first");
}

Array VariableStore::value(int32_t variable) const {
  require_initialized(variable);
  const graph::VariableDecl& decl = module_->variable(variable);
  Array array = Array::uninitialized(decl.type.dtype, decl.type.shape);
  std::memcpy(array.mutable_raw(), find(variable)->memory->data(), array.num_bytes());
  return array;
}

void VariableStore::set(int32_t variable, const Array& value) {
  const graph::VariableDecl& decl = module_->variable(variable);
  if (value.dtype() != decl.type.dtype || !(value.shape() == decl.type.shape)) {
    base::fail(ErrorCode::kInvalidArgument, "variable", "\"", decl.name, "\" is ",
               graph::type_text(decl.type), " but the value is ", value.text(),
               "; give it the variable's dtype and shape");
  }
  if (value.num_bytes() > 0) std::memcpy(data(variable), value.raw(), value.num_bytes());
  mark_initialized(variable);
}

void VariableStore::mark_initialized(int32_t variable) {
  data(variable);
  Entry& entry = entries_[variable];
  entry.is_initialized = true;
  ++entry.version;
}

uint64_t* VariableStore::version(int32_t variable) { return &entries_[variable].version; }

uint64_t VariableStore::first_version() { return new_id() << 36; }

void VariableStore::clear() {
  for (auto& [variable, entry] : entries_) entry.is_initialized = false;
  id_ = new_id();  // who was bound to it looks again
}

std::unique_ptr<VariableStore> VariableStore::snapshot(
    const std::vector<int32_t>& variables) const {
  auto copy = std::make_unique<VariableStore>(module_);
  for (int32_t variable : variables) {
    const Entry* entry = find(variable);
    if (entry == nullptr || !entry->is_initialized) continue;
    std::memcpy(copy->data(variable), entry->memory->data(), entry->memory->size());
    copy->mark_initialized(variable);
  }
  return copy;
}

size_t VariableStore::bytes() const {
  size_t total = 0;
  for (const auto& [variable, entry] : entries_) total += entry.memory ? entry.memory->size() : 0;
  return total;
}

}  // namespace reckon::runtime
