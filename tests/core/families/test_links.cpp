#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "deciban/families/link.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace deciban::families;
using fit_case::code_of;
using fit_case::kInf;
using fit_case::kNaN;

namespace {

Family family_of(const std::string& name) {
  const double power = 1.5, theta = 2.0;
  return make_family(name, name == "tweedie" ? &power : nullptr, name == "negative_binomial" ? &theta : nullptr, "");
}

Link link_of(const std::string& name) {
  Link link;
  const bool probability =
      name == "logit" || name == "probit" || name == "cloglog" || name == "loglog" || name == "cauchit";
  return make_link(name, family_of(probability ? "binomial" : "gaussian"));
}

struct Inverse {
  std::vector<double> mu, complement, slope, curvature;
};

Inverse inverse(const Link& link, const std::vector<double>& eta, bool curved = true) {
  const std::size_t n = eta.size();
  Inverse out{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n), std::vector<double>(n)};
  inverse_link_block(link, eta.data(),
                     {out.mu.data(), out.complement.data(), out.slope.data(), curved ? out.curvature.data() : nullptr},
                     static_cast<int>(n));
  return out;
}

const std::vector<std::string> kProbability = {"logit", "probit", "cloglog", "loglog", "cauchit"};
const std::vector<std::string> kAll = {"identity", "log",    "logit", "probit",     "cloglog",   "loglog",    "cauchit",
                                       "inverse",  "1/mu^2", "sqrt",  "power(0.5)", "power(-2)", "power(0.3)"};

}  // namespace

// mpmath, 50 digits: mean, 1 - mean and d mu / d eta.
TEST(Links, AgreeWithHighPrecision) {
  struct Case {
    const char* link;
    double eta, mu, complement, slope;
  };
  const Case cases[] = {
      {"logit", -3.5, 0.029312230751356319, 0.97068776924864368, 0.02845302387973556},
      {"logit", -0.25, 0.4378234991142019, 0.5621765008857981, 0.24613408273759835},
      {"logit", 1.75, 0.85195280196831053, 0.14804719803168947, 0.12612922518665519},
      {"probit", -3.5, 0.00023262907903552504, 0.99976737092096447, 0.00087268269504576007},
      {"probit", 1.75, 0.95994084313618291, 0.04005915686381709, 0.086277318826511514},
      {"probit", 5.0, 0.99999971334842812, 2.8665157187919391e-7, 1.4867195147342977e-6},
      {"cloglog", -3.5, 0.02974599740893756, 0.97025400259106244, 0.029299132133281521},
      {"cloglog", -0.25, 0.54104393069233618, 0.45895606930766382, 0.35743534617218255},
      {"cloglog", 1.75, 0.99683183485094676, 0.0031681651490532438, 0.018231531644769891},
      {"cloglog", 5.0, 1.0, 3.5073891964646231e-65, 5.2054271084956242e-63},
      {"loglog", -3.5, 4.1508969201090363e-15, 0.99999999999999585, 1.3745882754335468e-13},
      {"loglog", -0.25, 0.27692033409990892, 0.72307966590009108, 0.35557274738194413},
      {"loglog", 5.0, 0.99328470206784149, 0.0067152979321585104, 0.0066926996775355148},
      {"cauchit", -3.5, 0.088585532782904749, 0.91141446721709525, 0.024023387636512504},
      {"cauchit", 1.75, 0.83475065946143209, 0.16524934053856791, 0.078353202752933088},
      {"log", -3.5, 0.030197383422318501, 1 - 0.030197383422318501, 0.030197383422318501},
      {"log", 1.75, 5.7546026760057304, 1 - 5.7546026760057304, 5.7546026760057304},
      {"sqrt", 1.75, 3.0625, -2.0625, 3.5},
      {"inverse", -4.0, -0.25, 1.25, -0.0625},
      {"1/mu^2", 4.0, 0.5, 0.5, -0.0625},
      {"power(3)", 8.0, 2.0, -1.0, 1.0 / 12.0},
      {"power(-2)", 4.0, 0.5, 0.5, -0.0625},
  };
  for (const Case& c : cases) {
    const Inverse got = inverse(link_of(c.link), {c.eta});
    EXPECT_LE(fit_case::difference(got.mu[0], c.mu), 4e-15) << c.link << " at " << c.eta;
    EXPECT_LE(fit_case::difference(got.complement[0], c.complement), 1e-14) << c.link << " at " << c.eta;
    EXPECT_LE(fit_case::difference(got.slope[0], c.slope), 1e-14) << c.link << " at " << c.eta;
  }
}

