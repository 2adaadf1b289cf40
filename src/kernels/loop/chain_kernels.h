// SPDX-License-Identifier: Apache-2.0
// The steps of chains: each computes a block, hands it on in registers and jumps to the next step.
// In an unnamed namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#include "kernels/loop/chain_operations.h"
#include "kernels/loop/loop_chain.h"

namespace reckon::kernels {
namespace {

using expr::Lane;
using expr::Opcode;

/// `offset`: bytes from the first element, of elements of 32 bits. Block: vectors.
template <class... Block>
using ChainFunction = void (*)(const ChainCode* code, int64_t offset, char* const* values,
                               Block... block);

inline char* address(const Address& at, int64_t offset, char* const* values) {
  return values[at.value] + (offset & at.mask);
}

/// Where a step's operands lie that are not the block in registers, and its result.
struct ChainOperands {
  const char* from[3] = {};
  char* to = nullptr;
};

template <bool kInRegister>
inline Floats operand(const char* from, int k, Floats block) {
  if constexpr (kInRegister)
    return block;
  else
    return load(from + k * kVectorBytes);
}

/// An operation. Operands may lie where the result goes.
template <class Op, int kOperands, unsigned kInRegister, bool kStores>
struct Computed {
  [[gnu::always_inline]] static ChainOperands operands(const ChainCode* code, int64_t offset,
                                                       char* const* values) {
    ChainOperands operands;
    for (int i = 0; i < kOperands; ++i) {
      if ((kInRegister >> i & 1) == 0)
        operands.from[i] = address(code->operands[i], offset, values);
    }
    if constexpr (kStores) operands.to = address(code->result, offset, values);
    return operands;
  }
  /// Vector k of the result, from vector k of the block so far.
  [[gnu::always_inline]] static Floats vector(const ChainOperands& operands, int k, Floats block) {
    const Floats x = operand<(kInRegister & 1) != 0>(operands.from[0], k, block);
    Floats result;
    if constexpr (kOperands == 1) {
      result = Op::apply(x);
    } else {
      const Floats y = operand<(kInRegister & 2) != 0>(operands.from[1], k, block);
      if constexpr (kOperands == 2)
        result = Op::apply(x, y);
      else
        result = Op::apply(x, y, operand<(kInRegister & 4) != 0>(operands.from[2], k, block));
    }
    if constexpr (kStores) store(operands.to + k * kVectorBytes, result);
    return result;
  }
};

/// Bytes of bools become masks.
template <bool kStores>
struct Widened {
  [[gnu::always_inline]] static ChainOperands operands(const ChainCode* code, int64_t offset,
                                                       char* const* values) {
    return {{address(code->operands[0], offset >> 2, values)},
            kStores ? address(code->result, offset, values) : nullptr};
  }
  [[gnu::always_inline]] static Floats vector(const ChainOperands& operands, int k, Floats) {
    const Floats masks = masks_of_bytes(operands.from[0] + k * kVectorLanes);
    if constexpr (kStores) store(operands.to + k * kVectorBytes, masks);
    return masks;
  }
};

/// Masks become bytes; the masks stay in the registers.
template <bool kInRegister>
struct Narrowed {
  [[gnu::always_inline]] static ChainOperands operands(const ChainCode* code, int64_t offset,
                                                       char* const* values) {
    return {{kInRegister ? nullptr : address(code->operands[0], offset, values)},
            address(code->result, offset >> 2, values)};
  }
  [[gnu::always_inline]] static Floats vector(const ChainOperands& operands, int k, Floats block) {
    const Floats masks = operand<kInRegister>(operands.from[0], k, block);
    store_bytes_of_masks(operands.to + k * kVectorLanes, masks);
    return masks;
  }
};

// The last call is in tail position, which compilers turn into a jump: the block stays where it is.
template <class Step, class... Block>
void run_step(const ChainCode* code, int64_t offset, char* const* values, Block... block) {
  const ChainOperands operands = Step::operands(code, offset, values);
  int k = 0;
  ((block = Step::vector(operands, k++, block)), ...);
  const ChainCode::Step next = sizeof...(Block) == 1 ? code[1].narrow : code[1].wide;
  reinterpret_cast<ChainFunction<Block...>>(next)(code + 1, offset, values, block...);
}

template <class... Block>
void end_steps(const ChainCode*, int64_t, char* const*, Block...) {}

// As many vectors as calls pass in registers.
using WideFunction = ChainFunction<Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats>;
using NarrowFunction = ChainFunction<Floats>;

ChainCode code_of(WideFunction wide, NarrowFunction narrow) {
  ChainCode code;
  code.wide = reinterpret_cast<ChainCode::Step>(wide);
  code.narrow = reinterpret_cast<ChainCode::Step>(narrow);
  return code;
}
ChainCode end_code() { return code_of(end_steps, end_steps); }

template <class Step>
ChainCode code_of() {
  return code_of(run_step<Step>, run_step<Step>);
}

ChainCode find_chain_copy(ChainCopy copy, bool in_register, bool stores) {
  if (copy == ChainCopy::kWiden)
    return stores ? code_of<Widened<true>>() : code_of<Widened<false>>();
  return in_register ? code_of<Narrowed<true>>() : code_of<Narrowed<false>>();
}

template <class Op, int kOperands, unsigned kInRegister = 0>
ChainCode steps_of(unsigned in_register, bool stores) {
  if constexpr (kInRegister >> kOperands != 0) {
    return {};
  } else if (in_register != kInRegister) {
    return steps_of<Op, kOperands, kInRegister + 1>(in_register, stores);
  } else {
    return stores ? code_of<Computed<Op, kOperands, kInRegister, true>>()
                  : code_of<Computed<Op, kOperands, kInRegister, false>>();
  }
}

template <class Op, int kOperands>
ChainCode numbers(Lane lane, unsigned in_register, bool stores) {
  if (lane == Lane::kFloat32) return steps_of<Op, kOperands>(in_register, stores);
  if (lane == Lane::kInt32) return steps_of<OnInts<Op>, kOperands>(in_register, stores);
  return {};
}
template <class Op, int kOperands>
ChainCode arithmetic_steps(Lane lane, unsigned in_register, bool stores) {
  if (lane == Lane::kFloat32) return steps_of<Op, kOperands>(in_register, stores);
  if (lane == Lane::kInt32) return steps_of<OnCounts<Op>, kOperands>(in_register, stores);
  return {};
}
template <class Op, int kOperands>
ChainCode floats(Lane lane, unsigned in_register, bool stores) {
  if (lane == Lane::kFloat32) return steps_of<Op, kOperands>(in_register, stores);
  return {};
}
template <class Op, int kOperands>
ChainCode bits(Lane lane, unsigned in_register, bool stores) {
  if (lane != Lane::kInt32 && lane != Lane::kBool) return {};
  return steps_of<OnInts<Op>, kOperands>(in_register, stores);
}
template <class Op, int kOperands>
ChainCode ints(Lane lane, unsigned in_register, bool stores) {
  if (lane != Lane::kInt32) return {};
  return steps_of<OnInts<Op>, kOperands>(in_register, stores);
}
// Equality of masks is that of bools; their order is not.
template <class Op>
ChainCode equality(Lane operand, unsigned in_register, bool stores) {
  if (operand == Lane::kBool) return steps_of<OnInts<Op>, 2>(in_register, stores);
  return numbers<Op, 2>(operand, in_register, stores);
}

ChainCode find_chain_conversion(Lane to, Lane from, unsigned in_register, bool stores) {
  if (to == from) return steps_of<VectorCopy, 1>(in_register, stores);
  if (to == Lane::kFloat32) {
    if (from == Lane::kInt32) return steps_of<IntsToFloats, 1>(in_register, stores);
    return steps_of<MasksToFloats, 1>(in_register, stores);
  }
  if (to == Lane::kInt32) {
    if (from == Lane::kFloat32) return steps_of<FloatsToInts, 1>(in_register, stores);
    return steps_of<MasksToInts, 1>(in_register, stores);
  }
  if (from == Lane::kFloat32) return steps_of<FloatsToMasks, 1>(in_register, stores);
  return steps_of<IntsToMasks, 1>(in_register, stores);
}

bool fits_chain(Lane lane) {
  return lane == Lane::kFloat32 || lane == Lane::kInt32 || lane == Lane::kBool;
}

ChainCode find_chain_step(Opcode op, Lane lane, Lane operand, unsigned in_register, bool stores) {
  if (!fits_chain(lane) || !fits_chain(operand)) return {};
  switch (op) {
    case Opcode::kAdd:
      return arithmetic_steps<VectorAdd, 2>(lane, in_register, stores);
    case Opcode::kSub:
      return arithmetic_steps<VectorSub, 2>(lane, in_register, stores);
    case Opcode::kMul:
      return arithmetic_steps<VectorMul, 2>(lane, in_register, stores);
    case Opcode::kDiv:
      return floats<Div, 2>(lane, in_register, stores);
    case Opcode::kMin:
      return numbers<VectorMin, 2>(lane, in_register, stores);
    case Opcode::kMax:
      return numbers<VectorMax, 2>(lane, in_register, stores);
    case Opcode::kFma:
      return floats<VectorFma, 3>(lane, in_register, stores);
    case Opcode::kSqrt:
      return floats<VectorSqrt, 1>(lane, in_register, stores);
    case Opcode::kNeg:
      return arithmetic_steps<VectorNeg, 1>(lane, in_register, stores);
    case Opcode::kAbs:
      return floats<VectorAbs, 1>(lane, in_register, stores);
    case Opcode::kLess:
      return numbers<VectorLess, 2>(operand, in_register, stores);
    case Opcode::kLessEqual:
      return numbers<VectorLessEqual, 2>(operand, in_register, stores);
    case Opcode::kEqual:
      return equality<VectorEqual>(operand, in_register, stores);
    case Opcode::kNotEqual:
      return equality<VectorNotEqual>(operand, in_register, stores);
    case Opcode::kSelect:
      return steps_of<VectorSelect, 3>(in_register, stores);
    case Opcode::kAnd:
      return bits<And, 2>(lane, in_register, stores);
    case Opcode::kOr:
      return bits<Or, 2>(lane, in_register, stores);
    case Opcode::kXor:
      return bits<Xor, 2>(lane, in_register, stores);
    case Opcode::kNot:
      return bits<VectorNot, 1>(lane, in_register, stores);
    case Opcode::kShiftLeft:
      return ints<VectorShiftLeft, 2>(lane, in_register, stores);
    case Opcode::kShiftRight:
      return ints<VectorShiftRight, 2>(lane, in_register, stores);
    case Opcode::kShiftRightLogical:
      return ints<VectorShiftRightLogical, 2>(lane, in_register, stores);
    case Opcode::kConvert:
      return find_chain_conversion(lane, operand, in_register, stores);
    case Opcode::kBitcast:
      return steps_of<VectorCopy, 1>(in_register, stores);
    default:
      return {};
  }
}

int64_t run_chain(const ChainCode* code, char* const* values, int64_t n) {
  constexpr int64_t kBlockBytes = kChainVectors * kVectorBytes;
  const auto wide = reinterpret_cast<WideFunction>(code->wide);
  const auto narrow = reinterpret_cast<NarrowFunction>(code->narrow);
  const int64_t bytes = n / kVectorLanes * kVectorBytes;
  const Floats x = {};  // for no one
  int64_t offset = 0;
  for (; offset + kBlockBytes <= bytes; offset += kBlockBytes) {
    wide(code, offset, values, x, x, x, x, x, x, x, x);
  }
  for (; offset < bytes; offset += kVectorBytes) narrow(code, offset, values, x);
  return offset / 4;
}

void run_chain_vector(const ChainCode* code, char* const* values) {
  reinterpret_cast<NarrowFunction>(code->narrow)(code, 0, values, Floats{});
}

void spread_over_block(char* block, uint32_t element, int64_t n) {
  const Floats x = reinterpret_cast<Floats>(Counts{} + element);
  for (int64_t i = 0; i < kChainBlock && i < n; i += kVectorLanes) store(block + 4 * i, x);
}

constexpr ChainKernels kChainKernels = {find_chain_step, find_chain_copy,  end_code,
                                        run_chain,       run_chain_vector, spread_over_block};

}  // namespace
}  // namespace reckon::kernels
