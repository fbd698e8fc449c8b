#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/document.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::models {

/// As `covariance` stands in a model file (core/src/export/SCHEMA.md).
Document covariance_document(const linalg::Covariance& covariance);
/// Raises FormatError `format.invalid` when it is not that of p coefficients.
linalg::Covariance covariance_from_document(const Document& document, int p);

}  // namespace deciban::models
