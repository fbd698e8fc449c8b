#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "deciban/base/text.hpp"
#include "deciban/encoding/woe_names.hpp"
#include "deciban/encoding/woe_values.hpp"
#include "deciban/evidence/information_value.hpp"
#include "woe_parts.hpp"

namespace deciban::models::woe {
namespace {

using encoding::WoeEncoder;
using encoding::WoeFeature;
using encoding::WoeValues;

constexpr double kDecibans = 4.342944819032518;  // 10 / ln 10
constexpr double kSignificant = 0.05;

// Plug-in value; a level with an empty cell has its encoded WOE in place of an infinite one.
double plug_in(const WoeEncoder& encoder, std::size_t f, std::size_t c) {
  const evidence::Counts counts = encoder.features[f].counts(c);
  std::vector<double> woe = evidence::raw_woe(counts);
  const std::vector<double> encoded = encoding::event_woe(encoder, f, c);
  for (std::size_t i = 0; i < woe.size(); ++i)
    if (!std::isfinite(woe[i])) woe[i] = encoded[i];
  return evidence::information_value(counts, woe);
}

std::size_t with_rows(const WoeFeature& feature) {
  std::size_t n = 0;
  for (const double rows : feature.rows) n += rows > 0.0;
  return n;
}

bool many(const Question& question) { return question.encoder.n_classes() > 2; }

// One row per feature and class that was asked for.
struct Cases {
  std::vector<std::size_t> feature, c;
};

Cases cases(const Question& question, const Arguments& arguments) {
  Cases out;
  for (std::size_t f = 0; f < question.encoder.features.size(); ++f)
    for (const std::size_t c : read_classes(arguments, question.encoder)) {
      out.feature.push_back(f);
      out.c.push_back(c);
    }
  return out;
}

void add_names(const Question& question, const Cases& which, Answer& out) {
  std::vector<std::string> features, classes;
  for (std::size_t i = 0; i < which.feature.size(); ++i) {
    features.push_back(question.encoder.features[which.feature[i]].bins.name);
    classes.push_back(question.encoder.class_label(which.c[i]));
  }
  out.table.add("feature", std::move(features));
  if (many(question)) out.table.add("class", std::move(classes));
  out.notes.set("label", label_of(question.encoder));
}

std::vector<std::string> trends(const Cases& which, const WoeEncoder& encoder) {
  std::vector<std::string> out;
  for (const std::size_t f : which.feature) out.push_back(binning::trend_name(encoder.features[f].trend));
  return out;
}

const char* bins_text(const WoeFeature& feature) {
  if (feature.conditional) return "chosen with the target";
  return feature.bins.kind == binning::Bins::Kind::numeric ? "given" : "levels";
}

}  // namespace

Answer mapping(const Question& question) {
  const Arguments arguments(question.arguments, {"feature", "class", "alpha", "finite"});
  const WoeEncoder& encoder = question.encoder;
  const WoeFeature& feature = encoder.feature(arguments.text("feature", encoder.features[0].bins.name));
  const auto f = static_cast<std::size_t>(&feature - encoder.features.data());
  const double alpha = read_alpha(arguments, encoder.options.alpha);
  Answer out;
  std::vector<std::string> level, of_class;
  std::vector<double> count, share, events, non_events, rate, rate_lower, rate_upper, woe, se, lower, upper, decibans;
  const std::vector<std::string> labels = feature.labels();
  for (const std::size_t c : read_classes(arguments, encoder)) {
    const WoeValues values = encoding::woe_values(encoder, f, c, alpha, arguments.flag("finite", false));
    const evidence::Counts counts = feature.counts(c);
    if (!values.reason.empty()) out.notes.set("no_interval", values.reason);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (feature.rows[i] == 0.0) continue;
      level.push_back(labels[i]);
      of_class.push_back(encoder.class_label(c));
      count.push_back(feature.rows[i]);
      share.push_back(feature.rows[i] / encoder.rows);
      events.push_back(counts.events[i]);
      non_events.push_back(counts.non_events[i]);
      rate.push_back(values.rate[i]);
      rate_lower.push_back(values.rate_lower[i]);
      rate_upper.push_back(values.rate_upper[i]);
      woe.push_back(values.woe[i]);
      se.push_back(values.se[i]);
      lower.push_back(values.lower[i]);
      upper.push_back(values.upper[i]);
      decibans.push_back(kDecibans * values.woe[i]);
    }
  }
  out.table.add("level", std::move(level));
  if (many(question)) out.table.add("class", std::move(of_class));
  out.table.add("count", std::move(count)).add("share", std::move(share)).add("events", std::move(events));
  out.table.add("non_events", std::move(non_events)).add("event_rate", std::move(rate));
  out.table.add("event_rate_lower", std::move(rate_lower)).add("event_rate_upper", std::move(rate_upper));
  out.table.add("woe", std::move(woe)).add("woe_se", std::move(se)).add("woe_lower", std::move(lower));
  out.table.add("woe_upper", std::move(upper)).add("decibans", std::move(decibans));
  out.notes.set("feature", feature.bins.name);
  out.notes.set("label", feature.conditional ? "conditional on the bins" : "");
  return out;
}

