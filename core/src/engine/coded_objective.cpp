#include "deciban/engine/coded_objective.hpp"

#include <algorithm>
#include <cmath>

#include "coded_parts.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::engine {

CodedObjective::CodedObjective(const design::TrainingData& training, const design::CodedDesign& design,
                               const families::Family& family, const families::Link& link, const RunContext& context,
                               const ObjectiveOptions& options) {
  parts_ = std::make_unique<Parts>(training, design, family, link, context, options);
  const RowSelection sampled = sample_rows(parts_->arrow ? 0 : design.rows);  // too few rows per level of an arrow
  if (sampled.blocks > 0) parts_->sample = std::make_unique<Sample>(*parts_, sampled, context);
}

CodedObjective::~CodedObjective() = default;

int CodedObjective::size() const { return parts_->whole.n_columns; }
double CodedObjective::centre() const { return parts_->centre; }
const Objective* CodedObjective::sample() const { return parts_->sample.get(); }
std::vector<double> CodedObjective::column_ranges() const { return parts_->ranges; }

std::vector<Evaluation> CodedObjective::evaluate(const linalg::Matrix& betas, Information kind,
                                                 const RunContext& context) const {
  return evaluate(models_at(betas), kind, context);
}

std::vector<Evaluation> CodedObjective::evaluate(const std::vector<PassModel>& models, Information kind,
                                                 const RunContext& context) const {
  return parts_->evaluate(all_rows(parts_->design.rows), parts_->counts, models, kind, context);
}

Evaluation CodedObjective::start(double pull, const RunContext& context) const {
  return parts_->start(all_rows(parts_->design.rows), parts_->counts, pull, context);
}

void CodedObjective::accumulate(const std::vector<double>& beta, RowVisitor& visitor, const RunContext& context) const {
  struct Part {
    std::unique_ptr<RowVisitor> visitor;
    void merge(Part& later) { visitor->merge(*later.visitor); }
  };
  const Parts& parts = *parts_;
  const Kernels& loops = kernels(math::active_isa());
  const Spread at = parts.spread(beta.data());
  const RowSelection all = all_rows(parts.design.rows);
  const auto total = parallel::ordered_reduce<Part>(context, all.partials(), [&](std::int64_t partial) {
    auto part = std::make_unique<Part>();
    part->visitor = visitor.fresh();
    auto rows = std::make_unique<RowWork>(parts.design, parts.plan);
    all.for_blocks(partial, [&](std::int64_t begin, int count) {
      rows->load(parts.training, begin, count);
      rows->load_values(parts.design, parts.plan, parts.scales.anchors, loops);
      parts.predict(at, loops, *rows);
      parts.rows_of_family.at_predictor(Information::expected, *rows);
      part->visitor->visit(shown(*rows));
    });
    return part;
  });
  if (total) visitor.merge(*total->visitor);
}

Evaluation CodedObjective::evaluate(const std::vector<double>& beta, RowVisitor& visitor,
                                    const RunContext& context) const {
  return parts_->sum_with_arrow(all_rows(parts_->design.rows), parts_->counts,
                                parts_->fill_of({{beta.data(), nullptr, nullptr}}, Information::expected), context,
                                &visitor);
}

linalg::ArrowMatrix CodedObjective::gram(const std::vector<double>& beta, const RowWeights& weights,
                                         const RunContext& context) const {
  const Fill at_beta = parts_->fill_of({{beta.data(), nullptr, nullptr}}, Information::expected);
  const Fill fill = [&](int k, RowWork& rows, Sums& sums) {
    at_beta(k, rows, sums);
    double own[parallel::kComputeRows];
    weights(shown(rows), own);
    std::copy_n(own, rows.n, rows.information);
  };
  return parts_->sum_with_arrow(all_rows(parts_->design.rows), parts_->counts, fill, context).information;
}

std::vector<double> CodedObjective::column_norms(const linalg::ArrowMatrix& information) const {
  return Sample::shifted_norms(information, parts_->anchors);
}

const std::vector<double>& CodedObjective::shifts() const { return parts_->anchors; }

std::vector<double> CodedObjective::natural_coefficients(const std::vector<double>& beta) const {
  std::vector<double> natural = beta;
  for (std::size_t j = 0; j < beta.size(); ++j)
    if (parts_->anchors[j] != 0.0) natural[0] -= parts_->anchors[j] * beta[j];
  return natural;
}

std::vector<double> CodedObjective::own_coefficients(const std::vector<double>& natural) const {
  std::vector<double> beta = natural;
  for (double& value : beta)
    if (std::isnan(value)) value = 0.0;
  for (std::size_t j = 0; j < beta.size(); ++j)
    if (parts_->anchors[j] != 0.0) beta[0] += parts_->anchors[j] * beta[j];
  return beta;
}

linalg::Covariance CodedObjective::natural_covariance(const linalg::Covariance& covariance) const {
  linalg::Covariance natural = covariance;
  natural.unshift(parts_->anchors);
  return natural;
}

// An arrow leaves the solver with the sums alone.
std::int64_t CodedObjective::rows() const { return parts_->arrow ? 0 : parts_->design.rows; }

linalg::Matrix CodedObjective::triangle(const Point& point, const RunContext& context) const {
  return parts_->arrow || size() > kMaxTriangle ? linalg::Matrix() : triangle_of_rows(parts_->at(point), context);
}

std::vector<double> CodedObjective::squared_norms(const Point& point, const linalg::Matrix& directions,
                                                  const RunContext& context) const {
  constexpr int kTogether = 32;  // tables of coefficients by cell that are held at once
  const Kernels& loops = kernels(math::active_isa());
  std::vector<double> norms;
  if (parts_->arrow) return norms;
  for (int first = 0; first < directions.cols(); first += kTogether) {
    std::vector<Spread> spreads;
    for (int k = first; k < std::min(directions.cols(), first + kTogether); ++k)
      spreads.push_back(parts_->spread(directions.column(k)));
    const auto some = squared_norms_of_rows(
        parts_->at(point), static_cast<int>(spreads.size()),
        [&](int k, RowWork& work) { parts_->predict(spreads[static_cast<std::size_t>(k)], loops, work); }, context);
    norms.insert(norms.end(), some.begin(), some.end());
  }
  return norms;
}

bool CodedObjective::least_squares() const { return parts_->rows_of_family.least_squares(); }

PreciseScore CodedObjective::precise_score(const linalg::Pairs& beta, const RunContext& context) const {
  return precise_score_of_rows(parts_->at_predictor(), least_squares(), beta, context);
}

linalg::Pairs CodedObjective::precise_product(const linalg::Pairs& beta, const linalg::Pairs& directions,
                                              const RunContext& context) const {
  return precise_product_of_rows(parts_->at_predictor(), beta, directions, context);
}

std::vector<double> CodedObjective::precise_natural_coefficients(const linalg::Pairs& beta) const {
  const linalg::Pairs natural = unshifted_coefficients(beta, parts_->scales.anchors);
  return natural.high.values();
}

linalg::Matrix CodedObjective::precise_natural_covariance(const linalg::Pairs& covariance) const {
  return unshifted_covariance(covariance, parts_->scales.anchors).high;
}

}  // namespace deciban::engine
