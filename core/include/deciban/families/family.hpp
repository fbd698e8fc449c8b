#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"

namespace deciban::math {
class TweedieSeries;
}

namespace deciban::families {

enum class FamilyId {
  gaussian,
  binomial,
  poisson,
  gamma,
  inverse_gaussian,
  tweedie,
  negative_binomial,
  quasi,
  quasipoisson,
  quasibinomial
};

/// Variance functions V(mu). `power` is mu^p (Tweedie), `negative_binomial` is mu + mu^2 / theta.
enum class Variance { constant, mu, mu2, mu3, binomial, power, negative_binomial };

/// A member of the closed registry of exponential dispersion models: E(y) = mu, Var(y) = phi V(mu) / w
/// (McCullagh and Nelder 1989, table 2.1; Jorgensen 1997 for Tweedie). A plain value.
struct Family {
  FamilyId id = FamilyId::gaussian;
  Variance variance = Variance::constant;
  double var_power = 0.0;    ///< tweedie only, in [1, 2]
  double theta = 0.0;        ///< negative_binomial only, > 0; Inf where an estimate found no overdispersion
  bool to_estimate = false;  ///< var_power or theta was not given: a value to start from stands in its place

  bool is_quasi() const { return id >= FamilyId::quasi; }
  /// The mean lives in (0, 1).
  bool is_probability() const { return variance == Variance::binomial; }
  /// The mean must be positive.
  bool needs_positive_mean() const { return variance != Variance::constant && !is_probability(); }
  /// phi = 1 by definition: standard errors use it and statistics are z, not t.
  bool has_known_dispersion() const {
    return id == FamilyId::binomial || id == FamilyId::poisson || id == FamilyId::negative_binomial;
  }
};

/// Name in the public words ("inverse_gaussian", ...), and the text shown to people ("negative_binomial(theta = 2)").
std::string family_name(const Family& family);
std::string family_label(const Family& family);

/// Makes a family from its public name and parameters; var_power or theta omitted are `to_estimate`. Raises InputError
/// `family.unknown` (with the closest name), `family.parameter_invalid` (out of range) and `family.parameter_unused` (a
/// parameter that this family does not have).
/// @param variance  quasi only: "constant", "mu", "mu^2", "mu^3" or "mu(1-mu)"; empty when not given.
Family make_family(const std::string& name, const double* var_power, const double* theta, const std::string& variance);

/// The family with its parameter at another value: var_power in [1, 2], or theta > 0 where Inf is the Poisson limit.
Family with_parameter(Family family, double value);

Document to_document(const Family& family);
/// Raises FormatError `format.missing_key` when a parameter is missing.
Family family_from_document(const Document& document);

/// True when y lies in the family's domain; `requirement` then says what the domain is, for messages.
bool valid_response(const Family& family, double y);
const char* response_requirement(const Family& family);

/// A mean inside the family's domain to start from: the response drawn by `pull` in (0, 1] to `centre`, the portfolio's
/// mean for this row (Hardin and Hilbe 2018, section 3.1, generalised to rows with exposure).
double starting_mean(const Family& family, double y, double centre, double pull);

/// Residuals y - mu, unit deviances d(y, mu) and variances V(mu) of n <= 512 rows.
/// @param complement  1 - mu, accurate where mu is near 1; read for probabilities only.
void residual_block(const Family& family, const double* y, const double* mu, const double* complement, double* out,
                    int n);
void unit_deviance_block(const Family& family, const double* y, const double* mu, const double* complement, double* out,
                         int n);
void variance_block(const Family& family, const double* mu, const double* complement, double* out, int n);
/// V'(mu).
void variance_derivative_block(const Family& family, const double* mu, double* out, int n);

/// Families without a likelihood (quasi, tweedie with var_power 1) answer false with a reason.
bool has_log_likelihood(const Family& family, std::string& reason);

/// Log-likelihood contributions of rows, as R's `family$aic` defines them; for tweedie the log of the density with
/// dispersion phi / w (math/tweedie.hpp). Poisson counts where theta is infinite.
class LogLikelihood {
 public:
  /// @param phi  dispersion; read where it is not 1 by definition.
  LogLikelihood(const Family& family, double phi);
  /// n <= 512 rows at means mu (and 1 - mu, read for probabilities) with prior weights w > 0.
  void block(const double* y, const double* mu, const double* complement, const double* w, double* out, int n) const;

 private:
  Family family_;
  double phi_;
  std::shared_ptr<const math::TweedieSeries> tweedie_;
};

}  // namespace deciban::families
