// How often intervals hold the truth: data are drawn from known models, fitted by the public functions of the core, and
// the intervals counted. Writes one JSON document; tests/coverage/run judges it.
//   deciban_coverage SETTINGS.json --setting poisson --reps 5000 --boot-reps 2000 --n-boot 499 --threads 2 --seed 1
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "deciban/data/table.hpp"
#include "deciban/export/json.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/models/glm_tables.hpp"
#include "deciban/models/queries.hpp"
#include "deciban/parallel/team.hpp"

namespace {

using deciban::Document;
using deciban::data::Table;
using deciban::math::Stream;
namespace math = deciban::math;
namespace models = deciban::models;

constexpr double kLevel = 0.95;
constexpr int kNewRows = 20;  // per replication

struct Setting {
  std::string family;
  int n;
  double b0, b, bx, phi, theta, var_power;
  std::vector<double> a, exposure;

  explicit Setting(const Document& document)
      : family(document.at("family").as_string()),
        n(static_cast<int>(document.at("n").as_int())),
        b0(document.at("b0").as_double()),
        b(document.at("b").as_double()),
        bx(document.at("bx").as_double()),
        phi(number(document, "phi")),
        theta(number(document, "theta")),
        var_power(number(document, "var_power")),
        a(document.at("a").as_doubles()) {
    if (const Document* range = document.find("exposure")) exposure = range->as_doubles();
  }
  static double number(const Document& document, const char* key) {
    const Document* value = document.find(key);
    return value ? value->as_double() : 0.0;
  }
  /// Coefficients in the order of the fit.
  std::vector<double> truth() const {
    std::vector<double> all = {b0};
    all.insert(all.end(), a.begin(), a.end());
    all.push_back(b);
    all.push_back(bx);
    return all;
  }
};

double draw_response(const Setting& s, double mu, Stream& stream) {
  if (s.family == "poisson") return math::draw_poisson(stream, mu);
  if (s.family == "gamma") return math::draw_gamma(stream, 1.0 / s.phi) * s.phi * mu;
  if (s.family == "negative_binomial") return math::draw_negative_binomial(stream, mu, s.theta);
  return math::draw_tweedie(stream, mu, s.phi, s.var_power);
}

// Rows of the setting; the factors and x of `index` are the same in every call.
struct Rows {
  Table table;
  std::vector<double> y;
};
Rows draw_rows(const Setting& s, int n, Stream stream) {
  const double shares[] = {0.5, 0.8, 0.94};
  std::vector<std::int32_t> a(static_cast<std::size_t>(n)), b(a.size());
  std::vector<double> x(a.size()), e(a.size(), 1.0);
  Rows rows;
  rows.y.resize(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double u = stream.uniform();
    a[i] = (u > shares[0]) + (u > shares[1]) + (u > shares[2]);
    b[i] = stream.uniform() > 0.7;
    x[i] = math::draw_normal(stream);
    if (!s.exposure.empty()) e[i] = s.exposure[0] + (s.exposure[1] - s.exposure[0]) * stream.uniform();
    const double eta =
        s.b0 + (a[i] > 0 ? s.a[static_cast<std::size_t>(a[i] - 1)] : 0.0) + (b[i] ? s.b : 0.0) + s.bx * x[i];
    rows.y[i] = draw_response(s, e[i] * math::exp(eta), stream);
  }
  const auto factor = [&](const char* name, std::vector<std::int32_t> codes, std::vector<std::string> labels) {
    deciban::data::Dictionary dictionary;
    dictionary.labels = std::move(labels);
    dictionary.declared = true;
    rows.table.add(deciban::data::make_column(name, std::move(codes), std::move(dictionary)));
  };
  factor("a", std::move(a), {"a1", "a2", "a3", "a4"});
  factor("b", std::move(b), {"b1", "b2"});
  rows.table.add(deciban::data::make_column("x", std::move(x)));
  rows.table.add(deciban::data::make_column("e", std::move(e)));
  rows.table.add(deciban::data::make_column("y", rows.y));
  return rows;
}

models::GlmModel fit(const Setting& s, const Table& table, const deciban::RunContext& context) {
  Document arguments = Document::object({{"formula", "y ~ a + b + x"}, {"family", s.family}});
  if (!s.exposure.empty()) arguments.set("exposure", "e");
  if (s.family == "tweedie") arguments.set("var_power", s.var_power);
  return models::fit_glm(arguments, table, Table(), context);
}

// Misses of intervals below and above the truth, by coefficient (or in all: one entry).
struct Misses {
  std::vector<double> low, high;
  double count = 0.0;
  void resize(std::size_t n) {
    if (low.empty()) low.assign(n, 0.0), high.assign(n, 0.0);
  }
  void see(std::size_t k, double truth, double lower, double upper) {
    low[k] += truth < lower || std::isnan(lower);
    high[k] += truth > upper;
  }
  void add(const Misses& other) {
    if (other.low.empty()) return;
    resize(other.low.size());
    for (std::size_t k = 0; k < low.size(); ++k) low[k] += other.low[k], high[k] += other.high[k];
    count += other.count;
  }
};
using Tally = std::map<std::string, Misses>;

void see_coefficients(Tally& tally, const std::string& what, const std::vector<double>& truth,
                      const std::vector<double>& lower, const std::vector<double>& upper) {
  Misses& misses = tally[what];
  misses.resize(truth.size());
  misses.count += 1.0;
  for (std::size_t k = 0; k < truth.size(); ++k) misses.see(k, truth[k], lower[k], upper[k]);
}

const std::vector<double>& column(const deciban::tables::ResultTable& table, const std::string& name) {
  for (const auto& one : table.columns)
    if (one.name == name) return one.numbers;
  std::cerr << "no column " << name << "\n";
  std::exit(2);
}

void see_bootstrap(Tally& tally, const models::GlmModel& model, const models::QueryData& data,
                   const std::vector<double>& truth, int n_boot, std::uint64_t seed,
                   const deciban::RunContext& context) {
  const std::pair<const char*, const char*> kinds[] = {
      {"parametric", "percentile"}, {"parametric", "bca"}, {"weighted", "studentised"}};
  for (const auto& kind : kinds) {
    const Document arguments = Document::object({{"type", kind.first},
                                                 {"interval", kind.second},
                                                 {"n_boot", n_boot},
                                                 {"level", kLevel},
                                                 {"seed", static_cast<std::int64_t>(seed)}});
    const models::Answer answer = models::query(model, "bootstrap", arguments, data, {}, context);
    see_coefficients(tally, std::string(kind.first) + " bootstrap, " + kind.second, truth,
                     answer.notes.at("lower").as_doubles(), answer.notes.at("upper").as_doubles());
  }
}

void see_new_rows(Tally& tally, const Setting& s, const models::GlmModel& model, std::uint64_t seed, std::uint64_t rep,
                  const deciban::RunContext& context) {
  const Rows rows = draw_rows(s, kNewRows, Stream(seed, math::purpose("new"), rep));
  const Table none;
  const models::QueryData data{&rows.table, &none};
  const models::Answer answer = models::query(
      model, "prediction", Document::object({{"prediction", true}, {"level", kLevel}}), data, {}, context);
  const models::Answer pit =
      models::query(model, "pit", Document::object({{"seed", static_cast<std::int64_t>(rep)}}), data, {}, context);
  Misses &interval = tally["prediction interval"], &transform = tally["randomised PIT"];
  interval.resize(1);
  transform.resize(1);
  const auto &lower = column(answer.table, "prediction_lower"), &upper = column(answer.table, "prediction_upper");
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    interval.see(0, rows.y[i], lower[i], upper[i]);
    transform.see(0, column(pit.table, "pit")[i], 0.5 - 0.5 * kLevel, 0.5 + 0.5 * kLevel);
  }
  interval.count += kNewRows;
  transform.count += kNewRows;
}

