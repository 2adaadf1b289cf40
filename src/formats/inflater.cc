// SPDX-License-Identifier: Apache-2.0
// zlib's inflate as a pulled stream.
#include "formats/inflater.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

#include "formats/damage.h"

namespace reckon::formats {
namespace {

int window_bits(DeflateWrapper wrapper) {
  switch (wrapper) {
    case DeflateWrapper::kGzip:
      return MAX_WBITS + 16;
    case DeflateWrapper::kZlib:
      return MAX_WBITS;
    default:
      return -MAX_WBITS;
  }
}

Inflater::Input input_of(std::string_view bytes) {
  return [bytes](char* buffer, size_t count) mutable {
    count = std::min(count, bytes.size());
    std::memcpy(buffer, bytes.data(), count);
    bytes.remove_prefix(count);
    return count;
  };
}

}  // namespace

struct Inflater::State {
  State(DeflateWrapper kind, Input source, std::string place)
      : wrapper(kind), input(std::move(source)), at(std::move(place)) {
    RECKON_CHECK(inflateInit2(&stream, window_bits(wrapper)) == Z_OK);
  }
  ~State() { inflateEnd(&stream); }

  bool refill() {
    if (stream.avail_in > 0) return true;
    stream.next_in = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_in = static_cast<uInt>(input(chunk.data(), chunk.size()));
    return stream.avail_in > 0;
  }

  // After the end of one stream: another gzip member, or nothing.
  void go_on() {
    is_done = !refill();
    if (is_done) return;
    expect_sound(wrapper == DeflateWrapper::kGzip, "decompression", at,
                 "bytes follow the end of the data");
    inflateReset(&stream);
  }

  void step() {
    expect_sound(refill(), "decompression", at, "the compressed data are cut short after ",
                 stream.total_out, " bytes of content");
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code == Z_STREAM_END) return go_on();
    expect_sound(code == Z_OK, "decompression", at, "the compressed data are damaged after ",
                 stream.total_out, " bytes of content", stream.msg == nullptr ? "" : ": ",
                 stream.msg == nullptr ? "" : stream.msg);
  }

  DeflateWrapper wrapper;
  Input input;
  std::string at;
  z_stream stream{};
  std::array<char, 1 << 16> chunk;
  bool is_done = false;
};

Inflater::Inflater(DeflateWrapper wrapper, Input input, std::string at)
    : state_(std::make_unique<State>(wrapper, std::move(input), std::move(at))) {}
Inflater::Inflater(DeflateWrapper wrapper, std::string_view input, std::string at)
    : Inflater(wrapper, input_of(input), std::move(at)) {}
Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;

size_t Inflater::read(char* buffer, size_t count) {
  z_stream& stream = state_->stream;
  size_t done = 0;
  while (done < count && !state_->is_done) {
    const size_t wanted = std::min<size_t>(count - done, UINT_MAX);
    stream.next_out = reinterpret_cast<Bytef*>(buffer + done);
    stream.avail_out = static_cast<uInt>(wanted);
    while (stream.avail_out > 0 && !state_->is_done) state_->step();
    done += wanted - stream.avail_out;
  }
  return done;
}

}  // namespace reckon::formats
