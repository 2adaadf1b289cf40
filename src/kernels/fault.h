// SPDX-License-Identifier: Apache-2.0
// What a kernel returns: nothing, or the text of a fault that only data could show.
// The text has no place: the executor throws it with the line of the node it ran.
#pragma once

#include <memory>
#include <string>
#include <utility>

namespace reckon::kernels {

/// Empty is fine and costs one null pointer; `what came, what was expected; how to mend it`
/// otherwise.
class [[nodiscard]] Fault {
 public:
  Fault() = default;
  explicit Fault(std::string text) : text_(std::make_unique<std::string>(std::move(text))) {}

  /// True if there is a fault.
  explicit operator bool() const { return text_ != nullptr; }
  /// The text; call it only if there is a fault.
  const std::string& text() const { return *text_; }

 private:
  std::unique_ptr<std::string> text_;
};

}  // namespace reckon::kernels
