// Errors by code, and the Document form.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "deciban/splines/basis.hpp"
#include "spline_helpers.hpp"

using namespace deciban;
using namespace deciban::splines;
using namespace spline_test;

namespace {

const std::vector<double> kX = {1, 2, 3, 4, 5, 6, 8, 10};

SplineOptions with(int df, std::vector<double> knots = {}, std::vector<double> boundary = {}, int degree = 3,
                   bool intercept = false) {
  SplineOptions out;
  out.df = df;
  out.knots = std::move(knots);
  out.boundary = std::move(boundary);
  out.degree = degree;
  out.intercept = intercept;
  return out;
}

std::string bs_code(const SplineOptions& options, const std::vector<double>& x = kX) {
  const std::string code = code_of([&] { bs(x, ones(x), options); });
  EXPECT_EQ(code, code_of([&] { ispline(x, ones(x), options); }));
  return code;
}

std::string ns_code(const SplineOptions& options, const std::vector<double>& x = kX) {
  return code_of([&] { ns(x, ones(x), options); });
}

const double kInf = std::numeric_limits<double>::infinity();

}  // namespace

TEST(SplineErrors, Df) {
  EXPECT_EQ(bs_code(with(2)), "formula.df");
  EXPECT_EQ(bs_code(with(3)), "none");
  EXPECT_EQ(bs_code(with(3, {}, {}, 3, true)), "formula.df");
  EXPECT_EQ(bs_code(with(-4)), "formula.df");
  EXPECT_EQ(bs_code(with(2000000000)), "formula.df");
  EXPECT_EQ(bs_code(with(2, {4})), "none");  // knots count more, as in R
  EXPECT_EQ(ns_code(with(1, {}, {}, 3, true)), "formula.df");
  EXPECT_EQ(ns_code(with(1)), "none");
  EXPECT_EQ(ns_code(with(1001)), "none");
  EXPECT_EQ(ns_code(with(1002)), "formula.knots");
  EXPECT_EQ(bs_code(with(1100)), "none");
  try {
    bs(kX, ones(kX), with(4, {}, {}, 4, true));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.context().at("minimum").as_int(), 5);
    EXPECT_NE(error.message().find("smallest df is 5"), std::string::npos) << error.what();
  }
}

TEST(SplineErrors, KnotsAndBoundary) {
  EXPECT_EQ(bs_code(with(0, {0.5})), "formula.knots");
  EXPECT_EQ(bs_code(with(0, {5, 11})), "formula.knots");
  EXPECT_EQ(bs_code(with(0, {5, 4})), "formula.knots");
  EXPECT_EQ(bs_code(with(0, {std::nan("")})), "formula.knots");
  EXPECT_EQ(bs_code(with(0, {4, 4})), "none");
  EXPECT_EQ(ns_code(with(0, {-kInf})), "formula.knots");
  EXPECT_EQ(bs_code(with(0, {0.5}, {20, 0})), "none");
  EXPECT_EQ(bs_code(with(0, {}, {1})), "formula.boundary");
  EXPECT_EQ(bs_code(with(0, {}, {1, 1})), "formula.boundary");
  EXPECT_EQ(bs_code(with(0, {}, {1, std::nan("")})), "formula.boundary");
  EXPECT_EQ(ns_code(with(0, {}, {1, kInf})), "formula.boundary");
  EXPECT_EQ(bs_code(with(0, {}, {-1e308, 1e308})), "formula.boundary");
  EXPECT_EQ(bs_code(with(5, {}, {20, 30})), "formula.boundary");  // no values within
  EXPECT_EQ(ns_code(with(0, {}, {0, 1e-200})), "formula.knots");  // second derivatives overflow
}

TEST(SplineErrors, DegreeConstantAndValues) {
  EXPECT_EQ(bs_code(with(5, {}, {}, 0)), "formula.degree");
  EXPECT_EQ(bs_code(with(5, {}, {}, 2000)), "formula.degree");
  EXPECT_EQ(ns_code(with(5, {}, {}, 2)), "formula.degree");
  EXPECT_EQ(bs_code(with(5), {3, 3, 3}), "formula.constant");
  EXPECT_EQ(ns_code(with(5), {}), "formula.constant");
  EXPECT_EQ(bs_code(with(5, {}, {0, 9}), {3, 3, 3}), "formula.constant");
  EXPECT_EQ(bs_code(with(0, {2}, {0, 9}), {3, 3, 3}), "none");
  EXPECT_EQ(bs_code(with(5), {2, 1}), "input.values");
  EXPECT_EQ(bs_code(with(5), {std::nan("")}), "input.values");
  EXPECT_EQ(bs_code(with(5), {-kInf, 1, 2}), "formula.infinite");
  EXPECT_EQ(code_of([] { bs({1, 2}, {1}, {}); }), "input.values");
  EXPECT_EQ(code_of([] { bs({1, 2}, {1, -1}, {}); }), "input.values");
  EXPECT_EQ(code_of([] { bs({1, 2}, {1, 0}, {}); }), "formula.constant");
}

