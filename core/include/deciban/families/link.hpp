#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/base/document.hpp"
#include "deciban/families/family.hpp"

namespace deciban::families {

enum class LinkId { identity, log, logit, probit, cloglog, loglog, cauchit, inverse, inverse_squared, sqrt, power };

/// eta = g(mu). A plain value; `exponent` belongs to `power` only (eta = mu^exponent).
struct Link {
  LinkId id = LinkId::identity;
  double exponent = 1.0;
};

/// "log", "1/mu^2", "power(0.5)", ...
std::string link_name(const Link& link);

/// Makes a link from its public name; "" gives the family's default (identity for gaussian and quasi, logit for
/// binomial and quasibinomial, log for all others). `power(0)` is log, `power(1)` identity, as in R's power(). Raises
/// InputError `link.unknown` and `link.invalid` (a link that cannot give this family's means).
Link make_link(const std::string& name, const Family& family);

Document to_document(const Link& link);
Link link_from_document(const Document& document);

/// g(mu), one value. NaN outside the domain.
double link_value(const Link& link, double mu);

/// What the inverse link gives for a block of rows. Arrays of n <= 512 values.
struct InverseLink {
  double* mu;          ///< g^-1(eta)
  double* complement;  ///< 1 - mu, accurate where mu is near 1; probability links only, otherwise unspecified
  double* slope;       ///< d mu / d eta
  double* curvature;   ///< d2 mu / d eta2, or null when it is not needed
};

/// Inverse link of n <= 512 linear predictors. Means of probability links are kept inside [1e-300, 1 - 2^-53].
/// Rows outside the domain (eta <= 0 for sqrt, 1/mu^2 and power; eta = 0 for inverse) give NaN.
void inverse_link_block(const Link& link, const double* eta, const InverseLink& out, int n);

/// The link under which observed and expected information are equal for this family.
bool is_canonical(const Family& family, const Link& link);

/// Links whose relativities exp(beta) multiply the mean (or its odds, or its hazard).
bool is_multiplicative(const Link& link);

}  // namespace deciban::families
