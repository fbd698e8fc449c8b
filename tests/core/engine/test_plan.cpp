#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "deciban/engine/plan_report.hpp"
#include "design/coded_case.hpp"
#include "engine/columns.hpp"
#include "engine/plan.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using engine::Plan;

namespace {

// Factors with these levels over a few rows; `dense` numeric columns.
design::CodedDesign factors(const std::vector<int>& levels, int dense) {
  design::CodedDesign design;
  design.rows = 4;
  int next = 1;
  for (const int count : levels) {
    std::vector<int> columns;
    for (int k = 0; k < count; ++k) columns.push_back(k ? next++ : -1);
    design.blocks.push_back(coded_case::factor_block({0, count - 1, 0, count / 2}, count, columns));
  }
  for (int d = 0; d < dense; ++d) design.blocks.push_back(coded_case::dense_block({1.0, 2.5, 3.0, 4.0}, next++));
  design.n_columns = next;
  return design;
}

Plan plan_of(const design::CodedDesign& design) {
  return engine::make_plan(design, std::vector<double>(static_cast<std::size_t>(design.n_columns)));
}

void expect_complete(const Plan& plan) {
  const int n = static_cast<int>(plan.codes.size());
  std::vector<int> with_records(plan.codes.size());
  bool records = true;
  for (const auto& group : plan.groups) {
    EXPECT_TRUE(records || !group.records) << "groups with records come first";
    records = group.records;
    std::int64_t cells = 1;
    for (const int code : group.codes) {
      cells *= plan.codes[code].levels;
      with_records[code] += group.records;
    }
    EXPECT_EQ(group.cells, cells);
    EXPECT_TRUE(std::is_sorted(group.codes.begin(), group.codes.end()));
  }
  for (int a = 0; a < n; ++a) {
    EXPECT_EQ(with_records[a], 1) << "code " << a;
    for (int b = 0; b < n; ++b) EXPECT_GE(plan.group_of(a, b), 0) << a << " with " << b;
  }
}

}  // namespace

TEST(Plan, CoversEveryPairOfCodes) {
  fit_case::Random random(3);
  for (int round = 0; round < 60; ++round) {
    std::vector<int> levels;
    for (int f = 1 + random.below(10); f > 0; --f) levels.push_back(1 + random.below(round % 3 == 0 ? 400 : 30));
    const auto design = factors(levels, random.below(6));
    expect_complete(plan_of(design));
  }
}

TEST(Plan, TariffFactorsNeedFewGroups) {
  const Plan plan = plan_of(factors({22, 12, 11, 6, 7, 5, 9, 6, 2}, 4));
  expect_complete(plan);
  EXPECT_EQ(plan.record_size, 8);
  EXPECT_LE(plan.groups.size(), 9u) << "36 pairs";
}

TEST(Plan, TakesNarrowBasesOfCodedNumbersAsCodes) {
  fit_case::Random random(8);
  const int rows = 600;
  const auto codes = [&](int levels) {
    std::vector<std::int32_t> out;
    for (int i = 0; i < rows; ++i) out.push_back(random.below(levels));
    return out;
  };
  const auto block = [&](int levels, int width, int cells) {
    design::Block made;
    made.parts.push_back(coded_case::coded_part(std::vector<double>(static_cast<std::size_t>(levels) * width, 1.5),
                                                width, codes(levels)));
    made.width = width;
    made.cells = cells;
    if (cells > 1) made.codes = coded_case::make_codes(codes(cells), cells);
    for (int c = 0; c < cells * width; ++c) made.columns.push_back(c);
    return made;
  };
  design::CodedDesign design;
  design.rows = rows;
  design.intercept = false;
  design.n_columns = 100;
  design.blocks = {block(80, 6, 1), block(80, 1, 1), block(80, 2, 5), block(5000, 6, 1), block(3000, 1, 4)};
  const Plan plan = plan_of(design);
  ASSERT_EQ(plan.features.size(), 2u);
  EXPECT_EQ(plan.features[0].block, 0);
  EXPECT_EQ(plan.codes[plan.features[0].code].levels, 80);
  EXPECT_EQ(plan.features[1].block, 2);
  EXPECT_EQ(plan.codes[plan.features[1].code].levels, 400);
  EXPECT_EQ(plan.dense.size(), 7u) << "one column alone, and six of a number with too many values";
  ASSERT_EQ(plan.varying.size(), 1u);
  EXPECT_EQ(plan.varying[0].block, 4);
}

