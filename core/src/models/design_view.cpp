#include "deciban/models/design_view.hpp"

#include "arguments.hpp"
#include "deciban/base/text.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/engine/plan_report.hpp"
#include "deciban/formula/parser.hpp"

namespace deciban::models {
namespace {

using design::Variable;

const std::vector<std::string> kArguments = {"formula",   "contrasts", "weights", "exposure",
                                             "na_action", "unseen",    "sparse"};

design::TrainingData learn(const Document& document, const data::Table& data, const data::Table& vectors,
                           const RunContext& context, design::DesignSpec& spec) {
  const Arguments arguments(document, kArguments);
  design::LearnRequest request = learn_request(arguments, formula::parse_formula(arguments.text("formula", "")), data);
  request.needs_response = false;
  Warnings warnings;
  return design::learn(request, data, vectors, context, spec, warnings);
}

std::string numbers_text(const std::vector<double>& numbers) {
  std::vector<std::string> texts;
  for (const double number : numbers) texts.push_back(format_g(number, 6));
  return join_some(texts, 12);
}

std::string variable_kind(const Variable& variable) {
  if (variable.opaque) return "opaque";
  if (variable.kind == Variable::Kind::factor) return variable.levels.ordered ? "ordered factor" : "factor";
  return variable.basis ? "basis" : "numeric";
}

std::string variable_details(const Variable& variable, bool full) {
  if (variable.kind == Variable::Kind::factor) {
    std::string text = "levels " + join_some(variable.levels.labels, 12) + "; ";
    if (full) return text + "one column per level";
    text += std::string(design::contrast_name(variable.contrast)) + " contrasts";
    if (variable.contrast == design::Contrast::treatment && variable.n_levels())
      text += ", base " + variable.levels.labels[static_cast<std::size_t>(variable.base)];
    return text;
  }
  if (!variable.basis) return "";
  const auto& basis = *variable.basis;
  switch (basis.kind) {
    case splines::BasisKind::linear:
      return "center " + format_g(basis.center, 6) + ", scale " + format_g(basis.scale, 6);
    case splines::BasisKind::polynomial:
    case splines::BasisKind::raw_polynomial:
      return "degree " + std::to_string(basis.degree);
    default:
      return "degree " + std::to_string(basis.degree) +
             (basis.knots.empty() ? ", no knots" : ", knots " + numbers_text(basis.knots)) + ", boundary " +
             numbers_text({basis.lower, basis.upper});
  }
}

}  // namespace

design::ModelMatrix model_matrix(const Document& document, const data::Table& data, const data::Table& vectors,
                                 const RunContext& context) {
  const bool sparse = Arguments(document, kArguments).flag("sparse", false);
  design::DesignSpec spec;
  const design::TrainingData training = learn(document, data, vectors, context, spec);
  auto matrix = design::materialise(spec, training.design, sparse, context);
  matrix.kept = training.kept;
  return matrix;
}

design::ModelMatrix model_matrix(const design::DesignSpec& spec, const Document& document, const data::Table& data,
                                 const RunContext& context) {
  const Arguments arguments(document, {"unseen", "sparse"});
  const auto unseen = arguments.has("unseen") ? design::make_unseen_level(arguments.text("unseen", "")) : spec.unseen;
  return design::materialise(spec, design::code_new_rows(spec, unseen, data, context), arguments.flag("sparse", false),
                             context);
}

design::ModelMatrix model_matrix(const GlmModel& model, const Document& document, const data::Table& data,
                                 const RunContext& context) {
  return model_matrix(model.spec, document, data, context);
}

design::DesignSpec learn_design(const Document& arguments, const data::Table& data, const data::Table& vectors,
                                const RunContext& context) {
  design::DesignSpec spec;
  learn(arguments, data, vectors, context, spec);
  return spec;
}

std::int64_t design_bytes(const Document& arguments, const data::Table& data, const data::Table& vectors,
                          const RunContext& context) {
  design::DesignSpec spec;
  return design::bytes_of(learn(arguments, data, vectors, context, spec).design);
}

tables::ResultTable design_info(const design::DesignSpec& spec) {
  std::vector<std::string> terms, variables, kinds, details;
  std::vector<std::int64_t> columns, first;
  const auto add = [&](const std::string& term, const std::string& names, std::int64_t count, std::int64_t at,
                       const std::string& kind, const std::string& detail) {
    terms.push_back(term);
    variables.push_back(names);
    columns.push_back(count);
    first.push_back(at + 1);
    kinds.push_back(kind);
    details.push_back(detail);
  };
  if (spec.intercept) add("(Intercept)", "", 1, 0, "intercept", "");
  for (const auto& term : spec.terms) {
    std::string names, kind, detail;
    for (std::size_t k = 0; k < term.variables.size(); ++k) {
      const Variable& variable = spec.variables[static_cast<std::size_t>(term.variables[k])];
      const std::string text = variable_details(variable, term.full[k]);
      names += (k ? ", " : "") + variable.label;
      kind += (k ? " x " : "") + variable_kind(variable);
      if (!text.empty())
        detail += (detail.empty() ? "" : "; ") + (term.variables.size() > 1 ? variable.label + ": " : "") + text;
    }
    add(term.label, names, term.n_columns, term.first_column, kind, detail);
  }
  for (const auto& offset : spec.offsets)
    add("offset(" + formula::to_text(*offset) + ")", formula::to_text(*offset), 0, -1, "offset", "");
  tables::ResultTable table;
  table.add("term", terms)
      .add("variables", variables)
      .add_integers("columns", columns)
      .add_integers("first_column", first)
      .add("kind", kinds)
      .add("details", details);
  return table;
}

namespace {

tables::ResultTable plan_table(const design::DesignSpec& spec, const design::CodedDesign& design) {
  std::vector<std::string> labels;
  for (const auto& term : spec.terms) labels.push_back(term.label);
  std::vector<std::string> part, name, stored, enters, covers, reason;
  std::vector<std::int64_t> cells, bytes;
  std::vector<double> bytes_per_row, work_per_row;
  for (const auto& line : engine::explain(design, labels)) {
    part.push_back(line.part);
    name.push_back(line.name);
    stored.push_back(line.stored);
    enters.push_back(line.enters);
    covers.push_back(join_some(line.covers, 12));
    cells.push_back(line.cells);
    bytes.push_back(line.bytes);
    bytes_per_row.push_back(line.bytes_per_row);
    work_per_row.push_back(line.work_per_row);
    reason.push_back(line.reason);
  }
  tables::ResultTable table;
  table.add("part", part).add("name", name).add("stored", stored).add("enters", enters).add("covers", covers);
  table.add_integers("cells", cells).add_integers("bytes", bytes);
  table.add("bytes_per_row", bytes_per_row).add("work_per_row", work_per_row).add("reason", reason);
  return table;
}

}  // namespace

tables::ResultTable explain_plan(const Document& arguments, const data::Table& data, const data::Table& vectors,
                                 const RunContext& context) {
  design::DesignSpec spec;
  const design::TrainingData training = learn(arguments, data, vectors, context, spec);
  return plan_table(spec, training.design);
}

tables::ResultTable explain_plan(const GlmModel& model, const data::Table& data, const RunContext& context) {
  return plan_table(model.spec, design::code_new_rows(model.spec, model.spec.unseen, data, context));
}

std::vector<std::string> opaque_terms(const Document& document) {
  std::vector<std::string> texts;
  const Document* text = document.find("formula");
  if (!text || !text->is_string()) return texts;
  const formula::Formula formula = formula::parse_formula(text->as_string());
  if (formula.response) design::collect_opaque(*formula.response, texts);
  design::collect_opaque(*formula.right, texts);
  return texts;
}

}  // namespace deciban::models
