// SPDX-License-Identifier: Apache-2.0
// The user's line for a call that the library composes: for its nodes, and for errors that have
// none yet.
#pragma once

#include <reckon/error.h>
#include "base/with_place.h"
#include "graph/trace.h"

namespace reckon::ops {

/// function() with every node at `place`; the outermost such call wins, for that is the user's.
template <class F>
auto at_place(Place place, const F& function) {
  const graph::PlaceScope scope(place);
  return base::with_place(graph::user_place(place), function);
}

}  // namespace reckon::ops
