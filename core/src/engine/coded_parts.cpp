#include "coded_parts.hpp"

#include <algorithm>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/parallel/ordered_reduce.hpp"
#include "deciban/parallel/team.hpp"

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

// Loops of a fixed number of steps, which compilers turn into vectors.
template <class Cell>
void fill_joint(const Plan& plan, const Group& group, const std::vector<Cell>& codes, int count, Cell* out) {
  Cell stride = 1, cells[kComputeRows] = {};
  for (const int code : group.codes) {
    const Cell* values = &codes[static_cast<std::size_t>(code) * kComputeRows];
    for (int i = 0; i < kComputeRows; ++i) cells[i] = static_cast<Cell>(cells[i] + 1u * stride * values[i]);
    stride = static_cast<Cell>(stride * static_cast<std::uint32_t>(plan.codes[code].levels));
  }
  std::copy_n(cells, count, out);
}

// The codes of some rows, one column of kComputeRows per code, as numbers of one size.
template <class Cell>
void narrow_codes(const std::int32_t* codes, std::size_t code, std::vector<Cell>& out) {
  Cell* to = &out[code * kComputeRows];
  for (int i = 0; i < kComputeRows; ++i) to[i] = static_cast<Cell>(codes[i]);
}

std::vector<JointCodes> join_codes(const Plan& plan, std::int64_t rows, const RunContext& context) {
  std::vector<JointCodes> joint(plan.groups.size());
  bool any_wide = false;
  for (std::size_t g = 0; g < joint.size(); ++g) {
    const bool narrow = plan.groups[g].records || plan.groups[g].cells <= 65536;
    if (narrow) joint[g].narrow = RawArray<std::uint16_t>(static_cast<std::size_t>(rows));
    if (!narrow) joint[g].wide = RawArray<std::uint32_t>(static_cast<std::size_t>(rows));
    any_wide = any_wide || !narrow;
  }
  const RowSelection all = all_rows(rows);
  parallel::for_each(context, all.partials(), [&](std::int64_t partial) {
    std::vector<std::uint16_t> narrow(plan.codes.size() * kComputeRows);
    std::vector<std::uint32_t> wide(any_wide ? narrow.size() : 0);
    all.for_blocks(partial, [&](std::int64_t begin, int count) {
      std::int32_t codes[kComputeRows] = {};
      for (std::size_t c = 0; c < plan.codes.size(); ++c) {
        plan.codes[c].codes->read(begin, count, codes);
        narrow_codes(codes, c, narrow);
        if (any_wide) narrow_codes(codes, c, wide);
      }
      for (std::size_t g = 0; g < joint.size(); ++g) {
        if (joint[g].wide.empty()) {
          fill_joint(plan, plan.groups[g], narrow, count, joint[g].narrow.data() + begin);
        } else {
          fill_joint(plan, plan.groups[g], wide, count, joint[g].wide.data() + begin);
        }
      }
    });
  });
  return joint;
}

}  // namespace

CodedObjective::Parts::Parts(const design::TrainingData& training, const design::CodedDesign& whole,
                             const families::Family& family, const families::Link& link, const RunContext& context,
                             const ObjectiveOptions& options)
    : training(training),
      whole(whole),
      wide(arrow_block(whole, options.arrow_columns)),
      core(wide < 0 ? design::CodedDesign() : without_block(whole, wide)),
      design(wide < 0 ? whole : core),
      rows_of_family(family, link),
      scales(learn_scales(design, options.shift, context)),
      plan(checked_plan(design, scales.anchors)),
      layout(plan),
      assembler(plan, layout, design.n_columns, design.intercept),
      anchors(scales.anchors),
      ranges(scales.ranges) {
  check_tables(layout);
  joint = join_codes(plan, design.rows, context);
  counts = count(all_rows(design.rows), context);
  centre = counts.total.events / counts.total.exposure;
  if (wide < 0) return;
  arrow = std::make_unique<ArrowRows>(whole.blocks[static_cast<std::size_t>(wide)], design, plan, scales.anchors);
  anchors.insert(anchors.begin() + arrow->first(), static_cast<std::size_t>(arrow->size()), 0.0);
  ranges.insert(ranges.begin() + arrow->first(), static_cast<std::size_t>(arrow->size()), 1.0);
}

