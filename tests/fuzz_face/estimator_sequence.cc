// SPDX-License-Identifier: Apache-2.0
// Train, evaluate, predict, fail, be refused, move and begin anew, in any order.
#include <reckon/reckon.h>

#include "estimator_subject.h"
#include "sequences.h"

namespace reckon::fuzz_face {
namespace {

TrainOptions choose_steps(Choices& choices, int64_t step, const Input& input) {
  if (choices.one_in(4)) return {.max_steps = choices.between(1, step + 5)};
  if (count_batches(input) < 40 && choices.one_in(4)) return {.steps = INT64_MAX};
  return {.steps = choices.between(1, 6)};
}

std::string text_of(const TrainOptions& options) {
  if (options.max_steps) return "max_steps = " + std::to_string(*options.max_steps);
  return "steps = " + std::to_string(*options.steps);
}

/// Plays one sequence; remembers the last input, for an interrupted call to go on with.
class EstimatorPlay {
 public:
  EstimatorPlay(Choices& choices, const std::string& directory, Trail& trail)
      : choices_(choices), trail_(trail), subject_(choices, directory) {
    trail_.add("an Estimator: " + subject_.text());
  }

  void act() {
    switch (choices_.between(0, 19)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return train(Spoilt::kNo, ThrowAt::kNever);
      case 5:
      case 6:
        return train(Spoilt::kNo, choices_.pick({ThrowAt::kBegin, ThrowAt::kAfterCreate,
                                                 ThrowAt::kBeforeRun, ThrowAt::kAfterRun}));
      case 7:
        return train(choose_spoilt(), ThrowAt::kNever);
      case 8:
      case 9:
        return refuse_training();
      case 10:
      case 11:
        return evaluate();
      case 12:
        return fail_evaluation();
      case 13:
        return open_stream();
      case 14:
      case 15:
        return read_stream();
      case 16:
        trail_.add("a refused call");
        return subject_.refuse_small(choices_);
      case 17:
        trail_.add("move");
        return subject_.move();
      case 18:
        trail_.add("reopen");
        return subject_.reopen();
      default:
        return seldom();
    }
  }
  void check() { subject_.check(); }

 private:
  Input choose_training_input() {
    if (!choices_.one_in(3)) input_ = choose_input(choices_);
    return input_;
  }

  /// A mask of dropout may hide NaN from the loss, by which a training stops, and not from weights.
  Spoilt choose_spoilt() {
    const Spoilt spoilt = choices_.pick({Spoilt::kThrows, Spoilt::kNotANumber});
    return subject_.has_dropout() ? Spoilt::kThrows : spoilt;
  }

  void train(Spoilt spoilt, ThrowAt at) {
    Input input = choose_training_input();
    if (spoilt != Spoilt::kNo) input = spoil(input, spoilt, choices_);
    const TrainOptions options = choose_steps(choices_, subject_.step(), input);
    const auto probe = std::make_shared<Probe>();
    probe->throw_at = at;
    if (at == ThrowAt::kBeforeRun || at == ThrowAt::kAfterRun) {
      probe->throw_iteration = choices_.between(1, 5);
    }
    probe->looks_at_loss = spoilt == Spoilt::kNotANumber;
    trail_.add("train on " + input.text() + ", " + text_of(options) +
               (at == ThrowAt::kNever
                    ? ""
                    : ", a hook throws at " + std::to_string(static_cast<int>(at)) +
                          ", iteration " + std::to_string(probe->throw_iteration)));
    subject_.train(input, options, probe);
  }

  void refuse_training() {
    const Input input = choose_training_input();
    const InputFn good = [input] { return input.make(); };
    const auto named = [](const char* name) { return std::make_shared<Named>(name); };
    const auto refuse = [&](const char* what, const InputFn& function,
                            const TrainOptions& options) {
      trail_.add(what);
      subject_.refuse_training(what, function, options);
    };
    switch (choices_.between(0, 7)) {
      case 0:
        return refuse("train with a null hook", good, {.steps = 1, .hooks = {nullptr}});
      case 1:
        return refuse("train of no steps", good, {.steps = 0});
      case 2:
        return refuse("train with steps and max_steps", good, {.steps = 1, .max_steps = 9999});
      case 3:
        return refuse("train of no function", InputFn(), {.steps = 1});
      case 4:
        return refuse("train on an input_fn that throws",
                      []() -> Dataset { throw UsersOwn("no data today"); }, {.steps = 1});
      case 5:
        return refuse("train with two hooks of one name", good,
                      {.steps = 1, .hooks = {named("stopper"), named("stopper")}});
      case 6:
        return refuse("train with a hook whose name is no text", good,
                      {.steps = 1, .hooks = {named("\xe9")}});
      default:
        return refuse("train with a null listener", good,
                      {.steps = 1, .saving_listeners = {nullptr}});
    }
  }

  void evaluate() {
    const Input input = choose_plain_input(choices_);
    trail_.add("evaluate on " + input.text());
    subject_.evaluate(input);
  }

  void fail_evaluation() {
    const bool is_input = choices_.one_in(2);
    Input input = choose_plain_input(choices_);
    if (is_input) input = spoil(input, Spoilt::kThrows, choices_);
    const ThrowAt at =
        is_input ? ThrowAt::kNever
                 : choices_.pick({ThrowAt::kBegin, ThrowAt::kAfterCreate, ThrowAt::kBeforeRun,
                                  ThrowAt::kAfterRun, ThrowAt::kEnd});
    trail_.add("an evaluation that fails on " + input.text() + " at " +
               std::to_string(static_cast<int>(at)));
    subject_.fail_evaluation(input, at);
  }

  void open_stream() {
    Input input = choose_plain_input(choices_);
    if (choices_.one_in(4)) input = spoil(input, Spoilt::kThrows, choices_);
    // A sum over the batch has one row, as many as a batch of one: never the same number here.
    const bool is_ragged = choices_.one_in(4);
    if (is_ragged) input.rows = input.batch = choices_.between(2, 9);
    const auto keys =
        is_ragged
            ? std::vector<std::string>{"guess", "ragged"}
            : choices_.pick<std::vector<std::string>>({{"guess"}, {"guess", "twice"}, {"weight"}});
    std::string text = "predict";
    for (const std::string& key : keys) text += " " + key;
    trail_.add(text + " on " + input.text());
    subject_.open_stream(input, keys);
  }

  void read_stream() {
    if (subject_.stream_count() == 0) return open_stream();
    const auto last = static_cast<int64_t>(subject_.stream_count()) - 1;
    const int64_t index = choices_.between(0, last), rows = choices_.between(1, 6);
    trail_.add("read " + std::to_string(rows) + " rows of stream " + std::to_string(index));
    subject_.read_stream(static_cast<size_t>(index), rows);
  }

  void seldom() {
    if (choices_.one_in(8)) {
      trail_.add("evaluate on batches of many sizes");
      return subject_.try_many_sizes();
    }
    trail_.add("rebuild");
    subject_.rebuild();
  }

  Choices& choices_;
  Trail& trail_;
  Subject subject_;
  Input input_;
};

}  // namespace

void play_estimator(Choices& choices, const std::string& directory, Trail& trail) {
  EstimatorPlay play(choices, directory, trail);
  for (int64_t left = choices.between(3, 10); left > 0; --left) {
    play.act();
    play.check();
  }
}

}  // namespace reckon::fuzz_face
