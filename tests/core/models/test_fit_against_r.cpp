#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "deciban/models/glm_tables.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;

namespace {

// The data frame `d` of the R script behind these numbers.
data::Table small_data() {
  Columns c;
  c.add("x", Doubles{0.3, -1.2, 0.8, 1.5, -0.4, 0.1, 2.2, -0.9, 0.6, -1.7, 1.1, 0.4});
  c.add("g", Texts{"a", "b", "c", "a", "b", "c", "a", "b", "c", "a", "b", "c"});
  c.add("n", Doubles{1, 0, 2, 5, 1, 0, 7, 0, 3, 0, 2, 1});
  c.add("a", Doubles{1.2, 0.4, 2.5, 4.1, 0.9, 1.7, 8.8, 0.6, 2.2, 0.3, 3.1, 1.4});
  c.add("s", Doubles{0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0});
  c.add("p", Doubles{0.5, 0.25, 1, 0.75, 0.2, 0.4, 1, 0, 2.0 / 3.0, 0, 0.8, 0.5});
  c.add("m", Doubles{2, 4, 3, 4, 5, 5, 2, 3, 3, 1, 5, 2});
  c.add("w", Doubles{1, 2, 0.5, 1.5, 1, 3, 1, 0, 2, 1, 0.7, 1.2});
  c.add("e", Doubles{1, 0.5, 0.2, 1, 1, 0.8, 1, 0.1, 0.4, 1, 0.9, 0.3});
  c.add("t", Doubles{0, 0, 2.5, 4.1, 0, 1.7, 8.8, 0, 2.2, 0, 3.1, 1.4});
  c.add("twice", Doubles{0.6, -2.4, 1.6, 3, -0.8, 0.2, 4.4, -1.8, 1.2, -3.4, 2.2, 0.8});
  return c.table;
}

struct Case {
  const char* name;
  Document arguments;
  Doubles coefficients, errors;
  double deviance, null_deviance, dispersion, log_likelihood, aic, bic, df_residual, df_null;
};

const double kNA = kNaN;

// R 4.2.2, stats::glm with epsilon = 1e-15 (aliased: 1e-10), MASS::negative.binomial(2), statmod::tweedie(1.5, 0); rows
// of weight 0 left out for logLik, AIC and BIC, which count them in R. Dispersion: Pearson chi2 / df. Tweedie's logLik,
// AIC and BIC: fixtures/generate/likelihoods.py.
std::vector<Case> cases() {
  return {
      {"gaussian",
       args({{"formula", "a ~ x + g"}, {"family", "gaussian"}, {"weights", "w"}}),
       {2.5064976634875542, 1.6953313161659047, -0.53041048191544871, -1.2534959519166367},
       {0.70019689445656641, 0.39162856924144018, 1.0775438921117468, 0.84719758734336625},
       13.224292672040679,
       63.884939597315444,
       1.8891846674343831,
       -15.609769476635407,
       41.219538953270813,
       43.209015317262669,
       7,
       10},
      {"gaussian log",
       args({{"formula", "a ~ x"}, {"family", "gaussian"}, {"link", "log"}}),
       {0.11891749847513364, 0.92691062738098562},
       {0.06746123051172008, 0.036075098270219083},
       0.6595843843289092,
       61.006666666666675,
       0.065958438432890926,
       0.37904967846876492,
       5.2419006430624702,
       6.6966205924264717,
       10,
       11},
      {"poisson",
       args({{"formula", "n ~ x + g"}, {"family", "poisson"}, {"weights", "w"}}),
       {-0.47100791818370535, 1.2038794517879827, 0.032462779887025693, 0.19982217447520656},
       {0.71988455494267256, 0.37163199396020602, 0.83549236027072227, 0.67088795932510703},
       9.6646619774296898,
       38.63279661209932,
       1,
       -17.106643167085899,
       42.213286334171798,
       43.804867425365281,
       7,
       10},
      {"poisson exposure",
       args({{"formula", "n ~ x"}, {"family", "poisson"}, {"exposure", "e"}}),
       {0.2557912463155832, 0.84362851965631691},
       {0.37191954580169778, 0.23279142984138107},
       10.391038529778609,
       26.814890939991351,
       1,
       -15.949240005282903,
       35.898480010565805,
       36.868293310141809,
       10,
       11},
      {"poisson no intercept",
       args({{"formula", "n ~ x + g - 1 + offset(log(e))"}, {"family", "poisson"}}),
       {1.1504987459909644, -0.4175788780337113, -0.28340087219892834, 0.80869130801965983},
       {0.38765208730340295, 0.76418880274251511, 0.65028098458180805, 0.44156901109133423},
       6.8232886966226864,
       42.638856099868114,
       1,
       -14.165365088704945,
       36.33073017740989,
       38.27035677656189,
       8,
       12},
      {"poisson x only",
       args({{"formula", "n ~ x - 1"}, {"family", "poisson"}}),
       {0.93475510962258734},
       {0.13579272484256374},
       5.7657984200383297,
       35.473972387603609,
       1,
       -13.636619950412765,
       29.27323990082553,
       29.758146550613532,
       11,
       12},
      {"binomial",
       args({{"formula", "s ~ x"}, {"family", "binomial"}}),
       {-1.3778731630557559, 4.2806037863576103},
       {1.506840084972269, 3.0321321436152924},
       6.557636192529535,
       16.635532333438686,
       1,
       -3.2788180962647679,
       10.557636192529536,
       11.527449492105536,
       10,
       11},
      {"binomial trials",
       args({{"formula", "p ~ x"}, {"family", "binomial"}, {"weights", "m"}}),
       {-0.37855279317924634, 1.5654162080650111},
       {0.41692272259164254, 0.52123808325149357},
       4.8085165960373155,
       18.940046338622349,
       1,
       -9.1751969626314764,
       22.350393925262953,
       23.320207224838953,
       10,
       11},
      {"binomial probit offset",
       args({{"formula", "s ~ x + offset(e)"}, {"family", "binomial"}, {"link", "probit"}}),
       {-1.6338557654571662, 3.1762493515171322},
       {0.94666942025040157, 1.9823289114487732},
       6.5683134778767149,
       16.876205386878983,
       1,
       -3.284156738938357,
       10.568313477876714,
       11.538126777452714,
       10,
       11},
      {"gamma",
       args({{"formula", "a ~ x + g"}, {"family", "gamma"}, {"weights", "w"}}),
       {0.15642852478812605, 0.85418687742003574, 0.004103183971411197, 0.15444484967080405},
       {0.094757230447340995, 0.052998862004629353, 0.14582337583945282, 0.11465074703113577},
       0.26130143821403357,
       11.160080210163873,
       0.034598619388195626,
       2.8053505260135667,
       4.3892989479728666,
       6.3787753119647199,
       7,
       10},
      {"gamma inverse",
       args({{"formula", "a ~ x"}, {"family", "gamma"}, {"link", "inverse"}}),
       {0.82952979156902107, -0.33597997234978905},
       {0.099424568884967202, 0.048800933911752928},
       1.7731287504709774,
       10.169725228780075,
       0.14971188605019548,
       -10.436811470915321,
       26.873622941830643,
       28.328342891194644,
       10,
       11},
      {"inverse gaussian",
       args({{"formula", "a ~ x"}, {"family", "inverse_gaussian"}, {"weights", "w"}}),
       {0.23132145969626677, 0.87878105567894227},
       {0.053940030843405387, 0.046888401473672903},
       0.25862694359191146,
       7.9350826024404135,
       0.028111859332124806,
       -0.17339476622420591,
       6.3467895324484118,
       7.5404753508435238,
       9,
       10},
      {"negative binomial",
       args({{"formula", "n ~ x"}, {"family", "negative_binomial"}, {"theta", 2}, {"weights", "w"}, {"exposure", "e"}}),
       {0.10567811987120702, 1.112280723800444},
       {0.41907868497895295, 0.33926241027043319},
       11.584631210068459,
       23.635216083697696,
       1,
       -21.933186037153568,
       47.866372074307137,
       48.662162619903881,
       9,
       10},
      {"quasipoisson",
       args({{"formula", "n ~ x"}, {"family", "quasipoisson"}, {"weights", "w"}}),
       {-0.31604202033614176, 1.1315675059400905},
       {0.32395432081332065, 0.21193522230372913},
       9.7765968238479903,
       38.63279661209932,
       0.86840315840863103,
       kNA,
       kNA,
       kNA,
       9,
       10},
      {"tweedie",
       args({{"formula", "t ~ x"}, {"family", "tweedie"}, {"var_power", 1.5}, {"weights", "w"}}),
       {-0.29061933557082881, 1.2470343092012361},
       {0.26403771868073034, 0.20757099791727313},
       13.958280359966205,
       37.268424687780772,
       0.70750919728469708,
       -17.996916842681433,
       41.993833685362866,
       43.187519503757976,
       9,
       10},
      {"aliased",
       args({{"formula", "n ~ x + twice + g"}, {"family", "poisson"}}),
       {-0.35163553754808435, 1.1144648028900099, kNA, -0.092387600622581265, 0.18750219913113478},
       {0.71985753523286844, 0.36438363741283425, kNA, 0.77849481557470646, 0.67838268953621128},
       5.0570626074166301,
       28.803997030509731,
       1,
       -13.282252044101917,
       34.564504088203833,
       36.504130687355833,
       8,
       11},
  };
}

const Doubles& numbers(const tables::ResultTable& table, const std::string& name) {
  for (const auto& column : table.columns)
    if (column.name == name) return column.numbers;
  static const Doubles none;
  return none;
}

}  // namespace

