#include "rating_axes.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"

namespace deciban::models {
namespace {

using design::Variable;

constexpr double kMaxCells = 1e6;

const Variable& variable_of(const GlmModel& model, const design::Term& term, std::size_t place) {
  return model.spec.variables[static_cast<std::size_t>(term.variables[place])];
}

// The argument of a function of one variable, such as `age` of bs(age, df = 4) or factor(age).
std::string short_name(const Variable& variable) {
  if (variable.opaque || !variable.input) return variable.label;
  const std::string text = formula::to_text(*variable.input);
  return text.size() > 1 && text.front() == '`' && text.back() == '`' ? text.substr(1, text.size() - 2) : text;
}

std::string input_name(const Variable& variable) {
  return variable.kind == Variable::Kind::factor ? variable.label : short_name(variable);
}

// Names of the term's variables in alphabetical order.
template <class Name>
std::vector<std::string> sorted_names(const GlmModel& model, const design::Term& term, Name&& name) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < term.variables.size(); ++k) names.push_back(name(variable_of(model, term, k)));
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts = {""};
  for (const char c : text) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  std::sort(parts.begin(), parts.end());
  return parts;
}

// The entry of an argument that speaks of an axis: an object by name, or the value itself where there is one candidate.
const Document* entry(const Document& given, const RatingAxis& axis, bool only) {
  if (given.is_null()) return nullptr;
  if (!given.is_object()) return only ? &given : nullptr;
  const Document* found = given.find(axis.name);
  return found ? found : given.find(axis.variable->label);
}

Error no_range(const RatingAxis& axis) {
  return Error(ErrorKind::input, "rating_table.at",
               "The model does not know the range of `" + axis.name + "`, and it has no data.",
               "Give the values in `at`.", Document::object({{"variable", axis.name}}));
}

