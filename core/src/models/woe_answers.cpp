#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/encoding/woe_names.hpp"
#include "deciban/encoding/woe_values.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "woe_parts.hpp"

namespace deciban::models::woe {
namespace {

using encoding::WoeEncoder;
using encoding::WoeValues;

constexpr double kDecibans = 4.342944819032518;  // 10 / ln 10

enum class Output { woe, se, lower, upper, wald, rate, bin };

Output read_output(const Arguments& arguments) {
  const std::string name = arguments.text("output", "woe");
  static const std::pair<const char*, Output> kOutputs[] = {
      {"woe", Output::woe},   {"woe_se", Output::se},       {"lower", Output::lower}, {"upper", Output::upper},
      {"wald", Output::wald}, {"event_rate", Output::rate}, {"bin", Output::bin}};
  for (const auto& entry : kOutputs)
    if (name == entry.first) return entry.second;
  throw Error(ErrorKind::input, "woe.output", "`output` is \"" + name + "\".",
              "Use one of \"woe\", \"woe_se\", \"lower\", \"upper\", \"wald\", \"event_rate\", \"bin\".",
              Document::object({{"argument", "output"}, {"value", name}}));
}

// The column of an output, and what it is for a level that was not seen.
const std::vector<double>& values_of(const WoeValues& values, Output output) {
  switch (output) {
    case Output::se:
      return values.se;
    case Output::lower:
      return values.lower;
    case Output::upper:
      return values.upper;
    case Output::wald:
      return values.wald;
    case Output::rate:
      return values.rate;
    case Output::woe:
    case Output::bin:
      break;
  }
  return values.woe;
}

double unseen_value(const WoeValues& values, Output output, double alpha) {
  const double half = math::normal_quantile(1.0 - alpha / 2.0) * values.tau;
  switch (output) {
    case Output::se:
      return values.tau;
    case Output::lower:
      return -half;
    case Output::upper:
      return half;
    case Output::rate:
      return values.prior;
    case Output::woe:
    case Output::wald:
    case Output::bin:
      break;
  }
  return 0.0;
}

void add_bins(const encoding::WoeFeature& feature, const data::RowCodes& codes, tables::ResultTable& table) {
  std::vector<std::string> labels = feature.labels();
  const auto unseen = static_cast<std::int64_t>(labels.size());
  std::vector<std::int64_t> rows;
  rows.reserve(codes.size());
  bool any = false;
  codes.for_each([&](std::size_t, std::int32_t code) {
    any = any || code < 0;
    rows.push_back(code < 0 ? unseen : code);
  });
  if (any) {
    std::string name = "unseen";
    while (std::find(labels.begin(), labels.end(), name) != labels.end()) name = "(" + name + ")";
    labels.push_back(std::move(name));
  }
  table.add_categories(feature.bins.name, std::move(rows), std::move(labels));
}

}  // namespace

Answer transform(const Question& question) {
  const Arguments arguments(question.arguments, {"output", "finite", "alpha"});
  const Output output = read_output(arguments);
  const WoeEncoder& encoder = question.encoder;
  const double alpha = read_alpha(arguments, encoder.options.alpha);
  const bool finite = arguments.flag("finite", false);
  const std::vector<data::RowCodes> codes = encoding::woe_codes(encoder, *question.X, question.context);
  Answer out;
  for (std::size_t f = 0; f < codes.size(); ++f) {
    const std::string& name = encoder.features[f].bins.name;
    if (output == Output::bin) {
      add_bins(encoder.features[f], codes[f], out.table);
      continue;
    }
    for (const std::size_t c : encoder.class_list()) {
      const WoeValues values = encoding::woe_values(encoder, f, c, alpha, finite);
      out.table.add(encoder.n_classes() > 2 ? name + "_class_" + encoder.class_label(c) : name,
                    encoding::look_up(codes[f], values_of(values, output), unseen_value(values, output, alpha),
                                      question.context));
    }
  }
  const bool limits = output == Output::lower || output == Output::upper;
  out.notes.set("label", limits ? label_of(encoder) : "");
  out.notes.set("finite", limits && finite ? "infinite ends replaced by Beta(1/2) quantiles" : "");
  return out;
}

Answer predict_proba(const Question& question) {
  const Arguments arguments(question.arguments, {"warn", "class"});
  const WoeEncoder& encoder = question.encoder;
  const std::vector<data::RowCodes> codes = encoding::woe_codes(encoder, *question.X, question.context);
  std::vector<std::vector<double>> p = encoding::woe_probabilities(encoder, codes, question.context);
  Answer out;
  if (arguments.has("class")) {
    const std::size_t c = read_class(arguments, encoder, 0);
    out.table.add(encoder.class_label(c), std::move(p[c]));
  } else {
    for (std::size_t c = 0; c < p.size(); ++c) out.table.add(encoder.class_label(c), std::move(p[c]));
  }
  if (arguments.flag("warn", true)) out.warnings = assumption_warnings(encoder, false, false);
  return out;
}

Answer predict_ci(const Question& question) {
  const Arguments arguments(question.arguments, {"alpha", "class", "dependence", "warn"});
  const WoeEncoder& encoder = question.encoder;
  const double alpha = read_alpha(arguments, encoder.options.alpha);
  const bool pairwise = arguments.has("dependence")
                            ? encoding::make_dependence(arguments.text("dependence", "independent"))
                            : encoder.options.pairwise;
  if (pairwise && encoder.n_classes() > 2)
    throw Error(ErrorKind::input, "woe.pairwise_multiclass",
                "dependence = \"pairwise\" is not there for more than two classes.",
                "Use dependence = \"independent\".", Document::object({{"argument", "dependence"}}));
  const std::vector<data::RowCodes> codes = encoding::woe_codes(encoder, *question.X, question.context);
  const std::vector<std::size_t> classes = read_classes(arguments, encoder);
  Answer out;
  for (const std::size_t c : classes) {
    encoding::ProbabilityLimits limits = encoding::woe_limits(encoder, codes, c, alpha, pairwise, question.context);
    const std::string suffix = classes.size() > 1 ? "_" + encoder.class_label(c) : "";
    out.table.add("probability" + suffix, std::move(limits.probability));
    out.table.add("lower" + suffix, std::move(limits.lower));
    out.table.add("upper" + suffix, std::move(limits.upper));
  }
  out.notes.set("label", label_of(encoder)).set("dependence", pairwise ? "pairwise" : "independent");
  if (arguments.flag("warn", true)) out.warnings = assumption_warnings(encoder, true, pairwise);
  return out;
}

Answer predict(const Question& question) {
  const Arguments arguments(question.arguments, {"warn"});
  const WoeEncoder& encoder = question.encoder;
  const std::vector<data::RowCodes> codes = encoding::woe_codes(encoder, *question.X, question.context);
  const std::vector<std::vector<double>> p = encoding::woe_probabilities(encoder, codes, question.context);
  std::vector<std::int64_t> best(codes[0].size(), 0);
  std::vector<std::string> labels;
  for (std::size_t c = 0; c < p.size(); ++c) {
    labels.push_back(encoder.class_label(c));
    for (std::size_t i = 0; i < best.size(); ++i)
      if (p[c][i] > p[static_cast<std::size_t>(best[i])][i]) best[i] = static_cast<std::int64_t>(c);
  }
  Answer out;
  out.table.add_categories("class", std::move(best), std::move(labels));
  if (arguments.flag("warn", true)) out.warnings = assumption_warnings(encoder, false, false);
  return out;
}

namespace {

// Columns of an explanation, filled row by row.
struct Explained {
  std::vector<std::int64_t> row;
  std::vector<std::string> feature, level;
  std::vector<double> woe, se, lower, upper;

