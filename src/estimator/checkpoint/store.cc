// SPDX-License-Identifier: Apache-2.0
#include "estimator/checkpoint/store.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/fork.h"
#include "base/logging.h"
#include "estimator/checkpoint/commit.h"
#include "estimator/checkpoint/content.h"
#include "estimator/checkpoint/restore.h"
#include "formats/checkpoint_state.h"

namespace reckon::estimator {
namespace {

struct Kept {
  std::string name;
  double saved_seconds;
};

/// Never throws: the writer thread has no caller that a log sink's exception could reach.
void report_failure(int64_t step, const std::exception_ptr& error) noexcept {
  try {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      base::log(LogLevel::kError,
                fmt::format("the checkpoint of step {} was not written: {}", step, failure.what()));
    }
  } catch (...) {
    // save() or finish() throws what was caught.
  }
}

/// Never throws, likewise.
void report_success(const std::string& directory, int64_t step) noexcept {
  try {
    base::log(LogLevel::kInfo, fmt::format("saved step {} as {}", step,
                                           base::join_path(directory, checkpoint_name(step))));
  } catch (...) {
    // The checkpoint is durable whether or not somebody hears of it.
  }
}

}  // namespace

struct CheckpointStore::State {
  State(std::string model_dir, const CheckpointStoreOptions& store_options)
      : directory(std::move(model_dir)),
        options(store_options),
        files(options.files ? *options.files : base::FileSystem::posix()),
        clock(options.clock ? *options.clock : base::Clock::system()) {}

  std::string directory;
  CheckpointStoreOptions options;
  base::FileSystem& files;
  base::Clock& clock;
  std::unique_ptr<base::FileLock> lock;

  // Touched by the writer thread only while it works, by the caller only while it does not.
  std::vector<Kept> kept;
  bool knows_kept = false;  ///< false after a save that failed: a copy may stand in for a step
  double next_preserved_seconds = 0;
  std::string last_known;  ///< name of the newest checkpoint that this store wrote or read
  int written = 0, read = 0;

  std::mutex mutex;
  std::condition_variable changed;
  std::optional<CheckpointContent> waiting;
  bool is_busy = false, is_ending = false;
  std::exception_ptr last_error;
  std::thread writer;

  const uint64_t fork_count = base::fork_count();
  bool has_lost_lock = false;  ///< it is the parent's: this process was forked while it had it

  void take_over(const State& parent);
  std::string lock_path() const { return base::join_path(directory, ".lock"); }
  void take_lock();
  void wait_until_idle();
  void write_loop();
  void write_waiting(std::unique_lock<std::mutex>& guard);
  void write(const CheckpointContent& content);
  void return_to_directory();
  void learn(const std::string& name, double now);
  void learn_kept();
  bool is_kept(const std::string& name) const;
  bool has_files(const std::string& name) const;
  void adopt_spares();
  std::vector<std::string> files_of(const std::string& name) const;
  void thin_out();
};

/// What a parent whose writer was idle knew when it forked.
void CheckpointStore::State::take_over(const State& parent) {
  kept = parent.kept;
  knows_kept = parent.knows_kept;
  next_preserved_seconds = parent.next_preserved_seconds;
  last_known = parent.last_known;
  written = parent.written;
  read = parent.read;
}

void CheckpointStore::State::take_lock() {
  files.make_directories(directory);
  auto taken = files.lock(lock_path());
  for (const std::string& name : files.list(directory)) {
    if (name.starts_with(kTemporaryPrefix)) files.remove(base::join_path(directory, name));
  }
  lock = std::move(taken);  // last: a call that fails here must not keep others from training
  has_lost_lock = false;
  knows_kept = false;  // others may have saved, or removed something, since
}

void CheckpointStore::State::wait_until_idle() {
  std::unique_lock<std::mutex> guard(mutex);
  changed.wait(guard, [this] { return !is_busy && !waiting; });
}

void CheckpointStore::State::write_loop() {
  std::unique_lock<std::mutex> guard(mutex);
  for (;;) {
    changed.wait(guard, [this] { return waiting.has_value() || is_ending; });
    if (!waiting) return;
    write_waiting(guard);
  }
}

void CheckpointStore::State::write_waiting(std::unique_lock<std::mutex>& guard) {
  const CheckpointContent content = std::move(*waiting);
  waiting.reset();
  is_busy = true;
  guard.unlock();
  std::exception_ptr error;
  try {
    // The same step again has a new state, which is no news to a user.
    const bool is_news = last_known != checkpoint_name(content.step);
    write(content);
    if (is_news) report_success(directory, content.step);
  } catch (...) {
    error = std::current_exception();
    report_failure(content.step, error);
  }
  guard.lock();
  last_error = error;
  is_busy = false;
  changed.notify_all();
}

/// One that the list names; a copy takes the place of the step that it stands in for.
void CheckpointStore::State::learn(const std::string& name, double now) {
  if (is_kept(name)) return;
  const auto replaced = std::find_if(kept.begin(), kept.end(), [&](const Kept& entry) {
    return kSparePrefix + entry.name == name;
  });
  if (replaced == kept.end()) {
    kept.push_back({name, now});
  } else {
    replaced->name = name;
  }
}

