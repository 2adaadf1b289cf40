// SPDX-License-Identifier: Apache-2.0
// What predict() gives: a lazy range of rows, each of Arrays by name.
#pragma once

#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <reckon/array.h>
#include <reckon/name.h>

namespace reckon {

/// One row of predictions (or one batch): Arrays by name.
class Prediction {
 public:
  /// Without values.
  Prediction() = default;
  /// These.
  explicit Prediction(std::map<std::string, Array> values) : values_(std::move(values)) {}
  /// The value of that name: a row without its batch dimension, or a whole batch.
  ///   throws  Error, kNotFound, with the names there are and the caller's line
  const Array& operator[](const Name& name) const;
  /// Predictions have names, not numbers.
  const Array& operator[](std::nullptr_t) const = delete;
  /// The only one, whatever its name.
  ///   throws  Error, kInvalidArgument, if there is not exactly one
  const Array& single(Place place = Place::here()) const;
  /// All of them, by name.
  const std::map<std::string, Array>& values() const { return values_; }

 private:
  std::map<std::string, Array> values_;
};

/// A lazy range of predictions. Several may be open at once; each sees the weights as of the call
/// of predict().
class PredictionStream {
 public:
  /// Where its rows come from.
  class Source {
   public:
    /// The stream and its copies own it.
    virtual ~Source() = default;
    /// False at the end.
    virtual bool next(Prediction& out) = 0;
  };

  /// Of that source; copies share it and its position.
  ///   throws  Error, kInvalidArgument, if it is null
  explicit PredictionStream(std::shared_ptr<Source> source);
  /// Moving copies too: a stream always has its source.
  PredictionStream(const PredictionStream&) = default;
  /// As above.
  PredictionStream& operator=(const PredictionStream&) = default;
  /// The next row, or batch; nothing at the end. One that threw throws an Error from then on.
  ///   throws  Error, kInvalidArgument, if predictions to be yielded row by row are scalars or have
  ///           different numbers of rows, or for data faults; what reading the input or a hook
  ///           throws
  std::optional<Prediction> next();

  /// An input iterator over next(); it must not outlive the stream.
  class Iterator {
   public:
    /// What std::iterator_traits asks for.
    using iterator_category = std::input_iterator_tag;
    using value_type = Prediction;
    using difference_type = std::ptrdiff_t;
    using pointer = const Prediction*;
    using reference = const Prediction&;
    /// The end.
    Iterator() = default;
    /// At the next row of `stream`, which it takes at once.
    explicit Iterator(PredictionStream* stream) : stream_(stream) { ++*this; }
    /// The row, until the next ++.
    ///   throws  Error, kFailedPrecondition, at the end, as operator-> and ++
    const Prediction& operator*() const;
    /// As operator*.
    const Prediction* operator->() const { return &**this; }
    /// Takes the next row; throws as next() too.
    Iterator& operator++();
    /// As above; there is no old one to return.
    void operator++(int) { ++*this; }
    /// True if both or neither have a row.
    bool operator==(const Iterator& other) const {
      return current_.has_value() == other.current_.has_value();
    }

   private:
    PredictionStream* stream_ = nullptr;
    std::optional<Prediction> current_;
  };
  /// At the next row: a stream is walked once.
  Iterator begin() { return Iterator(this); }
  /// Behind the last row.
  Iterator end() { return Iterator(); }

 private:
  std::shared_ptr<Source> source_;
};

}  // namespace reckon