TEST(Links, SlopeAndCurvatureAreDerivatives) {
  for (const std::string& name : kAll) {
    const Link link = link_of(name);
    for (const double eta : {0.11, 0.5, 1.0, 1.7, 2.9}) {
      for (const double sign : {1.0, -1.0}) {
        if (sign < 0.0 && (name == "1/mu^2" || name == "sqrt" || name.compare(0, 5, "power") == 0)) continue;
        const double x = sign * eta, h = 1e-4 * eta;
        const Inverse at = inverse(link, {x - 2 * h, x - h, x, x + h, x + 2 * h});
        const auto derivative = [&](const std::vector<double>& f) {  // fourth order
          return (f[0] - 8.0 * f[1] + 8.0 * f[3] - f[4]) / (12.0 * h);
        };
        EXPECT_NEAR(derivative(at.mu), at.slope[2], 1e-9 * (1.0 + std::fabs(at.slope[2]))) << name << " at " << x;
        EXPECT_NEAR(derivative(at.slope), at.curvature[2], 1e-8 * (1.0 + std::fabs(at.curvature[2])))
            << name << " at " << x;
      }
    }
  }
}

TEST(Links, CurvatureChangesNothingElse) {
  for (const std::string& name : kAll) {
    const Link link = link_of(name);
    const std::vector<double> eta = {0.2, 0.7, 1.3, 4.0};
    const Inverse with = inverse(link, eta), without = inverse(link, eta, false);
    EXPECT_TRUE(fit_case::same_bits(with.mu, without.mu)) << name;
    EXPECT_TRUE(fit_case::same_bits(with.slope, without.slope)) << name;
    EXPECT_TRUE(fit_case::same_bits(with.complement, without.complement)) << name;
  }
}

TEST(Links, AreInverseToTheirValues) {
  for (const std::string& name : kAll) {
    const Link link = link_of(name);
    const bool probability =
        name == "logit" || name == "probit" || name == "cloglog" || name == "loglog" || name == "cauchit";
    for (double mu : {1e-8, 0.01, 0.3, 0.5, 0.77, 0.999, 3.0, 1e5}) {
      if (probability && mu >= 1.0) continue;
      const double eta = link_value(link, mu);
      ASSERT_TRUE(std::isfinite(eta)) << name << " at " << mu;
      EXPECT_LE(fit_case::difference(inverse(link, {eta}).mu[0], mu), name == "cauchit" ? 1e-8 : 1e-12)
          << name << " at " << mu;
    }
  }
}

TEST(Links, BlocksOfAnySizeGiveTheSameBits) {
  fit_case::Random random(11);
  std::vector<double> eta;
  for (int i = 0; i < 512; ++i) eta.push_back(std::exp(random.normal()));
  for (const std::string& name : kAll) {
    const Link link = link_of(name);
    const Inverse whole = inverse(link, eta);
    for (int i = 0; i < 512; i += 37) {
      const Inverse one = inverse(link, {eta[i]});
      EXPECT_TRUE(fit_case::same_bits(one.mu[0], whole.mu[i])) << name;
      EXPECT_TRUE(fit_case::same_bits(one.slope[0], whole.slope[i])) << name;
      EXPECT_TRUE(fit_case::same_bits(one.complement[0], whole.complement[i])) << name;
      EXPECT_TRUE(fit_case::same_bits(one.curvature[0], whole.curvature[i])) << name;
    }
  }
}

