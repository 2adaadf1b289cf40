// SPDX-License-Identifier: Apache-2.0
// Sixteen float32 lanes as one value, whatever the width of the registers: 1, 2 or 4 native
// vectors. Over a machine type `M` from an unnamed namespace, so that instruction sets share no
// instantiation. Lanes are joined by halves: 16, 8, 4, 2, 1.
#pragma once

#include <cstdint>

#include "expr/compositions.h"

namespace reckon::kernels {

/// M gives Float and Int (native vectors of kLanes), fma, rint, load and store of the first n
/// lanes, keep (zero from lane n on), sum and max over a native vector by halves.
template <class M>
struct RowLanes {
  static constexpr int kParts = 16 / M::kLanes;
  using Float = typename M::Float;
  using Int = typename M::Int;
  typedef uint32_t Unsigned __attribute__((vector_size(sizeof(Int))));

  struct Mask {
    Int part[kParts];
  };

  template <class Native, class Element>
  struct Lanes {
    Native part[kParts];
    Lanes() = default;
    Lanes(Element x) {
      each([&](int i) { part[i] = x - Native{}; });
    }
  };

  struct F;
  struct I : Lanes<Int, int32_t> {
    using Lanes<Int, int32_t>::Lanes;
    // Unsigned, for sums wrap.
    friend I operator+(I a, I b) {
      return zip(a, b, [](Int x, Int y) { return (Int)((Unsigned)x + (Unsigned)y); });
    }
    friend I operator-(I a, I b) {
      return zip(a, b, [](Int x, Int y) { return (Int)((Unsigned)x - (Unsigned)y); });
    }
    friend I operator&(I a, I b) {
      return zip(a, b, [](Int x, Int y) { return x & y; });
    }
    friend I operator|(I a, I b) {
      return zip(a, b, [](Int x, Int y) { return x | y; });
    }
    friend I operator>>(I a, I b) {
      return zip(a, b, [](Int x, Int y) { return x >> y; });
    }
    friend I operator<<(I a, I b) {
      return zip(a, b, [](Int x, Int y) { return (Int)((Unsigned)x << (Unsigned)y); });
    }
    friend I shift_left(I a, int count) {
      return zip(a, a, [count](Int x, Int) { return (Int)((Unsigned)x << count); });
    }
    friend Mask operator>=(I a, I b) {
      return compare(a, b, [](Int x, Int y) { return x >= y; });
    }
    friend Mask operator<(I a, I b) {
      return compare(a, b, [](Int x, Int y) { return x < y; });
    }
    friend Mask operator==(I a, I b) {
      return compare(a, b, [](Int x, Int y) { return x == y; });
    }
    friend I select(Mask m, I a, I b) { return choose(m, a, b); }
    friend F float_of_bits(I a) {
      F r;
      each([&](int i) { r.part[i] = (Float)a.part[i]; });
      return r;
    }
    friend F to_float(I a) {
      F r;
      each([&](int i) { r.part[i] = __builtin_convertvector(a.part[i], Float); });
      return r;
    }
    friend F power_of_two(I n) { return float_of_bits(shift_left(n + I(127), 23)); }
  };

