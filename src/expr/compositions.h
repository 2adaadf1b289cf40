// SPDX-License-Identifier: Apache-2.0
// The float32 functions, each written once over basic opcodes: with Expr it records them, with a
// register type it computes them. Equal bits are therefore a matter of construction.
// F is a float32, D a float64, I an int32 value; comparisons give what select() takes. Found by
// argument-dependent lookup: fma abs sqrt rint trunc select scale(F or D, I) to_int to_float(I)
// bits_of(F) float_of_bits(I) widen(F) narrow(D) to_int(D) to_double(I).
#pragma once

#include <cstdint>
#include <limits>

namespace reckon::expr {

/// Exponentials, logarithms and what is made of them, in float32 arithmetic.
/// Coefficients: Cephes expf; Sun's fdlibm logf, log1pf.
template <class F, class D, class I>
struct Compositions {
  static constexpr float kInfinity = std::numeric_limits<float>::infinity();
  static constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

  /// Limits by selects, which let NaN pass.
  static F clamp(F x, float low, float high) {
    x = select(x < F(low), F(low), x);
    return select(x > F(high), F(high), x);
  }

  static F with_sign_of(F magnitude, F sign) {
    return float_of_bits(bits_of(magnitude) | (bits_of(sign) & I(INT32_MIN)));
  }

  // x = k ln 2 + r with |r| <= ln 2 / 2; p is exp(r) - 1.
  struct Reduced {
    F k, p;
  };
  static Reduced reduce_exp(F x) {
    const F k = rint(x * F(1.44269504088896341f));
    F r = fma(k, F(-0.693359375f), x);
    r = fma(k, F(2.12194440e-4f), r);
    F p = fma(r, F(1.9875691500e-4f), F(1.3981999507e-3f));
    p = fma(p, r, F(8.3334519073e-3f));
    p = fma(p, r, F(4.1665795894e-2f));
    p = fma(p, r, F(1.6666665459e-1f));
    p = fma(p, r, F(5.0000001201e-1f));
    return {k, fma(r * r, p, r)};
  }

  static F exp(F x) {
    const Reduced e = reduce_exp(clamp(x, -104.0f, 89.0f));
    return scale(F(1.0f) + e.p, to_int(e.k));
  }

  // 2^k for a k in the range of normal numbers.
  static F power_of_two(I k) { return float_of_bits((k + I(127)) << I(23)); }

  // exp(x) - 1 from the reduction, for k in [-126, 127].
  static F expm1_of(const Reduced& e) {
    const F power = power_of_two(to_int(e.k));
    return fma(power, e.p, power - F(1.0f));
  }

  static F expm1(F x) {
    const Reduced e = reduce_exp(clamp(x, -80.0f, 89.0f));
    // For a large x the one is lost anyway, and 2^k alone could overflow.
    const F large = scale(F(1.0f) + e.p, to_int(e.k));
    const F result = select(x > F(20.0f), large, expm1_of(e));
    return select(abs(x) < F(0x1p-25f), x, result);
  }

  // log(m) for m = 1 + f near 1: (hfsq, s * (hfsq + R)) of fdlibm.
  struct LogSeries {
    F half_square, rest;
  };
  static LogSeries log_series(F f) {
    const F s = f / (F(2.0f) + f);
    const F z = s * s, w = z * z;
    const F odd = w * fma(w, F(0.24279078841f), F(0.40000972152f));
    const F even = z * fma(w, F(0.28498786688f), F(0.66666662693f));
    const F half_square = F(0.5f) * f * f;
    return {half_square, s * (half_square + (even + odd))};
  }
  static constexpr float kLn2High = 6.9313812256e-01f, kLn2Low = 9.0580006145e-06f;
  static constexpr int32_t kSqrtHalfBits = 0x3f3504f3, kOneBits = 0x3f800000;

  // x = m 2^k with m in [sqrt(1/2), sqrt(2)), for positive normal x.
  struct Split {
    F m;
    I k;
  };
  static Split split(F x) {
    const I bits = bits_of(x) + I(kOneBits - kSqrtHalfBits);
    return {float_of_bits((bits & I(0x007fffff)) + I(kSqrtHalfBits)), (bits >> I(23)) - I(127)};
  }
  static Split split_with_denormals(F x) {
    const auto is_small = x < F(0x1p-126f);
    Split parts = split(select(is_small, x * F(0x1p23f), x));
    parts.k = select(is_small, parts.k - I(23), parts.k);
    return parts;
  }

  // Results of a logarithm where its argument is not a positive finite number.
  static F log_edges(F argument, F result) {
    result = select(argument == F(0.0f), F(-kInfinity), result);
    result = select(argument < F(0.0f), F(kNaN), result);
    return select(argument < F(kInfinity), result, argument);  // +inf, NaN
  }

