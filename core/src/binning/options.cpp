#include "deciban/binning/options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/choice.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"

namespace deciban::binning {
namespace {

constexpr Choice<Method> kMethods[] = {{Method::optimal, "optimal"},     {Method::tree, "tree"},
                                       {Method::quantile, "quantile"},   {Method::quantile, "kbins"},
                                       {Method::uniform, "uniform"},     {Method::kmeans, "kmeans"},
                                       {Method::kmeans, "faiss_kmeans"}, {Method::mdlp, "mdlp"},
                                       {Method::chimerge, "chimerge"},   {Method::isotonic, "isotonic"}};
constexpr Choice<Trend> kTrends[] = {{Trend::none, "none"},
                                     {Trend::increasing, "increasing"},
                                     {Trend::decreasing, "decreasing"},
                                     {Trend::automatic, "auto"},
                                     {Trend::peak, "peak"},
                                     {Trend::valley, "valley"},
                                     {Trend::convex, "convex"},
                                     {Trend::concave, "concave"}};
constexpr Choice<TargetKind> kTargets[] = {{TargetKind::none, "none"},
                                           {TargetKind::binary, "binary"},
                                           {TargetKind::multiclass, "multiclass"},
                                           {TargetKind::counts, "counts"},
                                           {TargetKind::continuous, "continuous"}};
constexpr Choice<Place> kPlaces[] = {{Place::separate, "separate"}, {Place::nearest, "nearest"}};
constexpr int kMostPrebins = 1000;

[[noreturn]] void wrong(const char* name, const std::string& requirement) {
  throw Error(ErrorKind::input, "input.argument", std::string("`") + name + "` must be " + requirement + ".",
              "See the help page of the function.", Document::object({{"argument", name}}));
}

/// Reads the given members of the arguments.
class Reader {
 public:
  explicit Reader(const Document& document) : document_(document) {}

  const Document* find(const char* name) const {
    const Document* value = document_.find(name);
    return value && !value->is_null() ? value : nullptr;
  }
  void text(const char* name, std::string& out) const {
    const Document* value = find(name);
    if (!value) return;
    if (!value->is_string()) wrong(name, "a text");
    out = value->as_string();
  }
  void number(const char* name, double low, double high, double& out) const {
    const Document* value = find(name);
    if (!value) return;
    const double number = value->is_number() ? value->as_double() : std::nan("");
    if (!(number >= low && number <= high))
      wrong(name, "a number from " + format_g(low, 6) + (std::isfinite(high) ? " to " + format_g(high, 6) : " up"));
    out = number;
  }
  void whole(const char* name, int low, int high, int& out) const {
    double number = out;
    number_in(name, low, high, number);
    out = static_cast<int>(number);
  }

