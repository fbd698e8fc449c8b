// Rows in the order of their scores. Internal to metrics.
#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/metrics/ranking.hpp"

namespace deciban::metrics {

/// Sums of the rows with one score.
struct Step {
  double score = 0.0, weight = 0.0, events = 0.0, non_events = 0.0, exposure = 0.0;
  std::int64_t rows = 0;
};

/// What a response may be: a share in [0, 1], or a total of at least 0.
enum class Response { share, total };

/// Steps by ascending score, without rows of weight 0. Raises as the functions of ranking.hpp say.
std::vector<Step> steps_by_score(const Ranked& rows, Response response);
/// Events and non-events of all steps must be there: DataError `metric.one_class`.
void require_both(const std::vector<Step>& steps);

}  // namespace deciban::metrics
