// Rating tables: what one term does to the mean, level by level or along a grid.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/design/term_columns.hpp"
#include "deciban/inference/wald.hpp"
#include "deciban/math/elementary.hpp"
#include "level_totals.hpp"
#include "rating_axes.hpp"
#include "rating_queries.hpp"
#include "std_errors.hpp"

namespace deciban::models {
namespace {

constexpr int kBlock = 512;

// Cells of the table in the order of its rows: the first axis varies fastest.
class Cells {
 public:
  explicit Cells(const std::vector<RatingAxis>& axes) : axes_(axes), position_(axes.size(), 0) {
    for (const auto& axis : axes) count_ *= axis.values.size();
  }
  std::size_t count() const { return count_; }
  std::size_t position(std::size_t axis) const { return position_[axis]; }
  double value(std::size_t axis) const { return axes_[axis].values[position_[axis]]; }
  bool at_base() const {
    for (std::size_t a = 0; a < axes_.size(); ++a)
      if (value(a) != axes_[a].base) return false;
    return true;
  }
  void next() {
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      if (++position_[a] < axes_[a].values.size()) return;
      position_[a] = 0;
    }
  }

 private:
  const std::vector<RatingAxis>& axes_;
  std::vector<std::size_t> position_;
  std::size_t count_ = 1;
};

struct Effects {
  std::vector<double> estimate, std_error;
  std::vector<std::int64_t> base;
};

using Columns = std::vector<std::pair<int, double>>;

// a - b, of columns in ascending order; zeros are left out.
Columns difference(const Columns& a, const Columns& b) {
  Columns out;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    const bool from_a = j == b.size() || (i < a.size() && a[i].first <= b[j].first);
    const bool from_b = i == a.size() || (j < b.size() && b[j].first <= a[i].first);
    const int column = from_a ? a[i].first : b[j].first;
    const double value = (from_a ? a[i].second : 0.0) - (from_b ? b[j].second : 0.0);
    if (value != 0.0) out.emplace_back(column, value);
    i += from_a;
    j += from_b;
  }
  return out;
}

// Estimate and standard error of columns' coefficients; NaN where a coefficient that counts is aliased.
void add_effect(const GlmModel& model, const design::Term& term, const Columns& columns, Effects& effects) {
  double estimate = 0.0, variance = 0.0;
  for (const auto& a : columns) {
    const int row = term.first_column + a.first;
    estimate += a.second * model.coefficients[static_cast<std::size_t>(row)];
    for (const auto& b : columns) {
      const int column = term.first_column + b.first;
      variance +=
          a.second * b.second * (row == column ? model.covariance.variance(row) : model.covariance(row, column));
    }
  }
  effects.estimate.push_back(estimate);
  effects.std_error.push_back(variance < 0.0 ? 0.0 : std::sqrt(variance));
}

// `absolute`: what the term adds to the predictor, not what it adds beyond the base.
Effects effects_of(const GlmModel& model, const design::Term& term, const std::vector<RatingAxis>& axes,
                   bool absolute) {
  const design::TermColumns columns(model.spec, term);
  std::vector<double> at(term.variables.size());
  for (const auto& axis : axes)
    for (const std::size_t place : axis.places) at[place] = axis.base;
  const Columns base = absolute ? Columns() : columns.at(at);
  Effects effects;
  Cells cells(axes);
  for (std::size_t i = 0; i < cells.count(); ++i, cells.next()) {
    for (std::size_t a = 0; a < axes.size(); ++a)
      for (const std::size_t place : axes[a].places) at[place] = cells.value(a);
    add_effect(model, term, difference(columns.at(at), base), effects);
    effects.base.push_back(cells.at_base());
  }
  return effects;
}

struct Totals {
  std::vector<std::int64_t> rows;
  std::vector<double> exposure, claims;

  std::vector<double> means() const {
    std::vector<double> means;
    for (std::size_t i = 0; i < rows.size(); ++i) means.push_back(claims[i] / exposure[i]);
    return means;
  }
};