RowBlock shown(const RowWork& rows) {
  return {rows.begin, rows.n,  rows.y,          rows.weight, rows.exposure,
          rows.eta,   rows.mu, rows.complement, rows.score,  rows.information};
}

std::vector<PassModel> models_at(const linalg::Matrix& betas) {
  std::vector<PassModel> models;
  for (int k = 0; k < betas.cols(); ++k) models.push_back({betas.column(k), nullptr, nullptr});
  return models;
}

Counts CodedObjective::Parts::count(const RowSelection& selection, const RunContext& context) const {
  const bool rate = rows_of_family.link().id == families::LinkId::log && !training.offset.empty();
  Counts counts;
  counts.of.resize(static_cast<std::size_t>(selection.partials()));
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
    counts.of[static_cast<std::size_t>(partial)] = *part;
    return part;
  });
  if (total) counts.total = *total;
  return counts;
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

// `fill(k, rows)` computes score and information of the rows of a compute block for model k.
void CodedObjective::Parts::add_blocks(const RowSelection& selection, const Counts& counts, const PassBlocks& blocks,
                                       int models, const Fill& fill, SharedSums& out, const RunContext& context,
                                       RowSums* by_row, const RowVisitor* visitor) const {
  const Kernels& loops = kernels(math::active_isa());
  parallel::for_each(context, blocks.last - blocks.first, [&](std::int64_t item) {
    const std::int64_t partial = blocks.first + item;
    auto part = std::make_unique<ModelSums>();
    for (int k = 0; k < models; ++k) part->of.push_back(std::make_unique<Sums>(layout, spare));
    if (visitor) part->visitor = visitor->fresh();
    auto rows = std::make_unique<RowWork>(design, plan);
    Adder adder(plan, layout, joint, loops);
    selection.for_blocks(partial, [&](std::int64_t begin, int n) {
      rows->load(training, begin, n);
      rows->load_values(design, plan, scales.anchors, loops);
      for (int k = 0; k < models; ++k) {
        if (k > 0) rows->load(training, begin, n);  // a model may have dropped rows, or changed their weights
        fill(k, *rows, *part->of[static_cast<std::size_t>(k)]);
        adder.add(*rows, *part->of[static_cast<std::size_t>(k)]);
      }
      if (part->visitor) part->visitor->visit(shown(*rows));
      if (!by_row) return;
      std::copy_n(rows->information, n, by_row->information.data() + begin);
      std::copy_n(rows->score, n, by_row->score.data() + begin);
    });
    for (auto& sums : part->of) {
      if (sums->counted) continue;
      sums->n = counts.of[static_cast<std::size_t>(partial)].n;
      sums->sum_w = counts.of[static_cast<std::size_t>(partial)].sum_w;
    }
    out.add(blocks.number + item, std::move(part));
  });
}

// The arrow needs a value per row.
Evaluation CodedObjective::Parts::sum_with_arrow(const RowSelection& selection, const Counts& counts, const Fill& fill,
                                                 const RunContext& context, RowVisitor* visitor) const {
  SharedSums sums(0);
  const auto rows = arrow ? static_cast<std::size_t>(design.rows) : 0;
  RowSums by_row{std::vector<double>(rows), std::vector<double>(rows)};
  add_blocks(selection, counts, {0, selection.partials(), 0}, 1, fill, sums, context, arrow ? &by_row : nullptr,
             visitor);
  Evaluation result = std::move(finish(sums, 1, visitor)[0]);
  if (arrow) arrow->complete(by_row.information, by_row.score, context, result);
  return result;
}