TEST(FitAgainstR, EveryFigure) {
  for (const Case& c : cases()) {
    const auto model = fit(c.arguments, small_data());
    const auto& s = model.statistics;
    EXPECT_EQ(s.status, "converged") << c.name;
    // R stops at a change of the deviance of 1e-15: without a canonical link its coefficients are good to 1e-8, its
    // standard errors belong to the iteration before.
    expect_near(model.coefficients, c.coefficients, 1e-8, 5e-9, c.name);
    expect_near(numbers(models::coef_table(model), "std_error"), c.errors, 5e-8, 0, c.name);
    expect_near({s.dispersion}, {c.dispersion}, 1e-8, 0, c.name);
    expect_near({s.deviance, s.null_deviance, s.log_likelihood, s.aic, s.bic, s.df_residual, s.df_null},
                {c.deviance, c.null_deviance, c.log_likelihood, c.aic, c.bic, c.df_residual, c.df_null}, 2e-10, 0,
                c.name);
    EXPECT_EQ(std::isnan(s.log_likelihood), !s.log_likelihood_reason.empty()) << c.name;
    EXPECT_EQ(s.nobs, s.df_residual + s.rank) << c.name;
  }
}

TEST(FitAgainstR, TablesUseTWhereThePhiIsEstimated) {
  const auto gaussian = fit(cases()[0].arguments, small_data());
  const auto t = models::coef_table(gaussian);
  // summary(m)$coefficients; qt(0.975, 7) based limits
  expect_near(numbers(t, "statistic"),
              {3.5797040565752374, 4.328926562864539, -0.49224025656714726, -1.4795792276124591}, 1e-9);
  expect_near(numbers(t, "p_value"),
              {0.0089797116819089889, 0.0034423650054517512, 0.63761061799002516, 0.18252401543688115}, 1e-8);
  expect_near(numbers(t, "upper"), {4.1622002210095044, 2.6213857286107984, 2.0175759375276665, 0.74980800900638345},
              1e-8);
  EXPECT_EQ(models::describe(gaussian).at("statistic").as_string(), "t");
  const auto poisson = fit(cases()[2].arguments, small_data());
  const auto z = models::coef_table(poisson);
  expect_near(numbers(z, "statistic"),
              {-0.65428257204547702, 3.2394397451068029, 0.038854669929605186, 0.29784731071373172}, 1e-8);
  expect_near(numbers(z, "p_value"),
              {0.51292977192423805, 0.0011976476841992622, 0.96900625741087187, 0.76581970360942631}, 1e-8);
  // confint.default
  expect_near(numbers(z, "lower"), {-1.8819557188979892, 0.47549412812317216, -1.6050721556019532, -1.1150940634635758},
              1e-8);
  EXPECT_EQ(models::describe(poisson).at("statistic").as_string(), "z");
}

