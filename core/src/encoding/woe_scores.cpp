#include "woe_scores.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/encoding/woe_values.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::encoding {
namespace {

struct ClassTotals {
  std::vector<double> sums, squares;
  double total = 0.0;
};

ClassTotals class_totals(const WoeFeature& feature) {
  ClassTotals out;
  for (std::size_t c = 0; c < feature.sums.size(); ++c) {
    double sum = 0.0, square = 0.0;
    for (const double value : feature.sums[c]) sum += value;
    if (!feature.squares.empty())
      for (const double value : feature.squares[c]) square += value;
    out.sums.push_back(sum);
    out.squares.push_back(feature.squares.empty() ? sum : square);
    out.total += sum;
  }
  return out;
}

// ln P(bin | class) = ln[(m_ic + a pi_c) / (M_c + a pi_c)] up to a constant of the class; 0 for bins without rows.
std::vector<double> class_evidence(const WoeEncoder& encoder, std::size_t f, std::size_t c, const ClassTotals& totals) {
  const WoeFeature& feature = encoder.features[f];
  const double smoothing = smoothing_of(encoder, feature);
  std::vector<double> out(feature.rows.size(), 0.0);
  if (smoothing == HUGE_VAL) return out;
  const double pi = totals.sums[c] / totals.total;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (feature.rows[i] == 0.0) continue;
    double all = smoothing;
    for (const auto& sums : feature.sums) all += sums[i];
    // against the share of all rows, so that the numbers stay near 0: rows of all classes cancel in the posterior
    out[i] = math::log((feature.sums[c][i] + smoothing * pi) / (pi * all));
  }
  return out;
}

}  // namespace

ClassScores class_scores(const WoeEncoder& encoder) {
  ClassScores out;
  out.classes = encoder.n_classes();
  out.one_vs_rest = out.classes > 2 && encoder.options.compat == WoeCompat::fastwoe;
  const std::vector<std::size_t> list = encoder.class_list();
  const ClassTotals totals = class_totals(encoder.features[0]);
  for (const std::size_t c : list) {
    const double own = totals.sums[c], others = totals.total - own;
    const bool odds = out.classes == 2 || out.one_vs_rest;
    out.prior.push_back(odds ? math::log(own / (out.classes == 2 ? totals.sums[0] : others))
                             : math::log(own / totals.total));
    out.by_bin.emplace_back();
    for (std::size_t f = 0; f < encoder.features.size(); ++f) {
      std::vector<double> by_bin = odds ? event_woe(encoder, f, c) : class_evidence(encoder, f, c, totals);
      for (std::size_t i = 0; i < by_bin.size(); ++i)
        if (encoder.features[f].rows[i] == 0.0) by_bin[i] = 0.0;
      out.by_bin.back().push_back(std::move(by_bin));
    }
  }
  return out;
}

void ClassScores::to_probabilities(std::vector<std::vector<double>>& sums, int count, std::int64_t begin,
                                   std::vector<std::vector<double>>& out) const {
  if (classes == 2) {
    double* event = out[1].data() + begin;
    double* other = out[0].data() + begin;
    math::logistic_block(sums[0].data(), event, count);
    for (int i = 0; i < count; ++i) other[i] = 1.0 - event[i];
    return;
  }
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    double largest = sums[0][at], total = 0.0;
    for (const auto& score : sums) largest = std::max(largest, score[at]);
    for (auto& score : sums) {
      score[at] = one_vs_rest ? math::logistic(score[at]) : math::exp(score[at] - largest);
      total += score[at];
    }
    for (std::size_t c = 0; c < classes; ++c) out[c][static_cast<std::size_t>(begin) + at] = sums[c][at] / total;
  }
}

RowOdds::RowOdds(const WoeEncoder& encoder, std::size_t c, bool pairwise)
    : encoder_(encoder), c_(c), pairwise_(pairwise) {
  if (pairwise && encoder.joints.empty() && encoder.features.size() > 1)
    throw Error(ErrorKind::input, "woe.no_pairs", "The encoder has no joint counts of pairs of features.",
                "Fit it with dependence = \"pairwise\".", Document::object({{"argument", "dependence"}}));
  totals_ = evidence::totals(encoder.features[0].counts(c));
  for (const WoeFeature& feature : encoder.features) {
    const evidence::Counts counts = feature.counts(c);
    levels_.push_back(evidence::level_evidence(counts));
    tau2_.push_back(tau_squared(feature, c));
    if (pairwise) effective_.push_back(evidence::effective_counts(counts, evidence::totals(counts)));
  }
  event_scale_ = totals_.kish_events / totals_.events;
  non_event_scale_ = totals_.kish_non_events / totals_.non_events;
  if (encoder.n_classes() == 2) return;
  const ClassTotals totals = class_totals(encoder.features[0]);
  for (std::size_t k = 0; k < totals.sums.size(); ++k) {
    const double scale = totals.sums[k] / totals.squares[k];
    class_totals_.push_back(totals.sums[k] * scale);
    log_priors_.push_back(math::log(totals.sums[k] / totals.total));
    sums_.emplace_back();
    for (const WoeFeature& feature : encoder.features) {
      sums_.back().push_back(feature.sums[k]);
      for (double& sum : sums_.back().back()) sum *= scale;
    }
  }
}