TEST(Links, ProbabilitiesStayInsideAtExtremes) {
  for (const std::string& name : kProbability) {
    const Link link = link_of(name);
    const std::vector<double> eta = {-kInf, -1e308, -745, -700, -40, -20, 20, 40, 700, 745, 1e308, kInf};
    const Inverse at = inverse(link, eta);
    for (std::size_t i = 0; i < eta.size(); ++i) {
      EXPECT_TRUE(at.mu[i] >= 1e-300 && at.mu[i] <= 1.0) << name << " at " << eta[i] << ": " << at.mu[i];
      EXPECT_TRUE(at.complement[i] >= 1e-300 && at.complement[i] <= 1.0) << name << " at " << eta[i];
      EXPECT_TRUE(std::isfinite(at.slope[i]) && at.slope[i] >= 0.0) << name << " at " << eta[i] << ": " << at.slope[i];
      if (std::isfinite(eta[i])) {
        EXPECT_TRUE(std::isfinite(at.curvature[i])) << name << " at " << eta[i];
      }
      if (i) {
        EXPECT_GE(at.mu[i], at.mu[i - 1]) << name;
        EXPECT_LE(at.complement[i], at.complement[i - 1]) << name;
      }
    }
    for (std::size_t i = 0; i < eta.size(); ++i) {
      EXPECT_NEAR(at.mu[i] + at.complement[i], 1.0, 1e-15) << name << " at " << eta[i];
    }
  }
}

TEST(Links, MirrorImages) {
  for (const std::string name : {"logit", "probit", "cauchit"}) {
    const Inverse at = inverse(link_of(name), {-40, -2.5, 2.5, 40});
    EXPECT_TRUE(fit_case::same_bits(at.mu[0], at.complement[3])) << name;
    EXPECT_TRUE(fit_case::same_bits(at.mu[1], at.complement[2])) << name;
    EXPECT_TRUE(fit_case::same_bits(at.slope[1], at.slope[2])) << name;
  }
  const Inverse c = inverse(link_of("cloglog"), {-40, -0.7, 3.1, 40}),
                l = inverse(link_of("loglog"), {40, 0.7, -3.1, -40});
  EXPECT_TRUE(fit_case::same_bits(c.mu, l.complement));
  EXPECT_TRUE(fit_case::same_bits(c.complement, l.mu));
  EXPECT_TRUE(fit_case::same_bits(c.slope, l.slope));
}

TEST(Links, ValuesOutsideTheDomainAreNaN) {
  for (const std::string& name : kAll) EXPECT_TRUE(std::isnan(inverse(link_of(name), {kNaN}).mu[0])) << name;
  for (const std::string name : {"sqrt", "1/mu^2", "power(0.5)", "power(-2)"}) {
    EXPECT_TRUE(std::isnan(inverse(link_of(name), {-1.0}).mu[0])) << name;
    EXPECT_TRUE(std::isnan(inverse(link_of(name), {0.0}).mu[0])) << name;
  }
  EXPECT_FALSE(std::isfinite(inverse(link_of("inverse"), {0.0}).mu[0]));
  EXPECT_FALSE(std::isfinite(inverse(link_of("log"), {710.0}).mu[0])) << "an infinite mean counts as invalid";
  EXPECT_GT(inverse(link_of("log"), {-800.0}).mu[0], 0.0);
  for (const std::string name : {"log", "sqrt", "1/mu^2", "power(0.3)"})
    EXPECT_TRUE(std::isnan(link_value(link_of(name), -1.0))) << name;
  EXPECT_TRUE(std::isnan(link_value(link_of("logit"), 1.5)));
}

