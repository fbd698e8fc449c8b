#pragma once
#include "deciban/base/config.hpp"

#include "query_parts.hpp"

namespace deciban::models {

/// Question `influence`: columns `hat, sigma, standard_deviance, standard_pearson, student, cooks, dffits, covratio` of
/// diagnostics/influence.hpp, one row per training row.
Answer influence(const Query& query);

/// Question `dfbeta`: one column per estimated coefficient. Argument `scaled`: dfbetas.
Answer dfbeta(const Query& query);

}  // namespace deciban::models
