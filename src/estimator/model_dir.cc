// SPDX-License-Identifier: Apache-2.0
#include "estimator/model_dir.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/check.h"
#include "base/file_system.h"
#include "base/logging.h"
#include "estimator/run_config.h"

namespace reckon::estimator {
namespace {

/// What goes to a model_dir, for a user who named none.
std::string written_text(const RunConfig& config) {
  const bool has_events = is_on(config.save_summary_steps);
  if (config.save_checkpoints)
    return has_events ? "checkpoints and events go to " : "checkpoints go to ";
  return has_events ? "events go to "
                    : "RunConfig saves neither checkpoints nor events, so that nothing goes to ";
}

std::string temporary_model_dir(const RunConfig& config) {
  const char* chosen = std::getenv("TMPDIR");
  const std::string parent = chosen != nullptr && *chosen ? chosen : "/tmp";
  std::string pattern = parent + "/reckon-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    const std::string reason = std::generic_category().message(errno);
    throw Error(ErrorCode::kUnavailable, "Estimator",
                "no temporary model_dir could be made in " + parent + ": " + reason +
                    "; pass model_dir, or set TMPDIR to a directory that may be written");
  }
  base::log(LogLevel::kWarning, "[Estimator] no model_dir was given: " + written_text(config) +
                                    pattern + "; pass model_dir to choose a directory that lasts");
  return pattern;
}

/// A program may go to another working directory: its files stay together in the one it meant.
std::string absolute_path(const std::string& path) {
  if (path.starts_with('/')) return path;
  std::error_code failure;
  const std::filesystem::path here = std::filesystem::current_path(failure);
  if (failure) {
    throw Error(
        ErrorCode::kUnavailable, "Estimator",
        fmt::format("model_dir is \"{}\", below a working directory that cannot be told: {}; "
                    "pass a path that begins with \"/\"",
                    path, failure.message()));
  }
  return base::join_path(here.string(), path);
}

}  // namespace

std::string resolve_model_dir(const EstimatorOptions& options) {
  const std::string& own = options.model_dir;
  const std::string& configured = options.config.model_dir;
  base::require(
      own.empty() || configured.empty() || own == configured, "Estimator",
      "model_dir is set both in EstimatorOptions and in RunConfig, but with different values (\"",
      own, "\" and \"", configured, "\"); set one of them");
  const std::string& chosen = own.empty() ? configured : own;
  base::require(chosen.find('\0') == std::string::npos, "Estimator", "model_dir holds a NUL byte (",
                chosen.size(), " bytes), expected a path; leave it out");
  return absolute_path(chosen.empty() ? temporary_model_dir(options.config) : chosen);
}

std::string eval_directory(const std::string& model_dir, const char* where,
                           const std::string& name) {
  const bool stays_inside =
      !name.starts_with('/') && ("/" + name + "/").find("/../") == std::string::npos;
  base::require(name.find('\0') == std::string::npos, where, "name holds a NUL byte (", name.size(),
                " bytes), expected text; leave it out");
  base::require(
      stays_inside, where, "name is \"", name,
      "\", expected one that stays inside model_dir; leave out \"..\" and a leading \"/\"");
  return base::join_path(model_dir, name.empty() ? "eval" : "eval_" + name);
}

}  // namespace reckon::estimator
