#include "deciban/base/config.hpp"

#include "deciban/families/response_law.hpp"

#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/response_laws.hpp"

namespace deciban::families {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A count from a rate of weight w: products of whole numbers and their quotients come back whole.
double count_of(double y, double w) {
  const double count = y * w, whole = std::nearbyint(count);
  return std::fabs(count - whole) <= 1e-9 * std::fmax(1.0, std::fabs(count)) ? whole : count;
}

}  // namespace

ResponseLaw::ResponseLaw(const Family& family) : family_(family) {
  counts_ =
      family.id == FamilyId::poisson || family.id == FamilyId::binomial || family.id == FamilyId::negative_binomial;
  if (family_.id == FamilyId::tweedie && family_.var_power == 2.0) family_.id = FamilyId::gamma;
  const bool no_tweedie = family_.id == FamilyId::tweedie && family_.var_power == 1.0;
  if (!family.is_quasi() && !no_tweedie) return;
  throw Error(ErrorKind::input, "predict.no_law",
              "The " + family_name(family) + " family " +
                  (no_tweedie ? "with var_power 1 has no law of single responses"
                              : "says nothing about the law of a response, only about its mean and variance") +
                  ".",
              no_tweedie ? "Fit with another var_power."
                         : "Fit a family with a law, such as \"negative_binomial\" for counts that vary more than "
                           "Poisson counts, \"gamma\" or \"tweedie\" for amounts.",
              Document::object({{"family", family_name(family)}}));
}

bool ResponseLaw::valid_weight(double w) const {
  const bool positive = w > 0.0 && w < std::numeric_limits<double>::infinity();
  return positive && (family_.id != FamilyId::binomial || w == std::floor(w));
}

double ResponseLaw::cdf(double y, const LawPoint& at) const {
  const double w = at.weight;
  switch (family_.id) {
    case FamilyId::gaussian:
      return math::normal_cdf((y - at.mu) / std::sqrt(at.phi / w));
    case FamilyId::binomial:
      // the smaller of the two probabilities keeps its digits
      return at.mu <= 0.5 ? math::binomial_cdf(count_of(y, w), w, at.mu)
                          : 1.0 - math::binomial_cdf(w - std::floor(count_of(y, w)) - 1.0, w, at.complement);
    case FamilyId::poisson:
      return math::poisson_cdf(count_of(y, w), at.mu * w);
    case FamilyId::negative_binomial:
      return math::negative_binomial_cdf(count_of(y, w), at.mu * w, at.theta * w);
    case FamilyId::gamma:
      return math::gamma_cdf(y, w / at.phi, at.mu * at.phi / w);
    case FamilyId::inverse_gaussian:
      return math::inverse_gaussian_cdf(y, at.mu, w / at.phi);
    case FamilyId::tweedie:
      return math::tweedie_cdf(y, at.mu, at.phi / w, family_.var_power);
    default:
      return kNaN;
  }
}

double ResponseLaw::below(double y, const LawPoint& at) const {
  if (counts_) {
    const double count = count_of(y, at.weight);
    return count <= 0.0 ? 0.0 : cdf((std::ceil(count) - 1.0) / at.weight, at);
  }
  return family_.id == FamilyId::tweedie && y <= 0.0 ? 0.0 : cdf(y, at);
}

double ResponseLaw::variance(const LawPoint& at) const {
  double v = kNaN;
  const bool own = family_.id == FamilyId::negative_binomial;
  variance_block(own ? with_parameter(family_, at.theta) : family_, &at.mu, &at.complement, &v, 1);
  return (family_.has_known_dispersion() ? 1.0 : at.phi) * v / at.weight;
}

double ResponseLaw::draw(math::Stream& stream, const LawPoint& at) const {
  const double w = at.weight;
  switch (family_.id) {
    case FamilyId::gaussian:
      return at.mu + std::sqrt(at.phi / w) * math::draw_normal(stream);
    case FamilyId::binomial:
      return math::draw_binomial(stream, w, at.mu) / w;
    case FamilyId::poisson:
      return math::draw_poisson(stream, at.mu * w) / w;
    case FamilyId::negative_binomial:
      return math::draw_negative_binomial(stream, at.mu * w, at.theta * w) / w;
    case FamilyId::gamma:
      return math::draw_gamma(stream, w / at.phi) * (at.mu * at.phi / w);
    case FamilyId::inverse_gaussian:
      return math::draw_inverse_gaussian(stream, at.mu, w / at.phi);
    case FamilyId::tweedie:
      return math::draw_tweedie(stream, at.mu, at.phi / w, family_.var_power);
    default:
      return kNaN;
  }
}

}  // namespace deciban::families
