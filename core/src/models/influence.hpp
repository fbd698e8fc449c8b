#pragma once
#include "deciban/base/config.hpp"

#include "query_parts.hpp"

namespace deciban::models {

/// Question `influence`: columns `hat, sigma, standard_deviance, standard_pearson, student, cooks, dffits, covratio` of
/// diagnostics/influence.hpp, one row per training row.
Answer influence(const Query& query);

/// Question `dfbeta`: one column per estimated coefficient. Argument `scaled`: dfbetas.
Answer dfbeta(const Query& query);

/// Question `quantile_residuals`: column `residual`, quantile residuals at the estimates, randomised where the law has
/// probabilities. Argument `seed`: with the row of the data it decides. Raises InputError `predict.no_law` for families
/// without a law, `predict.weights`, `input.seed`.
Answer quantile_residuals(const Query& query);

}  // namespace deciban::models
