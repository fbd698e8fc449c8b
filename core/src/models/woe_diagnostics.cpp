#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "woe_parts.hpp"

namespace deciban::models::woe {
namespace {

using encoding::Association;
using encoding::WoeEncoder;
using encoding::WoeFeature;

constexpr double kDependent = 0.3;  // corrected V from which features are said to depend on each other
constexpr double kSparse = 5.0;     // events or non-events below which a level is sparse

struct Sparse {
  std::size_t feature, level;
  double fewest;
  std::string of_class;
};

std::vector<Sparse> sparse_levels(const WoeEncoder& encoder) {
  std::vector<Sparse> out;
  for (std::size_t f = 0; f < encoder.features.size(); ++f)
    for (const std::size_t c : encoder.class_list()) {
      const evidence::Counts counts = encoder.features[f].counts(c);
      const evidence::Counts scaled = evidence::effective_counts(counts, evidence::totals(counts));
      for (std::size_t i = 0; i < scaled.size(); ++i) {
        const double fewest = std::min(scaled.events[i], scaled.non_events[i]);
        if (encoder.features[f].rows[i] > 0.0 && fewest < kSparse)
          out.push_back({f, i, fewest, encoder.class_label(c)});
      }
    }
  return out;
}

std::string pair_name(const WoeEncoder& encoder, const Association& pair) {
  return "`" + encoder.features[pair.first].bins.name + "` and `" + encoder.features[pair.second].bins.name + "`";
}

struct Rows {
  std::vector<std::string> check, feature, other, level, message;
  std::vector<double> value;

  void add(const char* c, std::string f, std::string o, std::string l, double v, std::string m) {
    check.push_back(c);
    feature.push_back(std::move(f));
    other.push_back(std::move(o));
    level.push_back(std::move(l));
    value.push_back(v);
    message.push_back(std::move(m));
  }
};

}  // namespace

Warnings assumption_warnings(const WoeEncoder& encoder, bool intervals, bool pairwise) {
  Warnings out;
  std::vector<std::string> dependent, duplicate;
  for (const Association& pair : encoder.associations) {
    if (pair.duplicate) {
      duplicate.push_back(pair_name(encoder, pair));
    } else if (pair.corrected >= kDependent) {
      dependent.push_back(pair_name(encoder, pair) + " (V = " + format_fixed(pair.corrected, 2) + ")");
    }
  }
  if (!duplicate.empty())
    out.push_back({"woe.duplicate_features", "warning",
                   "Features say the same twice: " + join_some(duplicate, 3) + ". Their evidence is counted twice.",
                   Document::object({{"pairs", duplicate}})});
  if (!dependent.empty() && !(intervals && pairwise))
    out.push_back({"woe.dependent_features", "warning",
                   "Features depend on each other: " + join_some(dependent, 3) +
                       ". Probabilities and their intervals take features as independent given the target.",
                   Document::object({{"pairs", dependent}})});
  if (!intervals) return out;
  const std::vector<Sparse> sparse = sparse_levels(encoder);
  if (sparse.empty()) return out;
  std::vector<std::string> levels;
  for (const Sparse& one : sparse) {
    const WoeFeature& feature = encoder.features[one.feature];
    levels.push_back(feature.bins.name + " = " + feature.labels()[one.level]);
    if (levels.size() > 20) break;
  }
  out.push_back({"woe.sparse_levels", "warning",
                 std::to_string(sparse.size()) + " levels have fewer than five events or non-events: " +
                     join_some(levels, 3) + ". Intervals of rows with them are approximate.",
                 Document::object({{"count", static_cast<std::int64_t>(sparse.size())}, {"levels", levels}})});
  return out;
}

Answer diagnostics(const Question& question) {
  const Arguments arguments(question.arguments, {"threshold"});
  const double threshold = arguments.number("threshold", kDependent);
  const WoeEncoder& encoder = question.encoder;
  Rows rows;
  for (const Association& pair : encoder.associations) {
    std::string message = pair.duplicate                ? "the same feature twice"
                          : pair.v != pair.v            ? "not computed: one level, or too many"
                          : pair.corrected >= threshold ? "features depend on each other"
                                                        : "ok";
    rows.add("cramers_v", encoder.features[pair.first].bins.name, encoder.features[pair.second].bins.name, "",
             pair.corrected, std::move(message));
  }
  for (const Sparse& one : sparse_levels(encoder)) {
    const WoeFeature& feature = encoder.features[one.feature];
    const std::string of_class = encoder.n_classes() > 2 ? " of class " + one.of_class : "";
    rows.add("sparse_level", feature.bins.name, "", feature.labels()[one.level], one.fewest,
             "fewer than five events or non-events" + of_class);
  }
  for (const WoeFeature& feature : encoder.features)
    if (feature.conditional)
      rows.add("bins", feature.bins.name, "", "", static_cast<double>(feature.bins.size()),
               "bins chosen with the target: intervals and tests are conditional on the bins");
  Answer out;
  out.table.add("check", std::move(rows.check)).add("feature", std::move(rows.feature));
  out.table.add("other", std::move(rows.other)).add("level", std::move(rows.level));
  out.table.add("value", std::move(rows.value)).add("message", std::move(rows.message));
  out.notes.set("rows", encoder.association_rows).set("threshold", threshold);
  return out;
}

}  // namespace deciban::models::woe