RowOdds::Odds RowOdds::of(const std::vector<std::int32_t>& codes) const {
  return encoder_.n_classes() == 2 ? binary(codes) : multiclass(codes);
}

RowOdds::Odds RowOdds::binary(const std::vector<std::int32_t>& codes) const {
  evidence::LogOdds odds(totals_);
  for (std::size_t f = 0; f < codes.size(); ++f) {
    if (codes[f] < 0) {
      odds.add_unseen(tau2_[f]);
    } else {
      odds.add(levels_[f][static_cast<std::size_t>(codes[f])]);
    }
  }
  Odds out{odds.value(), odds.variance()};
  if (pairwise_) out.variance = pairwise_variance(codes);
  return out;
}

// 1/E + 1/N + sum over pairs (j, l) of e_jl/(e_j e_l) - 1/E + n_jl/(n_j n_l) - 1/N, in effective, half-corrected
// counts.
double RowOdds::pairwise_variance(const std::vector<std::int32_t>& codes) const {
  const double by_event = 1.0 / totals_.kish_events, by_non_event = 1.0 / totals_.kish_non_events;
  const auto events = [&](std::size_t f) { return effective_[f].events[static_cast<std::size_t>(codes[f])] + 0.5; };
  const auto others = [&](std::size_t f) { return effective_[f].non_events[static_cast<std::size_t>(codes[f])] + 0.5; };
  const double floor = by_event + by_non_event;
  double variance = floor;
  for (std::size_t f = 0; f < codes.size(); ++f)
    variance += codes[f] < 0 ? tau2_[f] : 1.0 / events(f) - by_event + 1.0 / others(f) - by_non_event;
  for (const JointCounts& joint : encoder_.joints) {
    if (codes[joint.first] < 0 || codes[joint.second] < 0) continue;
    const auto k = encoder_.features[joint.first].rows.size();
    const std::size_t cell =
        static_cast<std::size_t>(codes[joint.second]) * k + static_cast<std::size_t>(codes[joint.first]);
    double e = joint.events[cell] * event_scale_, n = joint.non_events[cell] * non_event_scale_;
    if (c_ == 0) {
      e = joint.non_events[cell] * event_scale_;
      n = joint.events[cell] * non_event_scale_;
    }
    variance += 2.0 * (e / (events(joint.first) * events(joint.second)) - by_event +
                       n / (others(joint.first) * others(joint.second)) - by_non_event);
  }
  return std::max(variance, floor);
}

// Delta method for the log odds of one class: classes are independent given their totals.
RowOdds::Odds RowOdds::multiclass(const std::vector<std::int32_t>& codes) const {
  const std::size_t classes = class_totals_.size();
  std::vector<double> score(classes), variance(classes);
  double tau2 = 0.0;
  for (std::size_t k = 0; k < classes; ++k) {
    score[k] = log_priors_[k];
    variance[k] = 1.0 / class_totals_[k];
    for (std::size_t f = 0; f < codes.size(); ++f) {
      if (codes[f] < 0) {
        tau2 += k == 0 ? tau2_[f] : 0.0;
        continue;
      }
      const double m = sums_[k][f][static_cast<std::size_t>(codes[f])] + 0.5;
      score[k] += math::log(m / class_totals_[k]);
      variance[k] += 1.0 / m - 1.0 / class_totals_[k];
    }
  }
  double largest = -HUGE_VAL, rest = 0.0;
  for (std::size_t k = 0; k < classes; ++k)
    if (k != c_) largest = std::max(largest, score[k]);
  std::vector<double> share(classes, 0.0);
  for (std::size_t k = 0; k < classes; ++k) {
    if (k == c_) continue;
    share[k] = math::exp(score[k] - largest);
    rest += share[k];
  }
  Odds out{score[c_] - largest - math::log(rest), variance[c_] + tau2};
  for (std::size_t k = 0; k < classes; ++k)
    if (k != c_) out.variance += (share[k] / rest) * (share[k] / rest) * variance[k];
  return out;
}

}  // namespace deciban::encoding
