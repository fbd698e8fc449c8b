#include "assemble.hpp"

#include <algorithm>

namespace deciban::engine {
namespace {

void put(linalg::ArrowMatrix& information, int a, int b, double value) {
  linalg::Matrix& matrix = information.core();
  matrix(a, b) += value;
  if (a != b) matrix(b, a) += value;
}

double value_of(const Feature& feature, std::size_t entry) {
  return feature.values.empty() ? 1.0 : feature.values[entry];
}

}  // namespace

// Records by level of every code: weight, score and weighted dense columns.
struct Assembler::Margins {
  std::vector<std::vector<double>> records;
};

Assembler::Margins Assembler::margins(const Sums& sums) const {
  Margins out;
  out.records.resize(plan_.codes.size());
  const auto size = static_cast<std::size_t>(plan_.record_size);
  for (std::size_t g = 0; g < plan_.groups.size() && plan_.groups[g].records; ++g) {
    const Group& group = plan_.groups[g];
    const double* table = sums.values.data() + layout_.group[g];
    for (const int code : group.codes) {
      const auto& levels = levels_in(group, code);
      auto& records = out.records[code];
      records.assign(static_cast<std::size_t>(plan_.codes[code].levels) * size, 0.0);
      for (std::int64_t cell = 0; cell < group.cells; ++cell) {
        double* record = &records[static_cast<std::size_t>(levels[cell]) * size];
        for (std::size_t j = 0; j < size; ++j) record[j] += table[cell * static_cast<std::int64_t>(size) + j];
      }
    }
  }
  return out;
}

// Weights by level of a (rows) and of b (columns).
std::vector<double> Assembler::cross_table(const Sums& sums, int a, int b) const {
  const int g = plan_.group_of(a, b);
  const Group& group = plan_.groups[g];
  const std::int64_t size = group.records ? plan_.record_size : 1;
  const auto &levels_a = levels_in(group, a), &levels_b = levels_in(group, b);
  const std::size_t width = plan_.codes[b].levels;
  const double* table = sums.values.data() + layout_.group[g];
  std::vector<double> cross(plan_.codes[a].levels * width, 0.0);
  for (std::int64_t cell = 0; cell < group.cells; ++cell)
    cross[levels_a[cell] * width + levels_b[cell]] += table[cell * size];
  return cross;
}

void Assembler::add_intercept_and_dense(const Sums& sums, Evaluation& out) const {
  const auto k = static_cast<std::int64_t>(plan_.dense.size()) + 1;
  const double* gram = sums.values.data() + layout_.gram;
  const double* score = sums.values.data() + layout_.dense_score;
  const auto column = [&](std::int64_t j) { return j == 0 ? 0 : plan_.dense[static_cast<std::size_t>(j) - 1].column; };
  for (std::int64_t i = intercept_ ? 0 : 1; i < k; ++i) {
    out.score[static_cast<std::size_t>(column(i))] += score[i];
    for (std::int64_t j = i; j < k; ++j) put(out.information, column(i), column(j), gram[i * k + j]);
  }
}

// Score of the features, and their information with the intercept and the dense columns.
void Assembler::add_margins(const Margins& margins, Evaluation& out) const {
  const auto size = static_cast<std::size_t>(plan_.record_size);
  for (const auto& feature : plan_.features) {
    const auto& records = margins.records[feature.code];
    for (std::size_t entry = 0; entry < feature.columns.size(); ++entry) {
      const int column = feature.columns[entry];
      if (column < 0) continue;
      const double* record = &records[entry / static_cast<std::size_t>(feature.width) * size];
      const double value = value_of(feature, entry);
      out.score[static_cast<std::size_t>(column)] += value * record[1];
      if (intercept_) put(out.information, 0, column, value * record[0]);
      for (std::size_t d = 0; d < plan_.dense.size(); ++d)
        put(out.information, plan_.dense[d].column, column, value * record[2 + d]);
    }
  }
}

void Assembler::add_same_code(const Feature& left, const Feature& right, const std::vector<double>& margin,
                              Evaluation& out) const {
  const auto size = static_cast<std::size_t>(plan_.record_size);
  for (std::size_t level = 0; level * size < margin.size(); ++level)
    for (std::size_t i = level * left.width; i < (level + 1) * left.width; ++i)
      for (std::size_t j = level * right.width; j < (level + 1) * right.width; ++j) {
        const int a = left.columns[i], b = right.columns[j];
        if (a < 0 || b < 0 || (&left == &right && b < a)) continue;
        put(out.information, a, b, value_of(left, i) * value_of(right, j) * margin[level * size]);
      }
}

void Assembler::add_pair(const Feature& left, const Feature& right, const std::vector<double>& table,
                         Evaluation& out) const {
  const std::size_t levels_a = plan_.codes[left.code].levels, levels_b = plan_.codes[right.code].levels;
  const auto wide = static_cast<std::size_t>(right.width);
  const int first = *std::min_element(right.columns.begin(), right.columns.end(), [](int a, int b) {
    return static_cast<unsigned>(a) < static_cast<unsigned>(b);  // -1 comes last
  });
  const int last = *std::max_element(right.columns.begin(), right.columns.end());
  if (last < 0) return;
  std::vector<double> row(static_cast<std::size_t>(last - first) + 1);  // of one level: table times the right basis
  for (std::size_t a = 0; a < levels_a; ++a) {
    std::fill(row.begin(), row.end(), 0.0);
    for (std::size_t entry = 0; entry < levels_b * wide; ++entry)
      if (right.columns[entry] >= 0)
        row[static_cast<std::size_t>(right.columns[entry] - first)] +=
            value_of(right, entry) * table[a * levels_b + entry / wide];
    for (std::size_t i = a * left.width; i < (a + 1) * left.width; ++i) {
      if (left.columns[i] < 0) continue;
      for (std::size_t c = 0; c < row.size(); ++c)
        put(out.information, left.columns[i], first + static_cast<int>(c), value_of(left, i) * row[c]);
    }
  }
}

void Assembler::add_varying(const Sums& sums, Evaluation& out) const {
  for (std::size_t v = 0; v < plan_.varying.size(); ++v) {
    const Varying& term = plan_.varying[v];
    const double* value = sums.values.data() + layout_.varying[v];
    for (int cell = 0; cell < term.cells; ++cell) {
      const int* columns = term.columns->data() + static_cast<std::ptrdiff_t>(cell) * term.width;
      for (int j = 0; j < term.width; ++j) {
        const int column = columns[j];
        const double weight = *value++, score = *value++;
        if (column >= 0) out.score[static_cast<std::size_t>(column)] += score;
        if (column >= 0 && intercept_) put(out.information, 0, column, weight);
        for (int l = 0; l < term.width; ++l, ++value)
          if (column >= 0 && l >= j && columns[l] >= 0) put(out.information, column, columns[l], *value);
        for (std::size_t d = 0; d < plan_.dense.size(); ++d, ++value)
          if (column >= 0) put(out.information, plan_.dense[d].column, column, *value);
      }
    }
    add_varying_pairs(sums, v, out);
  }
}

void Assembler::add_varying_pairs(const Sums& sums, std::size_t v, Evaluation& out) const {
  const std::vector<int>& own = *plan_.varying[v].columns;
  std::size_t pair = 0;
  for (std::size_t before = 0; before < v; ++before) pair += plan_.codes.size() + before;
  for (std::size_t code = 0; code < plan_.codes.size(); ++code, ++pair) {
    const double* table = sums.values.data() + layout_.pairs[pair];
    for (const auto& feature : plan_.features) {
      if (feature.code != static_cast<int>(code)) continue;
      for (std::size_t entry = 0; entry < feature.columns.size(); ++entry) {
        if (feature.columns[entry] < 0) continue;
        const double* row = table + entry / static_cast<std::size_t>(feature.width) * own.size();
        for (std::size_t c = 0; c < own.size(); ++c)
          if (own[c] >= 0) put(out.information, feature.columns[entry], own[c], value_of(feature, entry) * row[c]);
      }
    }
  }
  for (std::size_t u = 0; u < v; ++u, ++pair) {
    const std::vector<int>& other = *plan_.varying[u].columns;
    const double* table = sums.values.data() + layout_.pairs[pair];
    for (std::size_t i = 0; i < other.size(); ++i)
      for (std::size_t c = 0; c < own.size(); ++c)
        if (other[i] >= 0 && own[c] >= 0) put(out.information, other[i], own[c], table[i * own.size() + c]);
  }
}

Evaluation Assembler::assemble(const Sums& sums) const {
  Evaluation out;
  out.deviance = sums.deviance;
  out.pearson = sums.pearson;
  out.invalid_rows = sums.invalid;
  out.score.assign(static_cast<std::size_t>(columns_), 0.0);
  out.information = linalg::Matrix(columns_, columns_);
  add_intercept_and_dense(sums, out);
  const Margins by_level = margins(sums);
  add_margins(by_level, out);
  for (std::size_t f = 0; f < plan_.features.size(); ++f)
    for (std::size_t g = f; g < plan_.features.size(); ++g) {
      const Feature &left = plan_.features[f], &right = plan_.features[g];
      if (left.code == right.code) {
        add_same_code(left, right, by_level.records[left.code], out);
      } else {
        add_pair(left, right, cross_table(sums, left.code, right.code), out);
      }
    }
  add_varying(sums, out);
  return out;
}

}  // namespace deciban::engine
