// SPDX-License-Identifier: Apache-2.0
#include "kernels/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>

#include "base/philox.h"

namespace reckon::kernels {
namespace {

// A Philox block feeds `kPerBlock` consecutive elements; `make(block, slot)` is one of them.
template <int kPerBlock, class T, class Make>
void fill_blocks(RandomKey key, int64_t first, int64_t count, T* out, Make make) {
  const int64_t last = first + count;
  for (int64_t i = first; i < last;) {
    const uint64_t number = static_cast<uint64_t>(i) / kPerBlock;
    const base::PhiloxBlock block = base::philox(key.key, key.stream, number);
    const int64_t end = static_cast<int64_t>((number + 1) * kPerBlock);
    for (; i < last && i < end; ++i) *out++ = make(block, static_cast<int>(i % kPerBlock));
  }
}

uint64_t joined(const base::PhiloxBlock& block, int slot) {
  return static_cast<uint64_t>(block[2 * slot + 1]) << 32 | block[2 * slot];
}

// In [0, 1) with as many bits as the type holds: a float takes one word, a double two.
template <class T>
constexpr int kUniformsPerBlock = std::is_same_v<T, float> ? 4 : 2;

template <class T>
T unit(const base::PhiloxBlock& block, int slot) {
  if constexpr (std::is_same_v<T, float>) {
    return base::unit_float(block[slot]);
  } else {
    return static_cast<double>(joined(block, slot) >> 11) * 0x1p-53;
  }
}

// Elements 2 p and 2 p + 1 are the cosine and the sine of one Box-Muller pair. `radius` and `angle`
// are uniform in (0, 1] and [0, 1).
double box_muller(double radius, double angle, bool is_second) {
  const double length = std::sqrt(-2.0 * std::log(radius));
  const double turn = 2.0 * std::numbers::pi * angle;
  return length * (is_second ? std::sin(turn) : std::cos(turn));
}

double horner(const double (&coefficients)[8], double x) {
  double sum = coefficients[7];
  for (int i = 6; i >= 0; --i) sum = sum * x + coefficients[i];
  return sum;
}

// The inverse of the normal distribution for p in (e^-25, 1 - e^-25), to 1e-16.
// Source: Wichura 1988, algorithm AS 241 (PPND16).
double inverse_normal(double p) {
  static constexpr double kCentreTop[8] = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                           1.9715909503065514427e3, 1.3731693765509461125e4,
                                           4.5921953931549871457e4, 6.7265770927008700853e4,
                                           3.3430575583588128105e4, 2.5090809287301226727e3};
  static constexpr double kCentreBottom[8] = {1.0,
                                              4.2313330701600911252e1,
                                              6.8718700749205790830e2,
                                              5.3941960214247511077e3,
                                              2.1213794301586595867e4,
                                              3.9307895800092710610e4,
                                              2.8729085735721942674e4,
                                              5.2264952788528545610e3};
  static constexpr double kTailTop[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                         5.76949722146069140550e0,  3.64784832476320460504e0,
                                         1.27045825245236838258e0,  2.41780725177450611770e-1,
                                         2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double kTailBottom[8] = {1.0,
                                            2.05319162663775882187e0,
                                            1.67638483018380384940e0,
                                            6.89767334985100004550e-1,
                                            1.48103976427480074590e-1,
                                            1.51986665636164571966e-2,
                                            5.47593808499534494600e-4,
                                            1.05075007164441684324e-9};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * horner(kCentreTop, r) / horner(kCentreBottom, r);
  }
  const double r = std::sqrt(-std::log(q < 0 ? p : 1.0 - p)) - 1.6;
  return std::copysign(horner(kTailTop, r) / horner(kTailBottom, r), q);
}

constexpr double kBelowTwoDeviations = 0.022750131948179207;  // the distribution at -2

}  // namespace

template <class T>
void fill_uniform(RandomKey key, int64_t first, int64_t count, T low, T high, T* out) {
  const T width = high - low;
  const T last = std::nextafter(high, low);
  if (std::isinf(width)) {
    return fill_blocks<kUniformsPerBlock<T>>(
        key, first, count, out, [=](const base::PhiloxBlock& block, int slot) {
          const T share = unit<T>(block, slot);
          return std::min(low * (1 - share) + high * share, last);
        });
  }
  fill_blocks<kUniformsPerBlock<T>>(
      key, first, count, out, [=](const base::PhiloxBlock& block, int slot) {
        const T value = low + width * unit<T>(block, slot);
        return value < high ? value : last;  // the sum may round up to `high`
      });
}

template <class T>
void fill_uniform_integers(RandomKey key, int64_t first, int64_t count, T low, uint64_t range,
                           T* out) {
  const auto width = range == 0 ? static_cast<unsigned __int128>(1) << 64 : range;
  fill_blocks<2>(key, first, count, out, [=](const base::PhiloxBlock& block, int slot) {
    const unsigned __int128 product = static_cast<unsigned __int128>(joined(block, slot)) * width;
    return static_cast<T>(static_cast<uint64_t>(low) + static_cast<uint64_t>(product >> 64));
  });
}

template <class T>
void fill_normal(RandomKey key, int64_t first, int64_t count, T mean, T deviation, T* out) {
  const double shift = mean, factor = deviation;
  if constexpr (std::is_same_v<T, float>) {
    fill_blocks<4>(key, first, count, out, [=](const base::PhiloxBlock& block, int slot) {
      const int pair = slot & ~1;
      const double radius = (block[pair] + 1.0) * 0x1p-32, angle = block[pair + 1] * 0x1p-32;
      return static_cast<T>(shift + factor * box_muller(radius, angle, slot & 1));
    });
  } else {
    fill_blocks<2>(key, first, count, out, [=](const base::PhiloxBlock& block, int slot) {
      const double radius = 1.0 - unit<double>(block, 0), angle = unit<double>(block, 1);
      return shift + factor * box_muller(radius, angle, slot & 1);
    });
  }
}

template <class T>
void fill_truncated_normal(RandomKey key, int64_t first, int64_t count, T mean, T deviation,
                           T* out) {
  const double shift = mean, factor = deviation;
  constexpr int kPerBlock = kUniformsPerBlock<T>;
  fill_blocks<kPerBlock>(key, first, count, out, [=](const base::PhiloxBlock& block, int slot) {
    const double u = kPerBlock == 4 ? (block[slot] + 0.5) * 0x1p-32 : unit<double>(block, slot);
    const double p = kBelowTwoDeviations + u * (1.0 - 2.0 * kBelowTwoDeviations);
    return static_cast<T>(shift + factor * inverse_normal(p));
  });
}

template void fill_uniform(RandomKey, int64_t, int64_t, float, float, float*);
template void fill_uniform(RandomKey, int64_t, int64_t, double, double, double*);
template void fill_uniform_integers(RandomKey, int64_t, int64_t, int32_t, uint64_t, int32_t*);
template void fill_uniform_integers(RandomKey, int64_t, int64_t, int64_t, uint64_t, int64_t*);
template void fill_normal(RandomKey, int64_t, int64_t, float, float, float*);
template void fill_normal(RandomKey, int64_t, int64_t, double, double, double*);
template void fill_truncated_normal(RandomKey, int64_t, int64_t, float, float, float*);
template void fill_truncated_normal(RandomKey, int64_t, int64_t, double, double, double*);

}  // namespace reckon::kernels