// Smallest and largest value of a number without a basis among the training rows.
std::pair<double, double> range_in_rows(const GlmModel& model, const design::Term& term, const RatingAxis& axis,
                                        const RowsSource& source) {
  const TrainingRows* rows = source();
  if (!rows) throw no_range(axis);
  const std::size_t index = static_cast<std::size_t>(&term - model.spec.terms.data());
  const design::Block& block = rows->training().design.blocks[index];
  std::size_t part = 0;  // of the block: variables that are no cells, in order
  for (std::size_t k = 0; k < axis.places[0]; ++k) {
    const Variable& before = variable_of(model, term, k);
    part += before.kind != Variable::Kind::factor || (!term.full[k] && before.contrast != design::Contrast::treatment);
  }
  double low = HUGE_VAL, high = -HUGE_VAL;
  const design::ValuePart& values = block.parts[part];
  for (std::int64_t i = 0; i < values.stride; ++i) {
    const double value = values.column(0)[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) throw no_range(axis);
  return {low, high};
}

// Where the exposure is, as far as the model knows: knots stand at quantiles.
double middle(const RatingAxis& axis, double low, double high) {
  const auto& basis = axis.variable->basis;
  if (basis && !basis->knots.empty()) return basis->knots[(basis->knots.size() - 1) / 2];
  return low + 0.5 * (high - low);
}

// Ascending and without repetition.
std::vector<double> given_values(const Document& at, const RatingAxis& axis) {
  std::vector<Document> items = at.is_array() ? at.items() : std::vector<Document>{at};
  std::vector<double> values;
  for (const auto& item : items)
    if (item.is_number()) values.push_back(item.as_double());
  const bool finite = std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
  if (values.empty() || values.size() < items.size() || !finite)
    throw Error(ErrorKind::input, "rating_table.at", "`at` has no values, or values that are no finite numbers.",
                "Give numbers of `" + axis.name + "`.", Document::object({{"variable", axis.name}}));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

void set_grid(const GlmModel& model, const design::Term& term, const Document* at, int points, const RowsSource& source,
              RatingAxis& axis) {
  if (at) {
    axis.values = given_values(*at, axis);
    axis.base = middle(axis, axis.values.front(), axis.values.back());
    return;
  }
  const auto& basis = axis.variable->basis;
  std::pair<double, double> range;
  if (basis && std::isfinite(basis->lower) && std::isfinite(basis->upper)) {
    range = {basis->lower, basis->upper};
  } else {
    range = range_in_rows(model, term, axis, source);
  }
  axis.base = middle(axis, range.first, range.second);
  for (int i = 0; i < points; ++i)
    axis.values.push_back(i + 1 == points ? range.second
                                          : range.first + (range.second - range.first) * (i / double(points - 1)));
  axis.values.erase(std::unique(axis.values.begin(), axis.values.end()), axis.values.end());
}

void set_level(const Document& given, RatingAxis& axis) {
  const auto& labels = axis.variable->levels.labels;
  const std::string wanted = given.is_string() ? given.as_string() : format_exact(given.as_double("base"));
  const auto found = std::find(labels.begin(), labels.end(), wanted);
  if (found == labels.end()) {
    const std::string close = closest_match(wanted, labels);
    throw Error(ErrorKind::input, "rating_table.base", "`" + axis.name + "` has no level \"" + wanted + "\".",
                close.empty() ? "Its levels are " + join_some(labels, 12) + "." : "Did you mean \"" + close + "\"?",
                Document::object({{"variable", axis.name}, {"value", wanted}}));
  }
  axis.base = static_cast<double>(found - labels.begin());
}

void set_base(const Document& given, RatingAxis& axis) {
  if (axis.is_factor()) return set_level(given, axis);
  if (!given.is_number() || !std::isfinite(given.as_double()))
    throw Error(ErrorKind::input, "rating_table.base", "The base of `" + axis.name + "` is not a finite number.",
                "Give a value of it.", Document::object({{"variable", axis.name}}));
  axis.base = given.as_double();
}

void refuse_unknown_names(const Document& given, const char* argument, const std::vector<RatingAxis>& axes) {
  if (!given.is_object()) return;
  std::vector<std::string> names;
  for (const auto& axis : axes) names.push_back(axis.name);
  for (const auto& member : given.members()) {
    const bool known = std::any_of(axes.begin(), axes.end(), [&](const RatingAxis& axis) {
      return member.first == axis.name || member.first == axis.variable->label;
    });
    if (!known)
      throw Error(ErrorKind::input, std::string("rating_table.") + argument,
                  std::string("`") + argument + "` names `" + member.first + "`, which the term does not have.",
                  "The term has " + join_some(names) + ".", Document::object({{"variable", member.first}}));
  }
}

std::vector<RatingAxis> empty_axes(const GlmModel& model, const design::Term& term) {
  std::vector<RatingAxis> axes;
  for (std::size_t k = 0; k < term.variables.size(); ++k) {
    const Variable& variable = variable_of(model, term, k);
    const std::string name = input_name(variable);
    const auto same = std::find_if(axes.begin(), axes.end(), [&](const RatingAxis& axis) {
      return !axis.is_factor() && variable.kind != Variable::Kind::factor && axis.name == name;
    });
    if (same != axes.end()) {
      same->places.push_back(k);
    } else {
      axes.push_back({name, &variable, {k}, {}, 0.0});
    }
  }
  return axes;
}

}  // namespace

const design::Term& find_term(const GlmModel& model, const std::string& text) {
  std::vector<std::string> labels;
  for (const auto& term : model.spec.terms) {
    if (term.label == text) return term;
    labels.push_back(term.label);
  }
  const std::vector<std::string> parts = split(text);
  const design::Term* found = nullptr;
  int count = 0;
  for (const auto& term : model.spec.terms) {
    const auto labels_of = sorted_names(model, term, [](const Variable& variable) { return variable.label; });
    if (labels_of != parts && sorted_names(model, term, short_name) != parts) continue;
    found = &term;
    ++count;
  }
  if (count == 1) return *found;
  const std::string close = closest_match(text, labels);
  throw Error(
      ErrorKind::input, "rating_table.term",
      count ? "`" + text + "` is part of " + std::to_string(count) + " terms." : "There is no term `" + text + "`.",
      close.empty() || count ? "The terms are " + join_some(labels, 12) + "." : "Did you mean `" + close + "`?",
      Document::object({{"term", text}, {"choices", labels}}));
}

std::vector<RatingAxis> rating_axes(const GlmModel& model, const design::Term& term, const Document& at,
                                    const Document& base, int points, const RowsSource& source) {
  std::vector<RatingAxis> axes = empty_axes(model, term);
  refuse_unknown_names(at, "at", axes);
  refuse_unknown_names(base, "base", axes);
  const auto numbers =
      std::count_if(axes.begin(), axes.end(), [](const RatingAxis& axis) { return !axis.is_factor(); });
  double cells = 1.0;
  for (auto& axis : axes) {
    const Document* values = axis.is_factor() ? nullptr : entry(at, axis, numbers == 1);
    if (axis.is_factor()) {
      for (int level = 0; level < axis.variable->n_levels(); ++level) axis.values.push_back(level);
      axis.base = axis.variable->contrast == design::Contrast::treatment ? axis.variable->base : 0;
    } else {
      set_grid(model, term, values, points, source, axis);
    }
    if (const Document* own = entry(base, axis, axes.size() == 1)) set_base(*own, axis);
    if (!axis.is_factor() && !values) {  // the grid shows its base
      const auto place = std::lower_bound(axis.values.begin(), axis.values.end(), axis.base);
      if (place == axis.values.end() || *place != axis.base) axis.values.insert(place, axis.base);
    }
    cells *= static_cast<double>(axis.values.size());
  }
  if (!at.is_null() && (numbers == 0 || (numbers > 1 && !at.is_object())))
    throw Error(ErrorKind::input, "rating_table.at",
                numbers ? "The term has " + std::to_string(numbers) + " numeric variables."
                        : "The term `" + term.label + "` has no numeric variable.",
                numbers ? "Name them: at = {variable: values}." : "Leave `at` out.",
                Document::object({{"term", term.label}}));
  if (!base.is_null() && !base.is_object() && axes.size() > 1)
    throw Error(ErrorKind::input, "rating_table.base", "The term `" + term.label + "` has several variables.",
                "Name them: base = {variable: value}.", Document::object({{"term", term.label}}));
  if (cells > kMaxCells)
    throw Error(ErrorKind::input, "rating_table.cells",
                "The table of `" + term.label + "` has " + format_g(cells, 6) + " cells, more than 1,000,000.",
                "Give fewer values in `at`, or fewer `points`.", Document::object({{"cells", cells}}));
  return axes;
}

}  // namespace deciban::models
