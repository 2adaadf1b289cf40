// SPDX-License-Identifier: Apache-2.0
#include <reckon/session.h>

#include <set>

#include "base/check.h"
#include "base/with_place.h"
#include "graph/trace.h"
#include "runtime/graph_runner.h"
#include "runtime/initialize.h"

namespace reckon {

struct Session::State {
  State(const graph::Trace& trace, SessionOptions options)
      : runner(trace.module, trace.outermost(), options.random_seed) {}
  runtime::GraphRunner runner;
};

Session::Session(Graph& graph, SessionOptions options)
    : state_(std::make_shared<State>(graph.trace(), options)) {}
Session::~Session() = default;

void Session::initialize_variables(Place place) {
  base::with_place(place,
                   [&] { runtime::initialize_all(state_->runner.store(), state_->runner.seed()); });
}

std::vector<Array> Session::run(const RunRequest& request, Place place) {
  return base::with_place(place, [&] {
    runtime::GraphRunner& runner = state_->runner;
    runtime::GraphRunner::ParameterFeeds feeds(runner.parameter_count());
    for (const auto& [placeholder, value] : request.feeds) runner.feed(placeholder, value, feeds);
    return runner.run(runner.resolve(request.fetches, request.targets), feeds);
  });
}

struct Session::Callable::State {
  std::shared_ptr<Session::State> session;  ///< a callable may outlive its Session object
  runtime::GraphRunner* runner = nullptr;
  runtime::GraphRunner::Call call;
  std::vector<Tensor> placeholders;
  runtime::GraphRunner::Recent recent;
};

Session::Callable Session::make_callable(const std::vector<Tensor>& fetches,
                                         const std::vector<Operation>& targets,
                                         const std::vector<Tensor>& placeholders, Place place) {
  Callable callable;
  base::with_place(place, [&] {
    std::set<std::pair<int32_t, int32_t>> known;
    for (const Tensor& placeholder : placeholders) {
      state_->runner.check_placeholder(placeholder);
      base::require(known.insert({placeholder.id().node, placeholder.id().output}).second,
                    "make_callable", placeholder.name(), " is fed twice; name it once");
    }
    callable.state_ = std::make_shared<Callable::State>(Callable::State{
        state_, &state_->runner, state_->runner.resolve(fetches, targets), placeholders, {}});
  });
  return callable;
}

std::vector<Array> Session::Callable::operator()(const std::vector<Array>& values, Place place) {
  return base::with_place(place, [&] {
    base::require(state_ != nullptr, "callable",
                  "is empty; call what Session::make_callable returned");
    base::require(values.size() == state_->placeholders.size(), "callable", "came with ",
                  values.size(), " feeds, expected ", state_->placeholders.size(),
                  "; pass one for each placeholder");
    runtime::GraphRunner::ParameterFeeds feeds(state_->runner->parameter_count());
    for (size_t i = 0; i < values.size(); ++i)
      state_->runner->feed(state_->placeholders[i], values[i], feeds);
    return state_->runner->run(state_->call, feeds, &state_->recent);
  });
}

Array Session::variable_value(const Name& name) const {
  return base::with_place(name.place(), [&] {
    runtime::VariableStore& store = state_->runner.store();
    return store.value(store.module()->index_of("variable_value", name.text()));
  });
}

void Session::set_variable(const Name& name, const Array& value) {
  base::with_place(name.place(), [&] {
    runtime::VariableStore& store = state_->runner.store();
    store.set(store.module()->index_of("set_variable", name.text()), value);
  });
}

int Session::programs_compiled() const { return state_->runner.cache().compiled(); }

std::vector<Array> evaluate_now(const std::vector<Tensor>& tensors, const Feeds& feeds,
                                Place place) {
  return base::with_place(place, [&] {
    base::require(!tensors.empty() && tensors[0].valid(), "evaluate_now", "came with ",
                  tensors.size(), " tensors, the first of them ",
                  tensors.empty() ? "missing" : "never assigned",
                  "; pass at least one that an op returned");
    if (graph::is_tracing() && graph::current_trace("evaluate_now").is_model_fn) {
      base::fail(ErrorCode::kFailedPrecondition, "evaluate_now",
                 "was called inside model_fn, where nothing runs; return the value in predictions, "
                 "or log it with a hook");
    }
    runtime::GraphRunner runner(tensors[0].module(), tensors[0].function(), 0);
    runtime::GraphRunner::ParameterFeeds parameters(runner.parameter_count());
    for (const auto& [placeholder, value] : feeds) runner.feed(placeholder, value, parameters);
    runtime::initialize_missing(runner.store(), runner.seed());
    return runner.run(runner.resolve(tensors, {}), parameters);
  });
}

Array evaluate_now(const Tensor& tensor, const Feeds& feeds, Place place) {
  return evaluate_now(std::vector<Tensor>{tensor}, feeds, place)[0];
}

}  // namespace reckon
