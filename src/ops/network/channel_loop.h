// SPDX-License-Identifier: Apache-2.0
// Loops over a matrix [rows, channels] and over its channels: what statistics per channel are made
// of. Bits depend on the extents alone, as those of every fused loop.
#pragma once

#include <initializer_list>
#include <memory>

#include "expr/builder.h"
#include "kernels/loop/fused_loop.h"

namespace reckon::ops {

/// How an input lies: a matrix, one value for each channel, or one value.
enum class ChannelInput { kMatrix, kChannels, kScalar };

struct ChannelLoopSpec {
  expr::Lane lane;
  int64_t rows = 0;  ///< the largest number of rows; 0: a loop over the channels only
  int64_t channels = 0;
  std::initializer_list<ChannelInput> inputs;
  bool is_sum = false;  ///< outputs are summed over the rows: one value for each channel
};

template <class F>
kernels::FusedLoop make_channel_loop(const ChannelLoopSpec& spec, const F& forward) {
  expr::Builder builder;
  kernels::LoopSpec loop;
  loop.dims = spec.rows > 0 ? std::vector<int64_t>{spec.rows, spec.channels}
                            : std::vector<int64_t>{spec.channels};
  std::vector<expr::Expr> inputs;
  for (ChannelInput input : spec.inputs) {
    inputs.push_back(builder.input(spec.lane));
    std::vector<int64_t> strides(loop.dims.size(), 0);
    strides.back() = input == ChannelInput::kScalar ? 0 : 1;
    if (input == ChannelInput::kMatrix) strides.front() = spec.channels;
    loop.input_strides.push_back(strides);
  }
  const std::vector<expr::Expr> outputs = forward(inputs);
  loop.program = builder.finish(outputs);
  kernels::LoopOutput output;
  if (spec.is_sum) output = {kernels::ReduceKind::kSum, {true, false}};
  loop.outputs.assign(outputs.size(), output);
  return kernels::FusedLoop(std::move(loop));
}

}  // namespace reckon::ops
