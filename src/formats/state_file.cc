// SPDX-License-Identifier: Apache-2.0
// The CRC covers the version and the size too, so that no flipped bit turns one state into another.
#include "formats/state_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/crc32c.h"
#include "formats/damage.h"

namespace reckon::formats {
namespace {

using nlohmann::json;

constexpr std::string_view kStateMagic = "reckon state ";

// What stands before the CRC in line 1.
std::string head_of(int version, size_t size) {
  return fmt::format("{}{} {} ", kStateMagic, version, size);
}

uint32_t crc_of(const std::string& head, std::string_view body) {
  return base::extend_crc32c(base::crc32c(head), body);
}

// JSON would write NaN as null.
void check_finite(const json& value, const std::string& key) {
  if (value.is_number_float()) {
    base::require(std::isfinite(value.get<double>()), "state file", "'", key, "' holds ",
                  value.get<double>(), ", but JSON holds only finite numbers; save it as a text");
  }
  if (value.is_structured()) {
    for (const json& part : value) check_finite(part, key);
  }
}

json files_to_json(const std::map<std::string, FileDigest>& files) {
  json object = json::object();
  for (const auto& [name, digest] : files) {
    object[name] = {{"size", digest.size}, {"crc32c", digest.crc32c}};
  }
  return object;
}

struct Header {
  int version;
  size_t size;
  uint32_t crc;
  size_t line_bytes;
};

template <class T>
bool parse_number(std::string_view& text, T& value, char end, int base = 10) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || rest == text.data() + text.size() || *rest != end) return false;
  text.remove_prefix(rest + 1 - text.data());
  return true;
}

Header parse_header(std::string_view bytes, const std::string& path) {
  Header header{};
  std::string_view rest = bytes;
  expect_sound(rest.starts_with(kStateMagic), "state file", path, "the file does not begin with '",
               kStateMagic, "'");
  rest.remove_prefix(kStateMagic.size());
  expect_sound(parse_number(rest, header.version, ' ') && parse_number(rest, header.size, ' ') &&
                   parse_number(rest, header.crc, '\n', 16),
               "state file", path, "line 1 is not 'reckon state <version> <size> <crc32c>'");
  header.line_bytes = bytes.size() - rest.size();
  // The one way to write the line: a letter's case, too, is a bit that can flip.
  expect_sound(bytes.substr(0, header.line_bytes) ==
                   head_of(header.version, header.size) + fmt::format("{:08x}\n", header.crc),
               "state file", path, "line 1 is not 'reckon state <version> <size> <crc32c>'");
  return header;
}

StateFile from_json(const json& root) {
  StateFile state;
  for (const auto& [name, digest] : root.at("files").items()) {
    state.files[name] = {digest.at("size").get<uint64_t>(), digest.at("crc32c").get<uint32_t>()};
  }
  for (const auto& [key, value] : root.at("values").items()) state.values[key] = value;
  return state;
}

}  // namespace

std::string encode_state_file(const StateFile& state) {
  for (const auto& [key, value] : state.values) check_finite(value, key);
  std::string body;
  try {
    body = json{{"files", files_to_json(state.files)}, {"values", state.values}}.dump(1) + "\n";
  } catch (const json::exception& error) {
    base::fail(ErrorCode::kInvalidArgument, "state file", "a value cannot be JSON: ", error.what(),
               "; save bytes that are not UTF-8 in another form");
  }
  const std::string head = head_of(kStateFileVersion, body.size());
  return fmt::format("{}{:08x}\n{}", head, crc_of(head, body), body);
}

StateFile decode_state_file(std::string_view bytes, const std::string& path) {
  const Header header = parse_header(bytes, path);
  const std::string_view body = bytes.substr(header.line_bytes);
  expect_sound(body.size() == header.size, "state file", path, "line 1 promises ", header.size,
               " bytes, but ", body.size(), " follow");
  expect_sound(crc_of(head_of(header.version, header.size), body) == header.crc, "state file", path,
               "the CRC of the content differs from line 1");
  if (header.version != kStateFileVersion) {
    throw Error(ErrorCode::kInvalidArgument, "state file",
                base::concat_text("the file has version ", header.version, ", this Reckon reads ",
                                  kStateFileVersion, "; use the Reckon that wrote it"),
                path);
  }
  try {
    return from_json(json::parse(body));
  } catch (const json::exception& error) {
    data_loss("state file", path, "the content is not a state's JSON: ", error.what());
  }
}

std::string state_file_name(const std::string& prefix) { return prefix + ".state"; }

}  // namespace reckon::formats
