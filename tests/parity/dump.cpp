// The C++ side of tests/parity/run: simulates, fits or predicts what a jobs file asks for and writes the bits.
//   deciban_parity_dump JOBS.json FOLDER     (see tests/parity/README.md for both formats)
#include "deciban/base/config.hpp"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/data/table.hpp"
#include "deciban/export/json.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/math/isa.hpp"
#include "deciban/models/cross_fit.hpp"
#include "deciban/models/encoders.hpp"
#include "deciban/models/fitted.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/models/glm_tables.hpp"
#include "deciban/models/portfolio.hpp"
#include "deciban/models/queries.hpp"

namespace {

using deciban::Document;
using deciban::RunContext;
using deciban::data::Column;
using deciban::data::ColumnView;
using deciban::data::Dictionary;
using deciban::data::Meaning;
using deciban::data::Table;
using deciban::models::GlmModel;

constexpr std::size_t kLong = 1000;  // longer vectors go to a file of their own
const std::vector<std::string> kFigures = {"deviance", "null_deviance", "pearson_chi2", "dispersion", "log_likelihood",
                                           "aic",      "bic",           "df_residual",  "nobs",       "rank"};

std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot open " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

template <class T>
std::vector<T> read_raw(const std::string& path, std::size_t rows) {
  std::vector<T> out(rows);
  std::ifstream in(path, std::ios::binary);
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(rows * sizeof(T)));
  if (!in) throw std::runtime_error("cannot read " + path);
  return out;
}

template <class T>
void write_raw(const std::string& path, const std::vector<T>& values) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!out) throw std::runtime_error("cannot write " + path);
}

/// Sixteen hexadecimal digits per double; every NaN is "nan".
std::string hex(const std::vector<double>& values) {
  std::string out;
  for (const double value : values) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    char digits[20];
    std::snprintf(digits, sizeof digits, "%016llx ", static_cast<unsigned long long>(bits));
    out += std::isnan(value) ? "nan " : digits;
  }
  if (!out.empty()) out.pop_back();
  return out;
}

class Results {
 public:
  explicit Results(const std::string& folder) : folder_(folder), out_(folder + "/results.tsv", std::ios::binary) {}

  void put(const std::string& job, int threads, const std::string& field, const std::string& value) {
    out_ << job << '\t' << threads << '\t' << field << '\t' << value << '\n';
  }
  void put(const std::string& job, int threads, const std::string& field, const std::vector<double>& values) {
    if (values.size() <= kLong) return put(job, threads, field, hex(values));
    const std::string name = file();
    write_raw(folder_ + "/" + name, values);
    put(job, threads, field, "@" + name);
  }
  void put_text(const std::string& job, int threads, const std::string& field, const std::string& text) {
    const std::string name = file();
    write_raw(folder_ + "/" + name, std::vector<char>(text.begin(), text.end()));
    put(job, threads, field, "@" + name);
  }
  void finish() {
    out_.close();
    if (!out_) throw std::runtime_error("cannot write results");
  }

 private:
  std::string file() { return "f" + std::to_string(n_files_++); }

  std::string folder_;
  std::ofstream out_;
  int n_files_ = 0;
};

Column boolean_column(const std::string& name, const std::vector<double>& values) {
  const auto owner = std::make_shared<std::vector<std::int8_t>>();
  for (const double v : values) owner->push_back(std::isnan(v) ? std::int8_t{-128} : static_cast<std::int8_t>(v));
  ColumnView view;
  view.type = deciban::data::Type::int8;
  view.meaning = Meaning::boolean;
  view.values = owner->data();
  view.length = static_cast<std::int64_t>(owner->size());
  view.stride = 1;
  view.has_null_code = true;
  view.null_code = -128;
  return Column{name, {view}, owner};
}

