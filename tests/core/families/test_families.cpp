#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "deciban/families/family.hpp"
#include "deciban/math/elementary.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace deciban::families;
using fit_case::code_of;
using fit_case::kInf;
using fit_case::kNaN;
using Values = std::vector<double>;

namespace {

Family family_of(const std::string& name, double parameter = 0.0, const std::string& variance = "") {
  return make_family(name, name == "tweedie" ? &parameter : nullptr, name == "negative_binomial" ? &parameter : nullptr,
                     variance);
}

Values deviances(const Family& family, const Values& y, const Values& mu) {
  Values complement, out(y.size());
  for (const double m : mu) complement.push_back(1.0 - m);
  unit_deviance_block(family, y.data(), mu.data(), complement.data(), out.data(), static_cast<int>(y.size()));
  return out;
}

Values variances(const Family& family, const Values& mu) {
  Values complement, out(mu.size());
  for (const double m : mu) complement.push_back(1.0 - m);
  variance_block(family, mu.data(), complement.data(), out.data(), static_cast<int>(mu.size()));
  return out;
}

Values log_likelihoods(const Family& family, double phi, const Values& y, const Values& mu, const Values& w) {
  Values complement, out(y.size());
  for (const double m : mu) complement.push_back(1.0 - m);
  LogLikelihood(family, phi)
      .block(y.data(), mu.data(), complement.data(), w.data(), out.data(), static_cast<int>(y.size()));
  return out;
}

const Values kY = {0, 1, 2, 7, 0.5}, kMu = {0.3, 1.2, 2.5, 3.1, 4}, kPositive = {0.4, 1, 2, 7, 0.5};
const Values kProportion = {0, 1, 0.25, 0.5, 1}, kProbability = {0.2, 0.7, 0.3, 0.9, 0.05};

std::vector<Family> all_families() {
  return {family_of("gaussian"),
          family_of("binomial"),
          family_of("poisson"),
          family_of("gamma"),
          family_of("inverse_gaussian"),
          family_of("tweedie", 1.0),
          family_of("tweedie", 1.0001),
          family_of("tweedie", 1.5),
          family_of("tweedie", 1.97),
          family_of("tweedie", 2.0),
          family_of("negative_binomial", 0.2),
          family_of("negative_binomial", 50.0),
          family_of("quasi"),
          family_of("quasi", 0, "mu"),
          family_of("quasi", 0, "mu^2"),
          family_of("quasi", 0, "mu^3"),
          family_of("quasi", 0, "mu(1-mu)"),
          family_of("quasipoisson"),
          family_of("quasibinomial")};
}

}  // namespace

