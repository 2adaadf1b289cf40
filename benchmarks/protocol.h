// SPDX-License-Identifier: Apache-2.0
// How one of Reckon's programs talks with tools/bench: lines of JSON on standard input and output,
// one answer to each command. peers/protocol.py speaks the same; README.md describes it.
#pragma once

#include <cstdint>
#include <functional>

namespace bench {

/// Takes that many steps (or turns), going on where the last call ended; returns the last one's
/// loss.
using Run = std::function<double(int64_t steps)>;

/// Announces this process, builds when told to, and answers until the harness says finish or is
/// gone. Reading data belongs before the call, building the model into `build`: that much is timed.
///   returns  the exit status
int serve(const std::function<Run()>& build);

}  // namespace bench