Column read_column(const std::string& folder, const std::string& name, const Document& spec, std::size_t rows) {
  const std::string type = spec.at("type").as_string(), path = folder + "/" + name;
  if (type == "logical") return boolean_column(name, read_raw<double>(path + ".f64", rows));
  if (type != "factor" && type != "ordered" && type != "string")
    return deciban::data::make_column(name, read_raw<double>(path + ".f64", rows));
  Dictionary dictionary;
  dictionary.labels = spec.at("levels").as_strings();
  dictionary.declared = type != "string";
  dictionary.ordered = type == "ordered";
  return deciban::data::make_column(name, read_raw<std::int32_t>(path + ".i32", rows), std::move(dictionary));
}

/// Tables by folder, with every column that some job asks for.
class Tables {
 public:
  Table get(const Document& data) {
    const std::string& folder = data.at("path").as_string();
    auto& known = columns_[folder];
    std::vector<Column> wanted;
    for (const auto& [name, spec] : data.at("columns").members()) {
      if (!known.count(name))
        known.emplace(name, read_column(folder, name, spec, static_cast<std::size_t>(data.at("rows").as_int())));
      wanted.push_back(known.at(name));
    }
    return Table(std::move(wanted));
  }

 private:
  std::map<std::string, std::map<std::string, Column>> columns_;
};

/// Arguments of fit_glm; {"values_of": column} becomes a vector.
Document arguments_of(const Document& job, const Table& data, Table& vectors) {
  Document out = Document::object();
  for (const auto& [name, value] : job.at("arguments").members()) {
    if (value.is_object() && value.find("values_of")) {
      Column column = data.at(value.at("values_of").as_string());
      column.name = name;
      vectors.add(std::move(column));
      out.set(name, true);
    } else {
      out.set(name, value);
    }
  }
  return out;
}

void put_predictions(Results& results, const Document& job, int threads, const GlmModel& model, const Table& data,
                     const std::string& label) {
  RunContext context;
  context.n_threads = threads;
  Table vectors;
  arguments_of(job, data, vectors);
  for (const std::string type : {"response", "link"}) {
    Document arguments = Document::object({{"type", type}});
    for (const std::string vector : {"exposure", "offset"})
      if (vectors.find(vector)) arguments.set(vector, true);
    const auto values = deciban::models::predict(model, arguments, data, vectors, context);
    results.put(job.at("name").as_string(), threads, label + " " + type, values);
  }
}

void put_predictions(Results& results, const Document& job, int threads, const GlmModel& model, Tables& tables) {
  put_predictions(results, job, threads, model, tables.get(job.at("data")), "predict");
  if (const Document* fresh = job.find("new")) put_predictions(results, job, threads, model, tables.get(*fresh), "new");
}

void put_model(Results& results, const std::string& name, int threads, const GlmModel& model) {
  const Document described = deciban::models::describe(model);
  std::string names, codes;
  for (const std::string& coefficient : model.names()) names += coefficient + "|";
  for (const deciban::Warning& warning : model.warnings)
    codes += warning.severity == "warning" ? warning.code + "|" : "";
  results.put(name, threads, "names", names);
  results.put(name, threads, "warnings", codes);
  results.put(name, threads, "coefficients", model.coefficients);
  results.put(name, threads, "std_errors", described.at("std_errors").as_doubles());
  std::vector<double> figures;
  for (const std::string& figure : kFigures) figures.push_back(described.at(figure).as_double());
  results.put(name, threads, "figures", figures);
  results.put_text(name, threads, "model file", deciban::export_::model_to_json(model));
}

// Questions of core/src/models/queries.cpp over the rows of the fit: their columns of numbers.
void put_answers(Results& results, const Document& job, int threads, const GlmModel& model, const Table& data,
                 const Table& vectors, const RunContext& context) {
  const Document* queries = job.find("queries");
  if (!queries) return;
  for (const Document& query : queries->items()) {
    const std::string& name = query.at("name").as_string();
    const auto answer = deciban::models::query(model, name, query.at("arguments"), {&data, &vectors}, {}, context);
    for (const auto& column : answer.table.columns)
      if (column.kind == deciban::tables::Column::Kind::number)
        results.put(job.at("name").as_string(), threads, name + " " + column.name, column.numbers);
  }
}

