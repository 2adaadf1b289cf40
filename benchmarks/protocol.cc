// SPDX-License-Identifier: Apache-2.0
#include "protocol.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

json receive() {
  std::string line;
  if (!std::getline(std::cin, line)) return {{"command", "finish"}};
  return json::parse(line);
}

void send(const json& answer) { std::cout << answer.dump() << std::endl; }

json check(const Run& run, int64_t steps, Clock::time_point started) {
  std::vector<double> losses = {run(1)};
  double first_step_seconds = seconds_since(started);
  while (static_cast<int64_t>(losses.size()) < steps) losses.push_back(run(1));
  return {{"losses", losses}, {"first_step_seconds", first_step_seconds}};
}

// A round is one call. How many steps fill it is known from the rounds before; the first round,
// which the harness throws away, finds out by doubling.
class Rounds {
 public:
  explicit Rounds(Run run) : run_(std::move(run)) {}

  json round(double seconds) {
    while (seconds_per_step_ == 0) calibrate(seconds);
    return timed(std::max<int64_t>(1, static_cast<int64_t>(seconds / seconds_per_step_)));
  }

 private:
  void calibrate(double seconds) {
    json trial = timed(trial_steps_);
    if (trial["seconds"] < seconds / 10) {
      trial_steps_ *= 2;
      seconds_per_step_ = 0;
    }
  }

  json timed(int64_t steps) {
    Clock::time_point begin = Clock::now();
    double loss = run_(steps);
    double seconds = seconds_since(begin);
    seconds_per_step_ = seconds / static_cast<double>(steps);
    return {{"steps", steps}, {"seconds", seconds}, {"loss", loss}};
  }

  Run run_;
  int64_t trial_steps_ = 1;
  double seconds_per_step_ = 0;
};

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void converse(const std::function<Run()>& build) {
  send({{"version", "Reckon " RECKON_VERSION}});
  if (receive()["command"] != "build") return;
  Clock::time_point started = Clock::now();
  Run run = build();
  Rounds rounds(run);
  for (json command = receive(); command["command"] != "finish"; command = receive()) {
    if (command["command"] == "check") {
      send(check(run, command["steps"], started));
    } else {
      send(rounds.round(command["seconds"]));
    }
  }
  send({{"peak_rss_mib", peak_rss_mib()}});
}

}  // namespace

int serve(const std::function<Run()>& build) {
  try {
    converse(build);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
}

}  // namespace bench
