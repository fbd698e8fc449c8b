#include "arrow_rows.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::engine {

using design::Block;
using parallel::kComputeRows;

namespace {

constexpr std::int64_t kChunkRows = 16384;  // of levels that are summed as one piece of work
constexpr std::int64_t kRunRows = 512;      // of a level that are summed before they join its total

// First coefficient and number of coefficients of a block whose coefficients follow one another by code; {0, 0}: no
// such block.
std::pair<int, int> run_of(const Block& block) {
  if (!block.parts.empty() || !block.codes) return {0, 0};
  int first = -1, count = 0;
  for (const int column : block.columns) {
    if (column < 0) continue;
    if (first < 0) first = column;
    if (column != first + count) return {0, 0};
    ++count;
  }
  return {std::max(first, 0), count};
}

// Product of the parts of a block in one row.
double value_at(const Block& block, int j, std::int64_t row) {
  double value = 1.0;
  for (const auto& part : block.parts) {
    value *= part.column(j % part.width)[part.codes ? part.codes->at(row) : row];
    j /= part.width;
  }
  return value;
}

}  // namespace

int arrow_block(const design::CodedDesign& design, int least) {
  int best = -1, most = least - 1;
  if (design.rows > std::int64_t{0xffffffff}) return -1;
  for (std::size_t b = 0; b < design.blocks.size(); ++b) {
    const int count = run_of(design.blocks[b]).second;
    if (count <= most) continue;
    best = static_cast<int>(b);
    most = count;
  }
  return best;
}

design::CodedDesign without_block(const design::CodedDesign& design, int block) {
  design::CodedDesign core;
  const auto run = run_of(design.blocks[static_cast<std::size_t>(block)]);
  core.rows = design.rows;
  core.n_columns = design.n_columns - run.second;
  core.intercept = design.intercept;
  for (std::size_t b = 0; b < design.blocks.size(); ++b) {
    if (static_cast<int>(b) == block) continue;
    core.blocks.push_back(design.blocks[b]);
    for (int& column : core.blocks.back().columns)
      if (column >= run.first) column -= run.second;
  }
  return core;
}

// Sums of the columns of the core: of a run of rows, and of the runs before it.
struct ArrowRows::Scratch {
  explicit Scratch(int q) : run(static_cast<std::size_t>(q), 0.0), total(static_cast<std::size_t>(q), 0.0) {}
  std::vector<double> run, total;
};

ArrowRows::ArrowRows(const Block& block, const design::CodedDesign& core, const Plan& plan,
                     const std::vector<double>& anchors)
    : block_(block), core_(core), plan_(plan), anchors_(anchors) {
  std::tie(first_, size_) = run_of(block);
  const std::int64_t n = core.rows;
  std::vector<std::int32_t> codes(kComputeRows);
  const auto for_levels = [&](auto&& body) {
    for (std::int64_t begin = 0; begin < n; begin += kComputeRows) {
      const int count = static_cast<int>(std::min<std::int64_t>(kComputeRows, n - begin));
      block_.codes->read(begin, count, codes.data());
      for (int i = 0; i < count; ++i) {
        const int column = block_.columns[static_cast<std::size_t>(codes[static_cast<std::size_t>(i)])];
        if (column >= 0) body(static_cast<std::size_t>(column - first_), begin + i);
      }
    }
  };
  start_.assign(static_cast<std::size_t>(size_) + 1, 0);
  for_levels([&](std::size_t l, std::int64_t) { ++start_[l + 1]; });
  for (std::size_t l = 0; l < static_cast<std::size_t>(size_); ++l) start_[l + 1] += start_[l];
  std::vector<std::int64_t> next(start_.begin(), start_.end() - 1);
  rows_.resize(static_cast<std::size_t>(start_.back()));
  for_levels([&](std::size_t l, std::int64_t row) {
    rows_[static_cast<std::size_t>(next[l]++)] = static_cast<std::uint32_t>(row);
  });
  for (const auto& code : plan.codes) {
    codes_.emplace_back(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) codes_.back()[i] = code.codes->at(rows_[i]);
  }
  chunks_.push_back(0);
  for (int l = 0; l < size_; ++l)
    if (start_[static_cast<std::size_t>(l) + 1] - start_[static_cast<std::size_t>(chunks_.back())] >= kChunkRows)
      chunks_.push_back(l + 1);
  if (chunks_.back() < size_) chunks_.push_back(size_);
  find_pattern();
}

