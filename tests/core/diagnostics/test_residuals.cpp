// Anscombe residuals against quadrature of their definition, quantile residuals against distribution functions.
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "deciban/diagnostics/residuals.hpp"
#include "deciban/math/elementary.hpp"
#include "fixtures/case_data.hpp"

namespace {

using namespace deciban;
using families::Family;

Family family_of(const std::string& name) {
  const double var_power = 1.5, theta = 2.5;
  return families::make_family(name, name == "tweedie" ? &var_power : nullptr,
                               name == "negative_binomial" ? &theta : nullptr, "");
}

double anscombe(const Family& family, double y, double mu, double w) {
  const double complement = 1.0 - mu;
  double out = 0.0;
  diagnostics::anscombe_block(family, &y, &mu, &complement, &w, &out, 1);
  return out;
}

TEST(Residuals, EqualTheirDefinition) {
  const fixtures::Json cases = fixtures::read_json_file(fixtures::folder() + "/residuals.json").at("cases");
  ASSERT_GE(cases.size(), 40u);
  int quantiles = 0;
  for (const auto& one : cases) {
    const Family family = family_of(one.at("family"));
    const double y = one.at("y"), mu = one.at("mu"), w = one.at("weight"), wanted = one.at("anscombe");
    EXPECT_NEAR(anscombe(family, y, mu, w), wanted, 1e-13 * std::fabs(wanted)) << one.dump();
    if (!one.contains("quantile")) continue;
    const families::ResponseLaw law(family);
    const double z = diagnostics::quantile_residual(law, y, {mu, 1.0 - mu, one.at("dispersion"), w, 0.0}, 0.3);
    const double bounded = std::min(double(one.at("quantile")), math::normal_quantile(1.0 - 1.2e-16));
    EXPECT_NEAR(z, bounded, bounded > 6.0 ? 1e-1 : 1e-9 * std::fabs(bounded) + 1e-12) << one.dump();
    ++quantiles;
  }
  EXPECT_GE(quantiles, 12);
}

TEST(Residuals, AnscombeOfLimits) {
  const Family poisson = family_of("poisson");
  const double huge = 1e12, zero = 0.0;
  const Family flat = families::make_family("negative_binomial", nullptr, &huge, "");
  for (const double y : {0.0, 2.0, 9.0}) EXPECT_NEAR(anscombe(flat, y, 3.0, 1.0), anscombe(poisson, y, 3.0, 1.0), 1e-3);
  EXPECT_NEAR(anscombe(family_of("binomial"), 0.3, 0.3, 1.0), 0.0, 1e-15);
  EXPECT_EQ(anscombe(poisson, 2.0, 3.0, zero), 0.0) << "rows of weight 0";
  // to the second order it is the Pearson residual
  EXPECT_NEAR(anscombe(family_of("gamma"), 3.0003, 3.0, 1.0), 0.0001, 1e-8);
}

TEST(Residuals, QuantilesOfCountsLieBetweenTheJumps) {
  const families::ResponseLaw law(family_of("poisson"));
  const families::LawPoint at{2.0, 0.0, 1.0, 1.0, 0.0};
  const double low = diagnostics::quantile_residual(law, 2.0, at, 1e-12);
  const double high = diagnostics::quantile_residual(law, 2.0, at, 1.0 - 1e-12);
  EXPECT_NEAR(low, math::normal_quantile(law.cdf(1.0, at)), 1e-9);
  EXPECT_NEAR(high, math::normal_quantile(law.cdf(2.0, at)), 1e-9);
  EXPECT_LT(low, diagnostics::quantile_residual(law, 2.0, at, 0.5));
  EXPECT_TRUE(std::isfinite(diagnostics::quantile_residual(law, 500.0, at, 0.5)));
}

}  // namespace
