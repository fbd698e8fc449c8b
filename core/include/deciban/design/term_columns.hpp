#pragma once
#include "deciban/base/config.hpp"

#include <utility>
#include <vector>

#include "deciban/design/spec.hpp"

namespace deciban::design {

/// The columns of one term where its variables take given values, without rows of data.
class TermColumns {
 public:
  /// Borrows both.
  TermColumns(const DesignSpec& spec, const Term& term);

  /// @param at  one entry per variable of the term: the 0-based level of a factor, the value of a number (for a basis
  ///            its argument).
  /// @return    the columns that are not 0, ascending, counted from the first column of the term; the first variable
  ///            varies fastest.
  std::vector<std::pair<int, double>> at(const std::vector<double>& at) const;

 private:
  std::vector<std::pair<int, double>> along(std::size_t place, double at) const;
  int width(std::size_t place) const;

  const DesignSpec& spec_;
  const Term& term_;
  std::vector<std::vector<double>> contrasts_;  // per variable; empty where levels have columns of their own
};

}  // namespace deciban::design
