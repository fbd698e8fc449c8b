#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "bspline.hpp"
#include "deciban/base/error.hpp"
#include "deciban/splines/basis.hpp"

namespace deciban::splines {
namespace {

constexpr std::pair<BasisKind, const char*> kKinds[] = {
    {BasisKind::bspline, "bs"},      {BasisKind::natural, "ns"},         {BasisKind::ispline, "ms"},
    {BasisKind::polynomial, "poly"}, {BasisKind::raw_polynomial, "raw"}, {BasisKind::linear, "linear"}};

bool is_spline(BasisKind kind) {
  return kind == BasisKind::bspline || kind == BasisKind::natural || kind == BasisKind::ispline;
}

void require(bool fits, const char* what) {
  if (fits) return;
  throw Error(ErrorKind::format, "format.invalid", std::string("A basis has an unusable `") + what + "`.",
              "The file was written by something else, or changed by hand.", Document::object({{"what", what}}));
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

void check_spline(const Basis& basis) {
  require(std::isfinite(basis.upper - basis.lower) && basis.lower < basis.upper, "lower");
  require(all_finite(basis.knots) && std::is_sorted(basis.knots.begin(), basis.knots.end()), "knots");
  require(basis.knots.size() < 1000000, "knots");
  if (!basis.knots.empty()) require(basis.knots.front() >= basis.lower && basis.knots.back() <= basis.upper, "knots");
  if (basis.kind != BasisKind::natural) return;
  require(basis.degree == 3, "degree");
  require(basis.knots.size() <= kMaxNaturalKnots, "knots");
  const BSplines splines(3, basis.lower, basis.upper, basis.knots);
  require(NaturalMap(splines, basis.lower, basis.upper, basis.intercept).usable, "knots");
}

void check(const Basis& basis) {
  if (is_spline(basis.kind)) return check_spline(basis);
  require(basis.lower <= basis.upper, "lower");
  if (basis.kind == BasisKind::linear) {
    require(std::isfinite(basis.center), "center");
    require(std::isfinite(basis.scale) && basis.scale != 0.0, "scale");
  }
  if (basis.kind != BasisKind::polynomial) return;
  const std::size_t degree = static_cast<std::size_t>(basis.degree);
  require(basis.alpha.size() == degree && all_finite(basis.alpha), "alpha");
  require((basis.alpha_low.empty() || basis.alpha_low.size() == degree) && all_finite(basis.alpha_low), "alpha_low");
  require(basis.norm2.size() == degree + 2 && all_finite(basis.norm2), "norm2");
  require(std::all_of(basis.norm2.begin(), basis.norm2.end(), [](double value) { return value > 0.0; }), "norm2");
}

}  // namespace

Document to_document(const Basis& basis) {
  Document out = Document::object();
  for (const auto& [kind, name] : kKinds)
    if (kind == basis.kind) out.set("kind", name);
  if (basis.kind != BasisKind::linear) out.set("degree", basis.degree);
  out.set("lower", basis.lower).set("upper", basis.upper);
  if (is_spline(basis.kind)) out.set("intercept", basis.intercept).set("knots", basis.knots);
  if (basis.kind == BasisKind::polynomial) {
    out.set("alpha", basis.alpha).set("norm2", basis.norm2);
    if (!basis.alpha_low.empty()) out.set("alpha_low", basis.alpha_low);
  }
  if (basis.kind == BasisKind::linear) out.set("center", basis.center).set("scale", basis.scale);
  return out;
}

Basis basis_from_document(const Document& document) {
  Basis basis;
  const std::string& name = document.at("kind").as_string("kind");
  const auto* entry = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const std::pair<BasisKind, const char*>& item) { return name == item.second; });
  require(entry != std::end(kKinds), "kind");
  basis.kind = entry->first;
  if (basis.kind != BasisKind::linear) {
    const std::int64_t degree = document.at("degree").as_int("degree");
    require(degree >= 1 && degree <= kMaxDegree, "degree");
    basis.degree = static_cast<int>(degree);
  }
  basis.lower = document.at("lower").as_double("lower");
  basis.upper = document.at("upper").as_double("upper");
  if (is_spline(basis.kind)) {
    basis.intercept = document.at("intercept").as_bool("intercept");
    basis.knots = document.at("knots").as_doubles("knots");
  }
  if (basis.kind == BasisKind::polynomial) {
    basis.alpha = document.at("alpha").as_doubles("alpha");
    basis.norm2 = document.at("norm2").as_doubles("norm2");
    if (const Document* low = document.find("alpha_low")) basis.alpha_low = low->as_doubles("alpha_low");
  }
  if (basis.kind == BasisKind::linear) {
    basis.center = document.at("center").as_double("center");
    basis.scale = document.at("scale").as_double("scale");
  }
  check(basis);
  return basis;
}

}  // namespace deciban::splines
