#pragma once
#include "deciban/base/config.hpp"

#include "query_parts.hpp"

namespace deciban::models {

/// Question `linear_hypothesis`: a Wald test. Arguments `hypotheses` (texts; or an array of q arrays of p numbers),
/// `rhs` (q numbers), `test` ("F", "Chisq"; null: F where the dispersion is estimated), `level`.
/// Table: `hypothesis, estimate, std_error, statistic, p_value, lower, upper`, each hypothesis alone (z or t). Notes:
/// `test, statistic, df, df_residual, p_value, vcov, text`, all of them together.
Answer linear_hypothesis(const Query& query);

/// Question `term_tests`: a Wald test of each term of the formula. Argument `test` as above. Table: `term, df,
/// statistic, p_value`; terms without an estimated coefficient have df 0 and NaN. Notes: `test, df_residual, vcov`.
Answer term_tests(const Query& query);

}  // namespace deciban::models
