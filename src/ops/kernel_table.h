// SPDX-License-Identifier: Apache-2.0
// The ways to compute an op, in the order in which they are tried. A room that may be left out of
// the build adds rows to an op from a file of its own, which the op does not know.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/dtype_set.h"
#include "ops/kernel.h"

namespace reckon::ops {

struct OpDef;

/// Where a kernel runs.
enum class Device : uint8_t { kCpu };

/// One way, for an op whose options are known by their address alone.
struct KernelRow {
  std::string name;             ///< unique among the op's rows
  DTypeSet dtypes = kAnything;  ///< of the first input
  Device device = Device::kCpu;
  /// Sees options, planned types and the instruction set, never threads; empty: always.
  std::function<bool(const void* options, const KernelSpec&)> fits = {};
  std::function<Kernel(const void* options, const KernelSpec&)> make;
};

/// The same for an op with these options.
template <class Options>
struct KernelRowOf {
  std::string name;
  DTypeSet dtypes = kAnything;
  std::function<bool(const Options&, const KernelSpec&)> fits = {};
  std::function<Kernel(const Options&, const KernelSpec&)> make;
  Device device = Device::kCpu;

  KernelRow erased() const {
    KernelRow row{name, dtypes, device, {}, {}};
    if (fits) {
      row.fits = [fits = fits](const void* options, const KernelSpec& spec) {
        return fits(*static_cast<const Options*>(options), spec);
      };
    }
    row.make = [make = make](const void* options, const KernelSpec& spec) {
      return make(*static_cast<const Options*>(options), spec);
    };
    return row;
  }
};

/// Adds a row that is tried before the op's own. Call it while the program is loaded, from the
/// initializer of a variable: the op need not be defined yet.
///   op   the op's name, as "Matmul"
bool add_kernel_row(const std::string& op, KernelRow row);

/// All rows of an op, in the order in which they are tried.
std::vector<const KernelRow*> kernel_rows(const OpDef& op);

/// The first row that fits, or the one that is forced; null if there is none.
///   throws  Error, kInvalidArgument, if RECKON_KERNEL names no row of the op, or one that does not
///           fit this node
const KernelRow* choose_kernel(const OpDef& op, const void* options, const KernelSpec& spec);

/// The row that RECKON_KERNEL or a ForcedKernel wants of the op, or nothing.
std::optional<std::string> forced_kernel(const std::string& op);

/// While it lives, ops are computed by the rows it names where they fit; the rest choose freely.
/// For comparing the rows: it holds for all threads, and plans that are compiled stay as they are.
class ForcedKernel {
 public:
  ForcedKernel(std::string op, std::string row);
  ~ForcedKernel();
  ForcedKernel(const ForcedKernel&) = delete;
  ForcedKernel& operator=(const ForcedKernel&) = delete;

 private:
  std::optional<std::pair<std::string, std::string>> before_;
};

}  // namespace reckon::ops
