// What every refusal must look like.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <string>

#include "deciban/base/error.hpp"
#include "deciban/base/utf8.hpp"

namespace fuzz {

/// "" when the error is of one of these kinds, has a dotted code and a text that hosts can show.
inline std::string error_trouble(const deciban::Error& error, std::initializer_list<deciban::ErrorKind> kinds) {
  if (std::find(kinds.begin(), kinds.end(), error.kind()) == kinds.end())
    return error.code() + " is a " + deciban::error_class(error.kind());
  const std::string text = error.message() + error.hint();
  if (error.code().find('.') == std::string::npos) return "the code " + error.code() + " has no area";
  if (error.message().empty() || deciban::readable_text(text) != text)
    return "the message of " + error.code() + " is unusable";
  return "";
}

}  // namespace fuzz
