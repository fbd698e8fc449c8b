#include "blocks.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/splines/contrasts.hpp"

namespace deciban::design {
namespace {

constexpr double kMaxColumns = 2e6;
constexpr double kMaxEntries = 1e8;  // of Block::columns

bool contains(const std::vector<int>& term, const std::vector<int>& part) {
  return std::includes(term.begin(), term.end(), part.begin(), part.end());
}

bool is_factor(const DesignSpec& spec, int v) {
  return spec.variables[static_cast<std::size_t>(v)].kind == Variable::Kind::factor;
}

// Levels that have a column of their own, at most one each: such factors become cells, others values.
bool is_indicator(const Variable& variable, bool full) {
  return variable.kind == Variable::Kind::factor && (full || variable.contrast == Contrast::treatment);
}

// Low parts of columns with a value per row are kept for as many rows at most: they take as much room as the columns.
constexpr std::int64_t kMaxLowRows = 65536;

// A dictionary with one more row, NaN, for the missing code.
std::vector<double> with_missing_row(const std::vector<double>& values, std::int64_t rows, int width) {
  std::vector<double> padded(static_cast<std::size_t>(rows + 1) * width, std::nan(""));
  for (int j = 0; j < width; ++j)
    std::copy(values.begin() + j * rows, values.begin() + (j + 1) * rows, padded.begin() + j * (rows + 1));
  return padded;
}

ValuePart value_part(const Variable& variable, const CodedVariable& coded) {
  ValuePart part;
  part.codes = coded.codes;
  if (variable.kind != Variable::Kind::factor && !variable.basis && !coded.codes) {
    part.values = coded.values;
    part.stride = static_cast<std::int64_t>(coded.values.size());
    return part;
  }
  std::vector<double> values, low;
  std::int64_t rows = static_cast<std::int64_t>(coded.values.size());
  if (variable.kind == Variable::Kind::factor) {
    part.width = variable.n_columns(false);
    rows = variable.n_levels();
    values = part.width ? contrast_values(variable) : std::vector<double>();
  } else if (variable.basis) {
    part.width = variable.basis->columns();
    values.resize(static_cast<std::size_t>(rows) * part.width);
    if (variable.basis->has_low_parts() && rows <= kMaxLowRows) {
      low.resize(values.size());
      variable.basis->evaluate_pairs(coded.values.data(), rows, values.data(), low.data());
    } else {
      variable.basis->evaluate(coded.values.data(), rows, values.data());
    }
  } else {
    values = coded.values.to_vector();
  }
  if (coded.codes) {
    values = with_missing_row(values, rows, part.width);
    if (!low.empty()) low = with_missing_row(low, rows, part.width);
    ++rows;
  }
  part.stride = rows;
  part.values = std::move(values);
  part.low = std::move(low);
  return part;
}

// Joint codes of several factors; the first varies fastest.
std::shared_ptr<const data::Codes> joint_codes(const std::vector<std::shared_ptr<const data::Codes>>& parts, int cells,
                                               std::int64_t rows) {
  if (parts.size() == 1) return parts[0];
  constexpr int kPiece = 4096;
  std::vector<std::int32_t> joint(kPiece), piece(kPiece);
  auto codes = std::make_shared<data::Codes>(rows, cells);
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const int count = static_cast<int>(std::min<std::int64_t>(kPiece, rows - begin));
    std::fill(joint.begin(), joint.end(), 0);
    std::int32_t stride = 1;
    for (const auto& part : parts) {
      part->read(begin, count, piece.data());
      for (int i = 0; i < count; ++i) {
        const bool missing = joint[i] < 0 || piece[i] == part->missing();
        joint[i] = missing ? data::kMissingCode : joint[i] + stride * piece[i];
      }
      stride *= part->cells();
    }
    codes->write(begin, count, joint.data());
  }
  return codes;
}

// One variable of a term while its block is put together.
struct Axis {
  bool indicator;
  int size;                   // levels of an indicator, columns of a value part
  std::vector<int> position;  // column along this axis of each level or value, -1: none
  int columns;                // columns along this axis
};

Axis make_axis(const Variable& variable, bool full) {
  Axis axis;
  axis.indicator = is_indicator(variable, full);
  axis.columns = variable.n_columns(full);
  axis.size = axis.indicator ? variable.n_levels() : axis.columns;
  for (int k = 0; k < axis.size; ++k) {
    const bool base = axis.indicator && !full && k == variable.base;
    axis.position.push_back(base ? -1 : k - (axis.indicator && !full && k > variable.base));
  }
  return axis;
}

// columns[cell * width + value]: both run through their axes with the first fastest, and so do the coefficients through
// all axes of the term.
std::vector<int> column_map(const std::vector<Axis>& axes, int first_column, int cells, int width) {
  std::vector<int> columns(static_cast<std::size_t>(cells) * width);
  for (int cell = 0; cell < cells; ++cell)
    for (int value = 0; value < width; ++value) {
      int rest_cell = cell, rest_value = value, stride = 1, column = first_column;
      for (const auto& axis : axes) {
        int& rest = axis.indicator ? rest_cell : rest_value;
        const int position = axis.position[static_cast<std::size_t>(rest % axis.size)];
        rest /= axis.size;
        if (position < 0) column = -1;
        if (column >= 0) column += stride * position;
        stride *= axis.columns;
      }
      columns[static_cast<std::size_t>(cell) * width + value] = column;
    }
  return columns;
}

// `values` holds what earlier terms have made of a variable: terms share it.
Block build_block(const DesignSpec& spec, const Term& term, const std::vector<CodedVariable>& coded, std::int64_t rows,
                  std::vector<std::optional<ValuePart>>& values) {
  Block block;
  std::vector<Axis> axes;
  std::vector<std::shared_ptr<const data::Codes>> codes;
  for (std::size_t k = 0; k < term.variables.size(); ++k) {
    const std::size_t v = static_cast<std::size_t>(term.variables[k]);
    const Variable& variable = spec.variables[v];
    axes.push_back(make_axis(variable, term.full[k]));
    if (axes.back().indicator) {
      block.cells *= variable.n_levels();
      codes.push_back(coded[v].codes);
    } else {
      if (!values[v]) values[v] = value_part(variable, coded[v]);
      block.parts.push_back(*values[v]);
      block.width *= block.parts.back().width;
    }
  }
  if (block.width == 0) {  // contrasts of a factor with one level: nothing to add
    block.parts.clear();
    block.width = 1;
    block.cells = 1;
    block.columns = {-1};
    return block;
  }
  block.columns = column_map(axes, term.first_column, block.cells, block.width);
  if (!codes.empty()) block.codes = joint_codes(codes, block.cells, rows);
  return block;
}

}  // namespace

