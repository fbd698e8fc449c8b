#include "deciban/base/config.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/engine/design_rows.hpp"
#include "deciban/inference/covariance.hpp"
#include "deciban/linalg/sandwich.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::inference {
namespace {

using linalg::Matrix;
using parallel::kComputeRows;

// The score of every row, for visits in the order of clusters.
class ScoreVisitor final : public engine::RowVisitor {
 public:
  explicit ScoreVisitor(std::vector<double>& scores) : scores_(scores) {}
  std::unique_ptr<engine::RowVisitor> fresh() const override { return std::make_unique<ScoreVisitor>(scores_); }
  void visit(const engine::RowBlock& rows) override {
    for (int i = 0; i < rows.count; ++i) scores_[static_cast<std::size_t>(rows.begin + i)] = rows.score[i];
  }
  void merge(engine::RowVisitor&) override {}

 private:
  std::vector<double>& scores_;
};

// Rows cluster by cluster, in their order.
struct RowOrder {
  std::vector<std::int64_t> start;  // of each cluster, in rows
  std::vector<std::int64_t> rows;
};

RowOrder order_rows(const Clusters& clusters) {
  RowOrder order;
  order.start.assign(static_cast<std::size_t>(clusters.count) + 1, 0);
  clusters.codes.for_each([&](std::size_t, std::int32_t code) {
    if (code >= 0) ++order.start[static_cast<std::size_t>(code) + 1];
  });
  for (std::size_t g = 1; g < order.start.size(); ++g) order.start[g] += order.start[g - 1];
  order.rows.resize(static_cast<std::size_t>(order.start.back()));
  std::vector<std::int64_t> next = order.start;
  clusters.codes.for_each([&](std::size_t row, std::int32_t code) {
    if (code >= 0)
      order.rows[static_cast<std::size_t>(next[static_cast<std::size_t>(code)]++)] = static_cast<std::int64_t>(row);
  });
  return order;
}

struct Meat {
  explicit Meat(int p) : sum(p, p) {}
  void merge(const Meat& later) {
    for (int j = 0; j < sum.cols(); ++j)
      for (int i = 0; i <= j; ++i) sum(i, j) += later.sum(i, j);
  }
  Matrix sum;  // upper triangle
};

// The sum of scores of one cluster: entries of the columns that its rows touch.
class ClusterSum {
 public:
  ClusterSum(const design::CodedDesign& design, const std::vector<double>& shifts)
      : rows_(design, shifts),
        columns_(static_cast<std::size_t>(rows_.most())),
        values_(static_cast<std::size_t>(rows_.most())),
        sum_(static_cast<std::size_t>(design.n_columns), 0.0),
        is_touched_(static_cast<std::size_t>(design.n_columns), 0) {}

  // `run` rows from `begin` on, which are loaded together.
  void add(std::int64_t begin, int run, const double* scores) {
    rows_.load(begin, run);
    for (int i = 0; i < run; ++i) {
      const int n = rows_.read(i, columns_.data(), values_.data());
      for (int k = 0; k < n; ++k) {
        const auto column = static_cast<std::size_t>(columns_[k]);
        if (!is_touched_[column]) touched_.push_back(columns_[k]);
        is_touched_[column] = 1;
        sum_[column] += values_[k] * scores[begin + i];
      }
    }
  }

  // Adds the product of the sum with itself and starts afresh.
  void close(Matrix& meat) {
    std::sort(touched_.begin(), touched_.end());
    for (std::size_t b = 0; b < touched_.size(); ++b) {
      double* column = meat.column(touched_[b]);
      const double factor = sum_[static_cast<std::size_t>(touched_[b])];
      for (std::size_t a = 0; a <= b; ++a) column[touched_[a]] += sum_[static_cast<std::size_t>(touched_[a])] * factor;
    }
    for (const std::int32_t column : touched_) {
      sum_[static_cast<std::size_t>(column)] = 0.0;
      is_touched_[static_cast<std::size_t>(column)] = 0;
    }
    touched_.clear();
  }