Answer feature_stats(const Question& question) {
  const Arguments arguments(question.arguments, {"class"});
  const WoeEncoder& encoder = question.encoder;
  const Cases which = cases(question, arguments);
  Answer out;
  add_names(question, which, out);
  std::vector<std::string> kind, bins;
  std::vector<std::int64_t> levels;
  std::vector<double> missing, iv, unbiased, gini, lowest, highest, smoothing, tau;
  for (std::size_t k = 0; k < which.feature.size(); ++k) {
    const WoeFeature& feature = encoder.features[which.feature[k]];
    const evidence::Counts counts = feature.counts(which.c[k]);
    const WoeValues values = encoding::woe_values(encoder, which.feature[k], which.c[k], encoder.options.alpha);
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (std::size_t i = 0; i < feature.rows.size(); ++i) {
      if (feature.rows[i] == 0.0) continue;
      low = std::min(low, values.woe[i]);
      high = std::max(high, values.woe[i]);
    }
    kind.push_back(feature.bins.kind == binning::Bins::Kind::numeric ? "numeric" : "categorical");
    levels.push_back(static_cast<std::int64_t>(with_rows(feature)));
    missing.push_back(feature.bins.missing_own ? feature.rows.back() : 0.0);
    iv.push_back(plug_in(encoder, which.feature[k], which.c[k]));
    unbiased.push_back(evidence::unbiased_information_value(counts));
    gini.push_back(evidence::level_gini(counts, encoding::event_woe(encoder, which.feature[k], which.c[k])));
    lowest.push_back(low);
    highest.push_back(high);
    smoothing.push_back(values.smoothing);
    tau.push_back(values.tau);
    bins.push_back(bins_text(feature));
  }
  out.table.add("kind", std::move(kind)).add_integers("levels", std::move(levels)).add("missing", std::move(missing));
  out.table.add("iv", std::move(iv)).add("iv_unbiased", std::move(unbiased)).add("gini", std::move(gini));
  out.table.add("min_woe", std::move(lowest)).add("max_woe", std::move(highest));
  out.table.add("smoothing", std::move(smoothing)).add("tau", std::move(tau)).add("bins", std::move(bins));
  out.table.add("monotonic", trends(which, encoder));
  return out;
}

Answer feature_summary(const Question& question) {
  const Arguments arguments(question.arguments, {"class"});
  const WoeEncoder& encoder = question.encoder;
  Cases which = cases(question, arguments);
  std::vector<double> unbiased, iv, gini;
  std::vector<std::int64_t> levels;
  for (std::size_t k = 0; k < which.feature.size(); ++k)
    unbiased.push_back(evidence::unbiased_information_value(encoder.features[which.feature[k]].counts(which.c[k])));
  std::vector<std::size_t> order(unbiased.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return unbiased[a] > unbiased[b]; });
  Cases sorted;
  std::vector<double> ranked;
  for (const std::size_t k : order) {
    const std::size_t f = which.feature[k], c = which.c[k];
    sorted.feature.push_back(f);
    sorted.c.push_back(c);
    ranked.push_back(unbiased[k]);
    iv.push_back(plug_in(encoder, f, c));
    gini.push_back(evidence::level_gini(encoder.features[f].counts(c), encoding::event_woe(encoder, f, c)));
    levels.push_back(static_cast<std::int64_t>(with_rows(encoder.features[f])));
  }
  Answer out;
  add_names(question, sorted, out);
  out.table.add("gini", std::move(gini)).add("iv", std::move(iv)).add("iv_unbiased", std::move(ranked));
  out.table.add_integers("levels", std::move(levels)).add("monotonic", trends(sorted, encoder));
  return out;
}

