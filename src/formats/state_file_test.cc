// SPDX-License-Identifier: Apache-2.0
#include "formats/state_file.h"

#include <fmt/format.h>

#include <limits>

#include "base/crc32c.h"
#include "base/expect_error_testing.h"
#include "formats/bytes_fuzzer_testing.h"

namespace reckon::formats {
namespace state_file_test {

using base::expect_error;

StateFile sample_state() {
  StateFile state;
  state.values["input"] = {{"epoch", 3}, {"position", uint64_t{1} << 63}, {"hash", "0123abcd"}};
  state.values["call"] = {{"in_progress", true}, {"target", -1}, {"loss", 0.1}, {"none", nullptr}};
  state.files["model.ckpt-7.index"] = {1234, 0xdeadbeef};
  state.files["model.ckpt-7.data-00000-of-00001"] = {uint64_t{1} << 40, 7};
  return state;
}

TEST(StateFile, ComesBackExactly) {
  EXPECT_EQ(decode_state_file(encode_state_file(sample_state()), "x.state"), sample_state());
  EXPECT_EQ(decode_state_file(encode_state_file({}), "x.state"), StateFile());
}

TEST(StateFile, DoublesComeBackBitForBit) {
  StateFile state;
  const std::vector<double> values = {
      0.1, 1.0 / 3, -0.0, 5e-324, std::numeric_limits<double>::max(), 1e22};
  state.values["values"] = values;
  const auto back =
      decode_state_file(encode_state_file(state), "x").values["values"].get<std::vector<double>>();
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(std::memcmp(&back[i], &values[i], sizeof(double)), 0) << values[i];
  }
}

TEST(StateFile, EqualStatesAreEqualBytes) {
  StateFile other;
  other.files["model.ckpt-7.data-00000-of-00001"] = {uint64_t{1} << 40, 7};
  other.files["model.ckpt-7.index"] = {1234, 0xdeadbeef};
  other.values["call"] = {{"none", nullptr}, {"loss", 0.1}, {"target", -1}, {"in_progress", true}};
  other.values["input"] = {{"hash", "0123abcd"}, {"position", uint64_t{1} << 63}, {"epoch", 3}};
  EXPECT_EQ(encode_state_file(sample_state()), encode_state_file(other));
}

TEST(StateFile, BytesAreThoseOfVersionOne) {
  StateFile state;
  state.values["a"] = 1;
  EXPECT_EQ(encode_state_file(state),
            "reckon state 1 43 15df6dae\n{\n \"files\": {},\n \"values\": {\n  \"a\": 1\n }\n}\n");
}

TEST(StateFile, RefusesWhatJsonCannotHold) {
  StateFile state;
  state.values["best"] = {{"loss", {1.0, std::numeric_limits<double>::quiet_NaN()}}};
  expect_error([&] { encode_state_file(state); }, ErrorCode::kInvalidArgument, "'best' holds nan");
  state.values["best"] = "\xff";
  expect_error([&] { encode_state_file(state); }, ErrorCode::kInvalidArgument, "cannot be JSON");
}

TEST(StateFile, NewerVersionIsToldFromDamage) {
  const std::string head = "reckon state 2 3 ", body = "{}\n";
  const std::string bytes = fmt::format("{}{:08x}\n{}", head, base::crc32c(head + body), body);
  expect_error([&] { decode_state_file(bytes, "x"); }, ErrorCode::kInvalidArgument,
               "version 2, this Reckon reads 1");
  std::string damaged = encode_state_file(sample_state());
  expect_error([&] { decode_state_file(damaged.replace(13, 1, "2"), "x.state"); },
               ErrorCode::kDataLoss, "CRC");
}

TEST(StateFile, DamageNamesTheFile) {
  const std::string bytes = encode_state_file(sample_state());
  expect_error([&] { decode_state_file("", "runs/x.state"); }, ErrorCode::kDataLoss,
               "At runs/x.state");
  expect_error([&] { decode_state_file(bytes + " ", "x"); }, ErrorCode::kDataLoss, "bytes, but");
  expect_error([&] { decode_state_file("{}", "x"); }, ErrorCode::kDataLoss, "does not begin");
}

TEST(StateFile, EveryDamageIsNoticed) {
  fuzz_bytes(
      encode_state_file(sample_state()), Damage::kNoticed,
      [](const std::string& bytes) { decode_state_file(bytes, "x.state"); }, 3000);
}

TEST(StateFile, LineOneHasOneSpellingOnly) {
  const std::string bytes = encode_state_file({});
  const auto refuse = [&](const std::string& from, const std::string& to) {
    std::string damaged = bytes;
    damaged.replace(damaged.find(from), from.size(), to);
    expect_error([&] { decode_state_file(damaged, "x"); }, ErrorCode::kDataLoss,
                 "line 1 is not 'reckon state <version> <size> <crc32c>'");
  };
  refuse("state 1 ", "state 01 ");
  refuse("state 1 ", "state  1 ");
  refuse("state 1 ", "state -1 x");
  refuse("\n", "");
}

TEST(StateFile, JsonOfAnotherFormWithRightCrcsIsDataLoss) {
  for (const std::string body : {"{}", "[]",
                                 "{\"files\":{\"a\":1},"
                                 "\"values\":{}}",
                                 "{\"files\": {", "\xff"}) {
    const std::string head = fmt::format("reckon state 1 {} ", body.size());
    const std::string bytes = fmt::format("{}{:08x}\n{}", head, base::crc32c(head + body), body);
    expect_error([&] { decode_state_file(bytes, "x"); }, ErrorCode::kDataLoss,
                 "the content is not a state's JSON");
  }
}

TEST(StateFile, StandsBesideTheIndex) {
  EXPECT_EQ(state_file_name("a/model.ckpt-7"), "a/model.ckpt-7.state");
}

}  // namespace state_file_test
}  // namespace reckon::formats
