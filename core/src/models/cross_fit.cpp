#include "deciban/models/cross_fit.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/read.hpp"
#include "deciban/data/take.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/families/family.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::models {
namespace {

constexpr int kMostFolds = 32767;

std::vector<int> read_folds(const data::Column& column, std::int64_t rows, double base, int& n_folds) {
  if (column.length() != rows)
    throw Error(ErrorKind::input, "data.length_mismatch",
                "`folds` has " + format_count(column.length()) + " values for " + format_count(rows) + " rows.",
                "Make them for the rows of the data.", Document::object({{"column", "folds"}, {"rows", rows}}));
  std::vector<double> values(static_cast<std::size_t>(rows));
  data::read_doubles(column, 0, rows, values.data());
  std::vector<int> folds;
  for (const double value : values) {
    const double fold = value == value ? value - base : -1.0;
    if (!(fold >= -1.0 && fold < kMostFolds) || fold != std::floor(fold))
      throw Error(ErrorKind::input, "cross_fit.folds", "`folds` holds " + format_g(value, 6) + ", which is no fold.",
                  "Hand in what folds() made.", Document::object({{"value", value}}));
    folds.push_back(static_cast<int>(fold));
    n_folds = std::max(n_folds, folds.back() + 1);
  }
  return folds;
}

// What the response and the weights of rows are, whatever the terms.
design::TrainingData test_rows(const GlmModel& model, const data::Table& data, const data::Table& vectors,
                               const RunContext& context) {
  design::DesignSpec spec = model.spec;
  spec.variables.clear();
  spec.terms.clear();
  spec.na_action = design::NaAction::omit;
  return design::recode_training(spec, model.family, data, vectors, context);
}

struct Deviance {
  double total = 0.0, weight = 0.0;
};

Deviance deviance_of(const GlmModel& model, const design::TrainingData& rows, const std::vector<double>& means) {
  Deviance out;
  double complement = 0.0, unit = 0.0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rows.design.rows); ++i) {
    const double mean = means[rows.kept.empty() ? i : static_cast<std::size_t>(rows.kept[i])];
    const double weight =
        (rows.weights.empty() ? 1.0 : rows.weights[i]) * (rows.frequencies.empty() ? 1.0 : rows.frequencies[i]);
    if (mean != mean || !(weight > 0.0)) continue;
    complement = 1.0 - mean;
    families::unit_deviance_block(model.family, &rows.y.begin()[i], &mean, &complement, &unit, 1);
    out.total += weight * unit;
    out.weight += weight;
  }
  return out;
}

// Arguments of predict: vectors of the fit are those of the test rows now.
Document predict_arguments(const Document& arguments) {
  Document out = Document::object({});
  for (const char* name : {"exposure", "offset"}) {
    const Document* value = arguments.find(name);
    if (value && value->type() == Document::Type::boolean) out.set(name, true);
  }
  return out;
}

void keep_warnings(const Warnings& from, Warnings& to) {
  for (const Warning& warning : from)
    if (std::none_of(to.begin(), to.end(), [&](const Warning& known) { return known.code == warning.code; }))
      to.push_back(warning);
}

class Folding {
 public:
  Folding(const Document& arguments, const data::Table& data, const data::Table& vectors, bool ordered,
          const RunContext& context)
      : arguments_(arguments),
        rows_(data.rows()),
        data_(data),
        vectors_(vectors),
        ordered_(ordered),
        context_(context) {}

  void fit(int repeat, int fold, const std::vector<int>& folds, std::vector<double>& predictions, CrossFit& out) {
    std::vector<std::int64_t> train, test;
    for (std::int64_t row = 0; row < rows_; ++row) {
      const int own = folds[static_cast<std::size_t>(row)];
      if (own == fold) test.push_back(row);
      if (ordered_ ? own < fold : own != fold) train.push_back(row);
    }
    if (test.empty() || train.empty())
      throw Error(ErrorKind::input, "cross_fit.folds",
                  "Fold " + std::to_string(fold + 1) + " has no " + (test.empty() ? "test" : "training") + " rows.",
                  "Make the folds with folds().", Document::object({{"fold", fold + 1}}));
    const GlmModel model = fit_glm(arguments_, data_.take(train), vectors_.take(train), context_);
    const data::Table test_data = data_.take(test), test_vectors = vectors_.take(test);
    const std::vector<double> means = predict(model, predict_arguments(arguments_), test_data, test_vectors, context_);
    for (std::size_t i = 0; i < test.size(); ++i) predictions[static_cast<std::size_t>(test[i])] = means[i];
    const Deviance deviance = deviance_of(model, models::test_rows(model, test_data, test_vectors, context_), means);
    repeats.push_back(repeat + 1);
    numbers.push_back(fold + 1);
    train_sizes.push_back(static_cast<std::int64_t>(train.size()));
    test_sizes.push_back(static_cast<std::int64_t>(test.size()));
    weights.push_back(deviance.weight);
    deviances.push_back(deviance.total);
    train_deviances.push_back(model.statistics.deviance);
    keep_warnings(model.warnings, out.warnings);
  }

  std::vector<std::int64_t> repeats, numbers, train_sizes, test_sizes;
  std::vector<double> weights, deviances, train_deviances;

 private:
  const Document& arguments_;
  std::int64_t rows_;
  data::RowTaker data_, vectors_;
  bool ordered_;
  const RunContext& context_;
};

}  // namespace

CrossFit cross_fit(const Document& arguments, const data::Table& data, const data::Table& vectors,
                   const data::Table& folds, const Document& settings, const RunContext& context) {
  const parallel::FloatingPointGuard guard;
  const Arguments given(settings, {"fold_base", "ordered"});
  if (folds.columns().empty())
    throw Error(ErrorKind::input, "cross_fit.folds", "There are no folds.", "Hand in what folds() made.");
  CrossFit out;
  Folding folding(arguments, data, vectors, given.flag("ordered", false), context);
  std::vector<double> totals, weights;
  int repeat = 0;
  for (const data::Column& column : folds.columns()) {
    int n_folds = 0;
    const std::vector<int> of_row = read_folds(column, data.rows(), given.number("fold_base", 0.0), n_folds);
    std::vector<double> predictions(static_cast<std::size_t>(data.rows()), std::nan(""));
    double total = 0.0, weight = 0.0;
    for (int fold = 0; fold < n_folds; ++fold) {
      folding.fit(repeat, fold, of_row, predictions, out);
      total += folding.deviances.back();
      weight += folding.weights.back();
    }
    totals.push_back(total);
    weights.push_back(weight);
    out.predictions.add("prediction_" + std::to_string(++repeat), std::move(predictions));
  }
  out.table.add_integers("repeat", folding.repeats).add_integers("fold", folding.numbers);
  out.table.add_integers("train_rows", folding.train_sizes).add_integers("test_rows", folding.test_sizes);
  out.table.add("weight", folding.weights).add("deviance", folding.deviances);
  out.table.add("train_deviance", folding.train_deviances);
  out.notes = Document::object({{"deviance", totals}, {"weight", weights}});
  return out;
}

}  // namespace deciban::models
