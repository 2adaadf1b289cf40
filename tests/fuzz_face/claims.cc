// SPDX-License-Identifier: Apache-2.0
#include "claims.h"

namespace reckon::fuzz_face {

Ending ending_of(const std::string& what, const std::function<void()>& call) {
  try {
    call();
    return {};
  } catch (const Broken&) {
    throw;
  } catch (const UsersOwn& own) {
    return {Ending::Kind::kUsersOwn, own.what()};
  } catch (const Error& error) {
    must(error.code() != ErrorCode::kInternal, what, " threw an internal error: ", error.what());
    return {Ending::Kind::kError, error.what()};
  } catch (const std::exception& foreign) {
    throw Broken(what + " threw a foreign exception: " + foreign.what());
  }
}

void must_refuse(const std::string& what, const std::function<void()>& call) {
  const Ending ending = ending_of(what, call);
  must(ending.is_error(), what, " was not refused with an Error ", ending.text);
}

void must_equal(const std::string& what, const Array& got, const Array& wanted) {
  must(got.same_bits(wanted), what, " is ", got.values_text(), ", wanted ", wanted.values_text());
}

}  // namespace reckon::fuzz_face
