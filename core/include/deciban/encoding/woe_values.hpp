#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/data/row_codes.hpp"
#include "deciban/encoding/woe_encoder.hpp"
#include "deciban/evidence/log_odds.hpp"

namespace deciban::encoding {

/// What one feature says for one class against the others, by bin. The sign is that of the options. Bins without rows
/// count as not seen: WOE 0, standard error tau.
struct WoeValues {
  std::vector<double> woe;           ///< encoded (smoothed)
  std::vector<double> se;            ///< of the raw WOE; infinite at a zero count
  std::vector<double> lower, upper;  ///< of the raw WOE
  std::vector<double> wald;          ///< raw WOE / se; 0 at a zero count
  std::vector<double> rate, rate_lower, rate_upper;
  double smoothing = 0.0;  ///< pseudo-rows in units of the sums
  double tau = 0.0;        ///< standard deviation between levels of the log odds
  double prior = 0.0;      ///< event rate
  double log_prior = 0.0;  ///< ln(E/N)
  std::string reason;      ///< why there are no intervals, or ""
};

/// @param finite  infinite limits are replaced, see evidence::finite_ends
WoeValues woe_values(const WoeEncoder& encoder, std::size_t feature, std::size_t c, double alpha, bool finite = false);

/// Encoded WOE only, positive for events whatever the sign convention; and what the encoder's compat mode makes of it.
std::vector<double> event_woe(const WoeEncoder& encoder, std::size_t feature, std::size_t c);
/// Pseudo-rows of a feature in units of its sums. With "auto" one number for all classes.
double smoothing_of(const WoeEncoder& encoder, const WoeFeature& feature);
/// Variance between levels of the log odds of class c.
double tau_squared(const WoeFeature& feature, std::size_t c);

/// Bin of every row for every feature; unseen levels, bins without training rows and missing values without a bin are
/// kUnseenCode. Raises DataError `woe.unseen` when the encoder refuses levels that it has not seen, InputError
/// `data.unknown_column`.
std::vector<data::RowCodes> woe_codes(const WoeEncoder& encoder, const data::Table& X, const RunContext& context);

/// out[row] = by_bin[code of the row], or `unseen`.
std::vector<double> look_up(const data::RowCodes& codes, const std::vector<double>& by_bin, double unseen,
                            const RunContext& context);

/// Probabilities of all classes, one vector per class. Two classes: sigmoid(logit(prior) + sum of WOE). More:
/// proportional to prior times the product of P(level | class), so that rows sum to 1.
std::vector<std::vector<double>> woe_probabilities(const WoeEncoder& encoder, const std::vector<data::RowCodes>& codes,
                                                   const RunContext& context);

/// Limits of the probability of class c at confidence 1 - alpha, on the log odds scale, extended to contain the
/// predicted probability. `pairwise` takes the variance from the joint counts of all pairs.
struct ProbabilityLimits {
  std::vector<double> probability, lower, upper;
};
ProbabilityLimits woe_limits(const WoeEncoder& encoder, const std::vector<data::RowCodes>& codes, std::size_t c,
                             double alpha, bool pairwise, const RunContext& context);

/// Standard errors of the log odds of class c, by row.
std::vector<double> log_odds_errors(const WoeEncoder& encoder, const std::vector<data::RowCodes>& codes, std::size_t c,
                                    bool pairwise);

}  // namespace deciban::encoding