TEST(PolynomialErrors, ByCode) {
  const auto code = [](const std::vector<double>& x, int degree) { return code_of([&] { poly(x, ones(x), degree); }); };
  EXPECT_EQ(code({1, 2, 3}, 0), "formula.degree");
  EXPECT_EQ(code({1, 2, 3}, 3), "formula.degree");
  EXPECT_EQ(code({1, 2, 2, 3}, 3), "formula.degree");
  EXPECT_EQ(code({1, 2, 3}, 2), "none");
  EXPECT_EQ(code({}, 1), "formula.degree");
  EXPECT_EQ(code({1e200, 2e200, 3e200}, 1), "formula.degree");
  EXPECT_EQ(code({1e-200, 2e-200, 3e-200}, 1), "formula.degree");
  EXPECT_EQ(code({-1.7e308, 0, 1.7e308}, 1), "formula.degree");
  EXPECT_EQ(code_of([] { poly({1}, {1}, 3, true); }), "none");
  EXPECT_EQ(code_of([] { poly({1}, {1}, 0, true); }), "formula.degree");
  EXPECT_EQ(code_of([] { scale({4}, {10}); }), "formula.constant");
  EXPECT_EQ(code_of([] { scale({}, {}); }), "formula.constant");
  EXPECT_EQ(code_of([] { scale({0.1}, {7}); }), "formula.constant");
  EXPECT_EQ(code_of([] { scale({4}, {10}, 0.0); }), "none");
  EXPECT_EQ(code_of([] { scale({4}, {10}, 0.0, 0.0); }), "input.scale");
  EXPECT_EQ(code_of([] { scale({4}, {10}, std::nan("")); }), "input.scale");
}

TEST(BasisDocument, RoundTrips) {
  const std::vector<Basis> all = {bs(kX, ones(kX), with(6)),
                                  bs(kX, ones(kX), with(0, {2, 4}, {-3, 40}, 2, true)),
                                  ns(kX, ones(kX), with(4)),
                                  ispline(kX, ones(kX), with(5)),
                                  poly(kX, ones(kX), 4),
                                  poly(kX, ones(kX), 2, true),
                                  scale(kX, ones(kX)),
                                  scale({}, {}, 1.0, 2.0),
                                  Basis()};
  for (const Basis& basis : all) {
    const Basis back = basis_from_document(to_document(basis));
    EXPECT_EQ(back, basis);
    EXPECT_EQ(evaluate(back, {1.5, 7}), evaluate(basis, {1.5, 7}));
  }
  for (std::size_t k = 1; k < all.size(); ++k) EXPECT_NE(all[k], all[k - 1]);
}

TEST(BasisDocument, RefusesWhatCannotBeEvaluated) {
  const Document good = to_document(bs(kX, ones(kX), with(6)));
  const Document polynomial = to_document(poly(kX, ones(kX), 2));
  const auto changed = [](Document document, const char* key, Document value) {
    document.set(key, std::move(value));
    return code_of([&] { basis_from_document(document); });
  };
  EXPECT_EQ(changed(good, "kind", "bs"), "none");
  EXPECT_EQ(changed(good, "kind", "tp"), "format.invalid");
  EXPECT_EQ(changed(good, "degree", 0), "format.invalid");
  EXPECT_EQ(changed(good, "degree", std::int64_t{1} << 40), "format.invalid");
  EXPECT_EQ(changed(good, "lower", 50.0), "format.invalid");
  EXPECT_EQ(changed(good, "upper", Document()), "format.invalid");
  EXPECT_EQ(changed(good, "knots", std::vector<double>{4, 2}), "format.invalid");
  EXPECT_EQ(changed(good, "knots", std::vector<double>{400}), "format.invalid");
  EXPECT_EQ(changed(good, "knots", std::vector<double>{std::nan("")}), "format.invalid");
  EXPECT_EQ(changed(to_document(ns(kX, ones(kX), with(3))), "degree", 2), "format.invalid");
  EXPECT_EQ(changed(to_document(ns(kX, ones(kX), with(3))), "knots", std::vector<double>(1001, 5.0)), "format.invalid");
  EXPECT_EQ(changed(polynomial, "degree", 3), "format.invalid");
  EXPECT_EQ(changed(polynomial, "alpha_low", std::vector<double>{1}), "format.invalid");
  EXPECT_EQ(changed(polynomial, "norm2", std::vector<double>{1, 8, 0, 1}), "format.invalid");
  EXPECT_EQ(changed(to_document(Basis()), "scale", 0.0), "format.invalid");
  EXPECT_EQ(code_of([] { basis_from_document(Document::object({{"kind", "ns"}})); }), "format.missing_key");
}
