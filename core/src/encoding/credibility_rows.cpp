// Credibility of levels from rows.
#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/credibility.hpp"
#include "deciban/encoding/level_codes.hpp"

namespace deciban::encoding {
namespace {

template <class Wrong>
void refuse(const data::Numbers& values, const char* code, const char* name, const char* what, const char* hint,
            Wrong&& wrong) {
  std::int64_t count = 0;
  for (const double value : values) count += wrong(value);
  if (count > 0)
    throw Error(
        ErrorKind::data, code,
        std::string("`") + name + "` is " + what + " in " + format_count(count) + (count == 1 ? " row." : " rows."),
        hint, Document::object({{"column", name}, {"count", count}}));
}

void check(const data::Column& level, const CredibilityRows& rows, bool gamma_poisson) {
  const std::int64_t n = level.length();
  if (n == 0) throw Error(ErrorKind::data, "data.empty", "The data have no rows.", "Credibility needs observations.");
  for (const auto* values : {&rows.y, &rows.weights})
    if (!(values == &rows.weights && values->empty()) && static_cast<std::int64_t>(values->size()) != n)
      throw Error(ErrorKind::input, "data.length_mismatch",
                  "There are " + std::to_string(values->size()) + " values for " + std::to_string(n) + " rows.",
                  "Give one value per row.", Document::object({{"rows", n}}));
  const char* leave_out = "Leave these rows out.";
  refuse(rows.y, "credibility.missing", "y", "missing or infinite", leave_out, [](double y) { return y - y != 0.0; });
  refuse(rows.weights, "credibility.weights", "weights", "negative, missing or infinite", leave_out,
         [](double w) { return !(w >= 0.0) || w - w != 0.0; });
  if (gamma_poisson)
    refuse(rows.y, "credibility.counts", "y", "not a count", "Use method \"buhlmann_straub\".",
           [](double y) { return y < 0.0 || y != std::floor(y); });
}

}  // namespace

CredibilityFit fit_credibility(const data::Column& level, const CredibilityRows& rows, bool gamma_poisson) {
  check(level, rows, gamma_poisson);
  data::Column column = level;
  column.name = "level";
  std::vector<std::int32_t> codes;
  const LevelCoder coder = LevelCoder::learn({"level"}, data::Table({column}), true, 0, codes, {});
  CredibilityFit fit;
  fit.moments.resize(static_cast<std::size_t>(coder.size()));
  const auto weight_of = [&](std::size_t row) { return rows.weights.empty() ? 1.0 : rows.weights[row]; };
  for (std::size_t row = 0; row < codes.size(); ++row) {
    const double weight = weight_of(row);
    if (!(weight > 0.0)) continue;
    LevelMoments& moments = fit.moments[static_cast<std::size_t>(codes[row])];
    moments.rows += 1.0;
    moments.weight += weight;
    moments.sum += gamma_poisson ? rows.y[row] : weight * rows.y[row];
  }
  for (std::size_t row = 0; row < codes.size(); ++row) {
    const double weight = weight_of(row);
    if (!(weight > 0.0)) continue;
    LevelMoments& moments = fit.moments[static_cast<std::size_t>(codes[row])];
    const double distance = (gamma_poisson ? rows.y[row] / weight : rows.y[row]) - moments.mean();
    moments.square += weight * distance * distance;
  }
  for (std::int32_t l = 0; l < coder.size(); ++l) fit.labels.push_back(coder.label(l));
  fit.credibility = gamma_poisson ? encoding::gamma_poisson(fit.moments) : buhlmann_straub(fit.moments, false);
  return fit;
}

}  // namespace deciban::encoding
