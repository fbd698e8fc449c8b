#include "deciban/engine/coded_objective.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "arrow_rows.hpp"
#include "assemble.hpp"
#include "columns.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/parallel/ordered_reduce.hpp"
#include "deciban/parallel/team.hpp"
#include "row_family.hpp"
#include "sums.hpp"

namespace deciban::engine {

using parallel::kComputeRows;

namespace {

constexpr int kMaxCells = 8192;                            // levels and columns together
constexpr std::int64_t kMaxTable = std::int64_t{1} << 26;  // doubles of a partial sum: 512 MB

void check_size(const design::CodedDesign& design) {
  std::size_t cells = 1;
  for (const auto& block : design.blocks) cells += block.columns.size();
  if (cells <= kMaxCells) return;
  throw Error(
      ErrorKind::input, "design.too_many_columns",
      "The model has more than " + format_count(kMaxCells) + " levels and columns together beside its widest factor.",
      "Merge rare levels, drop an interaction, or encode a wide factor as one number.",
      Document::object({{"limit", kMaxCells}}));
}

Plan checked_plan(const design::CodedDesign& design, const std::vector<double>& anchors) {
  check_size(design);
  return make_plan(design, anchors);
}

void check_tables(const Layout& layout) {
  if (layout.size <= kMaxTable) return;
  throw Error(ErrorKind::input, "design.too_many_columns",
              "The cross-tables of the model's terms have " + format_count(layout.size) + " cells.",
              "Merge rare levels, drop an interaction, or encode a wide factor as one number.",
              Document::object({{"limit", kMaxTable}}));
}

template <class Cell>
void fill_joint(const Plan& plan, const Group& group, const std::vector<std::int32_t>& codes, int count, Cell* out) {
  std::uint32_t stride = 1;
  std::fill_n(out, count, Cell{0});
  for (const int code : group.codes) {
    const std::int32_t* values = &codes[static_cast<std::size_t>(code) * kComputeRows];
    for (int i = 0; i < count; ++i) out[i] = static_cast<Cell>(out[i] + stride * static_cast<std::uint32_t>(values[i]));
    stride *= static_cast<std::uint32_t>(plan.codes[code].levels);
  }
}

std::vector<JointCodes> join_codes(const Plan& plan, std::int64_t rows, const RunContext& context) {
  std::vector<JointCodes> joint(plan.groups.size());
  for (std::size_t g = 0; g < joint.size(); ++g) {
    const bool narrow = plan.groups[g].records || plan.groups[g].cells <= 65536;
    narrow ? joint[g].narrow.resize(static_cast<std::size_t>(rows))
           : joint[g].wide.resize(static_cast<std::size_t>(rows));
  }
  const RowSelection all = all_rows(rows);
  parallel::for_each(context, all.partials(), [&](std::int64_t partial) {
    std::vector<std::int32_t> codes(plan.codes.size() * kComputeRows);
    all.for_blocks(partial, [&](std::int64_t begin, int count) {
      for (std::size_t c = 0; c < plan.codes.size(); ++c)
        plan.codes[c].codes->read(begin, count, &codes[c * kComputeRows]);
      for (std::size_t g = 0; g < joint.size(); ++g) {
        if (joint[g].wide.empty()) {
          fill_joint(plan, plan.groups[g], codes, count, joint[g].narrow.data() + begin);
        } else {
          fill_joint(plan, plan.groups[g], codes, count, joint[g].wide.data() + begin);
        }
      }
    });
  });
  return joint;
}

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

// Coefficients as they meet the rows: a table per group with records, and one number per other column.
struct Spread {
  double constant = 0.0;
  std::vector<double> wide;                // by code of the arrow
  std::vector<std::vector<double>> cells;  // of each group with records
  std::vector<double> dense;
  std::vector<std::vector<double>> varying;  // cells x width
};

}  // namespace

struct CodedObjective::Parts {
  Parts(const design::TrainingData& training, const design::CodedDesign& whole, const families::Family& family,
        const families::Link& link, const RunContext& context, int arrow_columns)
      : training(training),
        whole(whole),
        wide(arrow_block(whole, arrow_columns)),
        core(wide < 0 ? design::CodedDesign() : without_block(whole, wide)),
        design(wide < 0 ? whole : core),
        rows_of_family(family, link),
        scales(learn_scales(design, context)),
        plan(checked_plan(design, scales.anchors)),
        layout(plan),
        assembler(plan, layout, design.n_columns, design.intercept),
        anchors(scales.anchors),
        ranges(scales.ranges) {
    check_tables(layout);
    joint = join_codes(plan, design.rows, context);
    totals = count(all_rows(design.rows), context);
    centre = totals.events / totals.exposure;
    if (wide < 0) return;
    arrow = std::make_unique<ArrowRows>(whole.blocks[static_cast<std::size_t>(wide)], design, plan, scales.anchors);
    anchors.insert(anchors.begin() + arrow->first(), static_cast<std::size_t>(arrow->size()), 0.0);
    ranges.insert(ranges.begin() + arrow->first(), static_cast<std::size_t>(arrow->size()), 1.0);
  }

