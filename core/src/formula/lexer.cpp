#include "lexer.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "code_points.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/base/utf8.hpp"

namespace deciban::formula {
namespace {

// Longest first, so that "<=" is not "<" and "=".
constexpr const char* kSymbols[] = {":::", "::", "**", "<=", ">=", "==", "!=", "&&", "||", "^", "-", "+", "*", "/", ":",
                                    "<",   ">",  "!",  "&",  "|",  "~",  "(",  ")",  "[",  "]", ",", "=", "$", "@"};

bool is_space(char32_t point) { return point == ' ' || (point >= 9 && point <= 13) || point == 0xA0; }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Lexer {
 public:
  explicit Lexer(const std::string& source) : source_(source) {}

  std::vector<Token> run() {
    std::vector<Token> out;
    for (;;) {
      out.push_back(next());
      if (out.back().kind == Token::Kind::end) return out;
    }
  }

 private:
  [[noreturn]] void fail(int position, const std::string& message, const std::string& hint = "") const {
    raise_at(source_, position, "formula.syntax", message, hint);
  }

  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  bool digit(std::size_t ahead = 0) const { return peek(ahead) >= '0' && peek(ahead) <= '9'; }

  // Moves past one code point; fails on bytes that are not UTF-8, and on zero bytes, which no host's text holds.
  char32_t take() {
    char32_t point = 0;
    if (!next_code_point(source_, at_, point)) fail(position_, "The formula is not valid UTF-8 text.");
    if (point == 0) fail(position_, "The formula holds a zero byte.");
    ++position_;
    return point;
  }

  bool peek_point(char32_t& point) const {
    std::size_t at = at_;
    return next_code_point(source_, at, point);
  }

  void skip_space() {
    while (at_ < source_.size()) {
      char32_t point = 0;
      if (peek() == '#') {
        while (at_ < source_.size() && peek() != '\n') take();
      } else if (peek_point(point) && is_space(point)) {
        take();
      } else {
        return;
      }
    }
  }

  Token next() {
    skip_space();
    Token token;
    token.position = position_;
    if (at_ >= source_.size()) return token;
    const char c = peek();
    char32_t point = 0;
    if (digit() || (c == '.' && digit(1))) {
      number(token);
    } else if (c == '"' || c == '\'' || c == '`') {
      quoted(token, c);
    } else if (c == '%') {
      special(token);
    } else if (c == '.' || c == '_' || (peek_point(point) && is_letter(point))) {
      name(token);
    } else {
      symbol(token);
    }
    return token;
  }

  void name(Token& token) {
    token.kind = Token::Kind::name;
    const std::size_t begin = at_;
    for (char32_t point = 0; peek_point(point); take()) {
      if (!is_letter(point) && !is_decimal_digit(point) && point != U'.' && point != U'_') break;
    }
    token.text = source_.substr(begin, at_ - begin);
  }

  void number(Token& token) {
    token.kind = Token::Kind::number;
    const std::size_t begin = at_;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && hex_value(peek(2)) >= 0) {
      take();
      take();
      while (hex_value(peek()) >= 0) token.number = token.number * 16.0 + hex_value(source_[at_]), take();
    } else {
      while (digit()) take();
      if (peek() == '.') take();
      while (digit()) take();
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if ((peek() == 'e' || peek() == 'E') && digit(1 + sign)) {
        for (std::size_t i = 0; i <= sign; ++i) take();
        while (digit()) take();
      }
      if (!parse_double(source_.substr(begin, at_ - begin), token.number))
        fail(token.position, "This is not a number.");
    }
    if (token.number > std::numeric_limits<double>::max())
      fail(token.position, "This number is too large.", "Use Inf.");
    if (peek() == 'L') take();
    token.text = source_.substr(begin, at_ - begin);
    char32_t point = 0;
    if (peek_point(point) && (is_letter(point) || point == U'.' || point == U'_' || is_decimal_digit(point))) {
      fail(token.position, "A number is followed by a letter.",
           "A name that starts with a digit needs backticks: `1st`.");
    }
  }

  // %in% and other operators between percent signs.
  void special(Token& token) {
    token.kind = Token::Kind::symbol;
    const std::size_t begin = at_;
    take();
    while (at_ < source_.size() && peek() != '%' && peek() != '\n') take();
    if (peek() != '%') fail(token.position, "An operator that starts with % has no second %.");
    take();
    token.text = source_.substr(begin, at_ - begin);
  }

  void quoted(Token& token, char quote) {
    token.kind = quote == '`' ? Token::Kind::quoted_name : Token::Kind::text;
    take();
    for (;;) {
      if (at_ >= source_.size()) {
        fail(token.position, std::string("There is no closing ") + quote + ".");
      }
      if (peek() == quote) break;
      if (peek() == '\\') {
        escape(token.text);
      } else {
        append_code_point(token.text, take());
      }
    }
    take();
    if (quote == '`' && token.text.empty()) fail(token.position, "The name between backticks is empty.");
  }

