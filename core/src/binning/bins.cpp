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

data::RowCodes category_codes(const Bins& bins, const data::Column& column, const RunContext& context) {
  std::vector<std::string> unseen;
  std::int64_t n_unseen = 0;
  data::RowCodes codes = data::recode_levels(column, bins.levels, unseen, n_unseen, context);
  std::vector<std::int32_t> bin_of_code = {bins.unseen_bin >= 0 ? bins.unseen_bin : data::kUnseenCode,
                                           bins.missing_bin >= 0 ? bins.missing_bin : data::kMissingCode};
  bin_of_code.insert(bin_of_code.end(), bins.level_bins.begin(), bins.level_bins.end());
  codes.recode(bin_of_code);
  return codes;
}

// Numbers beyond each edge are counted: no branch that depends on a value.
void count_edges(const Bins& bins, const double* values, int count, std::int32_t* found) {
  constexpr int kStep = 8;
  const bool right = bins.closed == Closed::right;
  int i = 0;
  for (; i + kStep <= count; i += kStep) {
    std::int64_t beyond[kStep] = {};  // as wide as a double: compared in vectors
    for (const double edge : bins.edges)
      for (int j = 0; j < kStep; ++j) beyond[j] += right ? values[i + j] > edge : values[i + j] >= edge;
    for (int j = 0; j < kStep; ++j) found[i + j] = static_cast<std::int32_t>(beyond[j]);
  }
  for (; i < count; ++i) found[i] = bins.bin_of(values[i]);
}

void find_bins(const Bins& bins, const double* values, int count, std::int32_t* found) {
  constexpr std::size_t kMostCounted = 32;
  if (bins.edges.size() > kMostCounted) {
    for (int i = 0; i < count; ++i) found[i] = bins.bin_of(values[i]);
    return;
  }
  count_edges(bins, values, count, found);
  for (int i = 0; i < count; ++i)
    if (std::isnan(values[i])) found[i] = bins.bin_of(values[i]);
  for (const SpecialCode& code : bins.specials)
    for (int i = 0; i < count; ++i)
      if (values[i] == code.value) found[i] = code.bin;
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
  if (bins.kind == Bins::Kind::categorical) return category_codes(bins, column, context);
  const std::int64_t rows = column.length();
  data::RowCodes codes(rows, bins.size() - 1);
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const auto range = parallel::block_range(rows, block);
    double values[parallel::kComputeRows];
    std::int32_t found[parallel::kComputeRows];
    parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
      data::read_doubles(column, begin, count, values);
      find_bins(bins, values, count, found);
      codes.write(begin, count, found);
    });
  });
  return codes;
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
