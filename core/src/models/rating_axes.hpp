#pragma once
#include "deciban/base/config.hpp"

#include <functional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "deciban/models/glm.hpp"
#include "training_rows.hpp"

namespace deciban::models {

/// One dimension of a rating table: the levels of a factor, or values of a number on a grid.
struct RatingAxis {
  std::string name;  ///< of the column
  const design::Variable* variable;
  std::vector<std::size_t> places;  ///< of the term's variables: several functions of one number share an axis
  std::vector<double> values;       ///< 0-based levels, or numbers in ascending order
  double base = 0.0;                ///< level or number where the relativity is 1

  bool is_factor() const { return variable->kind == design::Variable::Kind::factor; }
};

/// The rows of the fit when they are needed; null where there are none. Raises DataError `model.data_changed`.
using RowsSource = std::function<const TrainingRows*()>;

/// The term that `text` names: its label, or its variables in any order, also without the functions around them, where
/// only one term has these.
/// Raises InputError `rating_table.term`.
const design::Term& find_term(const GlmModel& model, const std::string& text);

/// Axes of a term. `at` and `base` (objects by variable, or the value itself where there is one such axis) override the
/// grid of numbers and the base; `points` is the size of grids. Numbers without a basis take their range from the rows
/// of the fit, which are asked for then only; null where there are none. Raises InputError `rating_table.at`,
/// `rating_table.base`, `rating_table.cells`.
std::vector<RatingAxis> rating_axes(const GlmModel& model, const design::Term& term, const Document& at,
                                    const Document& base, int points, const RowsSource& rows);

}  // namespace deciban::models
