// SPDX-License-Identifier: Apache-2.0
// The user's line for errors that name none: what a public call does runs inside of it.
#pragma once

#include <string>
#include <typeinfo>
#include <utility>

#include <reckon/error.h>

namespace reckon::base {

/// "main.cc:12", without folders; "" if it is not known.
std::string place_text(const Place& place);

/// function(); an Error from it that names no place names `place`, if that is known.
template <class F>
decltype(auto) with_place(Place place, F&& function) {
  try {
    return std::forward<F>(function)();
  } catch (const Error& error) {
    // A class of the user's own must arrive as what it is.
    if (!error.at().empty() || !place.known() || typeid(error) != typeid(Error)) throw;
    throw Error(error.code(), error.where(), error.message(), place);
  }
}

}  // namespace reckon::base
