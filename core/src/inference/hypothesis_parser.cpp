#include "deciban/base/config.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/base/utf8.hpp"
#include "deciban/inference/linear_hypothesis.hpp"

namespace deciban::inference {
namespace {

// A linear expression: coefficients of the names, and a constant.
struct Linear {
  explicit Linear(std::size_t p) : factors(p, 0.0) {}
  std::vector<double> factors;
  double constant = 0.0;

  bool is_constant() const {
    return std::all_of(factors.begin(), factors.end(), [](double value) { return value == 0.0; });
  }
  void add(const Linear& other, double sign) {
    for (std::size_t j = 0; j < factors.size(); ++j) factors[j] += sign * other.factors[j];
    constant += sign * other.constant;
  }
  void scale(double factor) {
    for (double& value : factors) value *= factor;
    constant *= factor;
  }
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  Parser(const std::string& text, const std::vector<std::string>& names) : text_(text), names_(names) {}

  // Each equation as left - right.
  std::vector<Linear> equations() {
    std::vector<Linear> all;
    do {
      Linear left = sum();
      if (take('=')) {
        take('=');
        left.add(sum(), -1.0);
      }
      all.push_back(std::move(left));
    } while (take(','));
    skip();
    if (at_ < text_.size()) fail("hypothesis.syntax", "this was not expected");
    return all;
  }

 private:
  [[noreturn]] void fail(const char* code, const std::string& why) const {
    const std::size_t column = display_width(text_.substr(0, at_));
    throw Error(
        ErrorKind::input, code,
        "A hypothesis cannot be read: " + why + ".\n  " + text_ + "\n  " + std::string(column, ' ') + "^",
        "Write names of coefficients as in \"a = b\" or \"2*x + y = 1\"; names with blanks or operators may stand "
        "in backticks.",
        Document::object({{"hypothesis", text_}, {"position", static_cast<std::int64_t>(column)}}));
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Linear sum() {
    Linear total = product();
    for (;;) {
      if (take('+')) {
        total.add(product(), 1.0);
      } else if (take('-')) {
        total.add(product(), -1.0);
      } else {
        return total;
      }
    }
  }

  Linear product() {
    Linear left = signed_factor();
    for (;;) {
      skip();
      const bool divide = take('/');
      if (!divide && !take('*') && !follows_number(left)) return left;
      const std::size_t here = at_;
      const Linear right = signed_factor();
      if (divide && (!right.is_constant() || right.constant == 0.0)) {
        at_ = here;
        fail("hypothesis.not_linear", "only numbers other than 0 can divide");
      }
      if (!left.is_constant() && !right.is_constant()) {
        at_ = here;
        fail("hypothesis.not_linear", "a product of coefficients is not linear");
      }
      if (divide) {
        left.scale(1.0 / right.constant);
      } else if (right.is_constant()) {
        left.scale(right.constant);
      } else {
        const double factor = left.constant;
        left = right;
        left.scale(factor);
      }
    }
  }

  // "0.5 x": a number before a name or a bracket multiplies it.
  bool follows_number(const Linear& left) {
    if (!left.is_constant() || at_ >= text_.size()) return false;
    return text_[at_] == '(' || text_[at_] == '`' || name_here() >= 0;
  }

  Linear signed_factor() {
    if (take('-')) {
      Linear inner = signed_factor();
      inner.scale(-1.0);
      return inner;
    }
    if (take('+')) return signed_factor();
    return factor();
  }

  Linear factor() {
    skip();
    if (at_ >= text_.size()) fail("hypothesis.syntax", "it ends too early");
    const int name = name_here();
    if (name >= 0) {
      at_ += names_[static_cast<std::size_t>(name)].size();
      return unit(name);
    }
    if (text_[at_] == '`') return quoted();
    if (std::isdigit(static_cast<unsigned char>(text_[at_])) || text_[at_] == '.') return number();
    if (take('(')) {
      Linear inner = sum();
      if (!take(')')) fail("hypothesis.syntax", "a bracket is not closed");
      return inner;
    }
    unknown();
  }

  Linear unit(int name) const {
    Linear one(names_.size());
    one.factors[static_cast<std::size_t>(name)] = 1.0;
    return one;
  }

  // The longest coefficient whose name stands here and ends here; -1: none.
  int name_here() const {
    int best = -1;
    for (std::size_t j = 0; j < names_.size(); ++j) {
      const std::string& name = names_[j];
      if (name.empty() || text_.compare(at_, name.size(), name) != 0) continue;
      const std::size_t end = at_ + name.size();
      if (end < text_.size() && is_word(name.back()) && is_word(text_[end])) continue;
      if (best < 0 || name.size() > names_[static_cast<std::size_t>(best)].size()) best = static_cast<int>(j);
    }
    return best;
  }

  Linear quoted() {
    const std::size_t end = closing_backtick();
    const std::string inside = text_.substr(at_ + 1, end - at_ - 1), whole = text_.substr(at_, end - at_ + 1);
    for (std::size_t j = 0; j < names_.size(); ++j) {
      if (names_[j] != inside && names_[j] != whole) continue;
      at_ = end + 1;
      return unit(static_cast<int>(j));
    }
    unknown_name(inside);
  }

  // A name that has backticks itself, as `my column`B, ends at a later one.
  std::size_t closing_backtick() const {
    for (std::size_t end = text_.find('`', at_ + 1); end != std::string::npos; end = text_.find('`', end + 1)) {
      const std::string inside = text_.substr(at_ + 1, end - at_ - 1);
      if (std::find(names_.begin(), names_.end(), inside) != names_.end()) return end;
    }
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string::npos) fail("hypothesis.syntax", "a backtick is not closed");
    return end;
  }