TEST(FitAgainstR, Residuals) {
  // residuals(m, type) of the weighted Poisson fit; the row of weight 0 is left out in R's call.
  const auto table = small_data();
  const auto model = fit(cases()[2].arguments, table);
  const auto check = [&](const char* what, Doubles expected) {
    std::vector<std::int64_t> kept;
    Doubles got = models::row_values(model, what, table, {}, threads(1), kept);
    ASSERT_EQ(got.size(), 12u);
    EXPECT_EQ(kept.size(), 12u);
    got.erase(got.begin() + 7);
    expect_near(got, expected, 1e-8, 1e-12, what);
  };
  check("pearson", {0.10989931381914736, -0.55154786695376856, 0.0012293629154736109, 0.75446174823304468,
                    0.95289769574257421, -1.6062579917686786, -0.61417094679233153, 1.6138203657628218,
                    -0.28399419160883693, -0.22821015797929628, -0.23086960182380836});
  check("deviance", {0.10786941105050966, -0.78000647374397081, 0.001229111000916861, 0.71919134930055251,
                     0.79821969143382521, -2.2715918366294368, -0.63739813078189078, 1.4318033257809943,
                     -0.4016284374084006, -0.23541207369227335, -0.23881546397379244});
  check("working", {0.11610403690503807, -1, 0.0012301188143096801, 0.31603924374816317, 1.5095335996670249, -1,
                    -0.20674990336287721, 0.9107013264858338, -1, -0.17516761097809386, -0.18971240356521518});
  check("response", {0.10402617772711864, -0.15210252477062597, 0.0024572149622634765, 1.2007211990429076,
                     0.60151958111551718, -0.8600215787069162, -1.8244552754239294, 1.4298958929820775,
                     -0.080652700867556784, -0.42473504510609539, -0.23412971443711839});
}

