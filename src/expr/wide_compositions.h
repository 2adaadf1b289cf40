// SPDX-License-Identifier: Apache-2.0
// The float32 functions that are hard in float32: computed in float64 to about 2^-36, rounded once.
// Written once for recording and for registers, like those of expr/compositions.h.
#pragma once

#include <cstdint>

#include "expr/compositions.h"

namespace reckon::expr {

/// Powers, trigonometric and hyperbolic functions. Polynomials in ascending order of powers.
template <class F, class D, class I>
struct WideCompositions : Compositions<F, D, I> {
  using Base = Compositions<F, D, I>;
  using Base::with_sign_of;

  template <int N>
  static D polynomial(D x, const double (&coefficients)[N]) {
    D sum = D(coefficients[N - 1]);
#pragma GCC unroll 16
    for (int i = N - 2; i >= 0; --i) sum = fma(sum, x, D(coefficients[i]));
    return sum;
  }

  /// exp(x) for |x| <= 120, relative error about 2^-40. NaN passes.
  static D exp_wide(D x) {
    static constexpr double kTaylor[] = {1.0,         1.0,         1.0 / 2,   1.0 / 6,
                                         1.0 / 24,    1.0 / 120,   1.0 / 720, 1.0 / 5040,
                                         1.0 / 40320, 1.0 / 362880};
    const D k = rint(x * D(1.4426950408889634));
    const D r = fma(k, D(-0.69314718055994531), x);
    return scale(polynomial(r, kTaylor), to_int(k));
  }

  /// log(m 2^k) for m in [sqrt(1/2), sqrt(2)).
  static D log_wide(D m, I k) {
    static constexpr double kAtanh[] = {2.0,     2.0 / 3,  2.0 / 5,  2.0 / 7,
                                        2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15};
    const D s = (m - D(1.0)) / (m + D(1.0));
    return fma(to_double(k), D(0.69314718055994531), s * polynomial(s * s, kAtanh));
  }

  /// log(x) of a float64 x that is a positive, normal number as float32.
  static D log_wide(D x) {
    const typename Base::Split parts = Base::split(narrow(x));
    return log_wide(x * scale(D(1.0), I(0) - parts.k), parts.k);
  }

  static auto is_odd(F y) {  // of an integer: from 2^24 on, all floats are even
    const F half = y * F(0.5f);
    return half != trunc(half);
  }

  static F pow(F x, F y) {
    const F a = abs(x);
    const typename Base::Split parts = Base::split_with_denormals(a);
    D logarithm = log_wide(widen(parts.m), parts.k);
    logarithm = select(a == F(0.0f), D(-Base::kInfinity), logarithm);
    logarithm = select(a < F(Base::kInfinity), logarithm, widen(a));  // inf, NaN
    D exponent = widen(y) * logarithm;
    exponent = select(exponent > D(100.0), D(100.0), exponent);
    exponent = select(exponent < D(-110.0), D(-110.0), exponent);
    F result = narrow(exp_wide(exponent));
    const auto is_whole = y == trunc(y);
    const auto is_negative = bits_of(x) < I(0);
    result = select(is_negative & is_whole & is_odd(y), -result, result);
    const auto is_real = (x >= F(0.0f)) | is_whole | (a == F(Base::kInfinity));
    result = select(is_real, result, F(Base::kNaN));
    // 1 to any power and anything to the power 0 are 1, NaN included; so is -1 to an infinite
    // power.
    const auto is_one =
        (x == F(1.0f)) | (y == F(0.0f)) | ((a == F(1.0f)) & (abs(y) == F(Base::kInfinity)));
    return select(is_one, F(1.0f), result);
  }

  // x = n pi/2 + r with |r| <= pi/4.
  struct Angle {
    D r;
    I quadrant;
  };

  static D modulo_four(D turns) { return fma(rint(turns * D(0.25)), D(-4.0), turns); }