  Linear number() {
    std::size_t end = at_;
    while (end < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[end])) || text_[end] == '.')) ++end;
    if (end + 1 < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      std::size_t digits = end + 1;
      if (text_[digits] == '+' || text_[digits] == '-') ++digits;
      if (digits < text_.size() && std::isdigit(static_cast<unsigned char>(text_[digits]))) {
        end = digits;
        while (end < text_.size() && std::isdigit(static_cast<unsigned char>(text_[end]))) ++end;
      }
    }
    Linear value(names_.size());
    if (!parse_double(text_.substr(at_, end - at_), value.constant)) fail("hypothesis.syntax", "this is no number");
    at_ = end;
    return value;
  }

  [[noreturn]] void unknown() const {
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    if (end == at_) fail("hypothesis.syntax", "this was not expected");
    unknown_name(text_.substr(at_, end - at_));
  }

  [[noreturn]] void unknown_name(const std::string& name) const {
    const std::string close = closest_match(name, names_);
    throw Error(ErrorKind::input, "hypothesis.unknown_name", "There is no coefficient \"" + name + "\".",
                close.empty() ? "Coefficients are " + join_some(names_, 12) + "." : "Did you mean \"" + close + "\"?",
                Document::object({{"hypothesis", text_}, {"name", name}}));
  }

  const std::string& text_;
  const std::vector<std::string>& names_;
  std::size_t at_ = 0;
};

}  // namespace

LinearHypothesis parse_hypotheses(const std::vector<std::string>& texts, const std::vector<std::string>& names) {
  std::vector<Linear> all;
  for (const auto& text : texts)
    for (auto& equation : Parser(text, names).equations()) all.push_back(std::move(equation));
  linalg::Matrix transposed(static_cast<int>(names.size()), static_cast<int>(all.size()));
  std::vector<double> rhs;
  for (std::size_t k = 0; k < all.size(); ++k) {
    std::copy(all[k].factors.begin(), all[k].factors.end(), transposed.column(static_cast<int>(k)));
    rhs.push_back(0.0 - all[k].constant);
  }
  return make_hypotheses(std::move(transposed), std::move(rhs), names);
}

}  // namespace deciban::inference
