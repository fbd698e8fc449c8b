// Questions to a binner.
#include "deciban/models/binner.hpp"

#include <cmath>
#include <limits>

#include "arguments.hpp"
#include "binner_tables.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::models {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const data::Table& rows_of(const QueryData& rows) {
  if (rows.data) return *rows.data;
  throw Error(ErrorKind::data, "model.no_data", "There are no rows to bin.", "Hand data in.");
}

[[noreturn]] void no_output(const Binner& binner, const std::string& output) {
  throw Error(ErrorKind::input, "binner.output", "`output` is \"" + output + "\".",
              binner.target == binning::TargetKind::binary ? "Use \"bin\", \"label\", \"woe\" or \"rate\"."
              : binner.target == binning::TargetKind::none ? "Use \"bin\" or \"label\"; there was no response."
                                                           : "Use \"bin\", \"label\" or \"rate\".",
              Document::object({{"argument", "output"}, {"value", output}}));
}

std::vector<double> values_of(const std::vector<double>& by_bin, const data::RowCodes& codes) {
  std::vector<double> out(codes.size());
  codes.for_each([&](std::size_t row, std::int32_t code) {
    out[row] = code >= 0 ? by_bin[static_cast<std::size_t>(code)] : kNaN;
  });
  return out;
}

Answer transform(const Binner& binner, const Document& document, const QueryData& rows, const RunContext& context) {
  const Arguments arguments(document, {"output", "variables"});
  const std::string output = arguments.text("output", "bin");
  const data::Table& data = rows_of(rows);
  const bool woe = output == "woe" && binner.target == binning::TargetKind::binary;
  const bool rate = output == "rate" && binner.target != binning::TargetKind::none;
  if (output != "bin" && output != "label" && !woe && !rate) no_output(binner, output);
  std::vector<std::string> names;
  const Document* chosen = document.find("variables");
  if (chosen && !chosen->is_null()) {
    names = chosen->as_strings("variables");
  } else {
    for (const BinnedVariable& variable : binner.variables) names.push_back(variable.bins.name);
  }
  Answer answer;
  for (const std::string& name : names) {
    const BinnedVariable& variable = binner.at(name);
    const data::RowCodes codes = variable_codes(variable, data, context);
    if (woe || rate) {
      answer.table.add(name, values_of(woe ? bin_woe(binner, variable) : bin_rates(binner, variable), codes));
      continue;
    }
    std::vector<std::int64_t> bins(codes.size());
    codes.for_each([&](std::size_t row, std::int32_t code) { bins[row] = code >= 0 ? code : -1; });
    if (output == "label")
      answer.table.add_categories(name, std::move(bins), binning::bin_labels(variable.bins));
    else
      answer.table.add_integers(name, std::move(bins));
  }
  return answer;
}

Answer table(const Binner& binner, const Document& document) {
  const Arguments arguments(document, {"variable", "alpha"});
  Answer answer;
  const std::string only = binner.variables.size() == 1 ? binner.variables[0].bins.name : "";
  answer.table = binning_table(binner, binner.at(arguments.text("variable", only)), arguments.number("alpha", 0.05));
  return answer;
}

}  // namespace

const BinnedVariable& Binner::at(const std::string& variable) const {
  std::vector<std::string> names;
  for (const BinnedVariable& entry : variables) {
    if (entry.bins.name == variable) return entry;
    names.push_back(entry.bins.name);
  }
  const std::string close = closest_match(variable, names);
  throw Error(ErrorKind::input, "binner.variable", "`" + variable + "` has no bins here.",
              close.empty() ? "There are " + join_some(names) + "." : "Did you mean `" + close + "`?",
              Document::object({{"argument", "variable"}, {"value", variable}}));
}

Answer Binner::query(const std::string& name, const Document& arguments, const QueryData& rows,
                     const RunContext& context) const {
  const parallel::FloatingPointGuard guard;
  if (name == "transform") return transform(*this, arguments, rows, context);
  if (name == "table") return table(*this, arguments);
  Answer answer;
  if (name == "summary") {
    answer.table = binner_summary(*this);
  } else if (name == "describe") {
    answer.notes = document();
  } else if (name == "print") {
    answer.notes.set("text", binner_text(*this));
  } else {
    throw Error(ErrorKind::input, "input.query", "A binner does not answer \"" + name + "\".",
                "Use the functions of the package.", Document::object({{"query", name}}));
  }
  return answer;
}

}  // namespace deciban::models