 private:
  engine::DesignRows rows_;
  std::vector<std::int32_t> columns_, touched_;
  std::vector<double> values_, sum_;
  std::vector<char> is_touched_;
};

// Clusters where pieces of about 32,768 rows begin: at most 64 of them, since each has a matrix of its own.
std::vector<std::int32_t> pieces(const RowOrder& order) {
  const auto rows = static_cast<std::int64_t>(order.rows.size());
  const std::int64_t size = std::max(parallel::kReduceRows, (rows + 63) / 64);
  std::vector<std::int32_t> first = {0};
  for (std::size_t g = 1; g + 1 < order.start.size(); ++g)
    if (order.start[g] - order.start[static_cast<std::size_t>(first.back())] >= size)
      first.push_back(static_cast<std::int32_t>(g));
  first.push_back(static_cast<std::int32_t>(order.start.size()) - 1);
  return first;
}

Matrix cluster_meat(const FittedRows& fit, const std::vector<double>& scores, const Clusters& clusters,
                    const RunContext& context) {
  const RowOrder order = order_rows(clusters);
  const std::vector<std::int32_t> first = pieces(order);
  const int p = fit.objective.size();
  const auto total =
      parallel::ordered_reduce<Meat>(context, static_cast<std::int64_t>(first.size()) - 1, [&](std::int64_t piece) {
        auto part = std::make_unique<Meat>(p);
        ClusterSum sum(fit.training.design, fit.objective.shifts());
        for (auto g = static_cast<std::size_t>(first[piece]); g < static_cast<std::size_t>(first[piece + 1]); ++g) {
          for (auto k = order.start[g]; k < order.start[g + 1];) {
            int run = 1;
            while (k + run < order.start[g + 1] && run < kComputeRows && order.rows[k + run] == order.rows[k] + run)
              ++run;
            sum.add(order.rows[k], run, scores.data());
            k += run;
          }
          sum.close(part->sum);
        }
        return part;
      });
  Matrix meat = total ? std::move(total->sum) : Matrix(p, p);
  for (int j = 0; j < p; ++j)
    for (int i = 0; i < j; ++i) meat(j, i) = meat(i, j);
  return meat;
}

// Clusters of rows that agree in all of the columns in `chosen`.
Clusters joint_clusters(const std::vector<Clusters>& columns, unsigned chosen) {
  Clusters joint;
  bool first = true;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!(chosen >> c & 1u)) continue;
    if (first) joint = columns[c];
    if (!first) {
      std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> pairs;
      std::vector<std::int32_t> codes = joint.codes.to_vector();
      columns[c].codes.for_each([&](std::size_t row, std::int32_t code) {
        if (code < 0 || codes[row] < 0) return;
        const auto next = static_cast<std::int32_t>(pairs.size());
        codes[row] = pairs.emplace(std::make_pair(codes[row], code), next).first->second;
      });
      joint.codes = data::RowCodes(codes);
      joint.count = static_cast<std::int32_t>(pairs.size());
    }
    first = false;
  }
  return joint;
}

void require_no_arrow(const FittedRows& fit) {
  if (!fit.inverse.arrow()) return;
  throw Error(ErrorKind::input, "vcov.wide_factor",
              "A covariance by clusters is not to be had for a model with a factor of 1,024 columns or more.",
              "Use vcov = \"HC1\", or encode the widest factor as one number.",
              Document::object({{"coefficients", fit.inverse.cols()}}));
}

}  // namespace

linalg::Covariance cluster_covariance(const FittedRows& fit, const CovarianceSpec& spec,
                                      const std::vector<Clusters>& clusters, const RunContext& context) {
  require_no_arrow(fit);
  std::vector<double> scores(static_cast<std::size_t>(fit.training.design.rows));
  ScoreVisitor visitor(scores);
  fit.objective.accumulate(fit.beta, visitor, context);
  const int p = fit.objective.size();
  Matrix meat(p, p);
  for (unsigned chosen = 1; chosen < 1u << clusters.size(); ++chosen) {
    const Clusters joint = joint_clusters(clusters, chosen);
    const Matrix part = cluster_meat(fit, scores, joint, context);
    int columns = 0;
    for (unsigned rest = chosen; rest; rest >>= 1) columns += static_cast<int>(rest & 1u);
    const double groups = joint.count;
    const double adjusted = spec.adjust_clusters && groups > 1.0 ? groups / (groups - 1.0) : 1.0;
    const double factor = columns % 2 ? adjusted : -adjusted;
    for (int j = 0; j < p; ++j)
      for (int i = 0; i < p; ++i) meat(i, j) += factor * part(i, j);
  }
  linalg::Covariance covariance = linalg::sandwich(fit.inverse, std::move(meat), context);
  if (spec.kind == CovarianceSpec::Kind::hc1)
    covariance.scale((fit.n - 1.0) / (fit.n - fit.rank), std::vector<char>(static_cast<std::size_t>(p), 1));
  return covariance;
}

}  // namespace deciban::inference