TEST(Plan, SharesCodesBetweenTerms) {
  auto design = factors({5, 7}, 0);
  design.blocks.push_back(design.blocks[0]);
  for (auto& column : design.blocks[2].columns) column = column < 0 ? -1 : column + 10;
  design.n_columns += 10;
  const Plan plan = plan_of(design);
  EXPECT_EQ(plan.codes.size(), 2u);
  EXPECT_EQ(plan.features.size(), 3u);
}

TEST(RowSelection, VisitsRowsOnceAndSpreadsTheSample) {
  for (const std::int64_t rows : {0, 1, 511, 512, 513, 32768, 32769, 100000, 300001, 1000000}) {
    std::vector<char> seen(static_cast<std::size_t>(rows));
    const auto all = engine::all_rows(rows);
    for (std::int64_t partial = 0; partial < all.partials(); ++partial)
      all.for_blocks(partial, [&](std::int64_t begin, int count) {
        for (int i = 0; i < count; ++i) ++seen[static_cast<std::size_t>(begin + i)];
      });
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), rows);
    const auto sample = engine::sample_rows(rows);
    EXPECT_EQ(sample.blocks, rows < 262144 ? 0 : 128) << rows;
    std::int64_t last = -1;
    for (std::int64_t partial = 0; partial < sample.partials(); ++partial)
      sample.for_blocks(partial, [&](std::int64_t begin, int count) {
        EXPECT_GT(begin, last);
        EXPECT_EQ(count, 512);
        last = begin + count - 1;
      });
    if (sample.blocks) {
      EXPECT_GT(last, rows * 9 / 10);
    }
  }
}

TEST(PlanReport, SaysHowEachTermIsSummed) {
  auto design = factors({3, 1500, 40, 12}, 2);
  std::vector<std::int32_t> codes = {0, 1, 2, 3};
  std::vector<double> dictionary = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  design::Block spline;
  spline.parts.push_back(coded_case::coded_part(dictionary, 3, codes));
  spline.width = 3;
  for (int j = 0; j < 3; ++j) spline.columns.push_back(design.n_columns++);
  design.blocks.push_back(spline);
  const std::vector<std::string> labels = {"a", "zip", "b", "c", "x", "z", "s"};
  const auto lines = engine::explain(design, labels);
  const std::vector<std::string> enters = {"levels of a joint code", "arrow",         "levels of a joint code",
                                           "levels of a joint code", "dense columns", "dense columns",
                                           "levels of a joint code"};
  ASSERT_GT(lines.size(), enters.size());
  std::size_t groups = 0;
  double bytes_per_row = 0.0, work = 0.0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& line = lines[i];
    EXPECT_FALSE(line.reason.empty()) << i;
    if (i < enters.size()) {
      EXPECT_EQ(line.part, "term");
      EXPECT_EQ(line.name, labels[i]);
      EXPECT_EQ(line.enters, enters[i]) << line.name;
    }
    if (line.part == "group") {
      ++groups;
      for (const auto& name : line.covers) EXPECT_NE(name, "zip");
    }
    if (line.part == "arrow") {
      EXPECT_EQ(line.covers, (std::vector<std::string>{"a", "b", "c", "x", "z", "s"}));
    }
    if (line.part == "total") {
      EXPECT_DOUBLE_EQ(line.bytes_per_row, bytes_per_row);
      EXPECT_DOUBLE_EQ(line.work_per_row, work);
    }
    bytes_per_row += line.bytes_per_row;
    work += line.work_per_row;
  }
  EXPECT_EQ(lines.back().part, "total");
  const auto core_lines = engine::explain(factors({3, 40, 12}, 0), {"a", "b", "c"});
  EXPECT_EQ(core_lines.size(), 3u + plan_of(factors({3, 40, 12}, 0)).groups.size() + 1u);
  EXPECT_GE(groups, 1u);
}
