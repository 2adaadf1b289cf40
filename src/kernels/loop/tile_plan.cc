// SPDX-License-Identifier: Apache-2.0
// Sorts instructions into uniform and varying, picks kernels, and gives buffers to values by last
// use.
#include "kernels/loop/tile_plan.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "base/check.h"
#include "base/scratch_layout.h"
#include "kernels/loop/chain_builder.h"

namespace reckon::kernels {
namespace {

using expr::Instruction;
using expr::Lane;
using expr::Opcode;

constexpr int64_t kBlockBytes = 4 * kChainBlock;

std::array<char, 8> constant_bytes(const Instruction& constant) {
  std::array<char, 8> bytes = {};
  const double number = expr::constant_value(constant);
  const auto single = static_cast<float>(number);
  if (constant.lane == Lane::kFloat32)
    std::memcpy(bytes.data(), &single, sizeof single);
  else
    std::memcpy(bytes.data(), &constant.constant, bytes.size());  // little endian: any width
  return bytes;
}

// Nanoseconds per element, from measurements; only their order of magnitude counts.
double step_cost(Opcode op, Lane lane) {
  if (!expr::is_composition(op)) return op >= Opcode::kTruncateDiv ? 1.5 : 0.06;
  if (lane == Lane::kFloat64) return 8;
  return op <= Opcode::kErfc ? 0.5 : 1.5;
}

// Builds the plan; the value table grows by copies and splats.
class Scheduler {
 public:
  Scheduler(const LoopSpec& spec, const LoopLayout& layout, const LoopKernels& kernels,
            TilePlan& plan)
      : program_(spec.program),
        layout_(layout),
        kernels_(kernels),
        out_(plan),
        chains_(spec.program, kernels.chains(), values_, plan) {}

  void build() {
    find_uniform_values();
    for (int32_t v = first_result(); v < program_.value_count(); ++v) {
      if (is_uniform(v)) add_instruction(v);
    }
    add_varying();
    for (int32_t value : program_.outputs) add_result(value);
    drop_unused_indices();
    list_uses();
    find_last_uses();
    note_hindrances();
    for (out_.tile = 1024;; out_.tile /= 2) {
      place_values();
      // Buffers beyond the first cache cost more than shorter tiles do.
      if (out_.tile == 128 || buffer_bytes_ <= 28 * 1024) break;
    }
    out_.is_plain = !out_.has_reductions && out_.fetches.empty();
    out_.value_count = static_cast<int32_t>(values_.lanes.size());
  }

 private:
  static size_t index(int32_t value) { return static_cast<size_t>(value); }
  int32_t first_result() const { return static_cast<int32_t>(program_.inputs.size()); }
  bool is_uniform(int32_t value) const { return values_.is_uniform[index(value)]; }
  int64_t bytes_of(int32_t value) const {
    return static_cast<int64_t>(expr::lane_size(values_.lane(value)));
  }

  // The program's own values, before copies and splats take the numbers after them.
  void find_uniform_values() {
    for (size_t i = 0; i < program_.inputs.size(); ++i) {
      values_.add(program_.inputs[i], layout_.inputs()[i].access == Access::kScalar);
    }
    for (const Instruction& i : program_.instructions) {
      bool uniform = i.op != Opcode::kIndex;
      for (int32_t operand : i.operands) uniform = uniform && (operand < 0 || is_uniform(operand));
      values_.add(i.lane, uniform);
    }
  }

  void add_varying() {
    const std::vector<LoopPart> parts = cut_into_parts(
        program_, [&](int32_t v) { return !is_uniform(v); },
        [&](int32_t v) { return chains_.is_light(v); });
    const std::vector<bool> leaves = find_leaving(parts);
    for (const LoopPart& part : parts) {
      if (!part.is_chain) {
        add_instruction(part.values[0]);
        continue;
      }
      for (int32_t v : part.values) {
        out_.cost_ns += step_cost(program_.instruction(v)->op, Lane::kFloat32);
      }
      out_.steps.push_back(chains_.build(part, leaves));
    }
  }