void fit(const Document& job, int threads, const std::string& folder, Tables& tables, Results& results) {
  const std::string& name = job.at("name").as_string();
  const Table data = tables.get(job.at("data"));
  Table vectors;
  RunContext context;
  context.n_threads = threads;
  const Document arguments = arguments_of(job, data, vectors);
  const GlmModel model = deciban::models::fit_glm(arguments, data, vectors, context);
  put_model(results, name, threads, model);
  put_predictions(results, job, threads, model, tables);
  put_answers(results, job, threads, model, data, vectors, context);
  if (job.find("save") && threads == 1) deciban::export_::save_model(model, folder + "/" + name + ".model.json");
}

void predict(const Document& job, int threads, Tables& tables, Results& results) {
  const GlmModel model = deciban::export_::load_model(job.at("model").as_string());
  put_predictions(results, job, threads, model, tables);
  results.put_text(job.at("name").as_string(), threads, "model file", deciban::export_::model_to_json(model));
}

// Features of a table of a job, in their order.
Table features_of(const Document& job, const char* rows, Tables& tables) {
  const Table data = tables.get(job.at(rows));
  std::vector<Column> wanted;
  for (const std::string& name : job.at("features").as_strings()) wanted.push_back(data.at(name));
  return Table(std::move(wanted));
}

void put_fitted(Results& results, const Document& job, int threads, const deciban::models::Fitted& fitted,
                Tables& tables) {
  using Kind = deciban::tables::Column::Kind;
  const std::string& name = job.at("name").as_string();
  RunContext context;
  context.n_threads = threads;
  for (const Document& query : job.at("queries").items()) {
    Table rows;
    if (query.find("rows")) rows = features_of(job, query.at("rows").as_string().c_str(), tables);
    const auto answer = fitted.query(query.at("name").as_string(), query.at("arguments"),
                                     {query.find("rows") ? &rows : nullptr, nullptr}, context);
    if (const Document* text = answer.notes.is_object() ? answer.notes.find("text") : nullptr)
      results.put_text(name, threads, query.at("as").as_string() + " text", text->as_string());
    for (const auto& column : answer.table.columns) {
      const std::string field = query.at("as").as_string() + " " + column.name;
      if (column.kind == Kind::number) results.put(name, threads, field, column.numbers);
      if (column.kind == Kind::integer)
        results.put(name, threads, field, std::vector<double>(column.integers.begin(), column.integers.end()));
    }
  }
  results.put_text(name, threads, "model file", deciban::export_::fitted_to_json(fitted));
}

/// Arguments of the core: the defaults of the hosts, and options of binning beside the others.
Document fitted_arguments(const Document& job) {
  Document out = job.at("defaults");
  const bool scorecard = job.at("kind").as_string() == "scorecard";
  for (const auto& [name, value] : job.at("arguments").members()) {
    if (!scorecard || name != "binning") {
      out.set(name, value);
      continue;
    }
    for (const auto& [own, option] : value.members()) out.set(own, option);
  }
  return out;
}

void fitted(const Document& job, int threads, const std::string& folder, Tables& tables, Results& results) {
  const std::string& kind = job.at("kind").as_string();
  const Table data = tables.get(job.at("data"));
  Table vectors;
  for (const auto& [name, source] : job.at("vectors").members()) {
    Column column = data.at(source.as_string());
    column.name = name;
    vectors.add(std::move(column));
  }
  RunContext context;
  context.n_threads = threads;
  const auto made =
      deciban::models::fit(kind, fitted_arguments(job), features_of(job, "data", tables), vectors, context);
  put_fitted(results, job, threads, *made, tables);
  if (job.find("save") && threads == 1)
    deciban::export_::save_fitted(*made, folder + "/" + job.at("name").as_string() + ".model.json");
}

void ask(const Document& job, int threads, Tables& tables, Results& results) {
  const auto loaded = deciban::export_::fitted_from_json(read_text(job.at("model").as_string()));
  put_fitted(results, job, threads, *loaded, tables);
}