// Totals of the joint cells of factors over the training rows.
class CellTotals : public engine::RowVisitor {
 public:
  CellTotals(const TrainingRows& rows, const std::vector<RatingAxis>& axes, std::size_t cells)
      : rows_(rows),
        axes_(axes),
        totals_{std::vector<std::int64_t>(cells), std::vector<double>(cells), std::vector<double>(cells)} {
    for (const auto& axis : axes)
      for (const auto& factor : rows.training().design.factors)
        if (&rows.model().spec.variables[static_cast<std::size_t>(factor.variable)] == axis.variable)
          codes_.push_back(factor.codes.get());
  }
  std::unique_ptr<engine::RowVisitor> fresh() const override {
    return std::make_unique<CellTotals>(rows_, axes_, totals_.rows.size());
  }
  void visit(const engine::RowBlock& block) override {
    std::int32_t joint[kBlock] = {}, codes[kBlock];
    std::int32_t stride = 1;
    for (const data::Codes* factor : codes_) {
      factor->read(block.begin, block.count, codes);
      for (int i = 0; i < block.count; ++i) joint[i] += stride * codes[i];
      stride *= factor->cells();
    }
    for (int i = 0; i < block.count; ++i) {
      const std::size_t cell = static_cast<std::size_t>(joint[i]);
      const double weight = block.weight[i];
      ++totals_.rows[cell];
      if (!(weight > 0.0)) continue;  // exposure or response may be anything there
      totals_.exposure[cell] += weight * block.exposure[i];
      totals_.claims[cell] += weight * block.y[i];
    }
  }
  void merge(engine::RowVisitor& other) override {
    const Totals& later = static_cast<const CellTotals&>(other).totals_;
    for (std::size_t c = 0; c < totals_.rows.size(); ++c) {
      totals_.rows[c] += later.rows[c];
      totals_.exposure[c] += later.exposure[c];
      totals_.claims[c] += later.claims[c];
    }
  }
  const Totals& totals() const { return totals_; }

 private:
  const TrainingRows& rows_;
  const std::vector<RatingAxis>& axes_;
  std::vector<const data::Codes*> codes_;
  Totals totals_;
};

// Totals of the cells; empty where they are not known: terms with numbers, interactions without rows.
Totals totals_of(const GlmModel& model, const std::vector<RatingAxis>& axes, const RowsSource& source,
                 const RunContext& context) {
  Totals totals;
  for (const auto& axis : axes)
    if (!axis.is_factor()) return totals;
  if (axes.size() == 1) {
    std::size_t next = first_total(model, *axes[0].variable);
    for (std::size_t k = 0; k < axes[0].values.size(); ++k, ++next) {
      const LevelTotals& level = model.level_totals[next];
      totals.rows.push_back(level.rows);
      totals.exposure.push_back(level.exposure);
      totals.claims.push_back(level.observed);
    }
  } else if (const TrainingRows* rows = source()) {
    CellTotals cells(*rows, axes, Cells(axes).count());
    rows->objective(context).accumulate(rows->beta(context), cells, context);
    totals = cells.totals();
  }
  return totals;
}

// Names of the axes' columns: a variable that is called as a column of the table gets an underscore.
std::vector<std::string> axis_names(const std::vector<RatingAxis>& axes) {
  std::vector<std::string> taken = {"rows",   "exposure", "claims", "observed", "relativity",
                                    "effect", "lower",    "upper",  "base"};
  std::vector<std::string> names;
  for (const auto& axis : axes) {
    std::string name = axis.name;
    while (std::find(taken.begin(), taken.end(), name) != taken.end()) name += "_";
    taken.push_back(name);
    names.push_back(name);
  }
  return names;
}