// Calls visit(column of the core, value) for what stands in the row at a place.
template <class Visit>
void ArrowRows::for_entries(std::int64_t place, Visit&& visit) const {
  const std::int64_t row = rows_[static_cast<std::size_t>(place)];
  if (core_.intercept) visit(0, 1.0);
  for (const auto& feature : plan_.features) {
    const std::int32_t code = codes_[static_cast<std::size_t>(feature.code)][static_cast<std::size_t>(place)];
    const std::size_t begin = static_cast<std::size_t>(code) * static_cast<std::size_t>(feature.width);
    for (std::size_t e = begin; e < begin + static_cast<std::size_t>(feature.width); ++e)
      if (feature.columns[e] >= 0) visit(feature.columns[e], feature.values.empty() ? 1.0 : feature.values[e]);
  }
  for (const auto& dense : plan_.dense)
    visit(dense.column, value_at(core_.blocks[static_cast<std::size_t>(dense.block)], dense.j, row) -
                            anchors_[static_cast<std::size_t>(dense.column)]);
  for (const auto& term : plan_.varying) {
    const Block& block = core_.blocks[static_cast<std::size_t>(term.block)];
    const int cell = block.codes->at(row);
    for (int j = 0; j < term.width; ++j) {
      const int column = (*term.columns)[static_cast<std::size_t>(cell) * term.width + j];
      if (column >= 0) visit(column, value_at(block, j, row));
    }
  }
}

void ArrowRows::find_pattern() {
  auto pattern = std::make_shared<linalg::SparsePattern>();
  std::vector<int> seen(static_cast<std::size_t>(core_.n_columns), -1);
  for (int l = 0; l < size_; ++l) {
    const auto begin = static_cast<std::ptrdiff_t>(pattern->index.size());
    for (std::int64_t place = start_[static_cast<std::size_t>(l)]; place < start_[static_cast<std::size_t>(l) + 1];
         ++place)
      for_entries(place, [&](int column, double) {
        if (seen[static_cast<std::size_t>(column)] == l) return;
        seen[static_cast<std::size_t>(column)] = l;
        pattern->index.push_back(column);
      });
    std::sort(pattern->index.begin() + begin, pattern->index.end());
    pattern->start.push_back(static_cast<std::int64_t>(pattern->index.size()));
  }
  pattern_ = std::move(pattern);
}

std::vector<double> ArrowRows::by_code(const double* beta) const {
  std::vector<double> values;
  for (const int column : block_.columns) values.push_back(column < 0 ? 0.0 : beta[column]);
  return values;
}

void ArrowRows::add_level(int l, const double* information, const double* score, Scratch& scratch, linalg::Arrow& arrow,
                          double& score_of_level) const {
  const std::int64_t end = start_[static_cast<std::size_t>(l) + 1];
  const std::int64_t from = pattern_->start[static_cast<std::size_t>(l)];
  const std::int64_t to = pattern_->start[static_cast<std::size_t>(l) + 1];
  double weight = 0.0, gradient = 0.0;
  for (std::int64_t run = start_[static_cast<std::size_t>(l)]; run < end; run += kRunRows) {
    double run_weight = 0.0, run_gradient = 0.0;
    for (std::int64_t place = run; place < std::min(end, run + kRunRows); ++place) {
      const std::size_t row = rows_[static_cast<std::size_t>(place)];
      const double w = information[row];
      run_weight += w;
      run_gradient += score[row];
      for_entries(place, [&](int column, double value) { scratch.run[static_cast<std::size_t>(column)] += w * value; });
    }
    weight += run_weight;
    gradient += run_gradient;
    for (std::int64_t e = from; e < to; ++e) {
      const auto column = static_cast<std::size_t>(pattern_->index[static_cast<std::size_t>(e)]);
      scratch.total[column] += scratch.run[column];
      scratch.run[column] = 0.0;
    }
  }
  arrow.diagonal[static_cast<std::size_t>(l)] = weight;
  score_of_level = gradient;
  for (std::int64_t e = from; e < to; ++e) {
    const auto column = static_cast<std::size_t>(pattern_->index[static_cast<std::size_t>(e)]);
    arrow.border[static_cast<std::size_t>(e)] = scratch.total[column];
    scratch.total[column] = 0.0;
  }
}

void ArrowRows::complete(const std::vector<double>& information, const std::vector<double>& score,
                         const RunContext& context, Evaluation& at) const {
  auto arrow = std::make_shared<linalg::Arrow>();
  arrow->first = first_;
  arrow->pattern = pattern_;
  arrow->diagonal.assign(static_cast<std::size_t>(size_), 0.0);
  arrow->border.assign(pattern_->index.size(), 0.0);
  std::vector<double> scores(static_cast<std::size_t>(size_), 0.0);
  parallel::for_each(context, static_cast<std::int64_t>(chunks_.size()) - 1, [&](std::int64_t chunk) {
    Scratch scratch(core_.n_columns);
    for (std::int64_t l = chunks_[static_cast<std::size_t>(chunk)]; l < chunks_[static_cast<std::size_t>(chunk) + 1];
         ++l)
      add_level(static_cast<int>(l), information.data(), score.data(), scratch, *arrow,
                scores[static_cast<std::size_t>(l)]);
  });
  at.score.insert(at.score.begin() + first_, scores.begin(), scores.end());
  at.information = linalg::ArrowMatrix(at.information.core(), std::move(arrow));
}

}  // namespace deciban::engine
