#pragma once
#include "deciban/base/config.hpp"

#include "deciban/families/family.hpp"
#include "deciban/math/rng.hpp"

namespace deciban::families {

/// What a law needs beside the family: the mean, 1 - mean (read for probabilities), the dispersion phi (read where it
/// is not 1 by definition), the prior weight w and theta of negative_binomial.
struct LawPoint {
  double mu, complement, phi, weight, theta;
};

/// The law of one response of a family. A response of weight w is the mean of w responses of weight 1, where w is whole
/// (Jorgensen 1997, section 3.1): binomial proportions k / w, Poisson and negative binomial rates k / w, phi / w else.
class ResponseLaw {
 public:
  /// Raises InputError `predict.no_law` for quasi families and for tweedie with var_power 1.
  explicit ResponseLaw(const Family& family);

  const Family& family() const { return family_; }
  /// Counts: all probability is at multiples of 1 / w.
  bool counts() const { return counts_; }
  /// No value has a probability of its own.
  bool continuous() const { return !counts_ && family_.id != FamilyId::tweedie; }
  /// The weight is possible: positive, and a whole number of trials for binomial.
  bool valid_weight(double w) const;

  /// P(Y <= y) and P(Y < y). NaN for parameters outside their range.
  double cdf(double y, const LawPoint& at) const;
  double below(double y, const LawPoint& at) const;
  double variance(const LawPoint& at) const;
  double draw(math::Stream& stream, const LawPoint& at) const;

 private:
  Family family_;
  bool counts_;
};

}  // namespace deciban::families
