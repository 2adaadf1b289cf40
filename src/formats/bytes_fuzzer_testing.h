// SPDX-License-Identifier: Apache-2.0
// For tests: damages bytes in many ways and checks that a parser answers each with a value or an
// Error.
#pragma once

#include <functional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include <reckon/error.h>

namespace reckon::formats {

enum class Damage { kNoticed, kPerhapsNoticed };

/// Flips one bit at `flips` random places and truncates at every 1/64, and to 0.
///   parse   throws Error for what it refuses; anything else fails the test
///   damage  kNoticed: every single one must be refused
inline void fuzz_bytes(const std::string& bytes, Damage damage,
                       const std::function<void(const std::string&)>& parse, int flips = 200) {
  const auto attempt = [&](const std::string& damaged, const std::string& what) {
    try {
      parse(damaged);
      EXPECT_EQ(damage, Damage::kPerhapsNoticed)
          << what << " of " << bytes.size() << " bytes went unnoticed";
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::kInternal) << what << ": " << error.what();
    }
  };
  ASSERT_NO_THROW(parse(bytes));
  std::mt19937_64 random(7);
  for (int i = 0; i < flips; ++i) {
    std::string damaged = bytes;
    const size_t bit = random() % (8 * bytes.size());
    damaged[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    attempt(damaged, "a flip of bit " + std::to_string(bit));
  }
  for (size_t part = 0; part < 64; ++part) {
    const size_t size = bytes.size() * part / 64;
    if (size < bytes.size()) attempt(bytes.substr(0, size), "a cut to " + std::to_string(size));
  }
}

}  // namespace reckon::formats