  static F log(F x) {
    const Split parts = split_with_denormals(x);
    const F f = parts.m - F(1.0f), k = to_float(parts.k);
    const LogSeries t = log_series(f);
    const F result = fma(k, F(kLn2Low), t.rest) - t.half_square + f;
    return log_edges(x, fma(k, F(kLn2High), result));
  }

  static F log1p(F x) {
    const F u = F(1.0f) + x;
    const Split parts = split(u);
    const F k = to_float(parts.k);
    // What the rounding of 1 + x lost, relative to u.
    const F lost = select(parts.k >= I(2), F(1.0f) - (u - x), x - (u - F(1.0f)));
    const auto is_near = parts.k == I(0);
    const F c = select(is_near, F(0.0f), select(parts.k < I(25), lost / u, F(0.0f)));
    const F f = select(is_near, x, parts.m - F(1.0f));
    const LogSeries t = log_series(f);
    const F result = t.rest + fma(k, F(kLn2Low), c) - t.half_square + f;
    const F whole = log_edges(u, fma(k, F(kLn2High), result));
    return select(abs(x) < F(0x1p-24f), x, whole);
  }

  static F tanh(F x) {
    const F magnitude = abs(x);
    const F t = expm1_of(reduce_exp(select(magnitude > F(10.0f), F(20.0f), magnitude + magnitude)));
    return with_sign_of(t / (t + F(2.0f)), x);
  }

  static F sigmoid(F x) {
    const F e = exp(-abs(x));
    return select(x < F(0.0f), e, F(1.0f)) / (F(1.0f) + e);
  }

  static F softplus(F x) {
    // max(x, 0) by a select: NaN comes in through the logarithm.
    return select(x > F(0.0f), x, F(0.0f)) + log1p(exp(-abs(x)));
  }

  // Source: N. Juffa's minimax fits of erff and erfcf.
  static F erf(F x) {
    const F t = abs(x), s = x * x;
    F r = fma(F(-1.72853470e-5f), t, F(3.83197126e-4f));
    const F u = fma(F(-3.88396438e-3f), t, F(2.42546219e-2f));
    r = fma(r, s, u);
    r = fma(r, t, F(-1.06777877e-1f));
    r = fma(r, t, F(-6.34846687e-1f));
    r = fma(r, t, F(-1.28717512e-1f));
    r = fma(r, t, -t);
    // Beyond 4 the result is 1; the limit keeps infinity out of the polynomial.
    const F large = with_sign_of(F(1.0f) - exp(select(t > F(4.0f), F(-104.0f), r)), x);
    F q = fma(F(-5.96761703e-4f), s, F(4.99119423e-3f));
    q = fma(q, s, F(-2.67681349e-2f));
    q = fma(q, s, F(1.12819925e-1f));
    q = fma(q, s, F(-3.76125336e-1f));
    q = fma(q, s, F(1.28379166e-1f));
    const F small = fma(q, x, x);
    return select(x == F(0.0f), x, select(t > F(0.927734375f), large, small));
  }

  static F erfc(F x) {
    const F magnitude = abs(x);
    const F a = select(magnitude > F(11.0f), F(11.0f), magnitude);
    // q = (a - 2) / (a + 2), with its rounding error added.
    F r = F(1.0f) / (a + F(2.0f));
    F q = fma(F(-4.0f), r, F(1.0f));
    const F t = fma(q + F(1.0f), F(-2.0f), a);
    q = fma(r, fma(-a, q, t), q);
    // p + 1 is (1 + 2 a) exp(a a) erfc(a).
    F p = fma(F(-0x1.a4a000p-12f), q, F(-0x1.42a260p-10f));
    p = fma(p, q, F(0x1.585714p-10f));
    p = fma(p, q, F(0x1.1adcc4p-07f));
    p = fma(p, q, F(-0x1.081b82p-07f));
    p = fma(p, q, F(-0x1.bc0b6ap-05f));
    p = fma(p, q, F(0x1.4ffc46p-03f));
    p = fma(p, q, F(-0x1.540840p-03f));
    p = fma(p, q, F(-0x1.7bf616p-04f));
    p = fma(p, q, F(0x1.1ba03ap-02f));
    r = F(1.0f) / fma(F(2.0f), a, F(1.0f));
    q = fma(p, r, r);
    r = fma(fma(fma(q, -a, F(0.5f)), F(2.0f), p - q), r, q);
    const F s = a * a, e = exp(-s);
    const F result = fma(r, e, r * e * fma(-a, a, s));
    return select(x < F(0.0f), F(2.0f) - result, result);
  }
};

}  // namespace reckon::expr