  /// For finite |x| >= 2^30 (others give something): products with 24-bit pieces of 2/pi, from
  /// which whole turns drop out exactly. Rows of pieces serve 2^30..2^50, 2^50..2^70, and so on.
  static Angle reduce_large_angle(D x) {
    static constexpr double kPieces[5][5] = {
        {0x1.45f3p-1, 0x1.b72722p-23, 0x1.529fcp-52, 0x1.3abe8p-75, 0x1.f534ddc0db629p-96},
        {0x1.b7272p-3, 0x1.054a7p-26, 0x1.e13abep-47, 0x1.1f534cp-72, 0x1.dc0db6295993cp-96},
        {0x1.220a94p+1, 0x1.fc2754p-24, 0x1.e8fa9ap-47, 0x1.bb81bp-73, 0x1.b14acc9e21c82p-95},
        {0x1.4fe13ap+1, 0x1.7d1f5p-24, 0x1.a6ee06p-47, 0x1.b6295p-72, 0x1.93c439041fe51p-96},
        {0x1.abe8fap+1, 0x1.34ddcp-24, 0x1.b6c528p-49, 0x1.993c4p-72, 0x1.c820ff28b1d5fp-95}};
    const auto below_50 = abs(x) < D(0x1p50), below_70 = abs(x) < D(0x1p70);
    const auto below_90 = abs(x) < D(0x1p90), below_110 = abs(x) < D(0x1p110);
    const auto pick = [&](double a, double b, double c, double d, double e) {
      return select(below_50, D(a),
                    select(below_70, D(b), select(below_90, D(c), select(below_110, D(d), D(e)))));
    };
    const auto piece = [&](int i) {
      return pick(kPieces[0][i], kPieces[1][i], kPieces[2][i], kPieces[3][i], kPieces[4][i]);
    };
    const D scaled = x * pick(1.0, 0x1p-20, 0x1p-40, 0x1p-60, 0x1p-80);
    // The first sums are exact; only the last pieces round, relative to what is left.
    D turns = modulo_four(modulo_four(scaled * piece(0)) + modulo_four(scaled * piece(1)));
    const D third = scaled * piece(2);
    const D n = rint(turns + third);
    turns = (turns - n) + third;
    turns = turns + scaled * piece(3);
    turns = turns + scaled * piece(4);
    return {turns * D(1.5707963267948966), to_int(n)};
  }

  static Angle reduce_angle(D x) {
    const D n = rint(x * D(0.63661977236758134));
    const D r = fma(n, D(-1.5707963267948966), x);
    // Two bits of n are all that counts.
    return {fma(n, D(-6.123233995736766e-17), r), to_int(modulo_four(n))};
  }

  template <bool kAnyLarge>
  static Angle reduce(F x) {
    const D wide = widen(x);
    const Angle near = reduce_angle(wide);
    if constexpr (!kAnyLarge) {
      return near;
    } else {
      const Angle far = reduce_large_angle(wide);
      const auto is_near = abs(x) < F(kLargeAngle);
      return {select(is_near, near.r, far.r), select(is_near, near.quadrant, far.quadrant)};
    }
  }
  /// Below it the costly reduction has no say; a caller that knows so leaves it out, with equal
  /// bits.
  static constexpr float kLargeAngle = 0x1p30f;

  static D sin_wide(D r) {
    static constexpr double kSine[] = {1.0, -0x15555554cbac77.0p-55, 0x111110896efbb2.0p-59,
                                       -0x1a00f9e2cae774.0p-65, 0x16cd878c3b46a7.0p-71};
    return r * polynomial(r * r, kSine);
  }
  static D cos_wide(D r) {
    static constexpr double kCosine[] = {1.0, -0x1ffffffd0c5e81.0p-54, 0x155553e1053a42.0p-57,
                                         -0x16c087e80f1e27.0p-62, 0x199342e0ee5069.0p-68};
    return polynomial(r * r, kCosine);
  }

  // Infinity has no sine; NaN comes through by itself.
  static F angle_edges(F x, F result) {
    return select(abs(x) == F(Base::kInfinity), F(Base::kNaN), result);
  }

  template <bool kAnyLarge = true>
  static F sin(F x) {
    const Angle angle = reduce<kAnyLarge>(x);
    const F value =
        narrow(select((angle.quadrant & I(1)) == I(0), sin_wide(angle.r), cos_wide(angle.r)));
    const F result = select((angle.quadrant & I(2)) == I(0), value, -value);
    return angle_edges(x, select(x == F(0.0f), x, result));
  }

  template <bool kAnyLarge = true>
  static F cos(F x) {
    const Angle angle = reduce<kAnyLarge>(x);
    const F value =
        narrow(select((angle.quadrant & I(1)) == I(0), cos_wide(angle.r), sin_wide(angle.r)));
    const F result = select(((angle.quadrant + I(1)) & I(2)) == I(0), value, -value);
    return angle_edges(x, result);
  }

  template <bool kAnyLarge = true>
  static F tan(F x) {
    const Angle angle = reduce<kAnyLarge>(x);
    const D s = sin_wide(angle.r), c = cos_wide(angle.r);
    const auto is_even = (angle.quadrant & I(1)) == I(0);
    const F result = narrow(select(is_even, s, -c) / select(is_even, c, s));
    return angle_edges(x, select(x == F(0.0f), x, result));
  }

  /// atan(x) for 0 <= x <= 1. A Chebyshev fit in x squared, relative error 2^-36.
  static D atan_wide(D x) {
    static constexpr double kFit[] = {
        0.9999999999887356,    -0.33333332951620576, 0.19999978335070587, -0.1428522559330104,
        0.11105306632378169,   -0.09049178707593561, 0.07495261502248678, -0.060221953008854495,
        0.043646585231796896,  -0.02600600302237301, 0.01142764442976421, -0.003195431620742266,
        0.00041922923320761096};
    return x * polynomial(x * x, kFit);
  }