  // By value: whether another part reads it, or the loop gives it out.
  std::vector<bool> find_leaving(const std::vector<LoopPart>& parts) const {
    std::vector<size_t> part_of(index(program_.value_count()), parts.size());
    for (size_t p = 0; p < parts.size(); ++p) {
      for (int32_t v : parts[p].values) part_of[index(v)] = p;
    }
    std::vector<bool> leaves(part_of.size(), false);
    for (int32_t v = first_result(); v < program_.value_count(); ++v) {
      for (int32_t operand : program_.instruction(v)->operands) {
        if (operand < 0 || part_of[index(operand)] == part_of[index(v)]) continue;
        leaves[index(operand)] = true;
      }
    }
    for (int32_t value : program_.outputs) leaves[index(value)] = true;
    return leaves;
  }

  // An instruction as a kernel call of its own.
  void add_instruction(int32_t result) {
    const Instruction& i = *program_.instruction(result);
    const auto count = static_cast<size_t>(expr::operand_count(i.op));
    if (i.op == Opcode::kConstant) {
      out_.constants.push_back({constant_bytes(i), result});
      return;
    }
    LoopStep step;
    step.result = result;
    for (size_t k = 0; k < count; ++k) step.operands[k] = i.operands[k];
    for (size_t k = count; k < 3; ++k) step.operands[k] = count > 0 ? i.operands[0] : result;
    const Lane operand = count > 0 ? values_.lane(i.operands[0]) : i.lane;
    if (is_uniform(result)) {
      step.kernel = kernels_.find(i.op, i.lane, operand, 0);
      out_.uniform_steps.push_back(step);
    } else {
      choose_kernel(i, operand, count, step);
      out_.cost_ns += step_cost(i.op, i.lane);
      out_.steps.push_back(step);
    }
    RECKON_CHECK(step.kernel != nullptr);
  }

  void choose_kernel(const Instruction& i, Lane operand, size_t count, LoopStep& step) {
    const bool counts_up = i.op == Opcode::kRandomWord && is_uniform(i.operands[0]) &&
                           is_uniform(i.operands[1]) && is_index(i.operands[2]);
    if (counts_up) {
      step.kernel = kernels_.random_words;
      step.operands[2] = step.operands[0];
      return;
    }
    unsigned scalars = 0;
    for (size_t k = 0; k < count; ++k) {
      if (is_uniform(step.operands[k])) scalars |= 1u << k;
    }
    step.kernel = kernels_.find(i.op, i.lane, operand, scalars);
    if (step.kernel != nullptr) return;
    step.kernel = kernels_.find(i.op, i.lane, operand, 0);
    for (size_t k = 0; k < count; ++k) {
      if (is_uniform(step.operands[k])) step.operands[k] = splat(step.operands[k]);
    }
  }

  bool is_index(int32_t value) const {
    const bool is_instruction = index(value) >= program_.inputs.size();
    return is_instruction && program_.instruction(value)->op == Opcode::kIndex;
  }

  int32_t splat(int32_t scalar) {
    const auto [found, is_new] = splats_.try_emplace(scalar, -1);
    if (is_new) {
      found->second = values_.add(values_.lane(scalar), false);
      out_.splats.push_back({scalar, found->second, bytes_of(scalar), false});
    }
    return found->second;
  }