struct Plan {
  std::int64_t reps = 500, boot_reps = 0;
  int n_boot = 499, threads = 2;
  std::uint64_t seed = 1;
};

Tally replicate(const Setting& s, const Plan& plan, std::uint64_t rep) {
  deciban::RunContext context;
  context.n_threads = 1;
  Tally tally;
  const Rows rows = draw_rows(s, s.n, Stream(plan.seed, math::purpose("rows"), rep));
  const models::GlmModel model = fit(s, rows.table, context);
  const std::vector<double> truth = s.truth();
  const auto table = models::coef_table(model, kLevel);
  see_coefficients(tally, "Wald", truth, column(table, "lower"), column(table, "upper"));
  const Table none;
  const models::QueryData data{&rows.table, &none};
  try {
    const models::Answer answer =
        models::query(model, "profile_intervals", Document::object({{"level", kLevel}}), data, {}, context);
    see_coefficients(tally, "profile", truth, column(answer.table, "lower"), column(answer.table, "upper"));
  } catch (const deciban::Error& error) {
    if (error.code() != "input.query") throw;
  }
  see_new_rows(tally, s, model, plan.seed, rep, context);
  if (static_cast<std::int64_t>(rep) < plan.boot_reps)
    see_bootstrap(tally, model, data, truth, plan.n_boot, rep, context);
  return tally;
}

Document to_document(const Tally& tally) {
  Document result = Document::object();
  for (const auto& entry : tally) {
    const Misses& misses = entry.second;
    std::vector<double> low, high;
    for (std::size_t k = 0; k < misses.low.size(); ++k) {
      low.push_back(misses.low[k] / misses.count);
      high.push_back(misses.high[k] / misses.count);
    }
    result.set(entry.first, Document::object({{"count", misses.count}, {"below", low}, {"above", high}}));
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options;
  for (int i = 2; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
  if (argc < 2 || !options.count("--setting")) {
    std::cerr << "usage: deciban_coverage SETTINGS.json --setting NAME [--reps N] [--boot-reps N] [--n-boot N] "
                 "[--threads N] [--seed N]\n";
    return 2;
  }
  try {
    std::ifstream file(argv[1]);
    std::stringstream text;
    text << file.rdbuf();
    const Setting setting(deciban::export_::read_json(text.str()).at(options["--setting"]));
    Plan plan;
    const auto whole = [&](const char* name, std::int64_t otherwise) {
      return options.count(name) ? std::atoll(options[name].c_str()) : otherwise;
    };
    plan.reps = whole("--reps", plan.reps);
    plan.boot_reps = whole("--boot-reps", plan.boot_reps);
    plan.n_boot = static_cast<int>(whole("--n-boot", plan.n_boot));
    plan.threads = static_cast<int>(whole("--threads", plan.threads));
    plan.seed = static_cast<std::uint64_t>(whole("--seed", 1));
    std::vector<Tally> tallies(static_cast<std::size_t>(plan.reps));
    deciban::RunContext context;
    context.n_threads = plan.threads;
    deciban::parallel::for_each(context, plan.reps, [&](std::int64_t rep) {
      tallies[static_cast<std::size_t>(rep)] = replicate(setting, plan, static_cast<std::uint64_t>(rep));
    });
    Tally total;
    for (const Tally& tally : tallies)
      for (const auto& entry : tally) total[entry.first].add(entry.second);
    std::cout << deciban::export_::write_json(to_document(total)) << "\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