/// The list that an earlier process or a save that failed left, so that deletion goes on correctly.
void CheckpointStore::State::learn_kept() {
  if (knows_kept) return;
  const double now = clock.wall_seconds();
  if (next_preserved_seconds == 0) next_preserved_seconds = now + options.keep_every_n_hours * 3600;
  try {
    if (const auto list = formats::read_checkpoint_state(files, directory)) {
      for (const std::string& path : list->all_model_checkpoint_paths)
        learn(base::base_name_of(path), now);
    }
  } catch (const Error&) {
    // load_newest has said so; a new list begins.
  }
  adopt_spares();
  std::erase_if(kept, [this](const Kept& entry) { return !has_files(entry.name); });
}

bool CheckpointStore::State::has_files(const std::string& name) const {
  const std::vector<std::string> names = files_of(name);
  return std::any_of(names.begin(), names.end(),
                     [this](const std::string& file) { return files.exists(file); });
}

/// The directory may have been removed under a training: what is in memory is saved all the same,
/// unless another trainer has begun there.
void CheckpointStore::State::return_to_directory() {
  if (lock == nullptr || lock->is_in_place()) return;
  files.make_directories(directory);
  lock = files.lock(lock_path());
  base::log(LogLevel::kWarning,
            directory +
                " was removed or emptied while a training runs in it: it is used anew, "
                "without its older checkpoints");
  kept.clear();
  knows_kept = false;
}

void CheckpointStore::State::write(const CheckpointContent& content) {
  if (has_lost_lock) take_lock();
  return_to_directory();
  learn_kept();
  knows_kept = false;  // until this save is done
  CheckpointCommit commit(files, directory);
  commit.write(content);
  const std::string name = checkpoint_name(content.step);
  std::erase_if(kept, [&](const Kept& entry) { return entry.name == name; });
  kept.push_back({name, clock.wall_seconds()});
  const auto maximum = static_cast<size_t>(options.keep_max);
  // Without a limit nothing is ever deleted, and the list need not grow: it names the newest, as
  // TensorFlow's does.
  if (maximum == 0) kept.erase(kept.begin(), kept.end() - 1);
  std::vector<std::string> names;
  for (const Kept& entry : kept) names.push_back(entry.name);
  if (maximum > 0 && names.size() > maximum)
    names.erase(names.begin(), names.end() - options.keep_max);
  commit.write_list(names);
  knows_kept = true;
  last_known = name;
  ++written;
  thin_out();
}

bool CheckpointStore::State::is_kept(const std::string& name) const {
  return std::any_of(kept.begin(), kept.end(),
                     [&](const Kept& entry) { return entry.name == name; });
}

/// Copies that stood in for a checkpoint and whose save or process ended before they were deleted.
/// One that the list names holds the checkpoint's place. Of any other the files themselves are
/// whole, so it is the first to go.
void CheckpointStore::State::adopt_spares() {
  std::vector<Kept> spares;
  for (const std::string& file : files.list(directory)) {
    if (!file.starts_with(kSparePrefix) || !file.ends_with(".index")) continue;
    const std::string name = file.substr(0, file.size() - 6);
    if (!is_kept(name)) spares.push_back({name, 0});
  }
  kept.insert(kept.begin(), spares.begin(), spares.end());
}

/// Also those of the step that a copy stands in for, of which some may have been written.
std::vector<std::string> CheckpointStore::State::files_of(const std::string& name) const {
  std::vector<std::string> names = checkpoint_files(base::join_path(directory, name));
  const std::string step =
      name.starts_with(kSparePrefix) ? name.substr(std::string_view(kSparePrefix).size()) : name;
  if (step != name && !is_kept(step)) {
    const std::vector<std::string> halves = checkpoint_files(base::join_path(directory, step));
    names.insert(names.end(), halves.begin(), halves.end());
  }
  return names;
}

/// Oldest first: the state goes before the data, so that half a deletion is no checkpoint.
void CheckpointStore::State::thin_out() {
  while (options.keep_max > 0 && kept.size() > static_cast<size_t>(options.keep_max)) {
    const Kept oldest = kept.front();
    kept.erase(kept.begin());
    if (oldest.saved_seconds > next_preserved_seconds) {
      next_preserved_seconds += options.keep_every_n_hours * 3600;
      continue;
    }
    const std::vector<std::string> names = files_of(oldest.name);
    try {
      for (auto name = names.rbegin(); name != names.rend(); ++name) files.remove(*name);
      files.remove(base::join_path(directory, oldest.name + ".meta"));
    } catch (const Error& error) {
      // What was saved is durable all the same.
      base::log(LogLevel::kWarning,
                "an old checkpoint was not deleted: " + std::string(error.what()));
    }
  }
}

CheckpointStore::CheckpointStore(std::string model_dir, CheckpointStoreOptions options)
    : state_(std::make_unique<State>(std::move(model_dir), options)) {}

