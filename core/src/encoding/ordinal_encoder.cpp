#include "deciban/encoding/ordinal_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "deciban/base/error.hpp"
#include "encoder_checks.hpp"

namespace deciban::encoding {
namespace {

using GivenLevels = std::vector<std::pair<std::string, std::vector<std::string>>>;

void check(const OrdinalOptions& options) {
  check_choice("order", options.order, {"level", "frequency"});
  check_choice("missing", options.missing, {"nan", "level"});
  check_choice("unseen", options.unseen, {"nan", "error"});
}

void check_levels(const std::vector<std::string>& columns, const GivenLevels& levels) {
  for (const auto& given : levels) {
    std::set<std::string> seen;
    for (const auto& label : given.second)
      if (!seen.insert(label).second)
        throw Error(ErrorKind::input, "encoder.levels",
                    "`levels` of `" + given.first + "` has \"" + label + "\" twice.", "Name each level once.",
                    Document::object({{"column", given.first}, {"level", label}}));
    if (std::find(columns.begin(), columns.end(), given.first) == columns.end())
      throw Error(ErrorKind::input, "encoder.levels", "`levels` names `" + given.first + "`, which is not encoded.",
                  "Add it to `columns`.", Document::object({{"column", given.first}}));
  }
}

// 1, 2, ... in the order of the levels, or the most frequent first (ties in the order of the levels).
std::vector<double> ranks(const OrdinalOptions& options, std::int32_t n_levels,
                          const std::vector<std::int32_t>& codes) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(n_levels));
  std::iota(order.begin(), order.end(), 0);
  if (options.order == "frequency") {
    std::vector<std::int64_t> counts(order.size(), 0);
    for (const std::int32_t code : codes)
      if (code >= 0) ++counts[static_cast<std::size_t>(code)];
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
      return counts[static_cast<std::size_t>(a)] > counts[static_cast<std::size_t>(b)];
    });
  }
  std::vector<double> value(order.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    value[static_cast<std::size_t>(order[rank])] = static_cast<double>(rank + 1);
  return value;
}

OrdinalTerm learn(const OrdinalOptions& options, const std::string& column, const GivenLevels& levels,
                  const data::Table& data, const RunContext& context) {
  OrdinalTerm term;
  term.label = column;
  const bool missing_level = options.missing == "level";
  const auto given =
      std::find_if(levels.begin(), levels.end(), [&](const auto& entry) { return entry.first == column; });
  std::vector<std::int32_t> codes;
  if (given == levels.end()) {
    term.coder = LevelCoder::learn({column}, data, missing_level, 0, codes, context);
    term.value = ranks(options, term.coder.size(), codes);
    return term;
  }
  term.coder = LevelCoder::given(column, given->second, missing_level);
  std::vector<std::string> unseen;
  std::int64_t n_unseen = 0;
  term.coder.code(data, unseen, n_unseen, context);
  if (n_unseen > 0) throw unseen_level(column, n_unseen, unseen, "Add them to `levels`, or leave their rows out.");
  term.value.resize(static_cast<std::size_t>(term.coder.size()));
  std::iota(term.value.begin(), term.value.end(), 1.0);
  return term;
}

}  // namespace

OrdinalEncoder fit_ordinal_encoder(const OrdinalOptions& options, const std::vector<std::string>& columns,
                                   const GivenLevels& levels, const data::Table& data, const RunContext& context) {
  check(options);
  check_data(columns, data);
  check_levels(columns, levels);
  OrdinalEncoder encoder;
  encoder.options = options;
  for (const auto& column : columns) encoder.terms.push_back(learn(options, column, levels, data, context));
  return encoder;
}

std::vector<double> encode(const OrdinalEncoder& encoder, const data::Table& data, const RunContext& context) {
  const auto rows = static_cast<std::size_t>(data.rows());
  std::vector<double> out(rows * encoder.terms.size());
  for (std::size_t t = 0; t < encoder.terms.size(); ++t) {
    const OrdinalTerm& term = encoder.terms[t];
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    const std::vector<std::int32_t> codes = term.coder.code(data, unseen, n_unseen, context);
    if (n_unseen > 0 && encoder.options.unseen == "error")
      throw unseen_level(term.label, n_unseen, unseen, "Correct them, or learn the encoder with unseen = \"nan\".");
    for (std::size_t row = 0; row < rows; ++row)
      out[t * rows + row] = codes[row] < 0 ? std::nan("") : term.value[static_cast<std::size_t>(codes[row])];
  }
  return out;
}

tables::ResultTable encoded_levels(const OrdinalEncoder& encoder) {
  std::vector<std::string> terms, levels;
  std::vector<double> values;
  for (const auto& term : encoder.terms) {
    std::vector<std::int32_t> by_value(term.value.size());
    for (std::size_t l = 0; l < term.value.size(); ++l)
      by_value[static_cast<std::size_t>(term.value[l]) - 1] = static_cast<std::int32_t>(l);
    for (const std::int32_t level : by_value) {
      terms.push_back(term.label);
      levels.push_back(term.coder.label(level));
      values.push_back(term.value[static_cast<std::size_t>(level)]);
    }
  }
  tables::ResultTable table;
  return table.add("term", terms).add("level", levels).add("value", values);
}

Document to_document(const OrdinalEncoder& encoder) {
  Document terms = Document::array();
  for (const auto& term : encoder.terms)
    terms.push(Document::object({{"term", term.label}, {"levels", term.coder.document()}, {"value", term.value}}));
  const OrdinalOptions& options = encoder.options;
  return Document::object(
      {{"options",
        Document::object({{"order", options.order}, {"missing", options.missing}, {"unseen", options.unseen}})},
       {"terms", terms}});
}

OrdinalEncoder ordinal_encoder_from_document(const Document& document) {
  OrdinalEncoder encoder;
  const Document& options = document.at("options");
  encoder.options.order = options.at("order").as_string("order");
  encoder.options.missing = options.at("missing").as_string("missing");
  encoder.options.unseen = options.at("unseen").as_string("unseen");
  check(encoder.options);
  for (const Document& one : document.at("terms").items("terms")) {
    OrdinalTerm term;
    term.label = one.at("term").as_string("term");
    term.coder = LevelCoder::from_document(one.at("levels"));
    term.value = one.at("value").as_doubles("value");
    const auto size = static_cast<std::size_t>(term.coder.size());
    std::vector<char> used(size, 0);
    if (term.value.size() != size) throw invalid_document("value");
    for (const double value : term.value) {
      if (!(value >= 1.0 && value <= static_cast<double>(size)) || value != std::floor(value) ||
          used[static_cast<std::size_t>(value) - 1]++)
        throw invalid_document("value");
    }
    encoder.terms.push_back(std::move(term));
  }
  return encoder;
}

}  // namespace deciban::encoding
