// SPDX-License-Identifier: Apache-2.0
// From an instruction to its loop: the table of all kernels, instantiated once per instruction set.
// In an unnamed namespace for the reason given in kernels/loop/register_lanes.h.
#pragma once

#include "kernels/loop/function_kernels.h"
#include "kernels/loop/random_words.h"
#include "kernels/loop/reduce_kernels.h"

namespace reckon::kernels {
namespace {

using expr::Lane;
using expr::Opcode;

template <class T>
struct TypeTag {
  using Type = T;
};

// visit(TypeTag<T>) with the element type of a lane.
template <class Visit>
Kernel for_floats(Lane lane, Visit visit) {
  if (lane == Lane::kFloat32) return visit(TypeTag<float>());
  if (lane == Lane::kFloat64) return visit(TypeTag<double>());
  return nullptr;
}
template <class Visit>
Kernel for_integers(Lane lane, Visit visit) {
  if (lane == Lane::kInt32) return visit(TypeTag<int32_t>());
  if (lane == Lane::kInt64) return visit(TypeTag<int64_t>());
  if (lane == Lane::kUInt8) return visit(TypeTag<uint8_t>());
  return nullptr;
}
template <class Visit>
Kernel for_numbers(Lane lane, Visit visit) {
  return expr::is_float(lane) ? for_floats(lane, visit) : for_integers(lane, visit);
}
template <class Visit>
Kernel for_all(Lane lane, Visit visit) {
  return lane == Lane::kBool ? visit(TypeTag<BoolByte>()) : for_numbers(lane, visit);
}

// Scalar operands are worth kernels of their own for floats; others are spread out by the loop.
template <class Op, class Out, class T>
Kernel binary_kernel(unsigned scalars) {
  if (scalars == 0) return map_binary<Op, Out, T, T, 0>;
  if constexpr (kIsFloat<T>) {
    if (scalars == 1) return map_binary<Op, Out, T, T, 1>;
    if (scalars == 2) return map_binary<Op, Out, T, T, 2>;
  }
  return nullptr;
}

template <class Op>
Kernel arithmetic(Lane lane, unsigned scalars) {
  return for_numbers(lane, [=]<class T>(TypeTag<T>) { return binary_kernel<Op, T, T>(scalars); });
}
template <class Op>
Kernel float_arithmetic(Lane lane, unsigned scalars) {
  return for_floats(lane, [=]<class T>(TypeTag<T>) { return binary_kernel<Op, T, T>(scalars); });
}
template <class Op>
Kernel comparison(Lane lane, unsigned scalars) {
  const Lane stored = lane == Lane::kBool ? Lane::kUInt8 : lane;
  return for_numbers(stored,
                     [=]<class T>(TypeTag<T>) { return binary_kernel<Op, uint8_t, T>(scalars); });
}
template <class Op>
Kernel bit_operation(Lane lane, unsigned scalars) {
  if (scalars != 0) return nullptr;
  const Lane stored = lane == Lane::kBool ? Lane::kUInt8 : lane;
  return for_integers(stored,
                      []<class T>(TypeTag<T>) -> Kernel { return map_binary<Op, T, T, T, 0>; });
}
template <class Op>
Kernel float_unary(Lane lane) {
  return for_floats(lane, []<class T>(TypeTag<T>) -> Kernel { return map_unary<Op, T, T>; });
}
template <class Op>
Kernel number_unary(Lane lane) {
  return for_numbers(lane, []<class T>(TypeTag<T>) -> Kernel { return map_unary<Op, T, T>; });
}

template <class T>
Kernel fma_kernel(unsigned scalars) {
  constexpr Kernel kKernels[] = {map_ternary<Fma, T, T, T, T, 0>, map_ternary<Fma, T, T, T, T, 1>,
                                 map_ternary<Fma, T, T, T, T, 2>, map_ternary<Fma, T, T, T, T, 3>,
                                 map_ternary<Fma, T, T, T, T, 4>, map_ternary<Fma, T, T, T, T, 5>,
                                 map_ternary<Fma, T, T, T, T, 6>};
  return scalars < 7 ? kKernels[scalars] : nullptr;
}

template <class T>
Kernel select_kernel(unsigned scalars) {
  switch (scalars) {
    case 0:
      return map_ternary<Select, T, uint8_t, T, T, 0>;
    case 2:
      return map_ternary<Select, T, uint8_t, T, T, 2>;
    case 4:
      return map_ternary<Select, T, uint8_t, T, T, 4>;
    case 6:
      return map_ternary<Select, T, uint8_t, T, T, 6>;
    default:
      return nullptr;
  }
}
Kernel find_select(Lane lane, unsigned scalars) {  // moves bits: by size
  switch (expr::lane_size(lane)) {
    case 8:
      return select_kernel<double>(scalars);
    case 4:
      return select_kernel<float>(scalars);
    default:
      return select_kernel<uint8_t>(scalars);
  }
}

Kernel find_convert(Lane to, Lane from) {
  return for_all(to, [=]<class To>(TypeTag<To>) {
    return for_all(
        from, []<class From>(TypeTag<From>) -> Kernel { return map_unary<Convert<To>, To, From>; });
  });
}
struct Copy {
  template <class T>
  static T apply(T x) {
    return x;
  }
};
Kernel find_bitcast(Lane lane) {
  if (expr::lane_size(lane) == 8) return map_unary<Copy, int64_t, int64_t>;
  return map_unary<Copy, int32_t, int32_t>;
}

template <bool kIsQuotient, bool kRoundsDown>
Kernel integer_division(Lane lane) {
  return for_integers(lane, []<class T>(TypeTag<T>) -> Kernel {
    return divide_integers<T, kIsQuotient, kRoundsDown>;
  });
}
Kernel find_division(Opcode op, Lane lane) {
  switch (op) {
    case Opcode::kTruncateDiv:
      return integer_division<true, false>(lane);
    case Opcode::kFloorDiv:
      return integer_division<true, true>(lane);
    case Opcode::kFloorMod:
      return integer_division<false, true>(lane);
    default:
      break;
  }
  if (lane == Lane::kFloat32) return function_of_pairs<float, remainder_float>;
  if (lane == Lane::kFloat64) return function_of_pairs<double, remainder_double>;
  return integer_division<false, false>(lane);
}

Kernel find_float_function(Opcode op) {
  switch (op) {
    case Opcode::kExp:
      return function_of_floats<Functions::exp>;
    case Opcode::kExpm1:
      return function_of_floats<Functions::expm1>;
    case Opcode::kLog:
      return function_of_floats<Functions::log>;
    case Opcode::kLog1p:
      return function_of_floats<Functions::log1p>;
    case Opcode::kTanh:
      return function_of_floats<Functions::tanh>;
    case Opcode::kSigmoid:
      return function_of_floats<Functions::sigmoid>;
    case Opcode::kSoftplus:
      return function_of_floats<Functions::softplus>;
    case Opcode::kErf:
      return function_of_floats<Functions::erf>;
    case Opcode::kErfc:
      return function_of_floats<Functions::erfc>;
    case Opcode::kSin:
      return function_of_angles<Functions::sin<true>, Functions::sin<false>>;
    case Opcode::kCos:
      return function_of_angles<Functions::cos<true>, Functions::cos<false>>;
    case Opcode::kTan:
      return function_of_angles<Functions::tan<true>, Functions::tan<false>>;
    case Opcode::kAsin:
      return function_of_floats<Functions::asin>;
    case Opcode::kAcos:
      return function_of_floats<Functions::acos>;
    case Opcode::kAtan:
      return function_of_floats<Functions::atan>;
    case Opcode::kSinh:
      return function_of_floats<Functions::sinh>;
    case Opcode::kCosh:
      return function_of_floats<Functions::cosh>;
    case Opcode::kAsinh:
      return function_of_floats<Functions::asinh>;
    case Opcode::kAcosh:
      return function_of_floats<Functions::acosh>;
    case Opcode::kAtanh:
      return function_of_floats<Functions::atanh>;
    case Opcode::kPow:
      return function_of_float_pairs<Functions::pow>;
    case Opcode::kAtan2:
      return function_of_float_pairs<Functions::atan2>;
    default:
      return nullptr;
  }
}

Kernel find_double_function(Opcode op) {
  switch (op) {
    case Opcode::kExp:
      return function_of_doubles<__builtin_exp>;
    case Opcode::kExpm1:
      return function_of_doubles<__builtin_expm1>;
    case Opcode::kLog:
      return function_of_doubles<__builtin_log>;
    case Opcode::kLog1p:
      return function_of_doubles<__builtin_log1p>;
    case Opcode::kTanh:
      return function_of_doubles<__builtin_tanh>;
    case Opcode::kSigmoid:
      return function_of_doubles<sigmoid_double>;
    case Opcode::kSoftplus:
      return function_of_doubles<softplus_double>;
    case Opcode::kErf:
      return function_of_doubles<__builtin_erf>;
    case Opcode::kErfc:
      return function_of_doubles<__builtin_erfc>;
    case Opcode::kSin:
      return function_of_doubles<__builtin_sin>;
    case Opcode::kCos:
      return function_of_doubles<__builtin_cos>;
    case Opcode::kTan:
      return function_of_doubles<__builtin_tan>;
    case Opcode::kAsin:
      return function_of_doubles<__builtin_asin>;
    case Opcode::kAcos:
      return function_of_doubles<__builtin_acos>;
    case Opcode::kAtan:
      return function_of_doubles<__builtin_atan>;
    case Opcode::kSinh:
      return function_of_doubles<__builtin_sinh>;
    case Opcode::kCosh:
      return function_of_doubles<__builtin_cosh>;
    case Opcode::kAsinh:
      return function_of_doubles<__builtin_asinh>;
    case Opcode::kAcosh:
      return function_of_doubles<__builtin_acosh>;
    case Opcode::kAtanh:
      return function_of_doubles<__builtin_atanh>;
    case Opcode::kPow:
      return function_of_pairs<double, __builtin_pow>;
    case Opcode::kAtan2:
      return function_of_pairs<double, __builtin_atan2>;
    default:
      return nullptr;
  }
}

// Opcodes with one kernel per lane, all operands spread out.
Kernel find_plain(Opcode op, Lane lane, Lane operand) {
  switch (op) {
    case Opcode::kIndex:
      return fill_index;
    case Opcode::kSqrt:
      return float_unary<Sqrt>(lane);
    case Opcode::kNeg:
      return number_unary<Neg>(lane);
    case Opcode::kAbs:
      return number_unary<Abs>(lane);
    case Opcode::kFloor:
      return float_unary<Floor>(lane);
    case Opcode::kCeil:
      return float_unary<Ceil>(lane);
    case Opcode::kRint:
      return float_unary<Rint>(lane);
    case Opcode::kTrunc:
      return float_unary<Trunc>(lane);
    case Opcode::kScale:
      return for_floats(
          lane, []<class T>(TypeTag<T>) -> Kernel { return map_binary<Scale, T, T, int32_t, 0>; });
    case Opcode::kNot:
      if (lane == Lane::kBool) return map_unary<NotBool, uint8_t, uint8_t>;
      return for_integers(lane, []<class T>(TypeTag<T>) -> Kernel { return map_unary<Not, T, T>; });
    case Opcode::kMulHigh:
      return map_binary<MulHigh, int32_t, int32_t, int32_t, 0>;
    case Opcode::kConvert:
      return find_convert(lane, operand);
    case Opcode::kBitcast:
      return find_bitcast(lane);
    case Opcode::kIntegerPow:
      return for_integers(lane, []<class T>(TypeTag<T>) -> Kernel { return integer_powers<T>; });
    case Opcode::kRandomWord:
      return random_words_at;
    case Opcode::kTruncateDiv:
    case Opcode::kTruncateMod:
    case Opcode::kFloorDiv:
    case Opcode::kFloorMod:
      return find_division(op, lane);
    default:
      break;
  }
  return lane == Lane::kFloat32 ? find_float_function(op) : find_double_function(op);
}

Kernel find_kernel(Opcode op, Lane lane, Lane operand, unsigned scalars) {
  switch (op) {
    case Opcode::kAdd:
      return arithmetic<Add>(lane, scalars);
    case Opcode::kSub:
      return arithmetic<Sub>(lane, scalars);
    case Opcode::kMul:
      return arithmetic<Mul>(lane, scalars);
    case Opcode::kDiv:
      return float_arithmetic<Div>(lane, scalars);
    case Opcode::kMin:
      return arithmetic<Min>(lane, scalars);
    case Opcode::kMax:
      return arithmetic<Max>(lane, scalars);
    case Opcode::kFma:
      return for_floats(lane, [=]<class T>(TypeTag<T>) { return fma_kernel<T>(scalars); });
    case Opcode::kLess:
      return comparison<Less>(operand, scalars);
    case Opcode::kLessEqual:
      return comparison<LessEqual>(operand, scalars);
    case Opcode::kEqual:
      return comparison<Equal>(operand, scalars);
    case Opcode::kNotEqual:
      return comparison<NotEqual>(operand, scalars);
    case Opcode::kSelect:
      return find_select(lane, scalars);
    case Opcode::kAnd:
      return bit_operation<And>(lane, scalars);
    case Opcode::kOr:
      return bit_operation<Or>(lane, scalars);
    case Opcode::kXor:
      return bit_operation<Xor>(lane, scalars);
    case Opcode::kShiftLeft:
      return bit_operation<ShiftLeft>(lane, scalars);
    case Opcode::kShiftRight:
      return bit_operation<ShiftRight>(lane, scalars);
    case Opcode::kShiftRightLogical:
      return bit_operation<ShiftRightLogical>(lane, scalars);
    default:
      return scalars == 0 ? find_plain(op, lane, operand) : nullptr;
  }
}

template <class T>
void gather_elements(void* out, const void* from, int64_t n, int64_t stride) {
  auto* to = static_cast<T*>(out);
  const auto* values = static_cast<const T*>(from);
  if (stride == 0) {
    const T value = *values;
    for (int64_t i = 0; i < n; ++i) to[i] = value;
  } else {
    for (int64_t i = 0; i < n; ++i) to[i] = values[i * stride];
  }
}

void gather(void* out, const void* from, int64_t n, int64_t stride, int64_t element_bytes) {
  if (element_bytes == 4)
    gather_elements<uint32_t>(out, from, n, stride);
  else if (element_bytes == 8)
    gather_elements<uint64_t>(out, from, n, stride);
  else
    gather_elements<uint8_t>(out, from, n, stride);
}

// A short row of one value is stored as a whole vector; the next row covers what is too much of it.
template <class T>
void repeat_each(T* to, const T* values, const StridedRows& from) {
  constexpr int64_t kStep = StridedRows::kOverrun / static_cast<int64_t>(sizeof(T));
  for (int64_t row = 0; row < from.rows; ++row, to += from.length) {
    const T value = values[row * from.row_stride];
    for (int64_t i = 0; i < from.length; i += kStep) {
      for (int64_t k = 0; k < kStep; ++k) to[i + k] = value;
    }
  }
}

template <class T>
void gather_rows_of(void* out, const void* from, const StridedRows& rows) {
  auto* to = static_cast<T*>(out);
  const auto* values = static_cast<const T*>(from);
  if (rows.stride == 0) {
    repeat_each(to, values, rows);
    return;
  }
  for (int64_t row = 0; row < rows.rows; ++row, to += rows.length, values += rows.row_stride) {
    if (rows.stride == 1)
      __builtin_memcpy(to, values, static_cast<size_t>(rows.length) * sizeof(T));
    else
      gather_elements<T>(to, values, rows.length, rows.stride);
  }
}

void gather_rows(void* out, const void* from, const StridedRows& rows, int64_t element_bytes) {
  if (element_bytes == 4)
    gather_rows_of<uint32_t>(out, from, rows);
  else if (element_bytes == 8)
    gather_rows_of<uint64_t>(out, from, rows);
  else
    gather_rows_of<uint8_t>(out, from, rows);
}

constexpr LoopKernels loop_kernels_with(const ChainKernels& (*chains)()) {
  return {find_kernel, random_words_from, find_reduce_kernels, gather, gather_rows, chains};
}

}  // namespace
}  // namespace reckon::kernels
