#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/design/coded_design.hpp"
#include "deciban/design/spec.hpp"
#include "variables.hpp"

namespace deciban::design {

/// Decides how each factor of each term is coded (statistical models in S, Chambers and Hastie 1992, section 2.4, in
/// the form that R's model.matrix shows): contrasts where the rest of the term is contained in an earlier term, all
/// levels otherwise; without an intercept the first factor that is met has all levels.
void settle_coding(DesignSpec& spec);

/// How large a term is whose coding is settled. `fits`: its columns can be numbered from `first_column` on and its
/// block can be built.
struct TermSize {
  double columns = 1.0;
  double entries = 1.0;  ///< cells times width of its block, base levels included
  bool fits = true;
};
TermSize term_size(const Term& term, const std::vector<Variable>& variables);

/// Values of a factor's contrast columns: levels x (levels - 1), column-major; for contrasts other than treatment.
std::vector<double> contrast_values(const Variable& variable);

/// Numbers the columns of the terms. Raises InputError `design.too_many_columns`.
void number_columns(DesignSpec& spec);

/// Blocks of all terms over coded variables (one entry per variable of the spec).
CodedDesign build_design(const DesignSpec& spec, const std::vector<CodedVariable>& variables, std::int64_t rows);

}  // namespace deciban::design
