#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>

#include "deciban/models/glm.hpp"

namespace deciban::models {

/// Where the totals of a factor's levels begin in `level_totals`.
std::size_t first_total(const GlmModel& model, const design::Variable& factor);
/// Raises InputError `relativities.link` unless effects on the link are factors: log, logit, cloglog.
void require_multiplicative(const GlmModel& model);

}  // namespace deciban::models