TEST(Links, HaveNames) {
  const Family gaussian = family_of("gaussian");
  EXPECT_EQ(make_link("power(0)", gaussian).id, LinkId::log);
  EXPECT_EQ(make_link("power(1)", gaussian).id, LinkId::identity);
  EXPECT_EQ(link_name(make_link("power(0.5)", gaussian)), "power(0.5)");
  EXPECT_EQ(link_name(make_link("power(-1e-3)", gaussian)), "power(-0.001)");
  EXPECT_EQ(link_name(make_link("power(0.1)", gaussian)), "power(0.1)");
  for (const std::string& name : kAll) EXPECT_EQ(link_name(link_of(name)), name);
  const char* defaults[][2] = {{"gaussian", "identity"},    {"quasi", "identity"}, {"binomial", "logit"},
                               {"quasibinomial", "logit"},  {"poisson", "log"},    {"gamma", "log"},
                               {"inverse_gaussian", "log"}, {"tweedie", "log"},    {"negative_binomial", "log"},
                               {"quasipoisson", "log"}};
  for (const auto& pair : defaults) EXPECT_EQ(link_name(make_link("", family_of(pair[0]))), pair[1]) << pair[0];
}

TEST(Links, RefuseByCode) {
  const Family gaussian = family_of("gaussian"), poisson = family_of("poisson"), binomial = family_of("binomial");
  for (const char* name : {"lgo", "Log", " log", "power()", "power(", "power(a)", "power(1", "power(nan)", "power(inf)",
                           "power(1) ", "power(0x1)", "(", ")"})
    EXPECT_EQ(code_of([&] { make_link(name, gaussian); }), "link.unknown") << name;
  EXPECT_NE(fit_case::error_of([&] { make_link("lgo", gaussian); }).hint().find("\"log\""), std::string::npos);
  for (const std::string& name : kProbability) {
    EXPECT_EQ(code_of([&] { make_link(name, poisson); }), "link.invalid") << name;
    EXPECT_EQ(code_of([&] { make_link(name, binomial); }), "no error") << name;
  }
  for (const char* name : {"log", "identity", "inverse", "sqrt", "power(2)"})
    EXPECT_EQ(code_of([&] { make_link(name, binomial); }), "no error") << name << ", as R allows for relative risks";
}

TEST(Links, TravelThroughDocuments) {
  for (const std::string& name : kAll) {
    const Link link = link_of(name), again = link_from_document(to_document(link));
    EXPECT_EQ(again.id, link.id);
    EXPECT_EQ(again.exponent, link.exponent);
  }
  const auto from = [](Document document) { return code_of([&] { link_from_document(document); }); };
  EXPECT_EQ(from(Document::object({{"id", "lo"}})), "format.invalid");
  EXPECT_EQ(from(Document::object({{"id", 3}})), "format.invalid");
  EXPECT_EQ(from(Document::object({})), "format.missing_key");
  EXPECT_EQ(from(Document::object({{"id", "power"}})), "format.missing_key");
  for (const double bad : {0.0, kNaN, kInf})
    EXPECT_EQ(from(Document::object({{"id", "power"}, {"exponent", bad}})), "format.invalid") << bad;
}

TEST(Links, CanonicalPairs) {
  EXPECT_TRUE(is_canonical(family_of("poisson"), link_of("log")));
  EXPECT_TRUE(is_canonical(family_of("quasipoisson"), link_of("log")));
  EXPECT_TRUE(is_canonical(family_of("binomial"), link_of("logit")));
  EXPECT_TRUE(is_canonical(family_of("gamma"), link_of("inverse")));
  EXPECT_TRUE(is_canonical(family_of("inverse_gaussian"), link_of("1/mu^2")));
  EXPECT_FALSE(is_canonical(family_of("gamma"), link_of("log")));
  EXPECT_FALSE(is_canonical(family_of("tweedie"), link_of("log")));
  EXPECT_FALSE(is_canonical(family_of("negative_binomial"), link_of("log")));
  EXPECT_TRUE(is_multiplicative(link_of("log")) && is_multiplicative(link_of("logit")) &&
              is_multiplicative(link_of("cloglog")));
  EXPECT_FALSE(is_multiplicative(link_of("probit")) || is_multiplicative(link_of("identity")));
}