/// Columns of a table one after the other; those that are no numbers are left out.
void put_table(Results& results, const Document& job, int threads, const std::string& field,
               const deciban::tables::ResultTable& table) {
  using Kind = deciban::tables::Column::Kind;
  std::vector<double> values;
  for (const auto& column : table.columns) {
    if (column.kind == Kind::number) values.insert(values.end(), column.numbers.begin(), column.numbers.end());
    if (column.kind == Kind::integer) values.insert(values.end(), column.integers.begin(), column.integers.end());
  }
  results.put(job.at("name").as_string(), threads, field, values);
}

void put_encoder(Results& results, const Document& job, const deciban::models::Encoder& encoder, Tables& tables,
                 const RunContext& context) {
  using deciban::models::encode;
  const int threads = context.n_threads;
  put_table(results, job, threads, "encoded", encode(encoder, tables.get(job.at("data")), context));
  put_table(results, job, threads, "new", encode(encoder, tables.get(job.at("new")), context));
  put_table(results, job, threads, "levels", deciban::models::encoder_table(encoder, "levels"));
  const std::string text = deciban::export_::encoder_to_json(encoder);
  results.put_text(job.at("name").as_string(), threads, "model file", text);
}

void encode(const Document& job, int threads, const std::string& folder, Tables& tables, Results& results) {
  RunContext context;
  context.n_threads = threads;
  Document arguments = job.at("arguments");
  arguments.set("training", true);
  const auto fitted =
      deciban::models::fit_encoder(job.at("kind").as_string(), arguments, tables.get(job.at("data")), Table(), context);
  put_table(results, job, threads, "training", fitted.training);
  put_encoder(results, job, *fitted.encoder, tables, context);
  const std::string& name = job.at("name").as_string();
  if (threads == 1) deciban::export_::save_encoder(*fitted.encoder, folder + "/" + name + ".model.json");
}

void read_encoder(const Document& job, int threads, Tables& tables, Results& results) {
  RunContext context;
  context.n_threads = threads;
  put_encoder(results, job, deciban::export_::encoder_from_json(read_text(job.at("model").as_string())), tables,
              context);
}

/// Folds of rows, never tested ones as NaN.
void put_folds(Results& results, const Document& job, int threads, deciban::tables::ResultTable folds) {
  deciban::tables::ResultTable table;
  for (const auto& column : folds.columns) {
    std::vector<double> values;
    for (const std::int64_t fold : column.integers)
      values.push_back(fold < 0 ? std::nan("") : static_cast<double>(fold));
    table.add(column.name, std::move(values));
  }
  put_table(results, job, threads, "folds", table);
}

void folds(const Document& job, int threads, Tables& tables, Results& results) {
  RunContext context;
  context.n_threads = threads;
  const Table data = tables.get(job.at("data"));
  Document arguments = job.at("arguments");
  arguments.set("n", data.rows());
  Table vectors;
  for (const auto& [name, column] : job.at("by").members()) {
    Column by = data.at(column.as_string());
    by.name = name;
    vectors.add(std::move(by));
  }
  put_folds(results, job, threads, deciban::models::make_folds(arguments, vectors, context).folds);
}

void credibility(const Document& job, int threads, Tables& tables, Results& results) {
  RunContext context;
  context.n_threads = threads;
  const auto model =
      deciban::models::fit("credibility", job.at("arguments"), tables.get(job.at("data")), Table(), context);
  const auto fit = model->query("table", Document::object({}), {}, context);
  put_table(results, job, threads, "levels", fit.table);
  std::vector<double> figures;
  for (const char* figure : {"collective", "within", "between", "between_raw", "prior_weight"})
    figures.push_back(fit.notes.at(figure).as_double());
  results.put(job.at("name").as_string(), threads, "figures", figures);
}

