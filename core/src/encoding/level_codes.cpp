#include "deciban/encoding/level_codes.hpp"

#include <algorithm>
#include <numeric>

#include "deciban/base/error.hpp"
#include "deciban/base/large_pages.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/dictionary_document.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "encoder_checks.hpp"

namespace deciban::encoding {
namespace {

constexpr const char* kMissingLabel = "(missing)";
constexpr const char* kRareLabel = "(rare)";
constexpr std::int64_t kMostCells = std::int64_t{1} << 62;

// Finds the level of a joint cell: by position where cells are few for the rows, else by bisection.
class CellIndex {
 public:
  CellIndex(const std::vector<std::int64_t>& cells, const std::vector<std::int64_t>& rare, std::int64_t n_cells,
            std::int64_t rows)
      : cells_(cells), rare_(rare) {
    if (n_cells > std::max<std::int64_t>(65536, 4 * rows)) return;
    by_cell_.assign(static_cast<std::size_t>(n_cells), kUnseenValue);
    for (std::size_t i = 0; i < cells.size(); ++i) by_cell_[static_cast<std::size_t>(cells[i])] = level(i);
    for (const std::int64_t cell : rare) by_cell_[static_cast<std::size_t>(cell)] = level(cells.size());
  }

  std::int32_t find(std::int64_t cell) const {
    if (!by_cell_.empty()) return by_cell_[static_cast<std::size_t>(cell)];
    const auto found = std::lower_bound(cells_.begin(), cells_.end(), cell);
    if (found != cells_.end() && *found == cell) return level(static_cast<std::size_t>(found - cells_.begin()));
    return std::binary_search(rare_.begin(), rare_.end(), cell) ? level(cells_.size()) : kUnseenValue;
  }

 private:
  static std::int32_t level(std::size_t index) { return static_cast<std::int32_t>(index); }
  const std::vector<std::int64_t>&cells_, &rare_;
  std::vector<std::int32_t> by_cell_;
};

std::int64_t count_cells(const std::vector<data::Dictionary>& levels) {
  std::int64_t cells = 1;
  for (const auto& dictionary : levels) {
    const auto radix = static_cast<std::int64_t>(dictionary.size()) + 1;
    if (cells > kMostCells / radix)
      throw Error(ErrorKind::input, "encoder.columns", "The joint levels of the columns are too many to be counted.",
                  "Join fewer columns.");
    cells *= radix;
  }
  return cells;
}

// Adds one column to the joint cells of the rows: missing is the last level of a column, or makes the row missing.
void add_column(const data::RowCodes& codes, std::int64_t radix, bool missing_level, std::vector<std::int64_t>& cells,
                const RunContext& context) {
  const auto rows = static_cast<std::int64_t>(codes.size());
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    std::int32_t piece[parallel::kComputeRows];
    parallel::for_compute_blocks(parallel::block_range(rows, block), [&](std::int64_t begin, int count) {
      codes.read(begin, count, piece);
      for (int i = 0; i < count; ++i) {
        std::int64_t& cell = cells[static_cast<std::size_t>(begin + i)];
        const std::int64_t code = piece[i] == data::kMissingCode && missing_level ? radix - 1 : piece[i];
        if (cell < 0 || code < 0)
          cell = std::min<std::int64_t>(cell, std::min<std::int64_t>(code, 0));
        else
          cell = cell * radix + code;
      }
    });
  });
}

Document array_of(const std::vector<std::int64_t>& values) {
  Document array = Document::array();
  for (const std::int64_t value : values) array.push(Document(value));
  return array;
}

std::vector<std::int64_t> integers_of(const Document& document, const char* what) {
  std::vector<std::int64_t> values;
  for (const Document& value : document.items(what)) values.push_back(value.as_int(what));
  return values;
}

}  // namespace

LevelCoder LevelCoder::learn(const std::vector<std::string>& columns, const data::Table& data, bool missing_level,
                             std::int64_t min_rows, std::vector<std::int32_t>& codes, const RunContext& context) {
  LevelCoder coder;
  coder.columns_ = columns;
  coder.missing_level_ = missing_level;
  std::vector<const data::Column*> sources;
  for (const auto& name : columns) sources.push_back(&data.at(name));
  std::vector<data::CodedColumn> coded(columns.size());
  parallel::for_each(context, static_cast<std::int64_t>(columns.size()), [&](std::int64_t c) {
    coded[c] = data::encode_levels(*sources[static_cast<std::size_t>(c)], context);
  });
  for (auto& column : coded) coder.levels_.push_back(std::move(column.levels));
  if (columns.size() == 1) {
    coder.number_column(coded[0].codes, min_rows, codes, context);
    return coder;
  }
  std::vector<std::int64_t> cells(static_cast<std::size_t>(data.rows()), 0);
  count_cells(coder.levels_);
  for (std::size_t c = 0; c < columns.size(); ++c)
    add_column(coded[c].codes, coder.radix(c), missing_level, cells, context);
  coder.number_levels(cells, min_rows, codes, context);
  return coder;
}

