#include "deciban/models/metrics.hpp"

#include <algorithm>
#include <limits>

#include "arguments.hpp"
#include "deciban/base/error.hpp"
#include "deciban/binning/fit.hpp"
#include "deciban/data/read.hpp"
#include "deciban/metrics/gains.hpp"
#include "deciban/metrics/ranking.hpp"
#include "deciban/metrics/stability.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::models {
namespace {

data::Numbers numbers(const data::Table& vectors, const char* name) {
  const data::Column* column = vectors.find(name);
  if (!column) return {};
  data::Numbers out;
  if (data::Numbers::in_place(*column, out)) return out;
  std::vector<double> values(static_cast<std::size_t>(column->length()));
  data::read_doubles(*column, 0, column->length(), values.data());
  return data::Numbers(std::move(values));
}

[[noreturn]] void unknown(const std::string& name) {
  throw Error(ErrorKind::input, "input.query", "There is no measure \"" + name + "\".",
              "Use the functions of the package.", Document::object({{"query", name}}));
}

bool high_first(const std::string& order) {
  if (order == "high" || order == "low") return order == "high";
  throw Error(ErrorKind::input, "metric.order", "`order` is \"" + order + "\".",
              "Use \"high\" when a high score means an event, else \"low\".",
              Document::object({{"argument", "order"}, {"value", order}}));
}

/// Weights of one sample by bin, and their squares.
struct Sample {
  std::vector<double> weight, squares;
};

Sample sum_bins(const binning::Bins& bins, const data::Column& column, const data::Numbers& weights,
                const RunContext& context) {
  const auto n = static_cast<std::size_t>(bins.size()) + 1;  // the last one: levels that have no bin
  Sample sample{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
  binning::bin_codes(bins, column, context).for_each([&](std::size_t row, std::int32_t code) {
    const double w = weights.empty() ? 1.0 : weights[row];
    const std::size_t bin = code < 0 ? n - 1 : static_cast<std::size_t>(code);
    sample.weight[bin] += w;
    sample.squares[bin] += w * w;
  });
  return sample;
}

void check_weights(const data::Numbers& weights, const char* name, std::int64_t rows) {
  if (weights.empty()) return;
  if (static_cast<std::int64_t>(weights.size()) != rows)
    throw Error(ErrorKind::input, "data.length_mismatch", std::string("`") + name + "` does not fit its sample.",
                "Hand in one value per row.", Document::object({{"argument", name}}));
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (weights[row] >= 0.0 && weights[row] < std::numeric_limits<double>::infinity()) continue;
    throw Error(ErrorKind::input, "metric.value",
                std::string("`") + name + "` is not a number of at least 0 in row " + std::to_string(row + 1) + ".", "",
                Document::object({{"argument", name}, {"row", static_cast<std::int64_t>(row) + 1}}));
  }
}

/// One variable in both samples.
struct Compared {
  std::vector<std::string> labels;
  std::vector<double> expected, actual;
  metrics::Stability stability;
};

Compared compare(const data::Column& expected, const data::Column& actual, const data::Table& vectors,
                 const binning::BinningOptions& options, double alpha, const RunContext& context) {
  const data::Numbers expected_weights = numbers(vectors, "expected_weights"),
                      actual_weights = numbers(vectors, "actual_weights");
  check_weights(expected_weights, "expected_weights", expected.length());
  check_weights(actual_weights, "actual_weights", actual.length());
  binning::Target target;
  target.weights = expected_weights;
  const binning::Bins bins = binning::fit_bins(expected, target, options, context).bins;
  const Sample before = sum_bins(bins, expected, expected_weights, context),
               now = sum_bins(bins, actual, actual_weights, context);
  const bool weighted = !expected_weights.empty() || !actual_weights.empty();
  Compared out;
  std::vector<std::string> labels = binning::bin_labels(bins);
  labels.push_back("other");
  std::vector<double> before_squares, now_squares;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool always = i < static_cast<std::size_t>(bins.n_regular());
    if (!always && before.weight[i] == 0.0 && now.weight[i] == 0.0) continue;
    out.labels.push_back(labels[i]);
    out.expected.push_back(before.weight[i]);
    out.actual.push_back(now.weight[i]);
    before_squares.push_back(before.squares[i]);
    now_squares.push_back(now.squares[i]);
  }
  if (!weighted) before_squares = now_squares = {};
  out.stability = metrics::stability(out.expected, out.actual, before_squares, now_squares, alpha);
  return out;
}

