#include "deciban/models/basis.hpp"

#include <limits>

#include "arguments.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/codes.hpp"
#include "deciban/data/read.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "deciban/splines/learn.hpp"

namespace deciban::models {
namespace {

std::vector<double> numbers(const Document& document, const char* name) {
  const Document* value = document.find(name);
  if (!value || value->is_null()) return {};
  return value->is_array() ? value->as_doubles(name) : std::vector<double>{value->as_double(name)};
}

std::vector<double> read_all(const data::Column& column) {
  std::vector<double> values(static_cast<std::size_t>(column.length()));
  data::read_doubles(column, 0, column.length(), values.data());
  return values;
}

}  // namespace

splines::Basis learn_basis(const Document& document, const data::Column& x) {
  const std::vector<std::string> spline = {"kind", "df", "knots", "degree", "intercept", "boundary"};
  const std::string kind = Arguments(document, spline, {"raw"}).text("kind", "bs");
  data::CodedNumbers distinct;
  data::code_numbers(read_all(x), std::numeric_limits<std::int32_t>::max(), distinct);
  if (kind == "poly") {
    const Arguments arguments(document, {"kind", "degree", "raw"});
    return splines::poly(distinct.values, distinct.counts, static_cast<int>(arguments.whole("degree", 1, 1)),
                         arguments.flag("raw", false));
  }
  if (kind == "scale") {
    const Arguments arguments(document, {"kind"});
    return splines::scale(distinct.values, distinct.counts);
  }
  const Arguments arguments(document, spline);
  splines::SplineOptions options;
  options.df = arguments.has("df") ? static_cast<int>(arguments.whole("df", 1, 1)) : 0;
  options.knots = numbers(document, "knots");
  options.degree = static_cast<int>(arguments.whole("degree", 3, 1));
  options.intercept = arguments.flag("intercept", false);
  options.boundary = numbers(document, "boundary");
  if (kind == "bs") return splines::bs(distinct.values, distinct.counts, options);
  if (kind == "ns") return splines::ns(distinct.values, distinct.counts, options);
  if (kind == "ms") return splines::ispline(distinct.values, distinct.counts, options);
  throw Error(ErrorKind::input, "input.kind", "`kind` is \"" + kind + "\".",
              "Use one of \"bs\", \"ns\", \"ms\", \"poly\", \"scale\".",
              Document::object({{"argument", "kind"}, {"value", kind}}));
}

std::vector<double> evaluate_basis(const splines::Basis& basis, const data::Column& x, const RunContext& context) {
  const std::vector<double> values = read_all(x);
  const std::int64_t rows = static_cast<std::int64_t>(values.size());
  std::vector<double> columns(values.size() * static_cast<std::size_t>(basis.columns()));
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const auto range = parallel::block_range(rows, block);
    const std::int64_t n = range.end - range.begin;
    std::vector<double> piece(static_cast<std::size_t>(n) * basis.columns());
    basis.evaluate(values.data() + range.begin, n, piece.data());
    for (int j = 0; j < basis.columns(); ++j)
      std::copy(piece.begin() + j * n, piece.begin() + (j + 1) * n,
                columns.begin() + static_cast<std::int64_t>(j) * rows + range.begin);
  });
  return columns;
}

}  // namespace deciban::models
