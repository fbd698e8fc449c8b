#include "woe_sums.hpp"

#include <algorithm>
#include <utility>

#include "deciban/parallel/team.hpp"

namespace deciban::encoding {
namespace {

constexpr std::int64_t kPiece = 1024, kPart = 65536;

CellSums empty_sums(std::size_t cells, std::size_t classes, bool squares, bool cross) {
  CellSums out;
  out.rows.assign(cells, 0.0);
  out.sums.assign(classes, std::vector<double>(cells, 0.0));
  if (squares) out.squares = out.sums;
  if (cross) out.cross.assign(cells, 0.0);
  return out;
}

// Rows [begin, begin + count) of codes, negative ones as the last cell.
void read_cells(const data::RowCodes& codes, std::int64_t begin, std::int64_t count, std::size_t cells,
                std::int32_t* out) {
  codes.read(begin, count, out);
  const auto last = static_cast<std::int32_t>(cells) - 1;
  for (std::int64_t i = 0; i < count; ++i) out[i] = out[i] < 0 ? last : out[i];
}

constexpr std::size_t kFewCells = 8192;  // more are not worth counters for every thread

// Counts are whole numbers: their order does not matter.
CellSums count_cells(const data::RowCodes& codes, std::size_t cells, const WoeTarget& target,
                     const RunContext& context) {
  const std::size_t classes = target.n_classes();
  const auto rows = static_cast<std::int64_t>(codes.size());
  const std::int64_t parts = cells * classes > kFewCells
                                 ? 1
                                 : std::max<std::int64_t>(1, std::min<std::int64_t>(context.n_threads, rows / kPart));
  std::vector<std::vector<std::int64_t>> counted(static_cast<std::size_t>(parts));
  parallel::for_each(context, parts, [&](std::int64_t part) {
    std::vector<std::int64_t> counts(cells * classes, 0);
    std::int32_t cell[kPiece], of_class[kPiece];
    const std::int64_t end = rows * (part + 1) / parts;
    for (std::int64_t begin = rows * part / parts; begin < end; begin += kPiece) {
      const std::int64_t n = std::min(kPiece, end - begin);
      read_cells(codes, begin, n, cells, cell);
      target.class_codes.read(begin, n, of_class);
      for (std::int64_t i = 0; i < n; ++i)
        ++counts[static_cast<std::size_t>(cell[i]) * classes + static_cast<std::size_t>(of_class[i])];
    }
    counted[static_cast<std::size_t>(part)] = std::move(counts);
  });
  std::vector<std::int64_t> counts = std::move(counted[0]);
  for (std::size_t part = 1; part < counted.size(); ++part)
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += counted[part][i];
  CellSums out = empty_sums(cells, classes, false, false);
  for (std::size_t i = 0; i < cells; ++i)
    for (std::size_t c = 0; c < classes; ++c) {
      out.sums[c][i] = static_cast<double>(counts[i * classes + c]);
      out.rows[i] += out.sums[c][i];
    }
  return out;
}

}  // namespace

CellSums sum_cells(const data::RowCodes& codes, std::size_t cells, const WoeTarget& target, const RunContext& context) {
  if (target.plain()) return count_cells(codes, cells, target, context);
  const bool fractional = target.kind == WoeTargetKind::fractional,
             squares = fractional || !target.sample_weight.empty();
  const std::size_t classes = target.n_classes();
  CellSums out = empty_sums(cells, classes, squares, fractional);
  std::int32_t cell[kPiece], of_class[kPiece];
  const auto rows = static_cast<std::int64_t>(codes.size());
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const std::int64_t n = std::min(kPiece, rows - begin);
    read_cells(codes, begin, n, cells, cell);
    if (!fractional) target.class_codes.read(begin, n, of_class);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto row = static_cast<std::size_t>(begin + i), at = static_cast<std::size_t>(cell[i]);
      const double w = target.sample_weight.empty() ? 1.0 : target.sample_weight[row];
      const double f = target.freq_weights.empty() ? 1.0 : target.freq_weights[row];
      if (w == 0.0 || f == 0.0) continue;
      out.rows[at] += f;
      if (!fractional) {
        const auto c = static_cast<std::size_t>(of_class[i]);
        out.sums[c][at] += f * w;
        if (squares) out.squares[c][at] += f * (w * w);
        continue;
      }
      const double y = target.share[row], other = 1.0 - y;
      out.sums[0][at] += f * (w * other);
      out.sums[1][at] += f * (w * y);
      out.squares[0][at] += f * ((w * other) * (w * other));
      out.squares[1][at] += f * ((w * y) * (w * y));
      out.cross[at] += f * ((w * y) * (w * other));
    }
  }
  return out;
}

void for_features(const RunContext& context, std::size_t features, const std::function<void(std::size_t)>& body) {
  if (features >= static_cast<std::size_t>(context.n_threads))
    return parallel::for_each(context, static_cast<std::int64_t>(features),
                              [&](std::int64_t feature) { body(static_cast<std::size_t>(feature)); });
  for (std::size_t feature = 0; feature < features; ++feature) body(feature);
}

CellSums join_cells(const CellSums& cells, const std::vector<int>& group, std::size_t groups) {
  CellSums out = empty_sums(groups, cells.sums.size(), !cells.squares.empty(), !cells.cross.empty());
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i] < 0) continue;
    const auto g = static_cast<std::size_t>(group[i]);
    out.rows[g] += cells.rows[i];
    for (std::size_t c = 0; c < cells.sums.size(); ++c) {
      out.sums[c][g] += cells.sums[c][i];
      if (!cells.squares.empty()) out.squares[c][g] += cells.squares[c][i];
    }
    if (!cells.cross.empty()) out.cross[g] += cells.cross[i];
  }
  return out;
}

}  // namespace deciban::encoding