std::vector<Evaluation> CodedObjective::Parts::finish(SharedSums& sums, int models, RowVisitor* visitor) const {
  auto total = sums.finalize();
  if (visitor && total) visitor->merge(*total->visitor);
  std::vector<Evaluation> results;
  for (int k = 0; k < models; ++k) {
    const Sums none(layout, spare);
    const Sums& of_model = total ? *total->of[static_cast<std::size_t>(k)] : none;
    results.push_back(assembler.assemble(of_model));
    results.back().n = of_model.n;
    results.back().sum_w = of_model.sum_w;
  }
  return results;
}

Fill CodedObjective::Parts::fill_of(const std::vector<PassModel>& models, Information kind) const {
  std::vector<ModelAt> at;
  for (const PassModel& model : models)
    at.push_back({spread(model.beta), model.family ? RowFamily(*model.family, rows_of_family.link()) : rows_of_family,
                  model.weights, model.y});
  return
      [this, at = std::make_shared<const std::vector<ModelAt>>(std::move(at)), kind](int k, RowWork& rows, Sums& sums) {
        const Kernels& loops = kernels(math::active_isa());
        const ModelAt& model = (*at)[static_cast<std::size_t>(k)];
        if (model.y) rows.respond(model.y + rows.begin);
        if (model.weights) {
          rows.reweight(model.weights + rows.begin);
          double counted[kComputeRows];
          for (int i = 0; i < rows.n; ++i)
            counted[i] = rows.weight[i] > 0.0 ? (rows.frequencies ? rows.frequencies[i] : 1.0) : 0.0;
          sums.counted = true;
          sums.n += loops.sum(counted, rows.n);
          sums.sum_w += loops.sum(rows.weight, rows.n);
        }
        predict(model.at, loops, rows);
        model.family.at_predictor(kind, rows);
      };
}

// Coefficients whose mean is that of the portfolio everywhere.
std::vector<double> CodedObjective::Parts::mean_point() const {
  if (!whole.intercept) return {};
  std::vector<double> point(static_cast<std::size_t>(whole.n_columns), 0.0);
  point[0] = families::link_value(rows_of_family.link(), centre);
  return point;
}

// Models beyond these take another pass: their tables would drive each other out of the caches.
constexpr std::size_t kModelsPerPass = 8;

std::vector<Evaluation> CodedObjective::Parts::evaluate(const RowSelection& selection, const Counts& counts,
                                                        const std::vector<PassModel>& models, Information kind,
                                                        const RunContext& context) const {
  std::vector<Evaluation> results;
  for (std::size_t k = 0; arrow && k < models.size(); ++k)
    results.push_back(sum_with_arrow(selection, counts, fill_of({models[k]}, kind), context));
  if (arrow) return results;
  for (std::size_t first = 0; first < models.size(); first += kModelsPerPass) {
    const std::vector<PassModel> some(
        models.begin() + static_cast<std::ptrdiff_t>(first),
        models.begin() + static_cast<std::ptrdiff_t>(std::min(models.size(), first + kModelsPerPass)));
    SharedSums sums(0);
    const int count = static_cast<int>(some.size());
    add_blocks(selection, counts, {0, selection.partials(), 0}, count, fill_of(some, kind), sums, context);
    for (auto& result : finish(sums, count)) results.push_back(std::move(result));
  }
  return results;
}

Evaluation CodedObjective::Parts::start(const RowSelection& selection, const Counts& counts, double pull,
                                        const RunContext& context) const {
  const Fill fill = [&](int, RowWork& rows, Sums&) { rows_of_family.at_start(centre, pull, rows); };
  return sum_with_arrow(selection, counts, fill, context);
}

WeightedRows CodedObjective::Parts::at(const Point& point) const {
  WeightedRows rows{training, design, plan, scales, {}};
  if (!point.beta) {
    rows.fill = [this, pull = point.pull](RowWork& work) { rows_of_family.at_start(centre, pull, work); };
    return rows;
  }
  rows.fill = [this, at = std::make_shared<const Spread>(spread(point.beta->data()))](RowWork& work) {
    predict(*at, kernels(math::active_isa()), work);
    rows_of_family.at_predictor(Information::expected, work);
  };
  return rows;
}

}  // namespace deciban::engine
