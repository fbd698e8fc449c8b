#include "deciban/encoding/woe_preprocessor.hpp"

#include <algorithm>
#include <set>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/read.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::encoding {
namespace {

std::vector<double> rows_of_levels(const data::CodedColumn& coded, const std::vector<double>& freq, double& missing) {
  std::vector<double> rows(coded.levels.size(), 0.0);
  missing = 0.0;
  coded.codes.for_each([&](std::size_t row, std::int32_t code) {
    const double f = freq.empty() ? 1.0 : freq[row];
    (code < 0 ? missing : rows[static_cast<std::size_t>(code)]) += f;
  });
  return rows;
}

std::vector<std::int64_t> integers(const data::RowCodes& codes) {
  std::vector<std::int64_t> out;
  out.reserve(codes.size());
  codes.for_each([&](std::size_t, std::int32_t code) { out.push_back(code); });
  return out;
}

}  // namespace

std::vector<std::string> WoePreprocessor::labels(std::size_t at) const {
  const ReducedLevels& column = columns[at];
  const binning::Bins& bins = column.bins;
  std::vector<std::string> out(static_cast<std::size_t>(bins.size()));
  std::set<std::string> seen;
  for (std::size_t i = 0; i < bins.level_bins.size(); ++i)
    if (bins.level_bins[i] != column.other_bin) {
      out[static_cast<std::size_t>(bins.level_bins[i])] = bins.levels.labels[i];
      seen.insert(bins.levels.labels[i]);
    }
  const auto name = [&](int bin, std::string label) {
    while (!seen.insert(label).second) label = "(" + label + ")";
    out[static_cast<std::size_t>(bin)] = std::move(label);
  };
  if (column.other_bin >= 0) name(column.other_bin, other);
  name(bins.missing_bin, missing);
  return out;
}

tables::ResultTable WoePreprocessor::summary() const {
  std::vector<std::string> names;
  std::vector<std::int64_t> levels, kept, merged;
  std::vector<double> rows, merged_rows, share, missing_rows;
  for (const ReducedLevels& column : columns) {
    names.push_back(column.bins.name);
    levels.push_back(column.levels);
    kept.push_back(column.kept);
    merged.push_back(column.levels - column.kept);
    rows.push_back(column.rows);
    merged_rows.push_back(column.merged_rows);
    share.push_back(column.rows > 0.0 ? column.merged_rows / column.rows : 0.0);
    missing_rows.push_back(column.missing_rows);
  }
  tables::ResultTable out;
  out.add("feature", std::move(names)).add_integers("levels", std::move(levels)).add_integers("kept", std::move(kept));
  out.add_integers("merged", std::move(merged)).add("rows", std::move(rows)).add("merged_rows", std::move(merged_rows));
  out.add("merged_share", std::move(share)).add("missing_rows", std::move(missing_rows));
  return out;
}

tables::ResultTable WoePreprocessor::mapping() const {
  std::vector<std::string> names, levels, became;
  for (std::size_t at = 0; at < columns.size(); ++at) {
    const binning::Bins& bins = columns[at].bins;
    const std::vector<std::string> texts = labels(at);
    for (std::size_t i = 0; i < bins.level_bins.size(); ++i) {
      names.push_back(bins.name);
      levels.push_back(bins.levels.labels[i]);
      became.push_back(texts[static_cast<std::size_t>(bins.level_bins[i])]);
    }
  }
  tables::ResultTable out;
  out.add("feature", std::move(names)).add("level", std::move(levels)).add("merged", std::move(became));
  return out;
}

WoePreprocessor fit_preprocessor(const data::Table& X, const data::Column* freq_weights, const LevelReduction& rules,
                                 const std::vector<std::string>& also, const RunContext& context) {
  for (const std::string& name : also) X.at(name);
  std::vector<const data::Column*> chosen;
  for (const data::Column& column : X.columns())
    if (column.is_categorical() || std::find(also.begin(), also.end(), column.name) != also.end())
      chosen.push_back(&column);
  if (chosen.empty())
    throw Error(ErrorKind::input, "woe.no_categorical", "There is no categorical column to preprocess.",
                "Name columns of numbers whose values are levels in `categorical`.");
  std::vector<double> freq;
  if (freq_weights) {
    freq.resize(static_cast<std::size_t>(freq_weights->length()));
    data::read_doubles(*freq_weights, 0, freq_weights->length(), freq.data());
    if (freq_weights->length() != X.rows())
      throw Error(ErrorKind::input, "data.length_mismatch", "`freq_weights` has another length than X.",
                  "Give one value per row.", Document::object({{"column", freq_weights->name}}));
  }
  WoePreprocessor out;
  out.rules = rules;
  out.columns.resize(chosen.size());
  parallel::for_each(context, static_cast<std::int64_t>(chosen.size()), [&](std::int64_t c) {
    const data::Column& column = *chosen[static_cast<std::size_t>(c)];
    const data::CodedColumn coded = data::encode_levels(column);
    double missing = 0.0;
    const std::vector<double> rows = rows_of_levels(coded, freq, missing);
    out.columns[static_cast<std::size_t>(c)] = reduce_levels(column.name, coded.levels, rows, missing, rules, true);
  });
  return out;
}

