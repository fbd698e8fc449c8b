#include "deciban/design/term_columns.hpp"

#include <algorithm>

#include "blocks.hpp"

namespace deciban::design {
namespace {

const Variable& variable_of(const DesignSpec& spec, const Term& term, std::size_t place) {
  return spec.variables[static_cast<std::size_t>(term.variables[place])];
}

}  // namespace

TermColumns::TermColumns(const DesignSpec& spec, const Term& term)
    : spec_(spec), term_(term), contrasts_(term.variables.size()) {
  for (std::size_t k = 0; k < term.variables.size(); ++k) {
    const Variable& variable = variable_of(spec, term, k);
    const bool coded = variable.kind == Variable::Kind::factor && !term.full[k];
    if (coded && variable.contrast != Contrast::treatment) contrasts_[k] = contrast_values(variable);
  }
}

int TermColumns::width(std::size_t place) const {
  const Variable& variable = variable_of(spec_, term_, place);
  if (variable.kind == Variable::Kind::factor) return variable.n_columns(term_.full[place] != 0);
  return variable.basis ? variable.basis->columns() : 1;
}

std::vector<std::pair<int, double>> TermColumns::along(std::size_t place, double at) const {
  const Variable& variable = variable_of(spec_, term_, place);
  if (variable.kind == Variable::Kind::factor && contrasts_[place].empty()) {
    const int level = static_cast<int>(at);
    if (term_.full[place]) return {{level, 1.0}};
    if (level == variable.base) return {};
    return {{level - (level > variable.base), 1.0}};
  }
  std::vector<double> values(static_cast<std::size_t>(width(place)), at);
  if (variable.kind == Variable::Kind::factor) {
    const std::size_t levels = static_cast<std::size_t>(variable.n_levels()), level = static_cast<std::size_t>(at);
    for (std::size_t j = 0; j < values.size(); ++j) values[j] = contrasts_[place][j * levels + level];
  } else if (variable.basis) {
    variable.basis->evaluate(&at, 1, values.data());
  }
  std::vector<std::pair<int, double>> columns;
  for (std::size_t j = 0; j < values.size(); ++j)
    if (values[j] != 0.0) columns.emplace_back(static_cast<int>(j), values[j]);
  return columns;
}

std::vector<std::pair<int, double>> TermColumns::at(const std::vector<double>& at) const {
  std::vector<std::pair<int, double>> product = {{0, 1.0}};
  int stride = 1;
  for (std::size_t k = 0; k < term_.variables.size(); ++k) {
    std::vector<std::pair<int, double>> next;
    for (const auto& own : along(k, at[k]))
      for (const auto& before : product)
        next.emplace_back(before.first + stride * own.first, before.second * own.second);
    product = std::move(next);
    stride *= width(k);
  }
  return product;
}

}  // namespace deciban::design
