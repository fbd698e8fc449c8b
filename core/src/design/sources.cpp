#include "sources.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/data/read.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/math/blocks.hpp"

namespace deciban::design {

data::Numbers read_source(const ColumnSource& source, const char* argument, const data::Table& data,
                          const data::Table& vectors, const RunContext& context) {
  if (!source.given()) return {};
  if (source.kind == ColumnSource::Kind::expression) return numeric_values(*source.expression, data, context);
  const data::Column* column = vectors.find(argument);
  if (!column || column->length() != data.rows())
    throw Error(
        ErrorKind::input, "data.length_mismatch",
        std::string("`") + argument + "` has " + format_count(column ? column->length() : 0) +
            " values, but the data have " + format_count(data.rows()) + " rows.",
        "Give one value per row of the data.",
        Document::object(
            {{"argument", argument}, {"length", column ? column->length() : std::int64_t{0}}, {"rows", data.rows()}}));
  data::Numbers in_place;
  if (data::Numbers::in_place(*column, in_place)) return in_place;
  std::vector<double> values(static_cast<std::size_t>(data.rows()));
  data::read_doubles(*column, 0, data.rows(), values.data());
  return values;
}

std::string source_label(const ColumnSource& source, const char* argument) {
  if (source.kind != ColumnSource::Kind::expression) return argument;
  const formula::Node& node = *source.expression;
  return node.kind == formula::Node::Kind::name ? node.text : formula::to_text(node);
}

std::string offset_label(const DesignSpec& spec) {
  if (spec.offsets.size() + spec.offset.given() != 1) return "offset";
  return source_label(spec.offset.given() ? spec.offset : ColumnSource{ColumnSource::Kind::expression, spec.offsets[0]},
                      "offset");
}

void add_values(const data::Numbers& values, std::vector<double>& total) {
  if (total.empty()) total.assign(values.size(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) total[i] += values[i];
}

void add_log(const data::Numbers& values, std::vector<double>& total) {
  constexpr std::size_t kPiece = 512;
  double logs[kPiece];
  if (total.empty()) total.assign(values.size(), 0.0);
  for (std::size_t begin = 0; begin < values.size(); begin += kPiece) {
    const std::size_t count = std::min(kPiece, values.size() - begin);
    math::log_block(values.data() + begin, logs, static_cast<int>(count));
    for (std::size_t i = 0; i < count; ++i) total[begin + i] += logs[i];
  }
}

void warn_raw_exposure(const DesignSpec& spec, const data::Numbers& offset, const families::Link& link,
                       Warnings& warnings) {
  if (offset.empty() || link.id != families::LinkId::log) return;
  std::vector<formula::NodePtr> nodes = spec.offsets;
  if (spec.offset.kind == ColumnSource::Kind::expression) nodes.push_back(spec.offset.expression);
  if (nodes.size() + (spec.offset.kind == ColumnSource::Kind::vector) != 1) return;
  if (!nodes.empty() && nodes[0]->kind != formula::Node::Kind::name) return;
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const double value : offset) {  // comparisons with NaN are false: missing values are passed over
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // Logs of years at risk are negative for most policies; years at risk lie in (0, 3] and start near zero.
  if (!(low > 0.0 && low < 0.5 && high <= 3.0)) return;
  const std::string name = nodes.empty() ? "offset" : formula::to_text(*nodes[0]);
  warnings.push_back(
      {"offset.raw_exposure", "warning",
       "The offset `" + name + "` lies between " + format_g(low, 3) + " and " + format_g(high, 3) +
           ", as exposures in years do, but an offset is added to the predictor as it is. Use exposure = " + name +
           " or offset = log(" + name + ").",
       Document::object({{"column", name}, {"min", low}, {"max", high}})});
}

}  // namespace deciban::design