  void add(std::int64_t r, std::string f, std::string l, double value, double s, double lo, double hi) {
    row.push_back(r);
    feature.push_back(std::move(f));
    level.push_back(std::move(l));
    woe.push_back(value);
    se.push_back(s);
    lower.push_back(lo);
    upper.push_back(hi);
  }

  tables::ResultTable table() && {
    const auto scaled = [](const std::vector<double>& values, double by) {
      std::vector<double> out = values;
      for (double& value : out) value *= by;
      return out;
    };
    const auto factors = [](const std::vector<double>& values) {
      std::vector<double> out;
      for (const double value : values) out.push_back(math::exp(value));
      return out;
    };
    tables::ResultTable out;
    out.add_integers("row", std::move(row)).add("feature", std::move(feature)).add("level", std::move(level));
    out.add("woe", woe).add("woe_se", std::move(se)).add("woe_lower", lower).add("woe_upper", upper);
    out.add("odds_factor", factors(woe)).add("factor_lower", factors(lower)).add("factor_upper", factors(upper));
    out.add("decibans", scaled(woe, kDecibans)).add("decibans_lower", scaled(lower, kDecibans));
    out.add("decibans_upper", scaled(upper, kDecibans));
    return out;
  }
};

}  // namespace

Answer explain(const Question& question) {
  const Arguments arguments(question.arguments, {"alpha", "class", "finite"});
  const WoeEncoder& encoder = question.encoder;
  const double alpha = read_alpha(arguments, encoder.options.alpha), z = math::normal_quantile(1.0 - alpha / 2.0);
  const std::size_t c = read_class(arguments, encoder, encoder.n_classes() == 2 ? 1 : 0);
  const std::vector<data::RowCodes> codes = encoding::woe_codes(encoder, *question.X, question.context);
  std::vector<WoeValues> values;
  std::vector<std::vector<std::string>> labels;
  for (std::size_t f = 0; f < codes.size(); ++f) {
    values.push_back(encoding::woe_values(encoder, f, c, alpha, arguments.flag("finite", false)));
    labels.push_back(encoder.features[f].labels());
  }
  const evidence::Totals totals = evidence::totals(encoder.features[0].counts(c));
  const double sign = encoder.options.positive_events ? 1.0 : -1.0, prior = sign * values[0].log_prior;
  const double prior_se = std::sqrt(totals.log_odds_variance());
  const std::vector<double> sd = encoding::log_odds_errors(encoder, codes, c, encoder.options.pairwise);
  Explained out;
  for (std::size_t i = 0; i < codes[0].size(); ++i) {
    const auto row = static_cast<std::int64_t>(i + 1);
    double sum = prior;
    out.add(row, "(prior)", "", prior, prior_se, prior - z * prior_se, prior + z * prior_se);
    for (std::size_t f = 0; f < codes.size(); ++f) {
      const std::int32_t code = codes[f][i];
      const std::string& name = encoder.features[f].bins.name;
      if (code < 0) {
        const double half = z * values[f].tau;
        out.add(row, name, "unseen", 0.0, values[f].tau, -half, half);
        continue;
      }
      const auto at = static_cast<std::size_t>(code);
      sum += values[f].woe[at];
      out.add(row, name, labels[f][at], values[f].woe[at], values[f].se[at], values[f].lower[at], values[f].upper[at]);
    }
    out.add(row, "(posterior)", "", sum, sd[i], sum - z * sd[i], sum + z * sd[i]);
  }
  Answer answer;
  answer.table = std::move(out).table();
  answer.notes = Document::object({{"class", encoder.class_label(c)},
                                   {"sign", encoding::sign_name(encoder.options.positive_events)},
                                   {"label", label_of(encoder)}});
  return answer;
}

}  // namespace deciban::models::woe