// R 4.2.2: family$dev.resids(y, mu, 1) and family$variance(mu); MASS 7.3 negative.binomial, statmod tweedie.
TEST(Families, DeviancesAndVariancesAreRs) {
  struct Case {
    Family family;
    Values y, mu, deviance, variance;
  };
  const Case cases[] = {
      {family_of("gaussian"), kY, kMu, {0.09, 0.04, 0.25, 15.21, 12.25}, {1, 1, 1, 1, 1}},
      {family_of("poisson"),
       kY,
       kMu,
       {0.6, 0.035356886412090727, 0.10742579474316116, 3.6031125258989762, 4.9205584583201638},
       kMu},
      {family_of("binomial"),
       kProportion,
       kProbability,
       {0.44628710262841953, 0.71334988787746478, 0.012328528833449828, 1.0216512475319814, 5.9914645471079817},
       {0.16, 0.21, 0.21, 0.09, 0.0475}},
      {family_of("gamma"),
       kPositive,
       kMu,
       {0.091302521763104938, 0.031309780254575925, 0.046287102628419396, 0.88711295712963922, 2.4088830833596715},
       {0.09, 1.44, 6.25, 9.61, 16}},
      {family_of("inverse_gaussian"),
       kPositive,
       kMu,
       {0.27777777777777801, 0.027777777777777766, 0.02, 0.22610376096328225, 1.53125},
       {0.027, 1.728, 15.625, 29.791, 64}},
      {family_of("negative_binomial", 2),
       kY,  // 0.5 is 2.2979... here, where MASS, meant for counts, takes log(max(1, y) / mu)
       kMu,
       {0.5590477695006344, 0.022588013237517857, 0.049690079994229253, 1.1793998489920661,
        2.9910493256496089 - std::log(2.0)},
       {0.345, 1.92, 5.625, 7.905, 12}},
      {family_of("negative_binomial", 0.3),
       kY,
       kMu,
       {0.41588830833596718, 0.0074190798778414058, 0.012293148275010712, 0.24726834452842184,
        1.3045193573020717 - std::log(2.0)},
       {0.6, 6, 23.333333333333336, 35.13333333333334, 57.333333333333336}},
      {family_of("tweedie", 1.01),
       kY,
       kMu,
       {0.61340151352511985, 0.035313610280366226, 0.10652368292975678, 3.5523068850065114, 4.8801458334520689},
       {0.29640973784577407, 1.2021898543632001, 2.5230125381653759, 3.1352726268171756, 4.0558379191601164}},
      {family_of("tweedie", 1.5),
       kY,
       kMu,
       {2.1908902300206643, 0.033264176742436202, 0.070491077621404941, 1.7796476150646923, 3.3431457505076199},
       {0.16431676725154981, 1.3145341380123985, 3.9528470752104741, 5.4581132271142927, 8}},
      {family_of("tweedie", 1.9),
       kY,
       kMu,
       {17.73136301130425, 0.031690071360899796, 0.050346651582665491, 1.0189234775007048, 2.5589834977330432},
       {0.10151503857049494, 1.4139835841691542, 5.7027721034717551, 8.5819744708515433, 13.928809012737984}},
  };
  for (const Case& c : cases) {
    // R's own values lose digits where y is near mu: 1e-12 of the deviance's unit
    fit_case::expect_near(deviances(c.family, c.y, c.mu), c.deviance, 1e-13, 2e-14, family_label(c.family));
    fit_case::expect_near(variances(c.family, c.mu), c.variance, 2e-15, 0.0, family_label(c.family));
  }
}

TEST(Families, LimitsOfTweedieArePoissonAndGamma) {
  EXPECT_EQ(deviances(family_of("tweedie", 1.0), kY, kMu), deviances(family_of("poisson"), kY, kMu));
  EXPECT_EQ(deviances(family_of("tweedie", 2.0), kPositive, kMu), deviances(family_of("gamma"), kPositive, kMu));
  fit_case::expect_near(deviances(family_of("tweedie", 1.0 + 1e-12), kY, kMu), deviances(family_of("poisson"), kY, kMu),
                        1e-10, 1e-13);
  fit_case::expect_near(deviances(family_of("tweedie", 2.0 - 1e-6), kPositive, kMu),
                        deviances(family_of("gamma"), kPositive, kMu), 1e-5);
  fit_case::expect_near(deviances(family_of("negative_binomial", 1e12), kY, kMu),
                        deviances(family_of("poisson"), kY, kMu), 1e-10, 1e-12);
}

// 2 * integral from mu to y of (y - t) / V(t) dt: what a unit deviance is, by Simpson's rule.
TEST(Families, DeviancesAreIntegralsOfTheScore) {
  for (const Family& family : all_families()) {
    const bool probability = family.is_probability();
    for (const double y : {0.15, 0.4, 0.85})
      for (const double mu : {0.1, 0.35, 0.9}) {
        const double scale = probability ? 1.0 : 7.0;
        const double a = mu * scale, b = y * scale;
        const int steps = 4000;
        double integral = 0.0;
        for (int k = 0; k <= steps; ++k) {
          const double t = a + (b - a) * k / steps;
          integral += (k == 0 || k == steps ? 1.0 : k % 2 ? 4.0 : 2.0) * (b - t) / variances(family, {t})[0];
        }
        integral *= (b - a) / (3.0 * steps);
        const double got = deviances(family, {b}, {a})[0];
        EXPECT_NEAR(got, 2.0 * integral, 1e-9 * (1.0 + got)) << family_label(family) << " y " << b << " mu " << a;
      }
  }
}