  static constexpr double kPi = 3.141592653589793, kHalfPi = 1.5707963267948966;

  static F atan(F x) {
    const D a = abs(widen(x));
    const auto is_large = a > D(1.0);
    const D t = atan_wide(select(is_large, D(1.0) / a, a));
    return with_sign_of(narrow(select(is_large, D(kHalfPi) - t, t)), x);
  }

  static F atan2(F y, F x) {
    const D ay = abs(widen(y)), ax = abs(widen(x));
    const auto is_steep = ay > ax;
    D ratio = select(is_steep, ax, ay) / select(is_steep, ay, ax);
    ratio = select((ay == ax) & (ay == D(Base::kInfinity)), D(1.0), ratio);
    ratio = select((ay == D(0.0)) & (ax == D(0.0)), D(0.0), ratio);
    D angle = atan_wide(ratio);
    angle = select(is_steep, D(kHalfPi) - angle, angle);
    angle = select(bits_of(x) < I(0), D(kPi) - angle, angle);
    return select(is_nan(x) | is_nan(y), x + y, with_sign_of(narrow(angle), y));
  }
  static auto is_nan(F x) { return x != x; }

  /// asin(x) for 0 <= x <= 1/2. A Chebyshev fit in x squared, relative error 2^-39.
  static D asin_wide(D x) {
    static constexpr double kFit[] = {
        1.000000000000825,    0.16666666613254466,  0.07500005658143197,
        0.04464056389532642,  0.030428132421447013, 0.021855620440975245,
        0.020681941260894142, 0.001914012763235301, 0.03295927577548557};
    return x * polynomial(x * x, kFit);
  }

  static F asin(F x) {
    const D a = abs(widen(x));
    const auto is_large = a > D(0.5);
    const D t = asin_wide(select(is_large, sqrt((D(1.0) - a) * D(0.5)), a));
    return with_sign_of(narrow(select(is_large, fma(D(-2.0), t, D(kHalfPi)), t)), x);
  }

  static F acos(F x) {
    const D wide = widen(x), a = abs(wide);
    const auto is_large = a > D(0.5);
    const D t = asin_wide(select(is_large, sqrt((D(1.0) - a) * D(0.5)), a));
    const D near_end = t + t;
    const D of_large = select(wide < D(0.0), D(kPi) - near_end, near_end);
    const D of_small = D(kHalfPi) - select(wide < D(0.0), -t, t);
    return narrow(select(is_large, of_large, of_small));
  }

  static D limited(F x) {  // beyond 100 both hyperbolic functions overflow
    const D a = abs(widen(x));
    return select(a > D(100.0), D(100.0), a);
  }

  static F sinh(F x) {
    static constexpr double kTaylor[] = {1.0, 1.0 / 6, 1.0 / 120, 1.0 / 5040, 1.0 / 362880};
    const D a = limited(x), e = exp_wide(a);
    const D large = D(0.5) * (e - D(1.0) / e);
    const D result = select(a < D(0.5), a * polynomial(a * a, kTaylor), large);
    return with_sign_of(narrow(result), x);
  }

  static F cosh(F x) {
    const D e = exp_wide(limited(x));
    return narrow(D(0.5) * (e + D(1.0) / e));
  }

  static F asinh(F x) {
    static constexpr double kTaylor[] = {1.0, -1.0 / 6, 3.0 / 40, -15.0 / 336};
    const D a = abs(widen(x)), square = a * a;
    // Halved, so that the argument stays a float32 up to the largest x.
    const D half = D(0.5) * (a + sqrt(square + D(1.0)));
    const D large = log_wide(half) + D(0.69314718055994531);
    const D result = select(a < D(0.03125), a * polynomial(square, kTaylor), large);
    const F edge = abs(x);
    return with_sign_of(select(edge < F(Base::kInfinity), narrow(result), edge), x);
  }

  static F acosh(F x) {
    const D a = widen(x);
    const D half = D(0.5) * (a + sqrt(fma(a, a, D(-1.0))));
    const F result = narrow(log_wide(half) + D(0.69314718055994531));
    return select(x < F(1.0f), F(Base::kNaN), select(x < F(Base::kInfinity), result, x));
  }

  static F atanh(F x) {
    static constexpr double kTaylor[] = {1.0, 1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9};
    const D a = abs(widen(x));
    const D large = D(0.5) * log_wide((D(1.0) + a) / (D(1.0) - a));
    const D result = select(a < D(0.03125), a * polynomial(a * a, kTaylor), large);
    F magnitude = select(a == D(1.0), F(Base::kInfinity), narrow(result));
    magnitude = select(a > D(1.0), F(Base::kNaN), magnitude);
    return with_sign_of(select(is_nan(x), x, magnitude), x);
  }
};

}  // namespace reckon::expr
