// SPDX-License-Identifier: Apache-2.0
// Heavy instructions as early as they can run, then all light ones that can, and so on: few chains.
// Within a chain, what the most work waits for comes first: slow divisions then overlap with the
// rest.
#include "kernels/loop/loop_parts.h"

#include <algorithm>

namespace reckon::kernels {
namespace {

// Of two instructions, tiles cost no more than blocks, and their operands stream.
constexpr size_t kShortestChain = 3;

class PartCutter {
 public:
  PartCutter(const expr::Program& program, const std::function<bool(int32_t)>& is_varying,
             const std::function<bool(int32_t)>& is_light)
      : program_(program),
        waits_(static_cast<size_t>(program.value_count()), false),
        is_light_(waits_) {
    for (int32_t v = first(); v < program_.value_count(); ++v) {
      waits_[static_cast<size_t>(v)] = is_varying(v);
      is_light_[static_cast<size_t>(v)] = is_varying(v) && is_light(v);
    }
  }

  std::vector<LoopPart> cut() {
    find_heights();
    while (has_waiting()) {
      for (int32_t v = first(); v < program_.value_count(); ++v) {
        if (is_ready(v) && !is_light(v)) parts_.push_back({{take(v)}, false});
      }
      add_chain();
    }
    return std::move(parts_);
  }

 private:
  int32_t first() const { return static_cast<int32_t>(program_.inputs.size()); }
  bool is_light(int32_t value) const { return is_light_[static_cast<size_t>(value)]; }
  bool has_waiting() const { return std::find(waits_.begin(), waits_.end(), true) != waits_.end(); }

  bool is_ready(int32_t value) const {
    if (!waits_[static_cast<size_t>(value)]) return false;
    const auto& operands = program_.instruction(value)->operands;
    return std::none_of(operands.begin(), operands.end(), [&](int32_t operand) {
      return operand >= 0 && waits_[static_cast<size_t>(operand)];
    });
  }

  int32_t take(int32_t value) {
    waits_[static_cast<size_t>(value)] = false;
    return value;
  }

  void add_chain() {
    LoopPart part;
    int32_t last = -1;
    while (true) {
      const int32_t value = next_of_chain(last);
      if (value < 0) break;
      part.values.push_back(last = take(value));
    }
    part.is_chain = part.values.size() >= kShortestChain;
    if (part.is_chain)
      parts_.push_back(std::move(part));
    else
      for (int32_t value : part.values) parts_.push_back({{value}, false});
  }

  // One that uses the last result, if there is one; of several the highest. -1 if none can run.
  int32_t next_of_chain(int32_t last) const {
    int32_t best = -1;
    bool best_uses_last = false;
    for (int32_t v = first(); v < program_.value_count(); ++v) {
      if (!is_ready(v) || !is_light(v)) continue;
      const auto& operands = program_.instruction(v)->operands;
      const bool uses_last =
          last >= 0 && std::find(operands.begin(), operands.end(), last) != operands.end();
      const bool is_better = best < 0 || uses_last > best_uses_last ||
                             (uses_last == best_uses_last && height(v) > height(best));
      if (!is_better) continue;
      best = v;
      best_uses_last = uses_last;
    }
    return best;
  }

  // The time from the start of an instruction to the end of the last one that waits for it.
  void find_heights() {
    heights_.assign(waits_.size(), 0);
    for (int32_t v = program_.value_count(); v-- > first();) {
      const expr::Instruction& i = *program_.instruction(v);
      const bool is_slow = i.op == expr::Opcode::kDiv || i.op == expr::Opcode::kSqrt;
      heights_[static_cast<size_t>(v)] += is_slow ? 4 : 1;
      for (int32_t operand : i.operands) {
        if (operand < 0) continue;
        int& below = heights_[static_cast<size_t>(operand)];
        below = std::max(below, height(v));
      }
    }
  }
  int height(int32_t value) const { return heights_[static_cast<size_t>(value)]; }

  const expr::Program& program_;
  std::vector<bool> waits_, is_light_;
  std::vector<int> heights_;
  std::vector<LoopPart> parts_;
};

}  // namespace

std::vector<LoopPart> cut_into_parts(const expr::Program& program,
                                     const std::function<bool(int32_t)>& is_varying,
                                     const std::function<bool(int32_t)>& is_light) {
  return PartCutter(program, is_varying, is_light).cut();
}

}  // namespace reckon::kernels
