#include "woe_associations.hpp"

#include <algorithm>
#include <limits>

#include "deciban/evidence/information_value.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::encoding {
namespace {

constexpr std::int64_t kSteps = 100000000;    // rows times pairs
constexpr std::size_t kMostCells = 1u << 20;  // of one joint table
constexpr std::size_t kAllCells = 1u << 24;   // of all joint tables that are kept

std::vector<std::int64_t> scattered_rows(std::int64_t rows, std::int64_t wanted) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(std::min(rows, wanted)));
  const auto n = static_cast<std::int64_t>(out.size());
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t begin = rows * k / n, end = rows * (k + 1) / n;
    math::Stream stream(0, math::purpose("woe association"), static_cast<std::uint64_t>(k));
    out[static_cast<std::size_t>(k)] =
        begin + static_cast<std::int64_t>(math::draw_index(stream, static_cast<std::uint64_t>(end - begin)));
  }
  return out;
}

// Whether each row and each column of the table has one cell at most.
bool one_to_one(const std::vector<double>& table, std::size_t rows, std::size_t columns) {
  std::vector<int> by_row(rows, 0);
  for (std::size_t j = 0; j < columns; ++j) {
    int in_column = 0;
    for (std::size_t i = 0; i < rows; ++i)
      if (table[j * rows + i] > 0.0) {
        ++in_column;
        ++by_row[i];
      }
    if (in_column > 1) return false;
  }
  return *std::max_element(by_row.begin(), by_row.end()) <= 1;
}

std::vector<Association> all_pairs(std::size_t features) {
  std::vector<Association> pairs;
  for (std::size_t i = 0; i < features; ++i)
    for (std::size_t j = i + 1; j < features; ++j) {
      pairs.emplace_back();
      pairs.back().first = i;
      pairs.back().second = j;
    }
  return pairs;
}

}  // namespace

void associate(const std::vector<data::RowCodes>& codes, WoeEncoder& encoder, const RunContext& context) {
  encoder.associations = all_pairs(codes.size());
  if (encoder.associations.empty()) return;
  const auto pairs = static_cast<std::int64_t>(encoder.associations.size());
  const auto all = static_cast<std::int64_t>(codes[0].size());
  const std::int64_t wanted = std::max<std::int64_t>(1000, kSteps / pairs);
  std::vector<std::int64_t> rows;
  if (wanted < all) rows = scattered_rows(all, wanted);
  encoder.association_rows = rows.empty() ? all : static_cast<std::int64_t>(rows.size());
  std::vector<std::vector<std::int32_t>> sampled(codes.size());
  parallel::for_each(context, static_cast<std::int64_t>(codes.size()), [&](std::int64_t f) {
    const data::RowCodes& own = codes[static_cast<std::size_t>(f)];
    auto& to = sampled[static_cast<std::size_t>(f)];
    if (rows.empty()) {
      to = own.to_vector();
    } else {
      for (const std::int64_t row : rows) to.push_back(own[static_cast<std::size_t>(row)]);
    }
  });
  parallel::for_each(context, pairs, [&](std::int64_t p) {
    Association& pair = encoder.associations[static_cast<std::size_t>(p)];
    const auto k = static_cast<std::size_t>(encoder.features[pair.first].bins.size());
    const auto l = static_cast<std::size_t>(encoder.features[pair.second].bins.size());
    pair.v = pair.corrected = std::numeric_limits<double>::quiet_NaN();
    if (k * l > kMostCells) return;
    std::vector<double> table(k * l, 0.0);
    const auto &a = sampled[pair.first], &b = sampled[pair.second];
    for (std::size_t i = 0; i < a.size(); ++i)
      if (a[i] >= 0 && b[i] >= 0) table[static_cast<std::size_t>(b[i]) * k + static_cast<std::size_t>(a[i])] += 1.0;
    const evidence::CramersV v = evidence::cramers_v(table, k, l);
    pair.v = v.v;
    pair.corrected = v.corrected;
    pair.duplicate = v.v == v.v && one_to_one(table, k, l);
  });
}

void join_counts(const std::vector<data::RowCodes>& codes, const WoeTarget& target, WoeEncoder& encoder,
                 const RunContext& context) {
  std::size_t cells = 0;
  for (const Association& pair : all_pairs(codes.size())) {
    JointCounts joint;
    joint.first = pair.first;
    joint.second = pair.second;
    const auto size = static_cast<std::size_t>(encoder.features[pair.first].bins.size()) *
                      static_cast<std::size_t>(encoder.features[pair.second].bins.size());
    cells += size;
    if (cells > kAllCells)
      throw Error(ErrorKind::input, "woe.pairwise_too_large",
                  "The joint counts of all pairs of features have more than " + std::to_string(kAllCells) + " cells.",
                  "Merge rare levels (min_count), leave features out, or use dependence = \"independent\".",
                  Document::object({{"argument", "dependence"}}));
    joint.events.assign(size, 0.0);
    joint.non_events.assign(size, 0.0);
    encoder.joints.push_back(std::move(joint));
  }
  parallel::for_each(context, static_cast<std::int64_t>(encoder.joints.size()), [&](std::int64_t p) {
    JointCounts& joint = encoder.joints[static_cast<std::size_t>(p)];
    const auto k = static_cast<std::size_t>(encoder.features[joint.first].bins.size());
    const data::RowCodes &a = codes[joint.first], &b = codes[joint.second];
    const bool fractional = target.kind == WoeTargetKind::fractional;
    for (std::size_t row = 0; row < a.size(); ++row) {
      const std::int32_t i = a[row], j = b[row];
      if (i < 0 || j < 0) continue;
      double w = target.sample_weight.empty() ? 1.0 : target.sample_weight[row];
      if (!target.freq_weights.empty()) w *= target.freq_weights[row];
      if (w == 0.0) continue;
      const double y = fractional ? target.share[row] : static_cast<double>(target.class_codes[row]);
      joint.events[static_cast<std::size_t>(j) * k + static_cast<std::size_t>(i)] += w * y;
      joint.non_events[static_cast<std::size_t>(j) * k + static_cast<std::size_t>(i)] += w * (1.0 - y);
    }
  });
}

}  // namespace deciban::encoding