  struct F : Lanes<Float, float> {
    using Lanes<Float, float>::Lanes;
    friend F operator+(F a, F b) {
      return zip(a, b, [](Float x, Float y) { return x + y; });
    }
    friend F operator-(F a, F b) {
      return zip(a, b, [](Float x, Float y) { return x - y; });
    }
    friend F operator*(F a, F b) {
      return zip(a, b, [](Float x, Float y) { return x * y; });
    }
    friend F operator/(F a, F b) {
      return zip(a, b, [](Float x, Float y) { return x / y; });
    }
    friend F operator-(F a) {
      return zip(a, a, [](Float x, Float) { return -x; });
    }
    friend Mask operator<(F a, F b) {
      return compare(a, b, [](Float x, Float y) { return x < y; });
    }
    friend Mask operator>(F a, F b) {
      return compare(a, b, [](Float x, Float y) { return x > y; });
    }
    friend Mask operator==(F a, F b) {
      return compare(a, b, [](Float x, Float y) { return x == y; });
    }
    friend F select(Mask m, F a, F b) { return choose(m, a, b); }
    friend F rint(F a) {
      return zip(a, a, [](Float x, Float) { return M::rint(x); });
    }
    friend F abs(F a) { return float_of_bits(bits_of(a) & I(INT32_MAX)); }
    friend F fma(F a, F b, F c) {
      each([&](int i) { c.part[i] = M::fma(a.part[i], b.part[i], c.part[i]); });
      return c;
    }
    friend I bits_of(F a) {
      I r;
      each([&](int i) { r.part[i] = (Int)a.part[i]; });
      return r;
    }
    friend I to_int(F a) {
      I r;
      each([&](int i) { r.part[i] = __builtin_convertvector(a.part[i], Int); });
      return r;
    }
    /// As Opcode::kScale, for the n that the compositions use.
    friend F scale(F x, I n) {
      const I half = n >> I(1);
      return x * power_of_two(half) * power_of_two(n - half);
    }
  };

  using Functions = expr::Compositions<F, F, I>;

  static F load(const float* at) {
    F r;
    each([&](int i) { r.part[i] = M::load(at + i * M::kLanes); });
    return r;
  }
  static void store(float* at, F a) {
    each([&](int i) { M::store(at + i * M::kLanes, a.part[i]); });
  }
  /// The first `count` lanes; `pad` in the others.
  static F load(const float* at, int count, float pad) {
    F r;
    for (int i = 0; i < kParts; ++i) {
      r.part[i] = M::load(at + i * M::kLanes, rest(count, i), Float{} + pad);
    }
    return r;
  }
  static void store(float* at, int count, F a) {
    each([&](int i) { M::store(at + i * M::kLanes, rest(count, i), a.part[i]); });
  }
  /// Zero from lane `count` on.
  static F keep(F a, int count) {
    each([&](int i) { a.part[i] = M::keep(a.part[i], rest(count, i)); });
    return a;
  }

  static F max(F a, F b) { return select(a > b, a, b); }
  static float sum(F a) {
    return M::sum(halve(a.part, [](Float x, Float y) { return x + y; }));
  }
  static float max(F a) {
    return M::max(halve(a.part, [](Float x, Float y) { return x > y ? x : y; }));
  }

  template <class Function>
  [[gnu::always_inline]] static Float halve(const Float* part, Function join) {
    if constexpr (kParts == 1) return part[0];
    if constexpr (kParts == 2) return join(part[0], part[1]);
    if constexpr (kParts == 4) return join(join(part[0], part[2]), join(part[1], part[3]));
  }
  /// Calls function(i) for each part: not a loop, so that arrays of parts stay in registers.
  template <class Function>
  [[gnu::always_inline]] static void each(Function function) {
    function(0);
    if constexpr (kParts > 1) function(1);
    if constexpr (kParts > 2) {
      function(2);
      function(3);
    }
  }
  static int rest(int count, int part) {
    const int left = count - part * M::kLanes;
    return left < 0 ? 0 : (left > M::kLanes ? M::kLanes : left);
  }
  template <class T, class Function>
  [[gnu::always_inline]] static T zip(T a, T b, Function function) {
    each([&](int i) { a.part[i] = function(a.part[i], b.part[i]); });
    return a;
  }
  template <class T, class Function>
  [[gnu::always_inline]] static Mask compare(T a, T b, Function function) {
    Mask m;
    each([&](int i) { m.part[i] = function(a.part[i], b.part[i]); });
    return m;
  }
  template <class T>
  [[gnu::always_inline]] static T choose(Mask m, T a, T b) {
    each([&](int i) { a.part[i] = m.part[i] ? a.part[i] : b.part[i]; });
    return a;
  }
};

}  // namespace reckon::kernels