 private:
  void number_in(const char* name, int low, int high, double& out) const {
    const Document* value = find(name);
    if (!value) return;
    const double number = value->is_number() ? value->as_double() : std::nan("");
    if (!(number >= low && number <= high && number == std::floor(number)))
      wrong(name, "a whole number from " + std::to_string(low) + " to " + format_count(high));
    out = number;
  }
  const Document& document_;
};

std::vector<double> numbers(const Document& value, const char* name) {
  std::vector<double> out;
  if (value.is_number()) return {value.as_double()};
  if (!value.is_array()) wrong(name, "numbers");
  for (const Document& item : value.items()) {
    if (!item.is_number() && !(item.is_string() && (item.as_string() == "Infinity" || item.as_string() == "-Infinity")))
      wrong(name, "numbers");
    out.push_back(item.as_double(name));
  }
  return out;
}

void read_specials(const Document& value, std::vector<SpecialCode>& out) {
  int bin = 0;
  if (!value.is_object()) {
    for (const double number : numbers(value, "special_codes")) out.push_back({number, "", bin++});
  } else {
    for (const auto& member : value.members()) {
      for (const double number : numbers(member.second, "special_codes")) out.push_back({number, member.first, bin});
      ++bin;
    }
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (std::isnan(out[i].value) || out[k].value == out[i].value)
        wrong("special_codes", "numbers that differ, and not NaN");
}

void read_splits(const Reader& reader, BinningOptions& options) {
  if (const Document* value = reader.find("splits")) options.splits = numbers(*value, "splits");
  for (std::size_t i = 0; i < options.splits.size(); ++i)
    if (!std::isfinite(options.splits[i]) || (i > 0 && !(options.splits[i - 1] < options.splits[i])))
      throw Error(ErrorKind::input, "binning.splits", "`splits` must be finite and ascending.",
                  "Sort them, and leave out the ends: the outer bins reach to infinity.",
                  Document::object({{"argument", "splits"}, {"position", static_cast<std::int64_t>(i) + 1}}));
  const Document* fixed = reader.find("fixed");
  if (!fixed) return;
  if (fixed->type() == Document::Type::boolean) {
    options.fixed.assign(options.splits.size(), fixed->as_bool());
    return;
  }
  if (!fixed->is_array() || fixed->items().size() != options.splits.size())
    wrong("fixed", "true, false, or one of these for each of `splits`");
  for (const Document& flag : fixed->items()) {
    if (flag.type() != Document::Type::boolean) wrong("fixed", "true or false for each of `splits`");
    options.fixed.push_back(flag.as_bool());
  }
}

void check_known(const Document& document) {
  const auto& known = binning_arguments();
  for (const auto& member : document.members("arguments")) {
    if (std::find(known.begin(), known.end(), member.first) != known.end()) continue;
    const std::string close = closest_match(member.first, known);
    throw Error(ErrorKind::input, "input.unknown_argument", "`" + member.first + "` is not an argument.",
                close.empty() ? "See the help page of the function." : "Did you mean `" + close + "`?",
                Document::object({{"argument", member.first}}));
  }
}

}  // namespace

const std::vector<std::string>& binning_arguments() {
  static const std::vector<std::string> names = {
      "method",    "min_bins",      "max_bins",      "min_bin_size", "min_bin_events", "min_bin_non_events",
      "monotonic", "min_rate_diff", "max_p_value",   "max_prebins",  "closed",         "splits",
      "fixed",     "groups",        "special_codes", "special",      "missing"};
  return names;
}

BinningOptions options_from_document(const Document& document) {
  check_known(document);
  const Reader reader(document);
  BinningOptions options;
  std::string method = "optimal", trend = "none", closed = "right", special = "separate", missing = "separate";
  reader.text("method", method);
  reader.text("monotonic", trend);
  reader.text("closed", closed);
  reader.text("special", special);
  reader.text("missing", missing);
  options.method = make_method(method);
  options.monotonic = make_trend(trend);
  options.closed = make_closed(closed);
  options.special_place = choose(kPlaces, special, "binning", "special");
  options.missing_place = choose(kPlaces, missing, "binning", "missing");
  constexpr double kAny = std::numeric_limits<double>::infinity();
  constexpr int kMany = 1000000;
  reader.whole("min_bins", 1, kMany, options.min_bins);
  reader.whole("max_bins", 1, kMany, options.max_bins);
  reader.whole("max_prebins", 2, kMostPrebins, options.max_prebins);
  reader.number("min_bin_size", 0.0, 1.0, options.min_bin_size);
  reader.number("min_bin_events", 0.0, kAny, options.min_bin_events);
  reader.number("min_bin_non_events", 0.0, kAny, options.min_bin_non_events);
  reader.number("min_rate_diff", 0.0, kAny, options.min_rate_diff);
  reader.number("max_p_value", 1e-300, 1.0, options.max_p_value);
  if (options.max_bins > 0 && options.max_bins < options.min_bins) wrong("max_bins", "at least `min_bins`");
  if (const Document* specials = reader.find("special_codes")) read_specials(*specials, options.special_codes);
  if (const Document* groups = reader.find("groups")) {
    if (!groups->is_array()) wrong("groups", "a list of lists of levels");
    for (const Document& group : groups->items())
      options.groups.push_back(group.is_string() ? std::vector<std::string>{group.as_string()}
                                                 : group.as_strings("groups"));
  }
  read_splits(reader, options);
  return options;
}

bool all_splits_fixed(const BinningOptions& options) {
  return !options.splits.empty() && options.fixed.size() == options.splits.size() &&
         std::find(options.fixed.begin(), options.fixed.end(), 0) == options.fixed.end();
}

bool looks_at_target(const BinningOptions& options) {
  const bool given = options.method == Method::quantile || options.method == Method::uniform ||
                     options.method == Method::kmeans || (!options.splits.empty() && options.method != Method::optimal);
  return !given && !all_splits_fixed(options);
}

const char* trend_name(Trend trend) { return name_of(kTrends, trend); }
Trend make_trend(const std::string& name) {
  if (name == "ascending") return Trend::increasing;
  if (name == "descending") return Trend::decreasing;
  return choose(kTrends, name, "binning", "monotonic");
}
const char* method_name(Method method) { return name_of(kMethods, method); }
Method make_method(const std::string& name) { return choose(kMethods, name, "binning", "method"); }
const char* target_kind_name(TargetKind kind) { return name_of(kTargets, kind); }
TargetKind make_target_kind(const std::string& name) { return choose(kTargets, name, "binning", "target"); }

}  // namespace deciban::binning
