// SPDX-License-Identifier: Apache-2.0
#include "formats/inflater.h"

#include "base/expect_error_testing.h"
#include "formats/bytes_fuzzer_testing.h"
#include "formats/deflated_testing.h"

namespace reckon::formats {
namespace inflater_test {

using base::expect_error;

std::string inflated(const std::string& bytes, DeflateWrapper wrapper, size_t step = 1000) {
  Inflater inflater(wrapper, std::string_view(bytes), "x.gz");
  std::string all, part(step, '\0');
  while (const size_t count = inflater.read(part.data(), step)) all.append(part, 0, count);
  return all;
}

const std::string kLongText = [] {
  std::string text;
  for (int i = 0; i < 30000; ++i) text += std::to_string(i * 7919 % 1000);
  return text;
}();

TEST(Inflater, ReadsEachWrapperInStepsOfAnySize) {
  for (const size_t step : {1, 7, 1000, 1 << 20}) {
    EXPECT_EQ(inflated(gzipped(kLongText), DeflateWrapper::kGzip, step), kLongText);
  }
  EXPECT_EQ(inflated(deflated(kLongText, MAX_WBITS), DeflateWrapper::kZlib), kLongText);
  EXPECT_EQ(inflated(deflated(kLongText, -MAX_WBITS), DeflateWrapper::kRaw), kLongText);
  EXPECT_EQ(inflated(gzipped(""), DeflateWrapper::kGzip), "");
}

TEST(Inflater, GzipMembersAreOneStream) {
  const std::string one = gzipped("one"), two = gzipped("two");
  EXPECT_EQ(inflated(one + two, DeflateWrapper::kGzip), "onetwo");
}

TEST(Inflater, BytesBehindTheEndAreDataLoss) {
  expect_error([] { inflated(deflated("a", MAX_WBITS) + "b", DeflateWrapper::kZlib); },
               ErrorCode::kDataLoss, "follow the end");
  expect_error([] { inflated(gzipped("a") + "b", DeflateWrapper::kGzip); }, ErrorCode::kDataLoss,
               "At x.gz");
  expect_error([] { inflated("", DeflateWrapper::kGzip); }, ErrorCode::kDataLoss, "cut short");
}

TEST(Inflater, DamageOfGzipNeverChangesTheContent) {
  fuzz_bytes(
      gzipped(kLongText), Damage::kPerhapsNoticed,
      [](const std::string& bytes) {
        EXPECT_TRUE(inflated(bytes, DeflateWrapper::kGzip) == kLongText);
      },
      2000);
}

TEST(Inflater, TakesItsInputInPiecesOfAnySize) {
  const std::string bytes = gzipped(kLongText);
  for (const size_t piece : {1, 3, 1000}) {
    size_t position = 0;
    Inflater inflater(
        DeflateWrapper::kGzip,
        [&](char* buffer, size_t count) {
          const size_t given = bytes.copy(buffer, std::min(count, piece), position);
          position += given;
          return given;
        },
        "x.gz");
    std::string all(kLongText.size() + 10, '\0');
    EXPECT_EQ(inflater.read(all.data(), all.size()), kLongText.size()) << piece;
    EXPECT_EQ(inflater.read(all.data(), all.size()), 0u) << "the end stays";
    EXPECT_TRUE(all.starts_with(kLongText));
  }
}

TEST(Inflater, ReadsOnAfterItIsMoved) {
  const std::string bytes = deflated("abcdef", MAX_WBITS);
  Inflater first(DeflateWrapper::kZlib, std::string_view(bytes), "x");
  char buffer[8] = {};
  EXPECT_EQ(first.read(buffer, 3), 3u);
  Inflater second = std::move(first);
  EXPECT_EQ(second.read(buffer + 3, 5), 3u);
  EXPECT_STREQ(buffer, "abcdef");
}

TEST(Inflater, AnotherWrapperIsDataLossNamingTheFile) {
  for (const int bits : {MAX_WBITS, -MAX_WBITS}) {
    expect_error([bits] { inflated(deflated(kLongText, bits), DeflateWrapper::kGzip); },
                 ErrorCode::kDataLoss, "the compressed data are damaged after 0 bytes of content");
  }
}

TEST(Inflater, EveryCutOfAGzipFileIsDataLoss) {
  const std::string bytes = gzipped("some text");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(inflated(bytes.substr(0, size), DeflateWrapper::kGzip), Error) << size;
  }
}

}  // namespace inflater_test
}  // namespace reckon::formats
