// SPDX-License-Identifier: Apache-2.0
// Fingerprints as TensorFlow 2.15 computes them.
#include "kernels/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace reckon::kernels {
namespace hash_test {

TEST(Hash, FingerprintsAreTensorFlows) {
  const struct {
    std::string_view text;
    uint64_t fingerprint;
    int64_t bucket_of_1000;
  } cases[] = {
      {"", 11160318154034397263u, 263},
      {"a", 12917804110809363939u, 939},
      {"omar", 3378277989609990986u, 986},
      {"-1", 7333874265151076430u, 430},
      {"United-States", 10145044030737126587u, 587},
      {"na\303\257ve", 11018684814441883233u, 233},
      {"\346\227\245\346\234\254", 5676833963740711883u, 883},
      {".5<CJQX_fmt!(", 8732206260546592106u, 106},
      {"@GNU\134cjqx%,3:AHOV]dkry&-4;BIPW^", 3274236915006452041u, 41},
      {"dkry&-4;BIPW^elsz'.5<CJQX_fmt!(/6=DKRY`gnu\042)07>ELSZahov#*18\077FMT[bip",
       919417407440079919u, 919},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(fingerprint64(c.text), c.fingerprint) << c.text;
    EXPECT_EQ(hash_bucket(c.text, 1000), c.bucket_of_1000) << c.text;
  }
}

TEST(Hash, LongTextsToo) { EXPECT_EQ(fingerprint64(std::string(1000, 'x')), 1913056456708076064u); }

TEST(Hash, IntegersAreHashedAsDecimalText) {
  EXPECT_EQ(hash_bucket(int64_t{-1}, 1000), 430);
  EXPECT_EQ(hash_bucket(int64_t{101}, 1000), 653);
  EXPECT_EQ(hash_bucket(INT64_MIN, 977), hash_bucket("-9223372036854775808", 977));
}

}  // namespace hash_test
}  // namespace reckon::kernels
