#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"
#include "deciban/linalg/double_double.hpp"
#include "deciban/linalg/power_of_two.hpp"
#include "deciban/splines/learn.hpp"
#include "rows.hpp"

namespace deciban::splines {
namespace {

using linalg::DoubleDouble;
using linalg::power_of_two;
using linalg::two_product;
using linalg::two_sum;

// Mean over the rows.
DoubleDouble mean(const Rows& rows) {
  const double largest = std::max(std::fabs(rows.values.front()), std::fabs(rows.values.back()));
  const double power = largest > 0.0 ? power_of_two(largest) : 1.0;
  DoubleDouble total;
  for (std::size_t k = 0; k < rows.distinct(); ++k) total = total + two_product(rows.count(k), rows.values[k] * power);
  const DoubleDouble scaled = total / DoubleDouble(static_cast<double>(rows.total()));
  return {scaled.hi / power, scaled.lo / power};
}

void set_range(const Rows& rows, Basis& basis) {
  const bool known = rows.distinct() > 0;
  basis.lower = known ? rows.values.front() : -std::numeric_limits<double>::infinity();
  basis.upper = known ? rows.values.back() : std::numeric_limits<double>::infinity();
}

// Recurrence coefficients by sums over the rows (Forsythe 1957, (5)-(8)); `z` holds the monic polynomials of the
// degree at hand and the one before. The values are taken from `origin` in units of 1 / power, so that all stay near 1.
class Recurrence {
 public:
  Recurrence(const Rows& rows, double origin, double power) : rows_(rows), origin_(origin), power_(power) {
    current_.assign(rows.distinct(), DoubleDouble(1.0));
    before_.assign(rows.distinct(), DoubleDouble(0.0));
    sum_up();
  }
  /// Squared norm of the polynomial at hand over that of the one of degree 0 in units of power.
  DoubleDouble norm2() const { return norm2_; }
  /// Center of gravity of the polynomial at hand, less `origin`, in units of 1 / power.
  DoubleDouble alpha() const { return alpha_; }
  void next() {
    const DoubleDouble alpha = alpha_, ratio = norm2_before_.hi > 0.0 ? norm2_ / norm2_before_ : DoubleDouble(0.0);
    for (std::size_t k = 0; k < rows_.distinct(); ++k) {
      const DoubleDouble value = (deviation(k) - alpha) * current_[k] - ratio * before_[k];
      before_[k] = current_[k];
      current_[k] = value;
    }
    norm2_before_ = norm2_;
    sum_up();
  }

 private:
  DoubleDouble deviation(std::size_t k) const {
    const DoubleDouble difference = two_sum(rows_.values[k], -origin_);
    return {difference.hi * power_, difference.lo * power_};
  }
  void sum_up() {
    DoubleDouble norm2, moment;
    for (std::size_t k = 0; k < rows_.distinct(); ++k) {
      const DoubleDouble square = current_[k] * current_[k] * DoubleDouble(rows_.count(k));
      norm2 = norm2 + square;
      moment = moment + square * deviation(k);
    }
    norm2_ = norm2;
    alpha_ = moment / norm2;
  }

  const Rows& rows_;
  double origin_, power_;
  std::vector<DoubleDouble> current_, before_;
  DoubleDouble norm2_, norm2_before_, alpha_;
};

// Fills alpha, alpha_low and norm2; false when they leave the range of doubles.
bool learn_recurrence(const Rows& rows, Basis& basis) {
  const double origin = mean(rows).value();
  const double power = power_of_two(std::max(basis.upper - origin, origin - basis.lower));
  Recurrence recurrence(rows, origin, power);
  double unit2 = 1.0;  // (1 / power)^(2 j)
  basis.norm2 = {1.0, static_cast<double>(rows.total())};
  for (int j = 0; j < basis.degree; ++j) {
    const DoubleDouble shift(recurrence.alpha().hi / power, recurrence.alpha().lo / power);
    const DoubleDouble alpha = DoubleDouble(origin) + shift;
    basis.alpha.push_back(alpha.hi);
    basis.alpha_low.push_back(alpha.lo);
    recurrence.next();
    unit2 = unit2 / power / power;
    const double norm2 = recurrence.norm2().value() * unit2;
    if (!std::isfinite(alpha.hi) || !std::isfinite(norm2) || norm2 < std::numeric_limits<double>::min()) return false;
    basis.norm2.push_back(norm2);
  }
  return true;
}

}  // namespace

Basis poly(const std::vector<double>& values, const std::vector<std::int64_t>& counts, int degree, bool raw) {
  const Document context = Document::object({{"degree", degree}});
  if (degree < 1 || degree > kMaxDegree)
    raise_formula(
        "formula.degree",
        "poly() needs a degree between 1 and " + std::to_string(kMaxDegree) + ", not " + std::to_string(degree) + ".",
        "", context);
  const Rows rows(values, counts);
  Basis basis;
  basis.kind = raw ? BasisKind::raw_polynomial : BasisKind::polynomial;
  basis.degree = degree;
  set_range(rows, basis);
  if (raw) return basis;
  if (static_cast<std::size_t>(degree) >= rows.distinct())
    raise_formula("formula.degree",
                  "poly() of degree " + std::to_string(degree) + " needs at least " + std::to_string(degree + 1) +
                      " distinct values, the data have " + std::to_string(rows.distinct()) + ".",
                  "", context);
  if (!learn_recurrence(rows, basis))
    raise_formula("formula.degree",
                  "poly() of degree " + std::to_string(degree) + " of these values leaves the range of doubles.",
                  "Divide the variable by a constant, or use a lower degree.", context);
  return basis;
}

Basis scale(const std::vector<double>& values, const std::vector<std::int64_t>& counts, std::optional<double> center,
            std::optional<double> scale) {
  if (center && !std::isfinite(*center)) throw Error(ErrorKind::input, "input.scale", "`center` must be finite.");
  if (scale && (!std::isfinite(*scale) || *scale == 0.0))
    throw Error(ErrorKind::input, "input.scale", "`scale` must be finite and not 0.");
  const Rows rows(values, counts);
  Basis basis;
  set_range(rows, basis);
  if (rows.distinct() == 0 && !(center && scale))
    raise_formula("formula.constant", "scale() has no values to learn from.");
  basis.center = center ? *center : mean(rows).value();
  if (scale) {
    basis.scale = *scale;
    return basis;
  }
  const double largest = std::max(std::fabs(basis.upper - basis.center), std::fabs(basis.lower - basis.center));
  if (!(largest > 0.0)) raise_formula("formula.constant", "scale() of a constant: its standard deviation is 0.");
  const double power = power_of_two(largest);
  DoubleDouble total;
  for (std::size_t k = 0; k < rows.distinct(); ++k) {
    const double deviation = (rows.values[k] - basis.center) * power;
    total = total + two_product(deviation, deviation) * DoubleDouble(rows.count(k));
  }
  const double freedom = std::max(1.0, static_cast<double>(rows.total()) - 1.0);
  basis.scale = std::sqrt(total.value() / freedom) / power;
  return basis;
}

}  // namespace deciban::splines
