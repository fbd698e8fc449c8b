#include "deciban/splines/learn.hpp"

#include <algorithm>
#include <cmath>

#include "bspline.hpp"
#include "rows.hpp"

namespace deciban::splines {
namespace {

constexpr int kMaxDf = 100000;

std::string text(int value) { return std::to_string(value); }

void check_degree(const char* name, const SplineOptions& options) {
  if (options.degree >= 1 && options.degree <= kMaxDegree) return;
  raise_formula(
      "formula.degree",
      std::string(name) + "() needs a degree between 1 and " + text(kMaxDegree) + ", not " + text(options.degree) + ".",
      "", Document::object({{"degree", options.degree}}));
}

void set_boundary(const char* name, const Rows& rows, const SplineOptions& options, Basis& basis) {
  const std::string call = std::string(name) + "()";
  if (options.boundary.empty()) {
    if (rows.distinct() < 2)
      raise_formula("formula.constant",
                    call + (rows.distinct() == 0 ? " has no values to learn from." : " of a constant is no spline."),
                    "Give boundary knots, or leave the term out.");
    basis.lower = rows.values.front();
    basis.upper = rows.values.back();
  } else {
    if (options.boundary.size() != 2)
      raise_formula("formula.boundary",
                    call + " needs two boundary knots, not " + text(static_cast<int>(options.boundary.size())) + ".");
    const auto [low, high] = std::minmax(options.boundary[0], options.boundary[1]);
    basis.lower = low + 0.0;
    basis.upper = high + 0.0;
    if (!(basis.lower < basis.upper)) raise_formula("formula.boundary", call + " needs two different boundary knots.");
  }
  if (!std::isfinite(basis.upper - basis.lower))
    raise_formula("formula.boundary", call + " needs finite boundary knots, less than 1.8e308 apart.");
}

void check_knots(const char* name, const Basis& basis) {
  const std::string call = std::string(name) + "()";
  for (std::size_t k = 0; k < basis.knots.size(); ++k) {
    const double knot = basis.knots[k];
    const Document context = Document::object({{"knot", knot}, {"lower", basis.lower}, {"upper", basis.upper}});
    if (!std::isfinite(knot)) raise_formula("formula.knots", call + " needs finite knots.");
    if (!(knot >= basis.lower && knot <= basis.upper))
      raise_formula("formula.knots", call + " has inner knots outside the boundary knots.",
                    "Give boundary knots that include them; by default these are the range of the data.", context);
    if (k > 0 && knot < basis.knots[k - 1])
      raise_formula("formula.knots", call + " needs knots in ascending order.", "", context);
  }
}

// Inner knots: those given, or for df columns, `smallest` of which come without inner knots, at quantiles.
void set_knots(const char* name, const Rows& rows, const SplineOptions& options, int smallest, Basis& basis) {
  const std::string call = std::string(name) + "()";
  if (!options.knots.empty() || options.df == 0) {
    basis.knots = options.knots;
    for (double& knot : basis.knots) knot += 0.0;
    return check_knots(name, basis);
  }
  const Document context = Document::object({{"df", options.df}, {"minimum", smallest}});
  if (options.df < smallest)
    raise_formula("formula.df",
                  call + " cannot have " + text(options.df) + " degrees of freedom: with this degree and intercept " +
                      "the smallest df is " + text(smallest) + ".",
                  "", context);
  if (options.df > kMaxDf)
    raise_formula("formula.df", call + " takes at most " + text(kMaxDf) + " degrees of freedom.", "", context);
  const int inner = options.df - smallest;
  if (inner == 0) return;
  if (rows.distinct() < 2)
    raise_formula("formula.constant", call + " cannot place knots at quantiles of a constant.",
                  "Give knots, or leave the term out.");
  const auto [begin, end] = rows.within(basis.lower, basis.upper);
  if (begin == end)
    raise_formula("formula.boundary", call + " has no values within its boundary knots to place inner knots.");
  const double step = 1.0 / (inner + 1);
  for (int k = 1; k <= inner; ++k) basis.knots.push_back(rows.quantile(k * step, begin, end));
}

// What no rule above has caught must not reach a fit.
void check_finite(const char* name, const Basis& basis) {
  const double x[3] = {basis.lower, 0.5 * basis.lower + 0.5 * basis.upper, basis.upper};
  bool usable = true;
  if (basis.kind == BasisKind::natural) {
    const BSplines splines(3, basis.lower, basis.upper, basis.knots);
    usable = NaturalMap(splines, basis.lower, basis.upper, basis.intercept).usable;
  }
  std::vector<double> out(3 * static_cast<std::size_t>(basis.columns()));
  if (usable) basis.evaluate(x, 3, out.data());
  usable = usable && std::all_of(out.begin(), out.end(), [](double value) { return std::isfinite(value); });
  if (!usable)
    raise_formula("formula.knots", std::string(name) + "() has no finite basis with these knots.",
                  "Too many knots may coincide, or lie too close to each other.");
}

Basis learn(BasisKind kind, const char* name, const std::vector<double>& values,
            const std::vector<std::int64_t>& counts, const SplineOptions& options) {
  check_degree(name, options);
  const Rows rows(values, counts);
  Basis basis;
  basis.kind = kind;
  basis.degree = options.degree;
  basis.intercept = options.intercept;
  set_boundary(name, rows, options, basis);
  const int free = kind == BasisKind::natural ? 1 : options.degree;
  set_knots(name, rows, options, free + (options.intercept ? 1 : 0), basis);
  if (kind == BasisKind::natural && basis.knots.size() > kMaxNaturalKnots)
    raise_formula("formula.knots",
                  "ns() takes at most " + text(static_cast<int>(kMaxNaturalKnots)) + " inner knots, not " +
                      text(static_cast<int>(basis.knots.size())) + ".",
                  "Use bs() for more.");
  check_finite(name, basis);
  return basis;
}

}  // namespace

Basis bs(const std::vector<double>& values, const std::vector<std::int64_t>& counts, const SplineOptions& options) {
  return learn(BasisKind::bspline, "bs", values, counts, options);
}

Basis ns(const std::vector<double>& values, const std::vector<std::int64_t>& counts, const SplineOptions& options) {
  if (options.degree != 3)
    raise_formula("formula.degree", "ns() is always of degree 3, not " + text(options.degree) + ".", "Use bs().");
  return learn(BasisKind::natural, "ns", values, counts, options);
}

Basis ispline(const std::vector<double>& values, const std::vector<std::int64_t>& counts,
              const SplineOptions& options) {
  return learn(BasisKind::ispline, "ms", values, counts, options);
}

double quantile(const std::vector<double>& values, const std::vector<std::int64_t>& counts, double probability) {
  const Rows rows(values, counts);
  return rows.quantile(probability, 0, rows.distinct());
}

}  // namespace deciban::splines