  // Every result is made by a step, so that an output may lie where an input did.
  void add_result(int32_t value) {
    const size_t number = out_.results.size();
    const bool is_reduced = layout_.levels(number, 1).count > 0;
    if (index(value) < program_.inputs.size() && !is_reduced) value = copied(value);
    if (is_uniform(value) && is_reduced) value = splat(value);
    LoopResult result;
    result.value = value;
    result.element_bytes = bytes_of(value);
    result.is_reduced = is_reduced;
    out_.has_reductions = out_.has_reductions || is_reduced;
    result.is_scalar = is_uniform(value);
    const bool is_first = std::none_of(
        out_.results.begin(), out_.results.end(),
        [&](const LoopResult& other) { return other.is_written && other.value == value; });
    result.is_written = !result.is_scalar && !is_reduced && is_first;
    out_.results.push_back(std::move(result));
    out_.cost_ns += 0.05;
  }

  int32_t copied(int32_t value) {
    const Lane lane = values_.lane(value);
    const bool uniform = is_uniform(value);
    LoopStep step;
    step.kernel = copy_kernel(lane);
    step.operands = {value, value, value};
    step.result = values_.add(lane, uniform);
    (uniform ? out_.uniform_steps : out_.steps).push_back(step);
    return step.result;
  }

  Kernel copy_kernel(Lane lane) const {
    if (expr::lane_size(lane) == 1)
      return kernels_.find(Opcode::kConvert, Lane::kUInt8, Lane::kUInt8, 0);
    const bool is_long = expr::lane_size(lane) == 8;
    return kernels_.find(Opcode::kBitcast, is_long ? Lane::kInt64 : Lane::kInt32, lane, 0);
  }

  // Random words count by themselves; the index may then have no reader left.
  void drop_unused_indices() {
    std::erase_if(out_.steps, [&](const LoopStep& step) {
      if (step.chain >= 0 || !is_own_index(step.result)) return false;
      const auto reads = [&](const LoopStep& other) {
        const auto& operands = other.operands;
        return other.chain < 0 && other.result != step.result &&
               std::find(operands.begin(), operands.end(), step.result) != operands.end();
      };
      const bool is_result =
          std::any_of(out_.results.begin(), out_.results.end(),
                      [&](const LoopResult& r) { return r.value == step.result; });
      return !is_result && std::none_of(out_.steps.begin(), out_.steps.end(), reads);
    });
  }
  bool is_own_index(int32_t value) const {
    return value < program_.value_count() && is_index(value);
  }

  // Steps of chains one by one: buffers live from one of them to another.
  void list_uses() {
    for (const LoopStep& step : out_.steps) {
      if (step.chain < 0) {
        uses_.push_back({step.operands, step.result});
      } else {
        const std::vector<ValueUse>& uses = out_.chains[index(step.chain)].uses;
        uses_.insert(uses_.end(), uses.begin(), uses.end());
      }
    }
  }

  void find_last_uses() {
    last_use_.assign(values_.lanes.size(), -1);
    for (size_t u = 0; u < uses_.size(); ++u) {
      for (int32_t value : uses_[u].reads) {
        if (value >= 0) last_use_[index(value)] = static_cast<int>(u);
      }
    }
    for (const LoopResult& result : out_.results) {
      last_use_[index(result.value)] = static_cast<int>(uses_.size());
    }
  }

  void note_hindrances() {
    for (LoopResult& result : out_.results) {
      if (!result.is_written) continue;
      size_t made = 0;
      while (uses_[made].result != result.value) ++made;
      for (size_t i = 0; i < program_.inputs.size(); ++i) {
        const bool is_read_later = last_use_[i] > static_cast<int>(made);
        const bool may_be_output = layout_.inputs()[i].access == Access::kIdentity &&
                                   bytes_of(static_cast<int32_t>(i)) == result.element_bytes;
        if (is_read_later && may_be_output) result.hindrances.push_back(static_cast<int32_t>(i));
      }
    }
  }

  int64_t reserve(int64_t bytes) {
    const int64_t offset = out_.workspace_bytes;
    out_.workspace_bytes += base::whole_lines(bytes);
    return offset;
  }