LevelCoder LevelCoder::given(const std::string& column, const std::vector<std::string>& labels, bool missing_level) {
  LevelCoder coder;
  coder.columns_ = {column};
  coder.levels_.resize(1);
  coder.levels_[0].labels = labels;
  coder.levels_[0].declared = true;
  coder.missing_level_ = missing_level;
  coder.cells_.resize(labels.size() + (missing_level ? 1 : 0));
  std::iota(coder.cells_.begin(), coder.cells_.end(), 0);
  coder.size_ = static_cast<std::int32_t>(coder.cells_.size());
  return coder;
}

void LevelCoder::number_column(const data::RowCodes& column, std::int64_t min_rows, std::vector<std::int32_t>& codes,
                               const RunContext& context) {
  const auto rows = static_cast<std::int64_t>(column.size());
  const auto last = static_cast<std::int32_t>(levels_[0].size());
  const std::int32_t missing = missing_level_ ? last : kMissingValue;
  codes = row_vector<std::int32_t>(static_cast<std::size_t>(rows));
  // counted in parts, as many as rows and levels call for
  const std::int64_t parts =
      std::max<std::int64_t>(1, std::min<std::int64_t>(8, rows / (16 * (last + std::int64_t{1024}))));
  std::vector<std::vector<std::int64_t>> counted(static_cast<std::size_t>(parts));
  parallel::for_each(context, parts, [&](std::int64_t part) {
    std::vector<std::int64_t>& counts = counted[static_cast<std::size_t>(part)];
    counts.assign(static_cast<std::size_t>(last) + 1, 0);
    const parallel::RowRange range{part * rows / parts, (part + 1) * rows / parts};
    parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
      std::int32_t* piece = codes.data() + begin;
      column.read(begin, count, piece);
      for (int i = 0; i < count; ++i) {
        if (piece[i] < 0) piece[i] = missing;
        if (piece[i] >= 0) ++counts[static_cast<std::size_t>(piece[i])];
      }
    });
  });
  std::vector<std::int64_t>& counts = counted[0];
  for (std::size_t part = 1; part < counted.size(); ++part)
    for (std::size_t cell = 0; cell < counts.size(); ++cell) counts[cell] += counted[part][cell];
  std::vector<std::int32_t> level(counts.size(), kUnseenValue);
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    if (counts[cell] == 0) continue;
    const bool rare = counts[cell] < min_rows;
    (rare ? rare_cells_ : cells_).push_back(static_cast<std::int64_t>(cell));
    if (!rare) level[cell] = static_cast<std::int32_t>(cells_.size()) - 1;
  }
  for (const std::int64_t cell : rare_cells_)
    level[static_cast<std::size_t>(cell)] = static_cast<std::int32_t>(cells_.size());
  size_ = static_cast<std::int32_t>(cells_.size()) + (rare_cells_.empty() ? 0 : 1);
  if (rare_cells_.empty() && (cells_.empty() || cells_.back() + 1 == size_)) return;  // codes are levels
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(rows, block);
    for (auto row = static_cast<std::size_t>(range.begin); row < static_cast<std::size_t>(range.end); ++row)
      if (codes[row] >= 0) codes[row] = level[static_cast<std::size_t>(codes[row])];
  });
}

void LevelCoder::number_levels(const std::vector<std::int64_t>& cells, std::int64_t min_rows,
                               std::vector<std::int32_t>& codes, const RunContext& context) {
  const auto rows = static_cast<std::int64_t>(cells.size());
  const std::int64_t n_cells = count_cells(levels_);
  const auto keep = [&](std::int64_t cell, std::int64_t count) {
    if (count > 0) (count < min_rows ? rare_cells_ : cells_).push_back(cell);
  };
  if (n_cells <= std::max<std::int64_t>(65536, 4 * rows)) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(n_cells), 0);
    for (const std::int64_t cell : cells)
      if (cell >= 0) ++counts[static_cast<std::size_t>(cell)];
    for (std::int64_t cell = 0; cell < n_cells; ++cell) keep(cell, counts[static_cast<std::size_t>(cell)]);
  } else {
    std::vector<std::int64_t> sorted;
    for (const std::int64_t cell : cells)
      if (cell >= 0) sorted.push_back(cell);
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0, next; i < sorted.size(); i = next) {
      for (next = i; next < sorted.size() && sorted[next] == sorted[i];) ++next;
      keep(sorted[i], static_cast<std::int64_t>(next - i));
    }
  }
  size_ = static_cast<std::int32_t>(cells_.size()) + (rare_cells_.empty() ? 0 : 1);
  const CellIndex index(cells_, rare_cells_, n_cells, rows);
  codes.resize(cells.size());
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(rows, block);
    for (std::int64_t row = range.begin; row < range.end; ++row) {
      const std::int64_t cell = cells[static_cast<std::size_t>(row)];
      codes[static_cast<std::size_t>(row)] = cell < 0 ? kMissingValue : index.find(cell);
    }
  });
}