  Totals count(const RowSelection& selection, const RunContext& context) const;
  Spread spread(const double* beta) const;
  void predict(const Spread& at, const Kernels& loops, RowWork& rows) const;
  template <class Fill>
  Evaluation sum(const RowSelection& selection, const Totals& counts, const RunContext& context, Fill&& fill) const;
  Evaluation evaluate(const RowSelection& selection, const Totals& counts, const double* beta, Information kind,
                      const RunContext& context) const;
  Evaluation start(const RowSelection& selection, const Totals& counts, double pull, const RunContext& context) const;

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
  Totals totals;
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
    std::vector<Evaluation> results;
    for (int k = 0; k < betas.cols(); ++k)
      results.push_back(parts_.evaluate(selection_, counts_, betas.column(k), kind, context));
    return results;
  }
  Evaluation start(double pull, const RunContext& context) const override {
    return parts_.start(selection_, counts_, pull, context);
  }
  void accumulate(const std::vector<double>&, RowVisitor&, const RunContext&) const override {}
  std::vector<double> column_norms(const linalg::ArrowMatrix& information) const override {
    return shifted_norms(information, parts_.anchors);
  }
  std::vector<double> column_ranges() const override { return parts_.ranges; }

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
  Totals counts_;
};

Totals CodedObjective::Parts::count(const RowSelection& selection, const RunContext& context) const {
  const bool rate = rows_of_family.link().id == families::LinkId::log && !training.offset.empty();
  const auto total = parallel::ordered_reduce<Totals>(context, selection.partials(), [&](std::int64_t partial) {
    auto part = std::make_unique<Totals>();
    RowWork rows(design, Plan());
    const Kernels& loops = kernels(math::active_isa());
    selection.for_blocks(partial, [&](std::int64_t begin, int n) {
      rows.load(training, begin, n);
      double events[kComputeRows] = {}, unit[kComputeRows] = {}, counted[kComputeRows] = {};
      if (rate) math::exp_block(rows.offset, unit, n);
      for (int i = 0; i < n; ++i) {  // rows without weight may hold anything
        const bool counts = rows.weight[i] > 0.0;
        events[i] = counts ? rows.weight[i] * rows.y[i] : 0.0;
        unit[i] = counts ? (rate ? rows.weight[i] * unit[i] : rows.weight[i]) : 0.0;
        counted[i] = counts ? (rows.frequencies ? rows.frequencies[i] : 1.0) : 0.0;
      }
      part->events += loops.sum(events, n);
      part->exposure += loops.sum(unit, n);
      part->n += loops.sum(counted, n);
      part->sum_w += loops.sum(rows.weight, n);
    });
    return part;
  });
  return total ? *total : Totals();
}

Spread CodedObjective::Parts::spread(const double* beta) const {
  Spread at;
  std::vector<double> rest;
  if (arrow) {
    at.wide = arrow->by_code(beta);
    rest.assign(beta, beta + arrow->first());
    rest.insert(rest.end(), beta + arrow->first() + arrow->size(), beta + whole.n_columns);
    beta = rest.data();
  }
  at.constant = design.intercept ? beta[0] : 0.0;
  for (const auto& column : plan.dense) at.dense.push_back(beta[column.column]);
  std::vector<std::vector<double>> by_code;
  for (const auto& code : plan.codes) by_code.emplace_back(static_cast<std::size_t>(code.levels));
  for (const auto& feature : plan.features)
    for (std::size_t e = 0; e < feature.columns.size(); ++e)
      if (feature.columns[e] >= 0)
        by_code[static_cast<std::size_t>(feature.code)][e / static_cast<std::size_t>(feature.width)] +=
            (feature.values.empty() ? 1.0 : feature.values[e]) * beta[feature.columns[e]];
  for (std::size_t g = 0; g < plan.groups.size() && plan.groups[g].records; ++g) {
    const Group& group = plan.groups[g];
    std::vector<double> cells(static_cast<std::size_t>(group.cells));
    for (const int code : group.codes) {
      const auto& levels = levels_in(group, code);
      for (std::size_t cell = 0; cell < cells.size(); ++cell) cells[cell] += by_code[code][levels[cell]];
    }
    at.cells.push_back(std::move(cells));
  }
  for (const auto& term : plan.varying) {
    at.varying.emplace_back();
    for (const int column : *term.columns) at.varying.back().push_back(column < 0 ? 0.0 : beta[column]);
  }
  return at;
}