TEST(Families, VarianceDerivativesAreDerivatives) {
  for (const Family& family : all_families())
    for (const double mu : {0.07, 0.4, 0.93}) {
      const double h = 1e-5 * mu;
      const Values v = variances(family, {mu - h, mu + h});
      double got = 0.0;
      variance_derivative_block(family, &mu, &got, 1);
      EXPECT_NEAR(got, (v[1] - v[0]) / (2.0 * h), 1e-8 * (1.0 + std::fabs(got)))
          << family_label(family) << " at " << mu;
    }
}

TEST(Families, DeviancesAreZeroAtTheResponseAndPositiveElsewhere) {
  fit_case::Random random(5);
  for (const Family& family : all_families()) {
    for (int k = 0; k < 200; ++k) {
      const double y = family.is_probability() ? random.uniform() : std::exp(4.0 * random.normal());
      EXPECT_EQ(deviances(family, {y}, {y})[0], 0.0) << family_label(family) << " at " << y;
      const double mu = family.is_probability() ? random.uniform() : y * std::exp(random.normal());
      EXPECT_GT(deviances(family, {y}, {mu})[0], 0.0) << family_label(family) << " y " << y << " mu " << mu;
    }
  }
}

// mpmath-free reference: y = mu (1 + r) with small r, where d = mu^(2-p) r^2 (1 - (p + ...) r / 3 + ...). Poisson:
// 2 mu [(1 + r) log(1 + r) - r]; its series is exact here.
TEST(Families, DeviancesKeepTheirDigitsNearTheMean) {
  for (const double mu : {1e9, 123456789.0, 3e5}) {
    for (const double excess : {1.0, -31.0, 1000.0}) {
      const double y = mu + excess;
      const long double r = static_cast<long double>(excess) / mu;
      long double poisson = 0.0L, gamma = 0.0L;  // (1 + r) log(1 + r) - r, and r - log(1 + r)
      for (int k = 2; k < 40; ++k) {
        const long double term = (k % 2 ? -1.0L : 1.0L) * std::pow(r, k);
        poisson += term / (k * (k - 1));
        gamma += term / k;
      }
      const double tolerance = 1e-15 / std::fabs(static_cast<double>(r));  // naive formulas: 1e-15 / r^2
      const double poisson_deviance = static_cast<double>(2.0L * mu * poisson);
      EXPECT_LE(fit_case::difference(deviances(family_of("poisson"), {y}, {mu})[0], poisson_deviance), tolerance)
          << excess;
      EXPECT_LE(fit_case::difference(deviances(family_of("gamma"), {y}, {mu})[0], static_cast<double>(2.0L * gamma)),
                tolerance);
      EXPECT_LE(fit_case::difference(
                    deviances(family_of("tweedie", 1.5), {y}, {mu})[0],
                    static_cast<double>(std::sqrt(static_cast<long double>(mu)) * r * r * (1.0L - r / 2.0L))),
                1e-5);
      EXPECT_LE(fit_case::difference(deviances(family_of("negative_binomial", 1e13), {y}, {mu})[0], poisson_deviance),
                1e-3);
    }
  }
  // binomial, many trials: d about (y - mu)^2 / (mu (1 - mu))
  const double d = deviances(family_of("binomial"), {0.3 + 1e-9}, {0.3})[0];
  EXPECT_LE(fit_case::difference(d, 1e-18 / 0.21), 1e-6);
}

