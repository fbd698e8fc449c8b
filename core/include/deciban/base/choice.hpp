#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <string>

#include "deciban/base/error.hpp"

namespace deciban {

/// A value that users choose by its name.
template <class Value>
struct Choice {
  Value value;
  const char* name;
};

/// The first name of a value; "" when it has none.
template <class Value, std::size_t N>
const char* name_of(const Choice<Value> (&choices)[N], Value value) {
  for (const auto& choice : choices)
    if (choice.value == value) return choice.name;
  return "";
}

/// The value of a name. Raises InputError `<area>.<argument>`, which lists the names.
template <class Value, std::size_t N>
Value choose(const Choice<Value> (&choices)[N], const std::string& name, const char* area, const char* argument) {
  std::string all;
  for (const auto& choice : choices) {
    if (name == choice.name) return choice.value;
    all += std::string(all.empty() ? "" : ", ") + "\"" + choice.name + "\"";
  }
  throw Error(ErrorKind::input, std::string(area) + "." + argument,
              std::string("`") + argument + "` is \"" + name + "\".", "Use one of " + all + ".",
              Document::object({{"argument", argument}, {"value", name}}));
}

}  // namespace deciban