TEST(FitAgainstR, LevelsOfDeclaredOrderAndVectorsGiveTheSameModel) {
  // Weights, exposure and offset as columns, expressions and vectors are the same fit to the bit.
  const auto table = small_data();
  const auto expected = fit(
      args({{"formula", "n ~ x"}, {"family", "poisson"}, {"weights", "w"}, {"exposure", "e"}, {"offset", "s"}}), table);
  Columns vectors;
  vectors.add("weights", Doubles{1, 2, 0.5, 1.5, 1, 3, 1, 0, 2, 1, 0.7, 1.2});
  vectors.add("exposure", Doubles{1, 0.5, 0.2, 1, 1, 0.8, 1, 0.1, 0.4, 1, 0.9, 0.3});
  vectors.add("offset", Doubles{0, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 0});
  const auto by_vector =
      fit(args({{"formula", "n ~ x"}, {"family", "poisson"}, {"weights", true}, {"exposure", true}, {"offset", true}}),
          table, 1, vectors.table);
  EXPECT_TRUE(same_bits(by_vector.coefficients, expected.coefficients));
  EXPECT_EQ(by_vector.fingerprint, expected.fingerprint);
  const auto by_formula = fit(args({{"formula", "n ~ x + offset(s)"},
                                    {"family", "poisson"},
                                    {"weights", "(w)"},
                                    {"exposure", "abs(e)"},
                                    {"link", "log"},
                                    {"na_action", "fail"}}),
                              table);
  EXPECT_TRUE(same_bits(by_formula.coefficients, expected.coefficients));
}
