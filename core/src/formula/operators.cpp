#include "operators.hpp"

namespace deciban::formula {
namespace {

struct Row {
  const char* symbol;
  int strength;
  Side side;
};

constexpr Row kBinary[] = {
    {"~", kTilde, Side::left},
    {"|", 2, Side::left},
    {"||", 2, Side::left},
    {"&", 3, Side::left},
    {"&&", 3, Side::left},
    {"<", kComparison, Side::none},
    {">", kComparison, Side::none},
    {"<=", kComparison, Side::none},
    {">=", kComparison, Side::none},
    {"==", kComparison, Side::none},
    {"!=", kComparison, Side::none},
    {"+", 6, Side::left},
    {"-", 6, Side::left},
    {"*", 7, Side::left},
    {"/", 7, Side::left},
    {":", 9, Side::left},
    {"^", 11, Side::right},
    {"$", kMember, Side::left},
    {"@", kMember, Side::left},
};
constexpr int kPercent = 8;

}  // namespace

Precedence binary_precedence(const std::string& symbol) {
  for (const Row& row : kBinary) {
    if (symbol == row.symbol) return {row.strength, row.side};
  }
  if (symbol.size() >= 2 && symbol.front() == '%' && symbol.back() == '%') return {kPercent, Side::left};
  return {0, Side::left};
}

int unary_strength(const std::string& symbol) {
  if (symbol == "-" || symbol == "+") return kSign;
  if (symbol == "!") return kNot;
  if (symbol == "~") return kTilde;
  return 0;
}

}  // namespace deciban::formula
