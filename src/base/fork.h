// SPDX-License-Identifier: Apache-2.0
// What code with threads must know of fork(): in the child none of them exists, and a mutex that
// one of them held would stay locked for ever.
#pragma once

#include <cstdint>
#include <mutex>

namespace reckon::base {

/// The number of forks between the first process and this one. Another number than when a thread
/// was started says that the thread is in the parent. A load of memory.
uint64_t fork_count();

/// From now on a fork waits until `mutex` is free, so that in the child it is free too and what it
/// guards is whole. For a mutex that lives as long as the process, and whose holders neither fork
/// nor call what may. At most 8.
void hold_while_forking(std::mutex& mutex);

}  // namespace reckon::base
