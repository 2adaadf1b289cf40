// SPDX-License-Identifier: Apache-2.0
// What a kernel returns: nothing, or the text of a fault that only data could show. A kernel knows
// no line: the executor adds that of the node it ran, a subgraph's executor that of the inner node.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <reckon/error.h>

namespace reckon::kernels {

/// Empty is fine and costs one null pointer; `what came, what was expected; how to mend it`
/// otherwise.
class [[nodiscard]] Fault {
 public:
  Fault() = default;
  explicit Fault(std::string text)
      : report_(std::make_unique<Report>(Report{std::move(text), {}})) {}

  /// True if there is a fault.
  explicit operator bool() const { return report_ != nullptr; }
  /// The text; call it only if there is a fault.
  const std::string& text() const { return report_->text; }
  /// Where a fault comes from: the op as errors name it, the node's name and the user's line.
  struct Origin {
    std::string where, node;
    Place place;
  };
  /// The same fault with an origin, unless it has one already: the innermost wins.
  Fault from(const Origin& origin) && {
    if (report_ != nullptr && report_->origin.where.empty()) report_->origin = origin;
    return std::move(*this);
  }
  /// Call it only if there is a fault.
  const Origin& origin() const { return report_->origin; }
  /// What the user gets to see, on the line `place`; call it only if there is a fault.
  Error error(Place place) const {
    return Error(ErrorCode::kInvalidArgument, report_->origin.where, report_->text, place);
  }
  Error error() const { return error(report_->origin.place); }

 private:
  struct Report {
    std::string text;
    Origin origin;
  };
  std::unique_ptr<Report> report_;
};

}  // namespace reckon::kernels
