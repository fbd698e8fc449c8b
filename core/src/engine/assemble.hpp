#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "deciban/engine/objective.hpp"
#include "plan.hpp"
#include "sums.hpp"

namespace deciban::engine {

/// From sums over cells to score and information of the coefficients. The bases of coded numbers meet the rows here
/// only: X'WX of two terms is B1' T B2 with T the cross-table of their codes.
class Assembler {
 public:
  Assembler(const Plan& plan, const Layout& layout, int columns, bool intercept)
      : plan_(plan), layout_(layout), columns_(columns), intercept_(intercept) {}

  /// Everything of an Evaluation but its counts of rows and weights.
  Evaluation assemble(const Sums& sums) const;

 private:
  struct Margins;
  Margins margins(const Sums& sums) const;
  std::vector<double> cross_table(const Sums& sums, int a, int b) const;
  void add_intercept_and_dense(const Sums& sums, Evaluation& out) const;
  void add_margins(const Margins& margins, Evaluation& out) const;
  void add_same_code(const Feature& left, const Feature& right, const std::vector<double>& margin,
                     Evaluation& out) const;
  void add_pair(const Feature& left, const Feature& right, const std::vector<double>& table, Evaluation& out) const;
  void add_varying(const Sums& sums, Evaluation& out) const;
  void add_varying_pairs(const Sums& sums, std::size_t v, Evaluation& out) const;

  const Plan& plan_;
  const Layout& layout_;
  int columns_;
  bool intercept_;
};

}  // namespace deciban::engine