void cross_fit(const Document& job, int threads, Tables& tables, Results& results) {
  RunContext context;
  context.n_threads = threads;
  const Table data = tables.get(job.at("data"));
  const Document how = Document::object({{"n", data.rows()}, {"n_folds", 3}, {"n_repeats", 2}, {"seed", 5}});
  const auto shares = deciban::models::make_folds(how, Table(), context);
  Table of_rows;
  for (const auto& column : shares.folds.columns)
    of_rows.add(
        deciban::data::make_column(column.name, std::vector<double>(column.integers.begin(), column.integers.end())));
  const Document settings = Document::object({{"fold_base", 0}, {"ordered", false}});
  const auto fit = deciban::models::cross_fit(job.at("arguments"), data, Table(), of_rows, settings, context);
  put_folds(results, job, threads, shares.folds);
  put_table(results, job, threads, "predictions", fit.predictions);
  results.put(job.at("name").as_string(), threads, "deviance", fit.notes.at("deviance").as_doubles());
}

void simulate(const Document& job, int threads, const std::string& folder, Results& results) {
  RunContext context;
  context.n_threads = threads;
  const auto table = deciban::models::simulate_portfolio(job.at("rows").as_int(),
                                                         static_cast<std::uint64_t>(job.at("seed").as_int()), context);
  using Kind = deciban::tables::Column::Kind;
  Document columns = Document::object();
  for (const auto& column : table.columns) {
    const std::string path = folder + "/" + column.name;
    const bool category = column.kind == Kind::category;
    if (category)
      write_raw(path + ".i32", std::vector<std::int32_t>(column.integers.begin(), column.integers.end()));
    else if (column.kind == Kind::number)
      write_raw(path + ".f64", column.numbers);
    else
      write_raw(path + ".f64", std::vector<double>(column.integers.begin(), column.integers.end()));
    Document spec = Document::object({{"type", category                      ? "factor"
                                               : column.kind == Kind::number ? "number"
                                                                             : "integer"}});
    std::string levels;
    if (category) spec.set("levels", column.levels);
    for (const std::string& level : column.levels) levels += level + "|";
    columns.set(column.name, spec);
    results.put("simulate", threads, column.name + " levels", levels);
    results.put("simulate", threads, column.name, "@" + column.name + (category ? ".i32" : ".f64"));
  }
  const std::string meta =
      deciban::export_::write_json(Document::object({{"rows", job.at("rows")}, {"columns", columns}}), 1);
  write_raw(folder + "/columns.json", std::vector<char>(meta.begin(), meta.end()));
}

void run(const Document& jobs, const std::string& folder) {
  Results results(folder);
  Tables tables;
  for (const Document& job : jobs.at("jobs").items())
    for (const Document& threads : (job.find("threads") ? job : jobs).at("threads").items()) {
      const int n = static_cast<int>(threads.as_int());
      const std::string& what = job.at("what").as_string();
      try {
        if (what == "simulate") simulate(job, n, folder, results);
        if (what == "fit") fit(job, n, folder, tables, results);
        if (what == "predict") predict(job, n, tables, results);
        if (what == "fitted") fitted(job, n, folder, tables, results);
        if (what == "ask") ask(job, n, tables, results);
        if (what == "encode") encode(job, n, folder, tables, results);
        if (what == "read_encoder") read_encoder(job, n, tables, results);
        if (what == "folds") folds(job, n, tables, results);
        if (what == "credibility") credibility(job, n, tables, results);
        if (what == "cross_fit") cross_fit(job, n, tables, results);
      } catch (const deciban::Error& error) {
        results.put(job.at("name").as_string(), n, "error", error.code());
      }
    }
  results.finish();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string(argv[1]) == "--isas") {
      for (const deciban::math::Isa isa : deciban::math::available_isas())
        std::printf("%s\n", deciban::math::isa_name(isa));
      return 0;
    }
    if (argc != 3) throw std::runtime_error("usage: deciban_parity_dump JOBS.json FOLDER | --isas");
    run(deciban::export_::read_json(read_text(argv[1])), argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "deciban_parity_dump: %s\n", error.what());
    return 1;
  }
}