void add_axes(const std::vector<RatingAxis>& axes, std::size_t count, tables::ResultTable& table) {
  const std::vector<std::string> names = axis_names(axes);
  for (std::size_t a = 0; a < axes.size(); ++a) {
    std::vector<std::int64_t> codes;
    std::vector<double> values;
    Cells cells(axes);
    for (std::size_t i = 0; i < count; ++i, cells.next()) {
      codes.push_back(static_cast<std::int64_t>(cells.position(a)));
      values.push_back(cells.value(a));
    }
    if (axes[a].is_factor()) {
      table.add_categories(names[a], std::move(codes), axes[a].variable->levels.labels);
    } else {
      table.add(names[a], std::move(values));
    }
  }
}

std::vector<double> exponentials(std::vector<double> values) {
  for (double& value : values) value = math::exp(value);
  return values;
}

// Levels of the first axis down, of the second one across.
tables::ResultTable wide_table(const design::Term& term, const std::vector<RatingAxis>& axes,
                               const std::vector<double>& values) {
  if (axes.size() != 2)
    throw Error(
        ErrorKind::input, "rating_table.wide",
        "`wide` is for terms of two variables, and `" + term.label + "` has " + std::to_string(axes.size()) + ".",
        "Leave `wide` out.", Document::object({{"term", term.label}}));
  tables::ResultTable table;
  const std::size_t down = axes[0].values.size();
  add_axes({axes[0]}, down, table);
  for (std::size_t c = 0; c < axes[1].values.size(); ++c) {
    const double value = axes[1].values[c];
    const std::string name = axes[1].is_factor() ? axes[1].variable->levels.labels[c] : format_exact(value);
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(c * down);
    table.add(name, std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(down)));
  }
  return table;
}

bool on_link_scale(const Arguments& arguments) {
  const std::string scale = arguments.text("scale", "relativity");
  if (scale != "relativity" && scale != "link")
    throw Error(ErrorKind::input, "input.scale", "`scale` is \"" + scale + "\".", "Use \"relativity\" or \"link\".",
                Document::object({{"argument", "scale"}, {"value", scale}}));
  return scale == "link";
}

Document argument(const Document& arguments, const char* name) {
  const Document* value = arguments.find(name);
  return value ? *value : Document();
}

}  // namespace

Answer rating_table(const Query& query) {
  const GlmModel& model = query.model;
  const Arguments arguments(query.arguments, {"term", "level", "at", "base", "points", "scale", "wide", "absolute"});
  const bool link = on_link_scale(arguments);
  if (!link) require_multiplicative(model);
  const int points = static_cast<int>(arguments.whole("points", 25, 2));
  const design::Term& term = find_term(model, arguments.text("term", ""));
  std::unique_ptr<TrainingRows> made;
  const RowsSource rows = [&]() -> const TrainingRows* {
    if (!made && query.data.data && query.data.vectors)
      made = std::make_unique<TrainingRows>(model, *query.data.data, *query.data.vectors, query.context);
    return made.get();
  };
  const std::vector<RatingAxis> axes =
      rating_axes(model, term, argument(query.arguments, "at"), argument(query.arguments, "base"), points, rows);
  const Effects effects = effects_of(model, term, axes, arguments.flag("absolute", false));
  const inference::WaldTable wald =
      inference::wald(effects.estimate, effects.std_error, test_df(model), arguments.number("level", 0.95));

  Answer answer;
  answer.notes = Document::object({{"term", term.label}});
  const std::vector<double> values = link ? effects.estimate : exponentials(effects.estimate);
  if (arguments.flag("wide", false)) {
    answer.table = wide_table(term, axes, values);
    return answer;
  }
  add_axes(axes, values.size(), answer.table);
  const Totals totals = totals_of(model, axes, rows, query.context);
  if (!totals.rows.empty())
    answer.table.add_integers("rows", totals.rows)
        .add("exposure", totals.exposure)
        .add("claims", totals.claims)
        .add("observed", totals.means());
  answer.table.add(link ? "effect" : "relativity", values)
      .add("lower", link ? wald.lower : exponentials(wald.lower))
      .add("upper", link ? wald.upper : exponentials(wald.upper))
      .add_flags("base", effects.base);
  return answer;
}

}  // namespace deciban::models