void CodedObjective::Parts::predict(const Spread& at, const Kernels& loops, RowWork& rows) const {
  const int n = rows.n;
  if (rows.offset) {
    loops.shift(rows.offset, -at.constant, n, rows.eta);
  } else {
    std::fill_n(rows.eta, n, at.constant);
  }
  if (arrow) {
    std::int32_t codes[kComputeRows];
    whole.blocks[static_cast<std::size_t>(wide)].codes->read(rows.begin, n, codes);
    for (int i = 0; i < n; ++i) rows.eta[i] += at.wide[static_cast<std::size_t>(codes[i])];
  }
  for (std::size_t g = 0; g < at.cells.size(); ++g)
    loops.add_gathered(at.cells[g].data(), joint[g].narrow.data() + rows.begin, n, rows.eta);
  for (std::size_t k = 0; k < at.dense.size(); ++k) loops.add_scaled(at.dense[k], rows.dense(k), n, rows.eta);
  for (std::size_t v = 0; v < at.varying.size(); ++v) {
    std::int32_t codes[kComputeRows];
    rows.varying_codes(v, codes);
    const int width = plan.varying[v].width;
    for (int j = 0; j < width; ++j)
      for (int i = 0; i < n; ++i)
        rows.eta[i] += at.varying[v][static_cast<std::size_t>(codes[i] * width + j)] * rows.varying(v, j)[i];
  }
}

// `fill` computes score and information of the rows of a compute block.
template <class Fill>
Evaluation CodedObjective::Parts::sum(const RowSelection& selection, const Totals& counts, const RunContext& context,
                                      Fill&& fill) const {
  const Kernels& loops = kernels(math::active_isa());
  const auto kept = arrow ? static_cast<std::size_t>(design.rows) : 0;
  std::vector<double> information(kept), score(kept);
  auto total = parallel::ordered_reduce<Sums>(context, selection.partials(), [&](std::int64_t partial) {
    auto part = std::make_unique<Sums>(layout, spare);
    auto rows = std::make_unique<RowWork>(design, plan);
    Adder adder(plan, layout, joint, loops);
    selection.for_blocks(partial, [&](std::int64_t begin, int n) {
      rows->load(training, begin, n);
      rows->load_values(design, plan, scales.anchors, loops);
      fill(*rows);
      adder.add(*rows, *part);
      if (!arrow) return;
      std::copy_n(rows->information, n, information.data() + begin);
      std::copy_n(rows->score, n, score.data() + begin);
    });
    return part;
  });
  if (!total) total = std::make_unique<Sums>(layout, spare);
  Evaluation result = assembler.assemble(*total);
  total.reset();
  if (arrow) arrow->complete(information, score, context, result);
  result.n = counts.n;
  result.sum_w = counts.sum_w;
  return result;
}

Evaluation CodedObjective::Parts::evaluate(const RowSelection& selection, const Totals& counts, const double* beta,
                                           Information kind, const RunContext& context) const {
  const Kernels& loops = kernels(math::active_isa());
  const Spread at = spread(beta);
  return sum(selection, counts, context, [&](RowWork& rows) {
    predict(at, loops, rows);
    rows_of_family.at_predictor(kind, rows);
  });
}

Evaluation CodedObjective::Parts::start(const RowSelection& selection, const Totals& counts, double pull,
                                        const RunContext& context) const {
  return sum(selection, counts, context, [&](RowWork& rows) { rows_of_family.at_start(centre, pull, rows); });
}

CodedObjective::CodedObjective(const design::TrainingData& training, const design::CodedDesign& design,
                               const families::Family& family, const families::Link& link, const RunContext& context,
                               int arrow_columns) {
  parts_ = std::make_unique<Parts>(training, design, family, link, context, arrow_columns);
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
  std::vector<Evaluation> results;
  for (int k = 0; k < betas.cols(); ++k)
    results.push_back(parts_->evaluate(all_rows(parts_->design.rows), parts_->totals, betas.column(k), kind, context));
  return results;
}

Evaluation CodedObjective::start(double pull, const RunContext& context) const {
  return parts_->start(all_rows(parts_->design.rows), parts_->totals, pull, context);
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
      part->visitor->visit({begin, count, rows->y, rows->weight, rows->exposure, rows->eta, rows->mu, rows->complement,
                            rows->score, rows->information});
    });
    return part;
  });
  if (total) visitor.merge(*total->visitor);
}

std::vector<double> CodedObjective::column_norms(const linalg::ArrowMatrix& information) const {
  return Sample::shifted_norms(information, parts_->anchors);
}

std::vector<double> CodedObjective::natural_coefficients(const std::vector<double>& beta) const {
  std::vector<double> natural = beta;
  for (std::size_t j = 0; j < beta.size(); ++j)
    if (parts_->anchors[j] != 0.0) natural[0] -= parts_->anchors[j] * beta[j];
  return natural;
}

linalg::Covariance CodedObjective::natural_covariance(const linalg::Covariance& covariance) const {
  linalg::Covariance natural = covariance;
  natural.unshift(parts_->anchors);
  return natural;
}

}  // namespace deciban::engine