tables::ResultTable preprocess(const WoePreprocessor& preprocessor, const data::Table& X, const RunContext& context) {
  const auto n = static_cast<std::int64_t>(preprocessor.columns.size());
  std::vector<std::vector<std::int64_t>> codes(preprocessor.columns.size());
  parallel::for_each(context, n, [&](std::int64_t c) {
    const auto at = static_cast<std::size_t>(c);
    binning::Bins bins = preprocessor.columns[at].bins;
    const data::Column& column = X.at(bins.name);
    if (preprocessor.unseen_error) bins.unseen_bin = -1;
    codes[at] = integers(binning::bin_codes(bins, column, context));
    if (!preprocessor.unseen_error ||
        std::find_if(codes[at].begin(), codes[at].end(), [](std::int64_t code) { return code < 0; }) == codes[at].end())
      return;
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    data::recode_levels(column, bins.levels, unseen, n_unseen);
    throw Error(ErrorKind::data, "woe.unseen",
                "`" + column.name + "` has levels " + join_some(unseen) + " that the fit did not see.",
                "Use unseen = \"other\", or correct the data.",
                Document::object({{"column", column.name}, {"levels", unseen}, {"rows", n_unseen}}));
  });
  tables::ResultTable out;
  for (std::size_t at = 0; at < codes.size(); ++at)
    out.add_categories(preprocessor.columns[at].bins.name, std::move(codes[at]), preprocessor.labels(at));
  return out;
}

Document to_document(const WoePreprocessor& preprocessor) {
  Document columns = Document::array();
  for (const ReducedLevels& column : preprocessor.columns)
    columns.push(Document::object({{"bins", binning::to_document(column.bins)},
                                   {"other_bin", column.other_bin},
                                   {"levels", column.levels},
                                   {"kept", column.kept},
                                   {"rows", column.rows},
                                   {"merged_rows", column.merged_rows},
                                   {"missing_rows", column.missing_rows}}));
  const LevelReduction& rules = preprocessor.rules;
  Document out = Document::object({{"min_count", rules.min_count},
                                   {"min_share", rules.min_share},
                                   {"top_p", rules.top_p},
                                   {"other", preprocessor.other},
                                   {"missing", preprocessor.missing},
                                   {"unseen_error", preprocessor.unseen_error},
                                   {"columns", std::move(columns)}});
  if (rules.max_levels < std::numeric_limits<std::int64_t>::max()) out.set("max_levels", rules.max_levels);
  return out;
}

WoePreprocessor preprocessor_from_document(const Document& document) {
  WoePreprocessor out;
  out.rules.min_count = document.at("min_count").as_double("min_count");
  out.rules.min_share = document.at("min_share").as_double("min_share");
  out.rules.top_p = document.at("top_p").as_double("top_p");
  if (const Document* most = document.find("max_levels")) out.rules.max_levels = most->as_int("max_levels");
  out.other = document.at("other").as_string("other");
  out.missing = document.at("missing").as_string("missing");
  out.unseen_error = document.at("unseen_error").as_bool("unseen_error");
  for (const Document& item : document.at("columns").items("columns")) {
    ReducedLevels column;
    column.bins = binning::bins_from_document(item.at("bins"));
    column.other_bin = static_cast<int>(item.at("other_bin").as_int("other_bin"));
    column.levels = item.at("levels").as_int("levels");
    column.kept = item.at("kept").as_int("kept");
    column.rows = item.at("rows").as_double("rows");
    column.merged_rows = item.at("merged_rows").as_double("merged_rows");
    column.missing_rows = item.at("missing_rows").as_double("missing_rows");
    const bool fits = column.bins.kind == binning::Bins::Kind::categorical && column.bins.missing_bin >= 0 &&
                      column.other_bin >= -1 && column.other_bin < column.bins.size();
    if (!fits)
      throw Error(ErrorKind::format, "format.invalid", "The preprocessor has an unusable `columns`.",
                  "The file was written by something else, or changed by hand.");
    out.columns.push_back(std::move(column));
  }
  return out;
}

}  // namespace deciban::encoding