std::vector<double> contrast_values(const Variable& variable) {
  switch (variable.contrast) {
    case Contrast::sum:
      return splines::sum(variable.n_levels()).values;
    case Contrast::helmert:
      return splines::helmert(variable.n_levels()).values;
    default:
      return splines::polynomial(variable.n_levels()).values;
  }
}

void settle_coding(DesignSpec& spec) {
  bool first_factor = !spec.intercept;
  for (std::size_t t = 0; t < spec.terms.size(); ++t) {
    Term& term = spec.terms[t];
    term.full.assign(term.variables.size(), 0);
    for (std::size_t k = 0; k < term.variables.size(); ++k) {
      if (!is_factor(spec, term.variables[k])) continue;
      std::vector<int> rest = term.variables;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(k));
      bool has_margin = rest.empty();
      for (std::size_t earlier = 0; earlier < t; ++earlier)
        has_margin = has_margin || contains(spec.terms[earlier].variables, rest);
      term.full[k] = !has_margin || first_factor;
      first_factor = false;
    }
  }
}

TermSize term_size(const Term& term, const std::vector<Variable>& variables) {
  TermSize size;
  for (std::size_t k = 0; k < term.variables.size(); ++k) {
    const Variable& variable = variables[static_cast<std::size_t>(term.variables[k])];
    const double columns = variable.n_columns(term.full[k]);
    size.columns *= columns;
    size.entries *= is_indicator(variable, term.full[k]) ? variable.n_levels() : columns;
  }
  size.fits = term.first_column + size.columns <= kMaxColumns && size.entries <= kMaxEntries;
  return size;
}

void number_columns(DesignSpec& spec) {
  int next = spec.intercept ? 1 : 0;
  for (auto& term : spec.terms) {
    term.first_column = next;
    const TermSize size = term_size(term, spec.variables);
    if (!size.fits)
      throw Error(ErrorKind::input, "design.too_many_columns",
                  "The term `" + term.label + "` has " +
                      format_count(static_cast<std::int64_t>(std::fmin(std::fmax(size.columns, size.entries), 1e18))) +
                      " columns.",
                  "Merge levels, drop the interaction, or encode wide factors as numbers.",
                  Document::object({{"term", term.label}, {"columns", size.columns}}));
    term.n_columns = static_cast<int>(size.columns);
    next += term.n_columns;
  }
}

CodedDesign build_design(const DesignSpec& spec, const std::vector<CodedVariable>& variables, std::int64_t rows) {
  CodedDesign design;
  design.rows = rows;
  design.intercept = spec.intercept;
  design.n_columns = spec.n_columns();
  std::vector<std::optional<ValuePart>> values(variables.size());
  for (const auto& term : spec.terms) design.blocks.push_back(build_block(spec, term, variables, rows, values));
  for (std::size_t v = 0; v < variables.size(); ++v)
    if (spec.variables[v].kind == Variable::Kind::factor)
      design.factors.push_back({static_cast<int>(v), variables[v].codes});
  return design;
}

}  // namespace deciban::design