Answer psi_answer(const Compared& compared) {
  double all_before = 0.0, all_now = 0.0;
  for (const double weight : compared.expected) all_before += weight;
  for (const double weight : compared.actual) all_now += weight;
  evidence::Counts counts;
  counts.events = compared.actual;
  counts.non_events = compared.expected;
  const std::vector<double> evidence = evidence::raw_woe(counts);
  std::vector<double> before, now, parts;
  for (std::size_t i = 0; i < compared.labels.size(); ++i) {
    before.push_back(compared.expected[i] / all_before);
    now.push_back(compared.actual[i] / all_now);
    parts.push_back(before[i] == now[i] ? 0.0 : (now[i] - before[i]) * evidence[i]);
  }
  Answer answer;
  answer.table.add("label", compared.labels).add("expected", compared.expected).add("actual", compared.actual);
  answer.table.add("expected_share", before).add("actual_share", now).add("contribution", parts);
  const metrics::Stability& s = compared.stability;
  answer.notes.set("psi", s.psi).set("psi_unbiased", s.unbiased).set("psi_lower", s.lower).set("psi_upper", s.upper);
  answer.notes.set("chi2", s.chi2).set("p_value", s.p_value);
  return answer;
}

Answer csi_answer(const std::vector<std::string>& names, const std::vector<Compared>& all) {
  std::vector<double> psi, unbiased, lower, upper, chi2, p;
  std::vector<std::int64_t> bins;
  for (const Compared& one : all) {
    bins.push_back(static_cast<std::int64_t>(one.labels.size()));
    psi.push_back(one.stability.psi);
    unbiased.push_back(one.stability.unbiased);
    lower.push_back(one.stability.lower);
    upper.push_back(one.stability.upper);
    chi2.push_back(one.stability.chi2);
    p.push_back(one.stability.p_value);
  }
  Answer answer;
  answer.table.add("variable", names).add_integers("bins", bins).add("psi", psi).add("psi_unbiased", unbiased);
  answer.table.add("psi_lower", lower).add("psi_upper", upper).add("chi2", chi2).add("p_value", p);
  return answer;
}

}  // namespace

Answer metric(const std::string& name, const Document& document, const data::Table& vectors, const RunContext&) {
  const parallel::FloatingPointGuard guard;
  const Arguments arguments(document, {"normalized", "bins", "order"});
  metrics::Ranked rows{numbers(vectors, "y"), numbers(vectors, "score"), numbers(vectors, "weights"),
                       numbers(vectors, "exposure")};
  Answer answer;
  if (name == "auc") {
    answer.notes.set("auc", metrics::auc(rows));
  } else if (name == "ks") {
    const metrics::KolmogorovSmirnov found = metrics::ks(rows);
    answer.notes.set("ks", found.ks).set("score", found.score);
  } else if (name == "gini") {
    answer.notes.set("gini", metrics::gini(rows, arguments.flag("normalized", true)));
  } else if (name == "gains_table") {
    answer.table = metrics::gains_table(rows, static_cast<int>(arguments.whole("bins", 10, 1)),
                                        high_first(arguments.text("order", "high")));
  } else {
    unknown(name);
  }
  return answer;
}

Answer stability_metric(const std::string& name, const Document& document, const data::Table& expected,
                        const data::Table& actual, const data::Table& vectors, const RunContext& context) {
  const parallel::FloatingPointGuard guard;
  if (name != "psi" && name != "csi") unknown(name);
  const Arguments arguments(document, {"alpha"}, binning::binning_arguments());
  Document binning_part = document;
  binning_part.erase("alpha");
  if (!binning_part.find("method")) binning_part.set("method", "quantile");
  const binning::BinningOptions options = binning::options_from_document(binning_part);
  const double alpha = arguments.number("alpha", 0.05);
  std::vector<Compared> all;
  for (const data::Column& column : expected.columns())
    all.push_back(compare(column, actual.at(column.name), vectors, options, alpha, context));
  if (all.empty())
    throw Error(ErrorKind::input, "input.no_variables", "There are no columns to compare.", "Hand in one or more.");
  return name == "psi" ? psi_answer(all[0]) : csi_answer(expected.names(), all);
}

}  // namespace deciban::models