TEST(Families, DeviancesAtTheEdges) {
  const Values complement = {1e-300};
  const auto at = [](const Family& family, double y, double mu, double complement) {
    double out = 0.0;
    unit_deviance_block(family, &y, &mu, &complement, &out, 1);
    return out;
  };
  const Family binomial = family_of("binomial");
  EXPECT_LE(fit_case::difference(at(binomial, 1.0, 1.0, 1e-20), 2e-20), 1.0) << "rounds to 0 or 2e-20";
  EXPECT_GE(at(binomial, 1.0, 1.0, 1e-20), 0.0);
  EXPECT_LE(fit_case::difference(at(binomial, 0.0, 1.0, 1e-20), -2.0 * std::log(1e-20)), 1e-14);
  EXPECT_LE(fit_case::difference(at(binomial, 1.0, 1e-300, 1.0), -2.0 * std::log(1e-300)), 1e-14);
  EXPECT_LE(fit_case::difference(at(binomial, 0.0, 1e-20, 1.0), 2e-20), 1.0);
  for (const char* name : {"poisson", "quasipoisson"}) {
    EXPECT_EQ(at(family_of(name), 0.0, 3.0, 0), 6.0);
    EXPECT_LE(fit_case::difference(at(family_of(name), 1e-300, 1.0, 0), 2.0), 1e-14);
    EXPECT_LE(fit_case::difference(at(family_of(name), 1e300, 1e300, 0), 0.0), 1e-14);
    EXPECT_LE(fit_case::difference(at(family_of(name), 5.0, 1e-300, 0), 10.0 * (std::log(5e300) - 1.0)), 1e-13);
    EXPECT_LE(fit_case::difference(at(family_of(name), 1e-18, 1.0, 0), 2.0), 1e-14);
  }
  EXPECT_LE(fit_case::difference(at(family_of("gamma"), 1e-20, 1.0, 0), 2.0 * (20.0 * std::log(10.0) - 1.0)), 1e-14);
  EXPECT_LE(fit_case::difference(at(family_of("gamma"), 1e20, 1.0, 0), 2.0 * (1e20 - 1.0 - 20.0 * std::log(10.0))),
            1e-14);
  EXPECT_LE(fit_case::difference(at(family_of("tweedie", 1.5), 0.0, 4.0, 0), 8.0), 1e-15);
  EXPECT_LE(fit_case::difference(at(family_of("negative_binomial", 2), 0.0, 2.0, 0), 4.0 * std::log(2.0)), 1e-15);
}

// R 4.2.2: dnorm, dpois, dbinom, dgamma, dnbinom (log = TRUE) times the weights, as family$aic takes them.
TEST(Families, LogLikelihoodsAreRs) {
  const Values w = {1, 2, 0.5, 3, 1}, counts = {0, 1, 2, 7, 12}, trials = {1, 1, 4, 2, 3};
  const auto check = [](const char* what, const Values& got, const Values& expected) {
    fit_case::expect_near(got, expected, 2e-14, 1e-15, what);
  };
  check("gaussian", log_likelihoods(family_of("gaussian"), 1.7, kY, kMu, w),
        {-1.210723246971052, -0.86120848022049123, -1.5675909548980835, -14.05553474969582, -4.787193835206347});
  check("poisson", log_likelihoods(family_of("poisson"), 1, counts, kMu, w),
        {-0.3, -2.0353568864120906, -0.68028285840581759, -11.116039741883132, -7.3516821622231987});
  check("binomial", log_likelihoods(family_of("binomial"), 1, kProportion, kProbability, trials),
        {-0.22314355131420971, -0.35667494393873245, -0.88770327502224256, -1.7147984280919271, -8.987196820661973});
  check("gamma", log_likelihoods(family_of("gamma"), 0.6, kPositive, kMu, w),
        {0.12722950297552638, -1.4781345552830421, -0.72234778008983469, -10.19444022227816, -2.0272311830024892});
  check("inverse_gaussian", log_likelihoods(family_of("inverse_gaussian"), 0.6, kPositive, kMu, w),
        {0.47942889500807334, -1.3733477389396511, -0.85995657941413095, -11.312432237122147, -0.89984661714842629});
  check("negative_binomial 2", log_likelihoods(family_of("negative_binomial", 2), 1, counts, kMu, w),
        {-0.27952388475031736, -2.4553786618865043, -0.84941073678439283, -9.8328425230052723, -4.4978565171726554});
  check("negative_binomial 0.3", log_likelihoods(family_of("negative_binomial", 0.3), 1, counts, kMu, w),
        {-0.20794415416798359, -3.8198954587407528, -1.2657453787422626, -11.544013633688284, -4.5106533704508696});
  for (const Family& family : all_families()) {
    std::string reason;
    const bool has = has_log_likelihood(family, reason);
    EXPECT_EQ(has, reason.empty());
    EXPECT_EQ(has, !family.is_quasi() && !(family.id == FamilyId::tweedie && family.var_power == 1.0))
        << family_label(family);
  }
}