  // R's escapes; \x.. and octal digits give a code point.
  void escape(std::string& out) {
    const int position = position_;
    take();
    if (at_ >= source_.size()) fail(position, "A backslash ends the formula.");
    static constexpr const char* kFrom = "ntrabfv\\\"'` \n";
    static constexpr const char* kTo = "\n\t\r\a\b\f\v\\\"'` \n";
    const char32_t c = take();
    const char* known = c < 0x80 && c != 0 ? std::strchr(kFrom, static_cast<int>(c)) : nullptr;
    if (known) {
      out += kTo[known - kFrom];
      return;
    }
    char32_t point = 0;
    int digits = 0;
    if (c >= U'0' && c <= U'7') {
      point = c - U'0';
      for (digits = 1; digits < 3 && peek() >= '0' && peek() <= '7'; ++digits) point = point * 8 + (take() - U'0');
    } else if (c == U'x' || c == U'u' || c == U'U') {
      const bool braces = c != U'x' && peek() == '{';
      if (braces) take();
      const int most = c == U'x' ? 2 : c == U'u' ? 4 : 8;
      for (; digits < most && hex_value(peek()) >= 0; ++digits) {
        point = point * 16 + static_cast<char32_t>(hex_value(peek()));
        take();
      }
      if (braces && peek() != '}') fail(position, "An escape \\u{...} has no closing brace.");
      if (braces) take();
    }
    if (digits == 0 || point == 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
      fail(position, "This escape after a backslash is not known.", "Write \\\\ for a backslash.");
    }
    append_code_point(out, point);
  }

  void symbol(Token& token) {
    token.kind = Token::Kind::symbol;
    for (const char* candidate : kSymbols) {
      const std::size_t size = std::strlen(candidate);
      if (source_.compare(at_, size, candidate) != 0) continue;
      for (std::size_t i = 0; i < size; ++i) take();
      token.text = std::strcmp(candidate, "**") == 0 ? "^" : candidate;
      return;
    }
    char32_t point = 0;
    if (!peek_point(point)) take();
    std::string shown;
    append_code_point(shown, point);
    std::string hint = "A column whose name holds such characters needs backticks: `my column`.";
    if (point == 0x2018 || point == 0x2019 || point == 0x201C || point == 0x201D) hint = "Use plain quotes: \" or '.";
    if (point == 0x2212 || point == 0x2013 || point == 0x2014) hint = "Use the plain minus sign: -.";
    if (point < 32) shown = "\\x" + std::to_string(static_cast<int>(point));
    fail(token.position, "The character " + shown + " has no meaning in a formula.", hint);
  }

  const std::string& source_;
  std::size_t at_ = 0;
  int position_ = 0;
};

// The part of the formula around a position on one line, and a caret below it.
std::string caret_display(const std::string& source, int position) {
  constexpr int kBefore = 50, kAfter = 30;
  std::vector<std::string> points;
  std::size_t at = 0;
  const int first = std::max(0, position - kBefore), last = position + kAfter;
  int index = 0;
  bool cut = false;
  while (at < source.size()) {
    const std::size_t begin = at;
    char32_t point = 0;
    if (!next_code_point(source, at, point)) {
      point = U'?';
      ++at;
    }
    if (index > last) {
      cut = true;
      break;
    }
    if (index >= first) points.push_back(point < 32 ? " " : point == U'?' ? "?" : source.substr(begin, at - begin));
    ++index;
  }
  std::string line = first > 0 ? "..." : "";
  const std::size_t indent = line.size() + static_cast<std::size_t>(position - first);
  for (const std::string& part : points) line += part;
  if (cut) line += "...";
  return line + "\n" + std::string(indent, ' ') + "^";
}

}  // namespace

void raise_at(const std::string& source, int position, const std::string& code, const std::string& message,
              const std::string& hint) {
  const std::string caret = caret_display(source, position);
  throw Error(ErrorKind::formula, code, message + "\n" + caret, hint,
              Document::object({{"position", position}, {"caret", caret}}));
}

Error with_caret(const Error& error, const std::string& source) {
  const Document* position = error.context().find("position");
  if (source.empty() || !position || !position->is_number() || error.context().find("caret")) return error;
  const std::string caret = caret_display(source, static_cast<int>(position->as_double()));
  Document context = error.context();
  context.set("caret", caret);
  return Error(error.kind(), error.code(), error.message() + "\n" + caret, error.hint(), context);
}

void check_length(const std::string& source, std::size_t bytes) {
  if (bytes <= kLongest) return;
  raise_at(source, 0, "formula.too_long",
           "The formula has " + format_count(static_cast<std::int64_t>(bytes)) + " bytes, more than 1,000,000.",
           "Use `.` for all columns.");
}

std::vector<Token> tokenize(const std::string& source) {
  check_length(source, source.size());
  return Lexer(source).run();
}

}  // namespace deciban::formula
