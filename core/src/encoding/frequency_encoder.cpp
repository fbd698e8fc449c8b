#include "deciban/encoding/frequency_encoder.hpp"

#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "encoder_checks.hpp"

namespace deciban::encoding {
namespace {

void check(const FrequencyOptions& options) {
  check_choice("missing", options.missing, {"level", "nan"});
  check_choice("unseen", options.unseen, {"zero", "nan", "error"});
}

void check_weights(const data::Numbers& weights, std::int64_t rows) {
  if (weights.empty()) return;
  if (static_cast<std::int64_t>(weights.size()) != rows)
    throw Error(ErrorKind::input, "data.length_mismatch",
                "`weights` has " + std::to_string(weights.size()) + " values for " + std::to_string(rows) + " rows.",
                "Give one value per row.", Document::object({{"column", "weights"}, {"rows", rows}}));
  std::int64_t wrong = 0;
  for (const double weight : weights) wrong += !(weight >= 0.0) || weight - weight != 0.0;
  if (wrong > 0)
    throw Error(
        ErrorKind::data, "encoder.weights",
        "`weights` is negative, missing or infinite in " + format_count(wrong) + (wrong == 1 ? " row." : " rows."),
        "Correct these rows.", Document::object({{"column", "weights"}, {"count", wrong}}));
}

FrequencyTerm learn(const FrequencyOptions& options, const std::string& label, const data::Table& data,
                    const data::Numbers& weights, const RunContext& context) {
  FrequencyTerm term;
  term.label = label;
  std::vector<std::int32_t> codes;
  term.coder =
      LevelCoder::learn(joint_columns(label, data), data, options.missing == "level", options.min_rows, codes, context);
  const auto size = static_cast<std::size_t>(term.coder.size());
  term.rows.assign(size, 0.0);
  term.weight.assign(size, 0.0);
  double total = 0.0;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    const double weight = weights.empty() ? 1.0 : weights[row];
    total += weight;
    if (codes[row] < 0) continue;
    term.rows[static_cast<std::size_t>(codes[row])] += 1.0;
    term.weight[static_cast<std::size_t>(codes[row])] += weight;
  }
  if (!(total > 0.0))
    throw Error(ErrorKind::data, "encoder.no_weight", "No row has a positive weight: all are zero.",
                "Check `weights`.");
  for (const double weight : term.weight) term.value.push_back(options.normalize ? weight / total : weight);
  return term;
}

}  // namespace

FrequencyEncoder fit_frequency_encoder(const FrequencyOptions& options, const std::vector<std::string>& terms,
                                       const data::Table& data, const data::Numbers& weights,
                                       const RunContext& context) {
  check(options);
  check_data(terms, data);
  check_weights(weights, data.rows());
  FrequencyEncoder encoder;
  encoder.options = options;
  for (const auto& label : terms) encoder.terms.push_back(learn(options, label, data, weights, context));
  return encoder;
}

std::vector<double> encode(const FrequencyEncoder& encoder, const data::Table& data, const RunContext& context) {
  const auto rows = static_cast<std::size_t>(data.rows());
  std::vector<double> out(rows * encoder.terms.size());
  for (std::size_t t = 0; t < encoder.terms.size(); ++t) {
    const FrequencyTerm& term = encoder.terms[t];
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    const std::vector<std::int32_t> codes = term.coder.code(data, unseen, n_unseen, context);
    if (n_unseen > 0 && encoder.options.unseen == "error")
      throw unseen_level(term.label, n_unseen, unseen, "Correct them, or learn the encoder with unseen = \"zero\".");
    const double of_unseen = encoder.options.unseen == "zero" ? 0.0 : std::nan("");
    for (std::size_t row = 0; row < rows; ++row)
      out[t * rows + row] = codes[row] >= 0               ? term.value[static_cast<std::size_t>(codes[row])]
                            : codes[row] == kMissingValue ? std::nan("")
                                                          : of_unseen;
  }
  return out;
}

tables::ResultTable encoded_levels(const FrequencyEncoder& encoder) {
  std::vector<std::string> terms, levels;
  std::vector<std::int64_t> rows;
  std::vector<double> weight, value;
  for (const auto& term : encoder.terms)
    for (std::int32_t level = 0; level < term.coder.size(); ++level) {
      const auto l = static_cast<std::size_t>(level);
      terms.push_back(term.label);
      levels.push_back(term.coder.label(level));
      rows.push_back(static_cast<std::int64_t>(term.rows[l]));
      weight.push_back(term.weight[l]);
      value.push_back(term.value[l]);
    }
  tables::ResultTable table;
  table.add("term", terms).add("level", levels).add_integers("rows", rows);
  return table.add("weight", weight).add("value", value);
}

Document to_document(const FrequencyEncoder& encoder) {
  Document terms = Document::array();
  for (const auto& term : encoder.terms)
    terms.push(Document::object({{"term", term.label},
                                 {"levels", term.coder.document()},
                                 {"rows", term.rows},
                                 {"weight", term.weight},
                                 {"value", term.value}}));
  const FrequencyOptions& options = encoder.options;
  return Document::object({{"options", Document::object({{"normalize", options.normalize},
                                                         {"min_rows", options.min_rows},
                                                         {"missing", options.missing},
                                                         {"unseen", options.unseen}})},
                           {"terms", terms}});
}

FrequencyEncoder frequency_encoder_from_document(const Document& document) {
  FrequencyEncoder encoder;
  const Document& options = document.at("options");
  encoder.options.normalize = options.at("normalize").as_bool("normalize");
  encoder.options.min_rows = options.at("min_rows").as_int("min_rows");
  encoder.options.missing = options.at("missing").as_string("missing");
  encoder.options.unseen = options.at("unseen").as_string("unseen");
  check(encoder.options);
  for (const Document& one : document.at("terms").items("terms")) {
    FrequencyTerm term;
    term.label = one.at("term").as_string("term");
    term.coder = LevelCoder::from_document(one.at("levels"));
    term.rows = one.at("rows").as_doubles("rows");
    term.weight = one.at("weight").as_doubles("weight");
    term.value = one.at("value").as_doubles("value");
    const auto size = static_cast<std::size_t>(term.coder.size());
    if (term.rows.size() != size || term.weight.size() != size || term.value.size() != size)
      throw invalid_document("value");
    encoder.terms.push_back(std::move(term));
  }
  return encoder;
}

}  // namespace deciban::encoding