TEST(Families, SayWhichResponsesTheyTake) {
  const auto takes = [](const Family& family, const Values& good, const Values& bad) {
    for (const double y : good) EXPECT_TRUE(valid_response(family, y)) << family_label(family) << " " << y;
    for (const double y : bad) EXPECT_FALSE(valid_response(family, y)) << family_label(family) << " " << y;
    for (const double y : {kNaN, kInf, -kInf}) EXPECT_FALSE(valid_response(family, y)) << family_label(family);
    EXPECT_STRNE(response_requirement(family), "");
  };
  takes(family_of("gaussian"), {-1e300, 0, 1e300}, {});
  takes(family_of("quasi"), {-1, 0, 1}, {});
  for (const char* name : {"binomial", "quasibinomial"}) takes(family_of(name), {0, 0.3, 1}, {-1e-9, 1 + 1e-9, 2});
  for (const char* name : {"poisson", "quasipoisson"}) takes(family_of(name), {0, 0.5, 3}, {-1e-300, -1});
  for (const char* name : {"gamma", "inverse_gaussian"}) takes(family_of(name), {1e-300, 1}, {0, -1});
  takes(family_of("tweedie", 1.5), {0, 1}, {-1});
  takes(family_of("tweedie", 2), {1}, {0, -1});
  takes(family_of("tweedie", 1), {0, 1}, {-1});
  takes(family_of("negative_binomial", 1), {0, 1}, {-1});
  takes(family_of("quasi", 0, "mu^2"), {0, 1}, {-1});
  takes(family_of("quasi", 0, "mu^3"), {1}, {0, -1});
  takes(family_of("quasi", 0, "mu(1-mu)"), {0, 1}, {-1, 2});
}

TEST(Families, StartInsideTheirDomain) {
  for (const Family& family : all_families())
    for (const double pull : {0.5, 1.0})
      for (const double y : {0.0, 0.2, 1.0})
        for (const double centre : {0.0, 0.4, 1.0, kNaN}) {
          if (!valid_response(family, y) || (std::isnan(centre) && !family.needs_positive_mean())) continue;
          const double mean = starting_mean(family, y, centre, pull);
          EXPECT_TRUE(std::isfinite(mean)) << family_label(family);
          if (family.needs_positive_mean()) {
            EXPECT_GT(mean, 0.0) << family_label(family) << y << centre;
          }
          if (family.is_probability()) {
            EXPECT_TRUE(mean > 0.0 && mean < 1.0) << family_label(family) << " " << y << " " << centre << " " << pull;
          }
        }
}

