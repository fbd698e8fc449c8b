#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/families/link.hpp"
#include "deciban/families/response_law.hpp"
#include "deciban/math/quadrature.hpp"

namespace deciban::inference {

/// What is known of the parameters behind a prediction.
struct ParameterLaw {
  double dispersion = 1.0;
  double df = 0.0;           ///< residual degrees of freedom; infinite where the dispersion is known
  double theta_error = 0.0;  ///< standard error of an estimated theta; 0 or NaN: none
};

/// A new observation: linear predictor (offset included), its standard error, and prior weight.
struct NewObservation {
  double eta, se, weight;
};

/// The predictive law of a new observation: the family's law, averaged over what is not known of its parameters. The
/// linear predictor is normal with its standard error; the dispersion is that of the fit times df / chi-squared(df),
/// with which the standard error goes along; an estimated theta is log-normal. For gaussian responses with the identity
/// link this is Student's law of the textbook interval (R's predict.lm). The averages are taken by quadrature, so
/// nothing depends on a seed.
///
/// Its quantiles cover a new observation where quantiles at the estimates fall short (Barndorff-Nielsen and Cox 1996,
/// Bernoulli 2, 319-340; Lawless and Fredette 2005, Biometrika 92, 529-542).
class PredictiveLaw {
 public:
  /// Raises InputError `predict.no_law`.
  PredictiveLaw(const families::Family& family, const families::Link& link, const ParameterLaw& parameters);

  const families::ResponseLaw& law() const { return law_; }

  /// The law of one observation. Scratch of its caller's, to be set again and again.
  class At {
   public:
    explicit At(const PredictiveLaw& of) : of_(of) {}
    /// False where there is no law: NaN, a weight that is not possible, a mean outside the family's domain.
    bool set(const NewObservation& observation);
    /// P(Y <= y), P(Y < y).
    double cdf(double y) const;
    double below(double y) const;
    /// The smallest y with P(Y <= y) >= p, 0 < p < 1; for continuous laws to 1e-12 of p.
    double quantile(double p) const;

   private:
    void add_means(double phi, double theta, double share);
    double count_quantile(double p) const;
    double number_quantile(double p) const;
    double location() const;

    const PredictiveLaw& of_;
    NewObservation observation_ = {0.0, 0.0, 1.0};
    bool student_ = false;
    double scale_ = 1.0;
    std::vector<families::LawPoint> points_;
    std::vector<double> shares_;
    double mean_ = 0.0, deviation_ = 1.0;
  };

 private:
  families::ResponseLaw law_;
  families::Link link_;
  ParameterLaw parameters_;
  std::vector<double> dispersions_, thetas_, dispersion_shares_, theta_shares_;
};

}  // namespace deciban::inference
