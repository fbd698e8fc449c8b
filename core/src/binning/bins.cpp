#include "deciban/binning/bins.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/codes.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::binning {
namespace {

constexpr int kFewestDigits = 6, kMostDigits = 17;

/// Texts of the edges with as few digits as keep them apart.
std::vector<std::string> edge_texts(const std::vector<double>& edges) {
  std::vector<std::string> texts;
  for (int digits = kFewestDigits; digits <= kMostDigits; ++digits) {
    texts.clear();
    for (const double edge : edges) texts.push_back(format_g(edge, digits));
    if (std::set<std::string>(texts.begin(), texts.end()).size() == texts.size()) break;
  }
  return texts;
}

std::string group_label(const Bins& bins, int group) {
  std::vector<std::string> members;
  for (std::size_t level = 0; level < bins.level_bins.size(); ++level)
    if (bins.level_bins[level] == group) members.push_back(bins.levels.labels[level]);
  return members.size() == 1 ? members[0] : "{" + join_some(members, 8) + "}";
}

std::string special_label(const Bins& bins, int bin) {
  std::string text;
  for (const SpecialCode& code : bins.specials)
    if (code.bin == bin)
      text += (text.empty() ? "" : ", ") + (code.label.empty() ? format_exact(code.value) : code.label);
  return "special: " + text;
}

data::RowCodes category_codes(const Bins& bins, const data::Column& column) {
  std::vector<std::string> unseen;
  std::int64_t n_unseen = 0;
  data::RowCodes codes = data::recode_levels(column, bins.levels, unseen, n_unseen);
  codes.replace([&](std::int32_t code) -> std::int32_t {
    if (code >= 0) return bins.level_bins[static_cast<std::size_t>(code)];
    const int bin = code == data::kMissingCode ? bins.missing_bin : bins.unseen_bin;
    return bin >= 0 ? bin : code;
  });
  return codes;
}

}  // namespace

int Bins::bin_of(double value) const {
  if (std::isnan(value)) return missing_bin >= 0 ? missing_bin : data::kMissingCode;
  for (const SpecialCode& code : specials)
    if (code.value == value) return code.bin;
  const auto edge = closed == Closed::right ? std::lower_bound(edges.begin(), edges.end(), value)
                                            : std::upper_bound(edges.begin(), edges.end(), value);
  return static_cast<int>(edge - edges.begin());
}

data::RowCodes bin_codes(const Bins& bins, const data::Column& column, const RunContext& context) {
  if (bins.kind == Bins::Kind::categorical) return category_codes(bins, column);
  const std::int64_t rows = column.length();
  std::vector<std::int32_t> codes(static_cast<std::size_t>(rows));
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const auto range = parallel::block_range(rows, block);
    double values[parallel::kComputeRows];
    parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
      data::read_doubles(column, begin, count, values);
      for (int i = 0; i < count; ++i) codes[static_cast<std::size_t>(begin + i)] = bins.bin_of(values[i]);
    });
  });
  return data::RowCodes(codes);
}

std::vector<std::string> bin_labels(const Bins& bins) {
  std::vector<std::string> labels;
  if (bins.kind == Bins::Kind::numeric) {
    const std::vector<std::string> edges = edge_texts(bins.edges);
    const bool right = bins.closed == Closed::right;
    for (std::size_t i = 0; i <= edges.size(); ++i) {
      const std::string lower = i == 0 ? "(-Inf" : (right ? "(" : "[") + edges[i - 1];
      const std::string upper = i == edges.size() ? "Inf)" : edges[i] + (right ? "]" : ")");
      labels.push_back(lower + ", " + upper);
    }
  } else {
    for (int group = 0; group < bins.n_groups; ++group) labels.push_back(group_label(bins, group));
  }
  for (int i = 0; i < bins.n_specials; ++i) labels.push_back(special_label(bins, bins.n_regular() + i));
  if (bins.missing_own) labels.push_back("missing");
  return labels;
}

const char* closed_name(Closed closed) { return closed == Closed::right ? "right" : "left"; }

Closed make_closed(const std::string& name) {
  if (name == "right") return Closed::right;
  if (name == "left") return Closed::left;
  throw Error(ErrorKind::input, "binning.closed", "`closed` is \"" + name + "\".",
              "Use \"right\" for intervals (a, b] or \"left\" for [a, b).",
              Document::object({{"argument", "closed"}, {"value", name}}));
}

}  // namespace deciban::binning
