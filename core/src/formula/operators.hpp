// Precedence of operators. Internal to the formula area.
#pragma once
#include "deciban/base/config.hpp"

#include <string>

namespace deciban::formula {

enum class Side { left, right, none };

/// Binding strength of an operator, larger binds tighter; 0 when it is not one.
struct Precedence {
  int strength = 0;
  Side side = Side::left;
};

inline constexpr int kTilde = 1;
inline constexpr int kNot = 4;
inline constexpr int kComparison = 5;
inline constexpr int kSign = 10;
inline constexpr int kMember = 12;

Precedence binary_precedence(const std::string& symbol);
/// Of the prefix operators - + ! ~.
int unary_strength(const std::string& symbol);

}  // namespace deciban::formula
