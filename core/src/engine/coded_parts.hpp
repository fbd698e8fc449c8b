// What a CodedObjective is made of.
#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "arrow_rows.hpp"
#include "assemble.hpp"
#include "columns.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/stream/accumulator.hpp"
#include "precise.hpp"
#include "row_family.hpp"
#include "sums.hpp"

namespace deciban::engine {

// Counts of rows, and the mean response, over a selection of rows.
struct Totals {
  double n = 0.0, sum_w = 0.0, events = 0.0, exposure = 0.0;
  void merge(const Totals& later) {
    n += later.n;
    sum_w += later.sum_w;
    events += later.events;
    exposure += later.exposure;
  }
};

// Those of each partial sum, and all together.
struct Counts {
  std::vector<Totals> of;
  Totals total;
};

using SharedSums = stream::Accumulator<ModelSums>;
using Fill = std::function<void(int model, RowWork& rows, Sums& sums)>;

/// Rows as visitors see them.
RowBlock shown(const RowWork& rows);

/// Models of the objective's own family and weights.
std::vector<PassModel> models_at(const linalg::Matrix& betas);

// Coefficients as they meet the rows: a table per group with records, and one number per other column.
struct Spread {
  double constant = 0.0;
  std::vector<double> wide;                // by code of the arrow
  std::vector<std::vector<double>> cells;  // of each group with records
  std::vector<double> dense;
  std::vector<std::vector<double>> varying;  // cells x width
};
// What the sums of the arrow are made of, one pass later and in the order of its levels.
struct RowSums {
  std::vector<double> information, score;
};

// A model while rows pass.
struct ModelAt {
  Spread at;
  RowFamily family;
  const double* weights;
  const double* y;
};

struct CodedObjective::Parts {
  Parts(const design::TrainingData& training, const design::CodedDesign& whole, const families::Family& family,
        const families::Link& link, const RunContext& context, const ObjectiveOptions& options);

  Counts count(const RowSelection& selection, const RunContext& context) const;
  Spread spread(const double* beta) const;
  void predict(const Spread& at, const Kernels& loops, RowWork& rows) const;
  void add_blocks(const RowSelection& selection, const Counts& counts, const PassBlocks& blocks, int models,
                  const Fill& fill, SharedSums& out, const RunContext& context, RowSums* by_row = nullptr,
                  const RowVisitor* visitor = nullptr) const;
  /// One model; its rows are also shown to the visitor, if there is one.
  Evaluation sum_with_arrow(const RowSelection& selection, const Counts& counts, const Fill& fill,
                            const RunContext& context, RowVisitor* visitor = nullptr) const;
  std::vector<Evaluation> finish(SharedSums& sums, int models, RowVisitor* visitor = nullptr) const;
  std::vector<Evaluation> evaluate(const RowSelection& selection, const Counts& counts,
                                   const std::vector<PassModel>& models, Information kind,
                                   const RunContext& context) const;
  Evaluation start(const RowSelection& selection, const Counts& counts, double pull, const RunContext& context) const;
  Fill fill_of(const std::vector<PassModel>& models, Information kind) const;
  std::vector<double> mean_point() const;
  WeightedRows at(const Point& point) const;
  WeightedRows at_predictor() const {  // that the pass has put there itself
    return {training, design, plan, scales,
            [this](RowWork& work) { rows_of_family.at_predictor(Information::expected, work); }};
  }

  const design::TrainingData& training;
  const design::CodedDesign& whole;
  const int wide;                     // block of `whole` that is the arrow, -1: none
  const design::CodedDesign core;     // without it
  const design::CodedDesign& design;  // what the plan covers
  RowFamily rows_of_family;
  ColumnScales scales;
  Plan plan;
  Layout layout;
  Assembler assembler;
  std::vector<double> anchors, ranges;  // of all coefficients
  std::unique_ptr<const ArrowRows> arrow;
  std::vector<JointCodes> joint;
  mutable SpareRoom spare;
  Counts counts;
  double centre = 1.0;
  std::unique_ptr<Sample> sample;
};

// The objective over the sample: only what a solver needs.
class CodedObjective::Sample final : public Objective {
 public:
  Sample(const Parts& parts, const RowSelection& selection, const RunContext& context)
      : parts_(parts), selection_(selection), counts_(parts.count(selection, context)) {}

  int size() const override { return parts_.whole.n_columns; }
  std::vector<Evaluation> evaluate(const linalg::Matrix& betas, Information kind,
                                   const RunContext& context) const override {
    return parts_.evaluate(selection_, counts_, models_at(betas), kind, context);
  }
  Evaluation start(double pull, const RunContext& context) const override {
    return parts_.start(selection_, counts_, pull, context);
  }
  std::vector<double> column_norms(const linalg::ArrowMatrix& information) const override {
    return shifted_norms(information, parts_.anchors);
  }
  std::vector<double> column_ranges() const override { return parts_.ranges; }
  std::vector<double> mean_point() const override { return parts_.mean_point(); }

  static std::vector<double> shifted_norms(const linalg::ArrowMatrix& information, const std::vector<double>& anchors) {
    std::vector<double> norms(anchors.size());
    for (std::size_t k = 0; k < norms.size(); ++k) {
      const int j = static_cast<int>(k);
      norms[k] = information(j, j);
      if (anchors[k] != 0.0) norms[k] += anchors[k] * (2.0 * information(j, 0) + anchors[k] * information(0, 0));
    }
    return norms;
  }

 private:
  const Parts& parts_;
  RowSelection selection_;
  Counts counts_;
};

}  // namespace deciban::engine