TEST(Families, AreMadeByName) {
  const double p = 1.5, theta = 2.0;
  EXPECT_EQ(code_of([] { make_family("Poisson", nullptr, nullptr, ""); }), "family.unknown");
  EXPECT_EQ(code_of([] { make_family("", nullptr, nullptr, ""); }), "family.unknown");
  EXPECT_NE(fit_case::error_of([] { make_family("poison", nullptr, nullptr, ""); }).hint().find("\"poisson\""),
            std::string::npos);
  EXPECT_TRUE(make_family("tweedie", nullptr, nullptr, "").to_estimate);
  EXPECT_TRUE(make_family("negative_binomial", nullptr, nullptr, "").to_estimate);
  for (const double bad : {0.99, 2.01, -1.0, kNaN, kInf})
    EXPECT_EQ(code_of([&] { make_family("tweedie", &bad, nullptr, ""); }), "family.parameter_invalid") << bad;
  for (const double bad : {0.0, -1.0, kNaN, kInf})
    EXPECT_EQ(code_of([&] { make_family("negative_binomial", nullptr, &bad, ""); }), "family.parameter_invalid") << bad;
  EXPECT_EQ(code_of([&] { make_family("quasi", nullptr, nullptr, "mu^4"); }), "family.parameter_invalid");
  EXPECT_EQ(code_of([&] { make_family("poisson", &p, nullptr, ""); }), "family.parameter_unused");
  EXPECT_EQ(code_of([&] { make_family("poisson", nullptr, &theta, ""); }), "family.parameter_unused");
  EXPECT_EQ(code_of([&] { make_family("gamma", nullptr, nullptr, "mu"); }), "family.parameter_unused");
  EXPECT_EQ(code_of([&] { make_family("tweedie", &p, &theta, ""); }), "family.parameter_unused");
  EXPECT_EQ(family_label(family_of("tweedie", 1.5)), "tweedie(var_power = 1.5)");
  EXPECT_EQ(family_label(family_of("negative_binomial", 0.1)), "negative_binomial(theta = 0.1)");
  EXPECT_EQ(family_label(family_of("quasi", 0, "mu^2")), "quasi(variance = \"mu^2\")");
}

TEST(Families, TravelThroughDocuments) {
  for (const Family& family : all_families()) {
    const Family again = family_from_document(to_document(family));
    EXPECT_EQ(family_label(again), family_label(family));
    EXPECT_EQ(again.variance, family.variance);
    EXPECT_EQ(again.var_power, family.var_power);
    EXPECT_EQ(again.theta, family.theta);
  }
  EXPECT_NE(code_of([] { family_from_document(Document::object({{"id", "weibull"}})); }), "no error");
  EXPECT_NE(code_of([] { family_from_document(Document::object({{"id", "tweedie"}})); }), "no error");
  EXPECT_NE(code_of([] { family_from_document(Document::object({{"id", 1}})); }), "no error");
  EXPECT_NE(code_of([] { family_from_document(Document("poisson")); }), "no error");
}

TEST(Families, KnowWhichDispersionIsGiven) {
  for (const Family& family : all_families()) {
    const std::string name = family_name(family);
    EXPECT_EQ(family.has_known_dispersion(), name == "poisson" || name == "binomial" || name == "negative_binomial")
        << name;
  }
}

TEST(Families, ResidualsKeepTheirDigitsNearOne) {
  const Family binomial = family_of("binomial"), poisson = family_of("poisson");
  const double y[] = {1.0, 1.0, 0.0, 0.25}, mu[] = {1.0, 0.75, 1e-20, 0.5}, complement[] = {1e-20, 0.25, 1.0, 0.5};
  double out[4];
  residual_block(binomial, y, mu, complement, out, 4);
  EXPECT_EQ(out[0], 1e-20);
  EXPECT_EQ(out[1], 0.25);
  EXPECT_EQ(out[2], -1e-20);
  EXPECT_EQ(out[3], -0.25);
  residual_block(poisson, y, mu, complement, out, 4);
  EXPECT_EQ(out[0], 0.0);
  EXPECT_EQ(out[3], -0.25);
}
