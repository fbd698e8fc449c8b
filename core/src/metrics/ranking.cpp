#include "deciban/metrics/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"
#include "sorted_rows.hpp"

namespace deciban::metrics {
namespace {

// Area between the diagonal and the Lorenz curve, times two: a trapezium per step, which averages ties.
double lorenz(const std::vector<Step>& steps) {
  double all_exposure = 0.0, all_events = 0.0;
  for (const Step& step : steps) {
    all_exposure += step.exposure;
    all_events += step.events;
  }
  if (!(all_events > 0.0))
    throw Error(ErrorKind::data, "metric.one_class", "The response is 0 in all rows.",
                "A Lorenz curve needs a positive total.");
  double before = 0.0, area = 0.0;
  for (const Step& step : steps) {
    area += step.exposure * (2.0 * before + step.events);
    before += step.events;
  }
  return 1.0 - area / (all_exposure * all_events);
}

}  // namespace

double auc(const Ranked& rows) {
  const std::vector<Step> steps = steps_by_score(rows, Response::share);
  require_both(steps);
  double non_events = 0.0, events = 0.0, wins = 0.0;
  for (const Step& step : steps) {
    wins += step.events * (non_events + 0.5 * step.non_events);
    non_events += step.non_events;
    events += step.events;
  }
  return wins / (events * non_events);
}

KolmogorovSmirnov ks(const Ranked& rows) {
  const std::vector<Step> steps = steps_by_score(rows, Response::share);
  require_both(steps);
  double all_events = 0.0, all_non_events = 0.0;
  for (const Step& step : steps) {
    all_events += step.events;
    all_non_events += step.non_events;
  }
  KolmogorovSmirnov out;
  double events = 0.0, non_events = 0.0;
  for (const Step& step : steps) {
    events += step.events;
    non_events += step.non_events;
    const double distance = std::fabs(events / all_events - non_events / all_non_events);
    if (distance > out.ks) out = {distance, step.score};
  }
  return out;
}

double gini(const Ranked& rows, bool normalized) {
  const double raw = lorenz(steps_by_score(rows, Response::total));
  if (!normalized) return raw;
  Ranked perfect = rows;
  std::vector<double> rates = rows.y.to_vector();
  if (!rows.exposure.empty())
    for (std::size_t row = 0; row < rates.size(); ++row) rates[row] /= rows.exposure[row];
  for (std::size_t row = 0; row < rates.size(); ++row)
    if (!rows.weights.empty() && rows.weights[row] == 0.0) rates[row] = 0.0;
  perfect.score = std::move(rates);
  const double best = lorenz(steps_by_score(perfect, Response::total));
  return best > 0.0 ? raw / best : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace deciban::metrics