Answer iv_analysis(const Question& question) {
  const Arguments arguments(question.arguments, {"class", "alpha"});
  const WoeEncoder& encoder = question.encoder;
  const double alpha = read_alpha(arguments, encoder.options.alpha);
  const Cases which = cases(question, arguments);
  Answer out;
  add_names(question, which, out);
  std::vector<double> iv, unbiased, lower, upper, chi2, p_value;
  std::vector<std::int64_t> significant;
  for (std::size_t k = 0; k < which.feature.size(); ++k) {
    const evidence::Counts counts = encoder.features[which.feature[k]].counts(which.c[k]);
    const evidence::Interval limits = evidence::information_value_interval(counts, alpha);
    const evidence::AssociationTest test = evidence::association_test(counts);
    iv.push_back(plug_in(encoder, which.feature[k], which.c[k]));
    unbiased.push_back(evidence::unbiased_information_value(counts));
    lower.push_back(limits.lower);
    upper.push_back(limits.upper);
    chi2.push_back(test.chi2);
    p_value.push_back(test.p_value);
    significant.push_back(test.p_value < kSignificant);
  }
  out.table.add("iv", std::move(iv)).add("iv_unbiased", std::move(unbiased)).add("iv_lower", std::move(lower));
  out.table.add("iv_upper", std::move(upper)).add("chi2", std::move(chi2)).add("p_value", std::move(p_value));
  out.table.add_flags("significant", std::move(significant));
  return out;
}

Answer describe(const Question& question) {
  const WoeEncoder& encoder = question.encoder;
  Answer out;
  std::vector<std::string> features, classes;
  for (const WoeFeature& feature : encoder.features) features.push_back(feature.bins.name);
  std::vector<double> priors;
  for (std::size_t c = 0; c < encoder.n_classes(); ++c) {
    classes.push_back(encoder.class_label(c));
    priors.push_back(evidence::totals(encoder.features[0].counts(c)).prior());
  }
  std::vector<std::string> columns;  // of transform
  for (const std::string& feature : features)
    for (const std::size_t c : encoder.class_list())
      columns.push_back(encoder.n_classes() > 2 ? feature + "_class_" + encoder.class_label(c) : feature);
  static const char* const kMeanings[] = {"number", "boolean", "text", "date", "datetime"};
  out.notes = Document::object({{"features", features},
                                {"columns", columns},
                                {"classes", classes},
                                {"class_numbers", encoder.classes.numbers},
                                {"class_meaning", encoder.kind == encoding::WoeTargetKind::fractional
                                                      ? "number"
                                                      : kMeanings[static_cast<int>(encoder.classes.meaning)]},
                                {"priors", priors},
                                {"target", encoder.target},
                                {"target_kind", encoding::woe_target_name(encoder.kind)},
                                {"rows", encoder.rows},
                                {"weighted", encoder.weighted},
                                {"label", label_of(encoder)},
                                {"options", encoding::to_document(encoder.options)}});
  return out;
}

Answer text(const Question& question) {
  const Arguments arguments(question.arguments, {"summary"});
  const WoeEncoder& encoder = question.encoder;
  const auto& options = encoder.options;
  std::string out = "Weight of evidence of " + std::to_string(encoder.features.size()) + " feature" +
                    (encoder.features.size() == 1 ? "" : "s") + ", " +
                    format_count(static_cast<std::int64_t>(encoder.rows)) + " rows, " +
                    encoding::woe_target_name(encoder.kind) + " target `" + encoder.target + "`";
  if (encoder.n_classes() == 2)
    out += ", event rate " + format_g(evidence::totals(encoder.features[0].counts(1)).prior(), 4);
  out += "\n";
  out += std::string("Positive: more ") + (options.positive_events ? "events" : "non-events") + "; smoothing " +
         (options.smoothing_auto ? std::string("auto") : format_g(options.smoothing, 6)) +
         (encoder.weighted ? "; weighted rows" : "") +
         (options.compat == encoding::WoeCompat::none ? std::string()
                                                      : "; as " + std::string(encoding::compat_name(options.compat))) +
         "\n\n";
  using Style = tables::Format::Style;
  const tables::Format four{Style::significant, 4};
  if (arguments.flag("summary", false)) {
    Answer table = iv_analysis({encoder, Document::object(), question.X, question.context});
    table.table.add("monotonic", trends(cases(question, Arguments(Document::object(), {})), encoder));
    std::vector<tables::Format> formats(table.table.columns.size());
    const std::size_t shift = encoder.n_classes() > 2 ? 1 : 0;
    for (std::size_t i = 1 + shift; i < 6 + shift; ++i) formats[i] = four;
    formats[6 + shift] = {Style::p_value, 3};
    out += tables::render(table.table, formats);
  } else {
    const Answer table = feature_summary({encoder, Document::object(), question.X, question.context});
    std::vector<tables::Format> formats(table.table.columns.size());
    const std::size_t shift = encoder.n_classes() > 2 ? 1 : 0;
    for (std::size_t i = 1 + shift; i < 4 + shift; ++i) formats[i] = four;
    out += tables::render(table.table, formats);
  }
  if (!label_of(encoder).empty())
    out += "\nBins were chosen with the target: intervals and tests are conditional on the bins.\n";
  Answer answer;
  answer.notes.set("text", out);
  return answer;
}

}  // namespace deciban::models::woe
