// SPDX-License-Identifier: Apache-2.0
#include "ops/kernel_table.h"

#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>

#include "base/check.h"
#include "ops/define.h"

namespace reckon::ops {
namespace {

using NamedRow = std::pair<std::string, std::string>;

// A deque, because rows are pointed at while others are added.
std::map<std::string, std::deque<KernelRow>>& added_rows() {
  static std::map<std::string, std::deque<KernelRow>> rows;
  return rows;
}

struct Forced {
  std::mutex mutex;
  std::optional<NamedRow> row;
};

Forced& process_forced() {
  static Forced forced;
  return forced;
}

/// RECKON_KERNEL=Op:row.
std::optional<NamedRow> kernel_of_environment() {
  const char* text = std::getenv("RECKON_KERNEL");
  if (text == nullptr || *text == '\0') return std::nullopt;
  const std::string value = text;
  const size_t colon = value.find(':');
  base::require(colon != std::string::npos && colon > 0 && colon + 1 < value.size(),
                "RECKON_KERNEL", "\"", value,
                "\", expected an op and one of its kernels, as Matmul:plain; unset it, or see "
                "docs/architecture.md for the names");
  return NamedRow{value.substr(0, colon), value.substr(colon + 1)};
}

bool fits(const KernelRow& row, const void* options, const KernelSpec& spec) {
  if (!spec.inputs.empty() && !row.dtypes.contains(spec.inputs[0].dtype)) return false;
  return !row.fits || row.fits(options, spec);
}

std::string names_of(const std::vector<const KernelRow*>& rows) {
  std::string names;
  for (const KernelRow* row : rows) names += (names.empty() ? "" : ", ") + row->name;
  return names;
}

const KernelRow* find_row(const std::vector<const KernelRow*>& rows, const std::string& name) {
  for (const KernelRow* row : rows) {
    if (row->name == name) return row;
  }
  return nullptr;
}

const KernelRow* row_of_environment(const OpDef& op, const std::vector<const KernelRow*>& rows,
                                    const void* options, const KernelSpec& spec) {
  const std::optional<NamedRow> wanted = kernel_of_environment();
  if (!wanted || wanted->first != op.name) return nullptr;
  const KernelRow* row = find_row(rows, wanted->second);
  base::require(row != nullptr, "RECKON_KERNEL", op.name, " has no kernel \"", wanted->second,
                "\", expected one of ", names_of(rows), "; unset RECKON_KERNEL or name one");
  base::require(fits(*row, options, spec), "RECKON_KERNEL", "the kernel ", wanted->second, " of ",
                op.name, " does not fit ", spec.node.name,
                ", expected one that takes its dtypes and shapes; unset RECKON_KERNEL or name "
                "another of ",
                names_of(rows));
  return row;
}

const KernelRow* forced_row(const OpDef& op, const std::vector<const KernelRow*>& rows) {
  Forced& forced = process_forced();
  const std::lock_guard lock(forced.mutex);
  if (!forced.row || forced.row->first != op.name) return nullptr;
  return find_row(rows, forced.row->second);
}

std::optional<NamedRow> exchange_forced(std::optional<NamedRow> row) {
  Forced& forced = process_forced();
  const std::lock_guard lock(forced.mutex);
  return std::exchange(forced.row, std::move(row));
}

}  // namespace

bool add_kernel_row(const std::string& op, KernelRow row) {
  added_rows()[op].push_front(std::move(row));
  return true;
}

std::vector<const KernelRow*> kernel_rows(const OpDef& op) {
  std::vector<const KernelRow*> rows;
  const auto added = added_rows().find(op.name);
  if (added != added_rows().end()) {
    for (const KernelRow& row : added->second) rows.push_back(&row);
  }
  for (const KernelRow& row : op.kernels) rows.push_back(&row);
  return rows;
}

const KernelRow* choose_kernel(const OpDef& op, const void* options, const KernelSpec& spec) {
  const std::vector<const KernelRow*> rows = kernel_rows(op);
  if (const KernelRow* row = row_of_environment(op, rows, options, spec)) return row;
  const KernelRow* forced = forced_row(op, rows);
  if (forced != nullptr && fits(*forced, options, spec)) return forced;
  for (const KernelRow* row : rows) {
    if (fits(*row, options, spec)) return row;
  }
  return nullptr;
}

std::optional<std::string> forced_kernel(const std::string& op) {
  const std::optional<NamedRow> wanted = kernel_of_environment();
  if (wanted && wanted->first == op) return wanted->second;
  Forced& forced = process_forced();
  const std::lock_guard lock(forced.mutex);
  if (!forced.row || forced.row->first != op) return std::nullopt;
  return forced.row->second;
}

ForcedKernel::ForcedKernel(std::string op, std::string row)
    : before_(exchange_forced(NamedRow{std::move(op), std::move(row)})) {}

ForcedKernel::~ForcedKernel() { exchange_forced(std::move(before_)); }

}  // namespace reckon::ops