CheckpointStore::~CheckpointStore() {
  State& state = this->state();
  {
    const std::lock_guard<std::mutex> guard(state.mutex);
    state.is_ending = true;
  }
  state.changed.notify_all();
  if (state.writer.joinable()) state.writer.join();
}

CheckpointStore::State& CheckpointStore::idle_state() const {
  State& state = this->state();
  state.wait_until_idle();
  return state;
}

/// In a forked child the writer does not exist, the lock is the parent's, and a save in flight is
/// the parent's too.
CheckpointStore::State& CheckpointStore::state() const {
  State& known = *state_;
  if (known.fork_count == base::fork_count()) return known;
  auto own = std::make_unique<State>(known.directory, known.options);
  own->has_lost_lock = known.lock != nullptr || known.has_lost_lock;
  known.lock.reset();
  if (!known.is_busy && !known.waiting) own->take_over(known);
  (void)state_.release();  // its thread cannot be joined
  state_ = std::move(own);
  return *state_;
}

void CheckpointStore::lock_for_training() {
  State& state = idle_state();
  state.lock == nullptr ? state.take_lock() : state.return_to_directory();
}

void CheckpointStore::release_lock() {
  State& state = idle_state();
  state.lock.reset();
}

bool CheckpointStore::looks_whole(const std::string& path) const {
  State& state = idle_state();
  try {
    CheckpointRestore(state.files, state.directory, false).check_outside(path);
    return true;
  } catch (const Error& error) {
    base::log(LogLevel::kWarning, error.what());
    return false;
  }
}

std::string CheckpointStore::latest_path() const {
  State& state = idle_state();
  try {
    const auto list = formats::read_checkpoint_state(state.files, state.directory);
    if (!list || list->model_checkpoint_path.empty()) return "";
    if (state.files.exists(list->model_checkpoint_path + ".index"))
      return list->model_checkpoint_path;
    base::log(LogLevel::kError,
              "`checkpoint` names " + list->model_checkpoint_path + ", which is not there");
  } catch (const Error& error) {
    // "None" must not stand for a list that the system refuses to give.
    if (error.code() == ErrorCode::kUnavailable) throw;
    base::log(LogLevel::kWarning, error.what());
  }
  return "";
}

bool CheckpointStore::has(int64_t step) const {
  State& state = idle_state();
  const std::vector<std::string> names =
      checkpoint_files(base::join_path(state.directory, checkpoint_name(step)));
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return state.files.exists(name); });
}

bool CheckpointStore::has_news() const {
  State& state = idle_state();
  const std::string path = base::join_path(state.directory, "checkpoint");
  if (!state.files.exists(path)) return false;
  try {
    const auto list = formats::read_checkpoint_state(state.files, state.directory);
    return list && base::base_name_of(list->model_checkpoint_path) != state.last_known;
  } catch (const Error&) {
    return true;
  }
}

std::optional<LoadedCheckpoint> CheckpointStore::load_newest() {
  State& state = idle_state();
  CheckpointRestore restore(state.files, state.directory, state.lock != nullptr);
  std::optional<LoadedCheckpoint> loaded = restore.load_newest();
  if (!loaded) return loaded;
  ++state.read;
  state.last_known = base::base_name_of(loaded->path);
  return loaded;
}

LoadedCheckpoint CheckpointStore::load(const std::string& path) const {
  State& state = idle_state();
  const CheckpointRestore restore(state.files, state.directory, false);
  for (const std::string& prefix : {path, base::join_path(state.directory, path)}) {
    if (!state.files.exists(prefix + ".index")) continue;
    ++state.read;
    return restore.load(prefix);
  }
  const std::string latest = latest_path();
  throw Error(ErrorCode::kNotFound, "restore",
              fmt::format("there is no checkpoint {}; the newest in {} is {}; pass the path of one "
                          "that is there, without .index, or leave checkpoint_path out",
                          path, state_->directory, latest.empty() ? "none" : latest));
}

void CheckpointStore::save(CheckpointContent content) {
  State& state = idle_state();
  std::unique_lock<std::mutex> guard(state.mutex);
  if (state.last_error && state.options.on_save_failure == OnSaveFailure::kStop) {
    std::rethrow_exception(std::exchange(state.last_error, nullptr));
  }
  state.waiting = std::move(content);
  try {
    if (!state.writer.joinable()) state.writer = std::thread([&state] { state.write_loop(); });
  } catch (const std::system_error&) {
    // A limit of the system: this thread writes, which only takes longer.
    state.write_waiting(guard);
  }
  guard.unlock();
  state.changed.notify_all();
}

void CheckpointStore::finish() {
  State& state = idle_state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  if (state.last_error) std::rethrow_exception(std::exchange(state.last_error, nullptr));
}

void CheckpointStore::drop_error() {
  State& state = idle_state();
  const std::lock_guard<std::mutex> guard(state.mutex);
  state.last_error = nullptr;
}

int CheckpointStore::written() const {
  State& state = idle_state();
  return state.written;
}
int CheckpointStore::read() const {
  State& state = idle_state();
  return state.read;
}

}  // namespace reckon::estimator