  void place_values() {
    out_.workspace_bytes = 0;
    out_.offsets.assign(values_.lanes.size(), -1);
    out_.fetches.clear();
    out_.in_place_inputs.clear();
    place_inputs();
    for (const LoopStep& step : out_.uniform_steps) out_.offsets[index(step.result)] = reserve(8);
    for (const Splat& splat : out_.splats) {
      out_.offsets[index(splat.spread)] =
          reserve(splat.is_block ? kBlockBytes : out_.tile * splat.element_bytes);
    }
    size_t most_moving = 0;
    for (const LoopChain& chain : out_.chains) {
      most_moving = std::max(most_moving, chain.moving.size());
    }
    out_.tail_offset = reserve(static_cast<int64_t>(most_moving * sizeof(ChainTail)));
    place_temporaries();
    buffer_bytes_ = out_.workspace_bytes;
  }

  void place_inputs() {
    for (size_t i = 0; i < program_.inputs.size(); ++i) {
      const InputLayout& input = layout_.inputs()[i];
      const int64_t bytes = static_cast<int64_t>(expr::lane_size(program_.inputs[i]));
      if (input.access == Access::kIdentity) out_.in_place_inputs.push_back({i, bytes});
      if (input.access == Access::kIdentity || input.access == Access::kScalar) continue;
      const int64_t period = input.access == Access::kPeriodic ? layout_.period(input) : 0;
      const int64_t repeated = period <= out_.tile ? period : 0;
      const int64_t room = (out_.tile + repeated) * bytes + StridedRows::kOverrun;
      out_.fetches.push_back({i, bytes, period, reserve(room)});
    }
  }

  // Linear scan in order of steps: a buffer is free again after the last use of its value. A result
  // may be written over an operand that ends here: kernels allow it.
  void place_temporaries() {
    std::vector<std::vector<int32_t>> ends(uses_.size() + 1);
    std::map<std::pair<bool, int64_t>, std::vector<int64_t>> free_buffers;  // by buffer_kind
    std::vector<bool> needs_buffer(values_.lanes.size(), true);
    for (const LoopResult& result : out_.results) {
      if (result.is_written && result.hindrances.empty()) needs_buffer[index(result.value)] = false;
    }
    for (size_t u = 0; u < uses_.size(); ++u) {
      for (int32_t ended : ends[u]) {
        free_buffers[buffer_kind(ended)].push_back(out_.offsets[index(ended)]);
      }
      const int32_t value = uses_[u].result;
      if (value < 0 || !needs_buffer[index(value)]) continue;
      std::vector<int64_t>& free = free_buffers[buffer_kind(value)];
      if (free.empty()) {
        out_.offsets[index(value)] = reserve(buffer_size(value));
      } else {
        out_.offsets[index(value)] = free.back();
        free.pop_back();
      }
      const int last = last_use_[index(value)];
      if (last >= 0) ends[static_cast<size_t>(last)].push_back(value);
    }
  }
  // The elements of a tile that a chain has yet to read must not give way to its blocks.
  std::pair<bool, int64_t> buffer_kind(int32_t value) const {
    return {values_.is_block[index(value)], buffer_size(value)};
  }
  int64_t buffer_size(int32_t value) const {
    return values_.is_block[index(value)] ? kBlockBytes : out_.tile * bytes_of(value);
  }

  const expr::Program& program_;
  const LoopLayout& layout_;
  const LoopKernels& kernels_;
  TilePlan& out_;
  LoopValues values_;
  ChainBuilder chains_;
  std::vector<ValueUse> uses_;
  std::vector<int> last_use_;
  std::map<int32_t, int32_t> splats_;
  int64_t buffer_bytes_ = 0;
};

}  // namespace

TilePlan::TilePlan(const LoopSpec& spec, const LoopLayout& layout, const LoopKernels& kernels) {
  Scheduler(spec, layout, kernels, *this).build();
  cost_ns += 0.05 * static_cast<double>(in_place_inputs.size() + 2 * fetches.size());
}

}  // namespace reckon::kernels
