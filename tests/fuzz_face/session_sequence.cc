// SPDX-License-Identifier: Apache-2.0
// Runs of some of the Operations that a graph holds. What a run does must be what it does in a
// graph that holds nothing else, and a run that fails changes nothing.
#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include <reckon/reckon.h>

#include "claims.h"
#include "sequences.h"

namespace reckon::fuzz_face {
namespace {

/// What a graph may hold; the numbers are shown in the trail.
enum Part {
  kPullLeft,  // two losses of one variable by one optimizer
  kPullRight,
  kRows,  // rows of a table
  kWholeTable,
  kOtherRule,  // the same variables by another optimizer
  kOtherRows,
  kHalve,  // assignments
  kAdd,
  kNormalized,  // losses behind one batch normalization
  kNormalizedToo,
  kPartCount
};

/// Builds `parts` in their order; each is an Operation of its own.
class Built {
 public:
  explicit Built(const std::vector<Part>& parts) {
    const GraphScope scope(graph_);
    x = placeholder(kFloat32, {kUnknown, 2}, "x");
    ids = placeholder(kInt64, {kUnknown}, "ids");
    w_ = variable("w", Array::from<float>({1, -2, 3, 0.5f}, {4}));
    table_ = variable("table", Array::from<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {5, 2}));
    picked = gather(table_, ids);
    for (const Part part : parts) operations.push_back(build(part));
    session = std::make_unique<Session>(graph_);
    session->initialize_variables();
  }

  /// Of every variable that is there.
  std::map<std::string, Array> values() const {
    std::map<std::string, Array> found;
    for (const std::string name : {"w", "table", "bn/gamma", "bn/beta"}) {
      for (const std::string slot : {"", "/Momentum", "/Adagrad"}) find(name + slot, found);
    }
    for (const char* name : {"bn/moving_mean", "bn/moving_variance", "global_step"}) {
      find(name, found);
    }
    return found;
  }

  Tensor x, ids, picked;
  std::vector<Operation> operations;
  std::unique_ptr<Session> session;

 private:
  void find(const std::string& name, std::map<std::string, Array>& found) const {
    try {
      found[name] = session->variable_value(name);
    } catch (const Error& error) {
      must(error.code() == ErrorCode::kNotFound, "variable_value threw ", error.what());
    }
  }

  Tensor normalized() {
    if (!normalized_.valid()) {
      normalized_ = layers::batch_normalization(x, {.momentum = 0.5, .name = "bn"});
    }
    return normalized_;
  }

  Operation build(Part part) {
    switch (part) {
      case kPullLeft:
        return momentum_.minimize(reduce_sum(square(w_ + 5)));
      case kPullRight:
        return momentum_.minimize(reduce_sum(square(w_ - 3)));
      case kRows:
        return momentum_.minimize(reduce_sum(square(picked - 1)));
      case kWholeTable:
        return momentum_.minimize(reduce_sum(square(table_ * 0.5f)));
      case kOtherRule:
        return adagrad_.minimize(reduce_sum(square(w_ * 2)));
      case kOtherRows:
        return adagrad_.minimize(reduce_sum(square(picked)));
      case kHalve:
        return assign(w_, w_ * 0.5f);
      case kAdd:
        return group({assign_add(w_, ones({4})), assign_sub(table_, ones({5, 2}))});
      case kNormalized:
        return momentum_.minimize(reduce_sum(square(normalized() - 1)));
      default:
        return adagrad_.minimize(reduce_sum(square(normalized() + reduce_sum(w_))));
    }
  }

  Graph graph_;
  Optimizer momentum_ = optimizers::momentum({.learning_rate = 0.01});
  Optimizer adagrad_ = optimizers::adagrad({.learning_rate = 0.1});
  Tensor w_, table_, normalized_;
};

class SessionPlay {
 public:
  SessionPlay(Choices& choices, Trail& trail) : choices_(choices), trail_(trail) {
    std::string text = "a graph of the parts";
    for (int64_t left = choices_.between(1, 6); left > 0; --left) {
      parts_.push_back(static_cast<Part>(choices_.between(0, kPartCount - 1)));
      text += " " + std::to_string(parts_.back());
    }
    trail_.add(text);
    subject_ = std::make_unique<Built>(parts_);
  }

  void run() {
    std::vector<size_t> chosen;
    std::string text = "run";
    for (size_t i = 0; i < parts_.size(); ++i) {
      if (!choices_.one_in(2)) continue;
      chosen.push_back(i);
      text += " " + std::to_string(i);
    }
    const bool is_bad = choices_.one_in(4);
    trail_.add(text + (is_bad ? ", which must fail" : ""));
    is_bad ? fail(chosen) : compare(chosen);
  }

 private:
  RunRequest request(const Built& built, const std::vector<size_t>& chosen) const {
    RunRequest request{.fetches = {built.picked}, .targets = {}, .feeds = {}};
    for (const size_t i : chosen) request.targets.push_back(built.operations[i]);
    request.feeds = {{built.x, Array::from<float>({1, 2, 3, 5, -1, 4}, {3, 2})},
                     {built.ids, Array::from<int64_t>({0, 3, 3}, {3})}};
    return request;
  }

  void fail(const std::vector<size_t>& chosen) {
    const std::map<std::string, Array> before = subject_->values();
    RunRequest bad = request(*subject_, chosen);
    switch (choices_.between(0, 3)) {
      case 0:
        bad.feeds[1].second = Array::from<int64_t>({0, 5}, {2});  // no such row
        break;
      case 1:
        bad.feeds.pop_back();
        break;
      case 2:
        bad.feeds[1].second = Array::from<float>({0}, {1});
        break;
      default:
        bad.feeds.push_back(bad.feeds[1]);
    }
    must_refuse("a run", [&] { subject_->session->run(bad); });
    const std::map<std::string, Array> after = subject_->values();
    for (const auto& [name, value] : before)
      must_equal(name + ", which a failed run left", after.at(name), value);
  }

  /// The twin holds what is run and nothing else.
  void compare(const std::vector<size_t>& chosen) {
    std::vector<Part> run;
    std::vector<size_t> all;
    for (const size_t i : chosen) {
      all.push_back(run.size());
      run.push_back(parts_[i]);
    }
    Built twin(run);
    std::map<std::string, Array> wanted = subject_->values();
    const std::map<std::string, Array> there = twin.values();
    for (const auto& [name, value] : wanted) {
      if (there.contains(name)) twin.session->set_variable(name, value);
    }
    const std::vector<Array> got = subject_->session->run(request(*subject_, chosen));
    must_equal("the fetch", got[0], twin.session->run(request(twin, all))[0]);
    for (const auto& [name, value] : twin.values()) wanted[name] = value;
    for (const auto& [name, value] : subject_->values()) must_equal(name, value, wanted.at(name));
  }

  Choices& choices_;
  Trail& trail_;
  std::vector<Part> parts_;
  std::unique_ptr<Built> subject_;
};

}  // namespace

void play_session(Choices& choices, Trail& trail) {
  SessionPlay play(choices, trail);
  for (int64_t left = choices.between(1, 4); left > 0; --left) play.run();
}

}  // namespace reckon::fuzz_face
