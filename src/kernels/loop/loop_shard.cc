// SPDX-License-Identifier: Apache-2.0
// The tile loop: addresses of the tile's values, kernels one after the other, results delivered.
#include "kernels/loop/loop_shard.h"
#include "base/scratch_layout.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <type_traits>

namespace reckon::kernels {
namespace {

// 1 to 64 bytes, as two copies of fixed size that may overlap.
void copy_short(char* to, const char* from, size_t bytes) {
  const auto copy = [&]<size_t kSize>(std::integral_constant<size_t, kSize>) {
    std::array<char, kSize> head, tail;
    std::memcpy(head.data(), from, kSize);
    std::memcpy(tail.data(), from + bytes - kSize, kSize);
    std::memcpy(to, head.data(), kSize);
    std::memcpy(to + bytes - kSize, tail.data(), kSize);
  };
  if (bytes >= 32)
    copy(std::integral_constant<size_t, 32>());
  else if (bytes >= 16)
    copy(std::integral_constant<size_t, 16>());
  else if (bytes >= 8)
    copy(std::integral_constant<size_t, 8>());
  else if (bytes >= 4)
    copy(std::integral_constant<size_t, 4>());
  else if (bytes >= 2)
    copy(std::integral_constant<size_t, 2>());
  else
    *to = *from;
}

}  // namespace

ShardRooms::ShardRooms(const TilePlan& plan) {
  const auto results = static_cast<int64_t>(plan.results.size());
  flags = base::whole_lines(plan.value_count * static_cast<int64_t>(sizeof(char*)));
  reducers = flags + base::whole_lines(results);
  buffers = reducers + (plan.has_reductions ? results * static_cast<int64_t>(sizeof(Reducer)) : 0);
  bytes = buffers + plan.workspace_bytes;
}

Shard::Shard(LoopRun& run, char* workspace)
    : run_(run),
      plan_(run.plan),
      values_(reinterpret_cast<char**>(workspace)),
      is_direct_(reinterpret_cast<bool*>(workspace + run.rooms.flags)),
      reducers_(reinterpret_cast<Reducer*>(workspace + run.rooms.reducers)),
      buffers_(workspace + run.rooms.buffers) {}

void Shard::compute(int64_t begin, int64_t end) {
  compute_uniform();
  if (plan_.steps.empty() && !plan_.has_reductions && end - begin == 1) {
    for (size_t o = 0; o < plan_.results.size(); ++o) deliver(o, begin, 1);
    return note_faults();
  }
  const int64_t tile = tile_size();
  prepare(std::min(end - begin, tile));
  for (int64_t start = begin; start < end;) {
    int64_t n = std::min(tile, end - start);
    if (run_.row > tile) n = std::min(n, run_.row - start % run_.row);
    compute_tile(start, n);
    start += n;
  }
  note_faults();
}

void Shard::note_faults() {
  if (context_.faults != 0) run_.faults.fetch_or(context_.faults, std::memory_order_relaxed);
}

int64_t Shard::tile_size() const {
  if (run_.row == 1 || run_.row > plan_.tile) return plan_.tile;
  return plan_.tile / run_.row * run_.row;
}

// Addresses that stay, and the values that are the same for all elements.
void Shard::compute_uniform() {
  const size_t inputs = run_.layout.inputs().size();
  for (size_t i = 0; i < inputs; ++i) values_[i] = input(i);
  for (size_t v = inputs; v < static_cast<size_t>(plan_.value_count); ++v) {
    values_[v] = buffers_ + plan_.offsets[v];
  }
  for (const auto& [bytes, value] : plan_.constants) {
    values_[value] = const_cast<char*>(bytes.data());
  }
  for (const LoopStep& step : plan_.uniform_steps) call(step, 1);
}

// All that is made once for the tiles.
void Shard::prepare(int64_t longest) {
  for (const auto& [bytes, value] : plan_.block_constants) {
    values_[value] = const_cast<char*>(bytes.data());
  }
  for (const Splat& splat : plan_.splats) spread(splat, longest);
  for (const Fetch& fetch : plan_.fetches) {
    if (fetch.period > 0 && fetch.period <= plan_.tile) repeat_period(fetch, longest);
  }
  prepare_results();
}

// An output is computed in its place unless that is an input still to be read.
void Shard::prepare_results() {
  char* scratch = run_.scratch;
  for (size_t o = 0; o < plan_.results.size(); ++o) {
    const LoopResult& result = plan_.results[o];
    is_direct_[o] = result.is_written;
    for (int32_t other : result.hindrances) {
      if (run_.inputs[other] == run_.outputs[o]) is_direct_[o] = false;
    }
    if (!result.is_reduced) continue;
    const ReduceLevels levels = run_.layout.levels(o, run_.outer);
    void* chunks = first_chunks(levels, result.element_bytes, scratch, output(o));
    new (reducers_ + o) Reducer(run_.reducers[o], levels.shapes[0], result.element_bytes, chunks);
    scratch += reduce_scratch_bytes(levels, result.element_bytes);
  }
}

// The period over and over, so that any phase of it is somewhere in the buffer.
void Shard::repeat_period(const Fetch& fetch, int64_t longest) {
  char* buffer = buffers_ + fetch.offset;
  const int64_t bytes = (longest + fetch.period) * fetch.element_bytes;
  int64_t done = std::min(fetch.period * fetch.element_bytes, bytes);
  std::memcpy(buffer, input(fetch.input), static_cast<size_t>(done));
  for (; done < bytes; done *= 2) {
    std::memcpy(buffer + done, buffer, static_cast<size_t>(std::min(done, bytes - done)));
  }
}

void Shard::call(const LoopStep& step, int64_t n) {
  const void* operands[3] = {values_[step.operands[0]], values_[step.operands[1]],
                             values_[step.operands[2]]};
  step.kernel(values_[step.result], operands, n, context_);
}

void Shard::spread(const Splat& splat, int64_t longest) {
  char *from = values_[splat.scalar], *to = values_[splat.spread];
  if (!splat.is_block) {
    run_.kernels.gather(to, from, longest, 0, splat.element_bytes);
    return;
  }
  uint32_t element = *from != 0 ? ~0u : 0u;  // a bool as a mask
  if (splat.element_bytes == 4) std::memcpy(&element, from, sizeof element);
  run_.chains.spread(to, element, longest);
}

void Shard::run_chain(const LoopChain& chain, int64_t n) {
  const int64_t done = run_.chains.run(chain.code.data(), values_, n);
  if (done < n) run_tail(chain, done, n);
}

// The elements that do not fill a vector: copied to where one fits, and back.
void Shard::run_tail(const LoopChain& chain, int64_t done, int64_t n) {
  auto* tails = reinterpret_cast<ChainTail*>(buffers_ + plan_.tail_offset);
  const auto count = static_cast<size_t>(n - done);
  for (size_t m = 0; m < chain.moving.size(); ++m) {
    const LoopChain::Moving& moving = chain.moving[m];
    tails[m].address = values_[moving.value] + done * moving.element_bytes;
    values_[moving.value] = tails[m].elements;
    if (!moving.is_read) continue;
    copy_short(tails[m].elements, tails[m].address,
               count * static_cast<size_t>(moving.element_bytes));
  }
  run_.chains.run_vector(chain.code.data(), values_);
  for (size_t m = 0; m < chain.moving.size(); ++m) {
    const LoopChain::Moving& moving = chain.moving[m];
    if (moving.is_written) {
      copy_short(tails[m].address, tails[m].elements,
                 count * static_cast<size_t>(moving.element_bytes));
    }
    values_[moving.value] = tails[m].address - done * moving.element_bytes;
  }
}

void Shard::compute_tile(int64_t start, int64_t n) {
  context_.index = start;
  for (const auto& [i, bytes] : plan_.in_place_inputs) values_[i] = input(i) + start * bytes;
  for (const Fetch& fetch : plan_.fetches) values_[fetch.input] = fetched(fetch, start, n);
  const size_t outputs = plan_.results.size();
  for (size_t o = 0; o < outputs; ++o) {
    const LoopResult& result = plan_.results[o];
    if (is_direct_[o]) values_[result.value] = output(o) + start * result.element_bytes;
  }
  for (const LoopStep& step : plan_.steps) {
    if (step.chain < 0)
      call(step, n);
    else
      run_chain(plan_.chains[static_cast<size_t>(step.chain)], n);
  }
  // Reductions first: one may be of an input that another result is written over.
  for (bool is_reduced : {true, false}) {
    for (size_t o = 0; o < outputs; ++o) {
      if (!is_direct_[o] && plan_.results[o].is_reduced == is_reduced) deliver(o, start, n);
    }
  }
}

void Shard::deliver(size_t o, int64_t start, int64_t n) {
  const LoopResult& result = plan_.results[o];
  const char* from = values_[result.value];
  if (result.is_reduced) {
    reducers_[o].take(from, start, n);
    return;
  }
  char* to = output(o) + start * result.element_bytes;
  if (n == 1)
    copy_short(to, from, static_cast<size_t>(result.element_bytes));
  else if (result.is_scalar)
    run_.kernels.gather(to, from, n, 0, result.element_bytes);
  else
    std::memcpy(to, from, static_cast<size_t>(n * result.element_bytes));
}

// The tile's elements of a broadcast or strided input.
char* Shard::fetched(const Fetch& fetch, int64_t start, int64_t n) {
  char* buffer = buffers_ + fetch.offset;
  if (fetch.period == 0) {
    gather_strided(fetch, buffer, start, n);
    return buffer;
  }
  const int64_t phase = start % fetch.period, bytes = fetch.element_bytes;
  if (fetch.period <= plan_.tile) return buffer + phase * bytes;
  const int64_t head = fetch.period - phase;
  if (n <= head) return input(fetch.input) + phase * bytes;
  std::memcpy(buffer, input(fetch.input) + phase * bytes, static_cast<size_t>(head * bytes));
  std::memcpy(buffer + head * bytes, input(fetch.input), static_cast<size_t>((n - head) * bytes));
  return buffer;
}

// Whole rows along the innermost dim as many at once as lie evenly; parts of rows at the ends.
void Shard::gather_strided(const Fetch& fetch, char* to, int64_t start, int64_t n) {
  const std::vector<int64_t>& strides = run_.layout.inputs()[fetch.input].strides;
  const size_t rank = run_.layout.rank();
  const int64_t length = run_.layout.extent(rank - 1, run_.outer);
  const int64_t rows = rank > 1 ? run_.layout.extent(rank - 2, run_.outer) : 1;
  while (n > 0) {
    const int64_t place = start % length, row = start / length % rows;
    StridedRows part = {.rows = 1,
                        .row_stride = rank > 1 ? strides[rank - 2] : 0,
                        .length = std::min(n, length - place),
                        .stride = strides[rank - 1]};
    if (part.length == length) part.rows = std::min(rows - row, n / length);
    run_.kernels.gather_rows(to, input(fetch.input) + offset(strides, start) * fetch.element_bytes,
                             part, fetch.element_bytes);
    const int64_t done = part.rows * part.length;
    to += done * fetch.element_bytes;
    start += done;
    n -= done;
  }
}

// In elements, of the element with that flat number.
int64_t Shard::offset(const std::vector<int64_t>& strides, int64_t flat) const {
  int64_t offset = 0;
  for (size_t d = strides.size(); d-- > 0;) {
    const int64_t extent = run_.layout.extent(d, run_.outer);
    offset += flat % extent * strides[d];
    flat /= extent;
  }
  return offset;
}

}  // namespace reckon::kernels
