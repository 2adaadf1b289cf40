// SPDX-License-Identifier: Apache-2.0
#include "base/open_descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/transfer.h"

namespace reckon::base {
namespace {

constexpr int kStandardStreams = 3;

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

/// Closes without a trace in errno.
void close_quietly(int descriptor) {
  const int kept = errno;
  ::close(descriptor);
  errno = kept;
}

/// Holds the numbers of closed standard streams as long as it lives. What lies there meanwhile can
/// be neither read nor written (EBADF), as if they were still closed.
class Placeholders {
 public:
  Placeholders() {
    for (int stream = 0; stream < kStandardStreams; ++stream) {
      if (!is_open(stream)) take_lowest();
    }
  }
  ~Placeholders() {
    while (count_ > 0) close_quietly(taken_[--count_]);
  }
  Placeholders(const Placeholders&) = delete;
  Placeholders& operator=(const Placeholders&) = delete;

 private:
  void take_lowest() {
    const int descriptor = ::open("/", O_PATH | O_CLOEXEC);
    if (descriptor < 0) return;
    if (descriptor >= kStandardStreams) return close_quietly(descriptor);
    taken_[count_++] = descriptor;
  }

  std::array<int, kStandardStreams> taken_ = {};
  size_t count_ = 0;
};

}  // namespace

int open_descriptor(const std::string& path, int flags) {
  const Placeholders placeholders;
  const int descriptor =
      retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  if (descriptor < 0 || descriptor >= kStandardStreams) return descriptor;
  // Another thread has closed one just now, or nothing could be put in its place.
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, kStandardStreams);
  close_quietly(descriptor);
  return moved;
}

}  // namespace reckon::base
