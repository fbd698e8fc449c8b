// Tokens of a formula. Internal to the formula area.
#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace deciban::formula {

struct Token {
  enum class Kind { name, quoted_name, number, text, symbol, end };
  Kind kind = Kind::end;
  std::string text;     ///< name, decoded literal, or symbol ("**" is "^"); for `end` what to show in messages
  double number = 0.0;  ///< value of a number
  int position = 0;     ///< in code points
};

/// All tokens, the last of kind `end`. Raises FormulaError `formula.syntax`, and `formula.too_long` beyond 1 MB.
std::vector<Token> tokenize(const std::string& source);

/// Raises FormulaError `code` at a position, with the formula and a caret below it in the message.
[[noreturn]] void raise_at(const std::string& source, int position, const std::string& code, const std::string& message,
                           const std::string& hint = "");

inline constexpr std::size_t kLongest = 1000000;  // bytes of a formula

/// Raises FormulaError `formula.too_long` when `bytes`, of the source or of its canonical text, are beyond kLongest.
void check_length(const std::string& source, std::size_t bytes);

/// Whether a name can stand in R without backticks, reserved words aside.
bool is_plain_name(const std::string& name);

/// Constants that are written as names: TRUE, FALSE, NULL, NA, NA_integer_, NA_real_, NA_character_, Inf, NaN.
bool is_constant(const std::string& name);

/// Words that R reserves, constants aside (`if`, `in`, `function`, ...).
bool is_reserved(const std::string& name);

/// R's spelling of a name without backticks: Python's True, False and None are TRUE, FALSE and NULL.
std::string canonical_name(const std::string& name);

/// R's spelling of a function without backticks: np.log, numpy.log and math.log are log, TE and FE are te and fe.
std::string canonical_function(const std::string& name);

}  // namespace deciban::formula