std::vector<std::int32_t> LevelCoder::code(const data::Table& data, std::vector<std::string>& unseen,
                                           std::int64_t& n_unseen, const RunContext& context) const {
  constexpr std::size_t kShown = 20;
  std::vector<std::int64_t> cells(static_cast<std::size_t>(data.rows()), 0);
  n_unseen = 0;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::vector<std::string> labels;
    std::int64_t ignored = 0;
    const data::RowCodes codes = data::recode_levels(data.at(columns_[c]), levels_[c], labels, ignored);
    for (auto& label : labels)
      if (unseen.size() < kShown) unseen.push_back(std::move(label));
    add_column(codes, radix(c), missing_level_, cells, context);
  }
  const CellIndex index(cells_, rare_cells_, count_cells(levels_), data.rows());
  std::vector<std::int32_t> out(cells.size());
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const std::int64_t cell = cells[row];
    out[row] = cell >= 0 ? index.find(cell) : static_cast<std::int32_t>(cell);
    if (out[row] != kUnseenValue) continue;
    ++n_unseen;
    if (cell < 0 || unseen.size() >= kShown) continue;
    std::string label = cell_label(cell);  // known levels that never met
    if (std::find(unseen.begin(), unseen.end(), label) == unseen.end()) unseen.push_back(std::move(label));
  }
  return out;
}

std::string LevelCoder::cell_label(std::int64_t cell) const {
  std::string label;
  for (std::size_t c = columns_.size(); c-- > 0;) {
    const std::int64_t level = cell % radix(c);
    cell /= radix(c);
    const std::string own = level + 1 == radix(c) ? kMissingLabel : levels_[c].labels[static_cast<std::size_t>(level)];
    label = label.empty() ? own : own + ":" + label;
  }
  return label;
}

std::string LevelCoder::label(std::int32_t level) const {
  return static_cast<std::size_t>(level) < cells_.size() ? cell_label(cells_[static_cast<std::size_t>(level)])
                                                         : kRareLabel;
}

Document LevelCoder::document() const {
  Document levels = Document::array();
  for (const auto& dictionary : levels_) levels.push(data::to_document(dictionary));
  Document document = Document::object({{"columns", columns_}, {"levels", levels}, {"missing_level", missing_level_}});
  // most often all levels of one column
  bool all = columns_.size() == 1 && cells_.size() == levels_[0].size() && rare_cells_.empty();
  for (std::size_t i = 0; all && i < cells_.size(); ++i) all = cells_[i] == static_cast<std::int64_t>(i);
  if (!all) document.set("cells", array_of(cells_));
  if (!rare_cells_.empty()) document.set("rare_cells", array_of(rare_cells_));
  return document;
}

LevelCoder LevelCoder::from_document(const Document& document) {
  LevelCoder coder;
  coder.columns_ = document.at("columns").as_strings("columns");
  for (const Document& levels : document.at("levels").items("levels"))
    coder.levels_.push_back(data::dictionary_from_document(levels));
  coder.missing_level_ = document.at("missing_level").as_bool("missing_level");
  if (coder.columns_.empty() || coder.levels_.size() != coder.columns_.size()) throw invalid_document("columns");
  if (const Document* cells = document.find("cells")) {
    coder.cells_ = integers_of(*cells, "cells");
  } else {
    coder.cells_.resize(coder.levels_[0].size());
    std::iota(coder.cells_.begin(), coder.cells_.end(), 0);
  }
  if (const Document* cells = document.find("rare_cells")) coder.rare_cells_ = integers_of(*cells, "rare_cells");
  const std::int64_t n_cells = count_cells(coder.levels_);
  for (const auto* cells : {&coder.cells_, &coder.rare_cells_}) {
    if (!std::is_sorted(cells->begin(), cells->end())) throw invalid_document("cells");
    if (!cells->empty() && (cells->front() < 0 || cells->back() >= n_cells)) throw invalid_document("cells");
  }
  coder.size_ = static_cast<std::int32_t>(coder.cells_.size()) + (coder.rare_cells_.empty() ? 0 : 1);
  return coder;
}

}  // namespace deciban::encoding
