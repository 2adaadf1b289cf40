// SPDX-License-Identifier: Apache-2.0
// The claim pool. A job is published as a ticket {epoch, unclaimed parts}; who counts it down by
// compare-and-swap runs that part: a descheduled worker holds up nothing but the part it claimed.
// The ticket alone says whether a claim is possible; a late worker never reads a job half written.
#include "base/pool.h"

#include <immintrin.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/denormals.h"
#include "base/fork.h"

namespace reckon::base {
namespace {

constexpr int kMaxThreads = 1024;
// About 100 us at 2-3 GHz: a training step rarely has a longer gap between two jobs.
constexpr uint64_t kSpinCycles = 250'000;
// A ticket counts parts in 32 bits; run() cuts longer jobs.
constexpr int64_t kMaxParts = 0xffffffff;

// True while this thread runs a part; a job started there must not wait for the pool.
thread_local bool is_inside_part = false;

void futex_wait(std::atomic<uint32_t>& word, uint32_t expected) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

void futex_wake_all(std::atomic<uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

// Spins until `is_done()`, at most about 100 us; says whether it came true.
template <class Claim>
bool spin_until(Claim is_done) {
  const uint64_t start = __rdtsc();
  for (uint32_t round = 1;; ++round) {
    if (is_done()) return true;
    _mm_pause();
    if (round % 16 == 0 && __rdtsc() - start > kSpinCycles) return false;
  }
}

void run_inline(int64_t parts, PartFunction function) {
  for (int64_t part = 0; part < parts; ++part) function(part);
}

/// The workers of one process, and the job that they and the caller share.
struct Crew {
  explicit Crew(int thread_count) : threads(thread_count) {}

  void start_workers();
  void stop_workers();
  void worker_loop();
  void run_job(int64_t first, int64_t parts, const PartFunction& function);
  void claim_parts(uint32_t job_epoch);
  void run_part(const PartFunction& function, int64_t part) noexcept;
  void wait_for_claimed(uint32_t parts);

  // Each group on a cache line of its own: claims must not slow down who watches `epoch`.
  alignas(64) std::atomic<uint64_t> ticket{0};
  alignas(64) std::atomic<uint32_t> done{0};
  std::atomic<uint32_t> is_caller_asleep{0};
  alignas(64) std::atomic<uint32_t> epoch{0};
  std::atomic<uint32_t> sleepers{0};
  std::atomic<bool> is_stopping{false};
  // The job. Read only by who holds a claim, and until that claim is done nothing is written.
  alignas(64) const PartFunction* job_function = nullptr;
  int64_t job_first = 0;
  uint32_t job_parts = 0;

  alignas(64) std::atomic<bool> is_busy{false};
  std::mutex failure_mutex;
  std::exception_ptr failure;
  int64_t failed_part = 0;
  bool is_started = false;
  std::vector<std::thread> workers;
  const int threads;
  const uint64_t fork_count = base::fork_count();
};

}  // namespace

void Crew::start_workers() {
  is_started = true;
  workers.reserve(static_cast<size_t>(threads - 1));
  try {
    while (static_cast<int>(workers.size()) < threads - 1) {
      workers.emplace_back([this] { worker_loop(); });
    }
  } catch (const std::system_error&) {
    // A limit of the system; the parts that no worker claims are the caller's.
  }
}

void Crew::stop_workers() {
  is_stopping.store(true);
  epoch.fetch_add(1);
  futex_wake_all(epoch);
  for (std::thread& worker : workers) worker.join();
}

void Crew::worker_loop() {
  const DenormalsFlushed denormals_flushed;
  is_inside_part = true;
  uint32_t seen = 0;
  for (;;) {
    const auto has_news = [&] { return epoch.load(std::memory_order_acquire) != seen; };
    if (!spin_until(has_news)) {
      // seq_cst here and in run_job: either the caller sees the sleeper or the wait sees the epoch.
      sleepers.fetch_add(1);
      while (epoch.load() == seen) futex_wait(epoch, seen);
      sleepers.fetch_sub(1);
    }
    seen = epoch.load();
    if (is_stopping.load()) return;
    claim_parts(seen);
  }
}

void Crew::claim_parts(uint32_t job_epoch) {
  uint64_t current = ticket.load(std::memory_order_acquire);
  for (;;) {
    const auto unclaimed = static_cast<uint32_t>(current);
    if (static_cast<uint32_t>(current >> 32) != job_epoch || unclaimed == 0) return;
    if (!ticket.compare_exchange_weak(current, current - 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
      continue;
    }
    const uint32_t parts = job_parts;
    run_part(*job_function, job_first + (parts - unclaimed));
    // From the last `done` on, the caller may return and write the next job.
    if (done.fetch_add(1) + 1 == parts && is_caller_asleep.load() != 0) futex_wake_all(done);
    current = ticket.load(std::memory_order_acquire);
  }
}

void Crew::run_part(const PartFunction& function, int64_t part) noexcept {
  try {
    function(part);
  } catch (...) {
    const std::lock_guard<std::mutex> lock(failure_mutex);
    if (!failure || part < failed_part) {
      failure = std::current_exception();
      failed_part = part;
    }
  }
}

void Crew::wait_for_claimed(uint32_t parts) {
  if (spin_until([&] { return done.load(std::memory_order_acquire) == parts; })) return;
  is_caller_asleep.store(1);
  for (uint32_t seen = done.load(); seen != parts; seen = done.load()) futex_wait(done, seen);
  is_caller_asleep.store(0);
}

void Crew::run_job(int64_t first, int64_t parts, const PartFunction& function) {
  job_function = &function;
  job_first = first;
  job_parts = static_cast<uint32_t>(parts);
  done.store(0, std::memory_order_relaxed);
  const uint32_t job_epoch = epoch.load(std::memory_order_relaxed) + 1;
  ticket.store(static_cast<uint64_t>(job_epoch) << 32 | job_parts, std::memory_order_release);
  epoch.store(job_epoch);
  if (sleepers.load() != 0) futex_wake_all(epoch);
  claim_parts(job_epoch);
  wait_for_claimed(static_cast<uint32_t>(parts));
}

struct Pool::State {
  explicit State(int thread_count) : threads(thread_count), crew(new Crew(thread_count)) {}
  ~State();
  Crew& crew_of_this_process();

  const int threads;
  std::atomic<Crew*> crew;
};

Pool::State::~State() {
  Crew& last = crew_of_this_process();
  last.stop_workers();
  delete &last;
}

/// In a forked child the crew of the parent is left as it is: its threads are not there to be
/// joined, and the fork may have come in the middle of a job of theirs.
Crew& Pool::State::crew_of_this_process() {
  Crew* known = crew.load(std::memory_order_acquire);
  if (known->fork_count == fork_count()) return *known;
  auto own = std::make_unique<Crew>(threads);
  // Another thread may have been faster.
  if (!crew.compare_exchange_strong(known, own.get())) return *known;
  return *own.release();
}

Pool::Pool(int threads) {
  require(threads >= 1 && threads <= kMaxThreads, "pool", "a pool of ", threads,
          " threads was asked for; give a number from 1 to ", kMaxThreads);
  state_ = std::make_unique<State>(threads);
}

Pool::~Pool() = default;

int Pool::threads() const { return state_->threads; }

void Pool::run(int64_t parts, PartFunction function) {
  if (parts <= 1 || state_->threads == 1 || is_inside_part) return run_inline(parts, function);
  Crew& crew = state_->crew_of_this_process();
  if (crew.is_busy.exchange(true, std::memory_order_acquire)) return run_inline(parts, function);
  if (!crew.is_started) crew.start_workers();
  is_inside_part = true;
  for (int64_t first = 0; first < parts; first += kMaxParts) {
    crew.run_job(first, std::min(parts - first, kMaxParts), function);
  }
  is_inside_part = false;
  const std::exception_ptr failure = std::exchange(crew.failure, nullptr);
  crew.is_busy.store(false, std::memory_order_release);
  if (failure) std::rethrow_exception(failure);
}

namespace {

int affinity_count() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  // It fails on machines of more than 1024 CPUs only.
  if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) return kMaxThreads;
  return CPU_COUNT(&cpus);
}

int shared_threads() {
  const char* text = std::getenv("RECKON_THREADS");
  if (text == nullptr || *text == '\0') return affinity_count();
  char* end = nullptr;
  const long threads = std::strtol(text, &end, 10);
  require(*end == '\0' && threads >= 1 && threads <= kMaxThreads, "pool", "RECKON_THREADS is \"",
          text, "\", not a number from 1 to ", kMaxThreads,
          "; set it to the threads to use or unset it");
  return static_cast<int>(threads);
}

}  // namespace

Pool& Pool::shared() {
  // Never destroyed: threads of the user may still run jobs while static objects go.
  static Pool* const pool = new Pool(shared_threads());
  return *pool;
}

}  // namespace reckon::base
