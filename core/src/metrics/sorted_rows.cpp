#include "sorted_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"

namespace deciban::metrics {
namespace {

void check_length(const data::Numbers& numbers, const char* name, std::size_t rows) {
  if (numbers.size() == rows) return;
  throw Error(ErrorKind::input, "data.length_mismatch",
              std::string("`") + name + "` has " + format_count(static_cast<std::int64_t>(numbers.size())) +
                  " values, `y` has " + format_count(static_cast<std::int64_t>(rows)) + ".",
              "Hand in one value per row.", Document::object({{"argument", name}}));
}

void require(bool valid, const char* name, std::size_t row, double value, const char* requirement) {
  if (valid) return;
  throw Error(ErrorKind::input, "metric.value",
              std::string("`") + name + "` is " + format_exact(value) + " in row " + std::to_string(row + 1) +
                  "; it must be " + requirement + ".",
              "Leave such rows out, or give them weight 0.",
              Document::object({{"argument", name}, {"row", static_cast<std::int64_t>(row) + 1}, {"value", value}}));
}

}  // namespace

std::vector<Step> steps_by_score(const Ranked& rows, Response response) {
  const std::size_t n = rows.y.size();
  check_length(rows.score, "score", n);
  if (!rows.weights.empty()) check_length(rows.weights, "weights", n);
  if (!rows.exposure.empty()) check_length(rows.exposure, "exposure", n);
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < n; ++row) {
    const double weight = rows.weights.empty() ? 1.0 : rows.weights[row];
    require(weight >= 0.0 && std::isfinite(weight), "weights", row, weight, "a number of at least 0");
    if (weight == 0.0) continue;
    const double y = rows.y[row];
    const bool share = response == Response::share;
    require(y >= 0.0 && (share ? y <= 1.0 : std::isfinite(y)), "y", row, y,
            share ? "0, 1, or a share between them" : "a number of at least 0");
    require(!std::isnan(rows.score[row]), "score", row, rows.score[row], "a number");
    if (!rows.exposure.empty())
      require(rows.exposure[row] > 0.0 && std::isfinite(rows.exposure[row]), "exposure", row, rows.exposure[row],
              "above 0");
    order.push_back(row);
  }
  if (order.empty()) throw Error(ErrorKind::data, "metric.no_rows", "There are no rows with a positive weight.", "");
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rows.score[a] < rows.score[b]; });
  std::vector<Step> steps;
  for (const std::size_t row : order) {
    if (steps.empty() || steps.back().score < rows.score[row]) steps.push_back({rows.score[row] + 0.0});
    Step& step = steps.back();
    const double weight = rows.weights.empty() ? 1.0 : rows.weights[row];
    step.weight += weight;
    step.events += weight * rows.y[row];
    step.non_events += weight * (1.0 - rows.y[row]);
    step.exposure += weight * (rows.exposure.empty() ? 1.0 : rows.exposure[row]);
    ++step.rows;
  }
  return steps;
}

void require_both(const std::vector<Step>& steps) {
  double events = 0.0, non_events = 0.0;
  for (const Step& step : steps) {
    events += step.events;
    non_events += step.non_events;
  }
  if (events > 0.0 && non_events > 0.0) return;
  throw Error(ErrorKind::data, "metric.one_class",
              std::string("The response has no ") + (events > 0.0 ? "non-events." : "events."),
              "The measure compares events with non-events.",
              Document::object({{"events", events}, {"non_events", non_events}}));
}

}  // namespace deciban::metrics
