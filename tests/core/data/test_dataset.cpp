#include "deciban/data/dataset.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/data/codes.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/models/glm.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using fit_case::error_of;
using fit_case::kNaN;

namespace {

// Rows [begin, begin + count) of a table whose columns have one chunk each.
data::Table rows_of(const data::Table& table, std::int64_t begin, std::int64_t count) {
  data::Table piece;
  for (data::Column column : table.columns()) {
    column.chunks[0].offset += begin;
    column.chunks[0].length = count;
    piece.add(std::move(column));
  }
  return piece;
}

data::Table coded(const data::Table& table, std::int64_t piece, bool spool = false, int threads = 1) {
  RunContext context;
  context.n_threads = threads;
  data::DatasetBuilder builder(spool);
  for (std::int64_t begin = 0; begin == 0 || begin < table.rows(); begin += piece)
    builder.append(rows_of(table, begin, std::min(piece, table.rows() - begin)), context);
  return builder.finish();
}

data::Column with_meaning(data::Column column, data::Meaning meaning) {
  for (auto& chunk : column.chunks) chunk.meaning = meaning;
  return column;
}

// Columns of every kind, with missing values.
data::Table portfolio(std::int64_t rows) {
  fit_case::Random random(17);
  std::vector<double> age, premium, flag, day, claims, exposure;
  std::vector<std::int32_t> area, grade;
  std::vector<std::string> brand;
  for (std::int64_t i = 0; i < rows; ++i) {
    age.push_back(i % 97 == 5 ? kNaN : 18 + random.below(60));
    premium.push_back(100.0 + 50.0 * random.normal());
    flag.push_back(i % 89 == 7 ? kNaN : random.below(2));
    day.push_back(19000 + random.below(400));
    exposure.push_back(0.1 + 0.9 * random.uniform());
    area.push_back(i % 101 == 3 ? -1 : random.below(5));
    grade.push_back(random.below(3));
    brand.push_back("brand " + std::to_string(random.below(300)));
    claims.push_back(random.poisson(exposure.back() * (0.2 + 0.1 * grade.back())));
  }
  data::Dictionary areas, grades;
  areas.labels = {"E", "D", "C", "B", "A"};  // declared, not sorted
  areas.declared = true;
  grades.meaning = data::Meaning::number;  // of numbers, not declared
  grades.labels = {"3", "1", "2"};
  grades.numbers = {3, 1, 2};
  data::Table table;
  table.add(data::make_column("age", age));
  table.add(data::make_column("premium", premium));
  table.add(with_meaning(data::make_column("flag", flag), data::Meaning::boolean));
  table.add(with_meaning(data::make_column("day", day), data::Meaning::date));
  table.add(data::make_column("exposure", exposure));
  table.add(data::make_column("area", area, areas));
  table.add(data::make_column("grade", grade, grades));
  table.add(data::make_column("brand", brand));
  table.add(data::make_column("claims", claims));
  return table;
}

void expect_equal_bits(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0);
}

void expect_same_values(const data::Table& table, const data::Table& other) {
  ASSERT_EQ(table.names(), other.names());
  ASSERT_EQ(table.rows(), other.rows());
  for (const data::Column& column : table.columns()) {
    SCOPED_TRACE(column.name);
    const data::Column& found = other.at(column.name);
    EXPECT_EQ(column.is_categorical(), found.is_categorical());
    EXPECT_EQ(column.meaning(), found.meaning());
    const auto expected = data::encode_levels(column), levels = data::encode_levels(found);
    EXPECT_EQ(expected.levels, levels.levels);
    EXPECT_EQ(expected.codes, levels.codes);
    if (column.meaning() == data::Meaning::text) continue;
    std::vector<double> a(static_cast<std::size_t>(table.rows())), b(a.size());
    data::read_doubles(column, 0, table.rows(), a.data());
    data::read_doubles(found, 0, table.rows(), b.data());
    expect_equal_bits(a, b);
    data::CodedNumbers codes, again;
    const bool few = data::code_numbers(column, 65536, codes);
    EXPECT_EQ(few, data::code_numbers(found, 65536, again));
    if (!few) continue;
    EXPECT_EQ(codes.codes, again.codes);
    EXPECT_EQ(codes.values, again.values);
    EXPECT_EQ(codes.counts, again.counts);
  }
}

}  // namespace

TEST(Dataset, HoldsTheSameValuesWhateverThePieces) {
  const data::Table table = portfolio(3000);
  for (const std::int64_t piece : {1, 7, 1000, 3000}) {
    SCOPED_TRACE(piece);
    expect_same_values(table, coded(table, piece));
  }
  expect_same_values(table, coded(table, 64, true, 3));
}

TEST(Dataset, HoldsManyDistinctNumbersOverSeveralBlocks) {
  const data::Table table = portfolio(600000);
  const data::Table compact = coded(table, 65537, false, 2);
  expect_same_values(table, compact);
  for (const char* name : {"premium", "exposure"}) {  // one piece of plain doubles, which fits read in place
    ASSERT_EQ(compact.at(name).chunks.size(), 1u);
    EXPECT_EQ(compact.at(name).chunks[0].type, data::Type::float64);
  }
  const data::Table spooled = coded(table, 65537, true, 2);
  expect_same_values(table, spooled);
  data::DatasetBuilder again;
  again.append(compact, {});
  expect_same_values(compact, again.finish());
}

TEST(Dataset, TakesLittleRoom) {
  const data::Table table = portfolio(300000);
  data::DatasetBuilder builder;
  builder.append(table, {});
  // two doubles per row (premium, exposure), one code of two bytes (day, brand), one byte for each of the five others
  EXPECT_LE(builder.bytes(), 300000 * (2 * 8 + 2 * 2 + 5));
}

TEST(Dataset, GivesTheSameFit) {
  const data::Table table = portfolio(100000);
  Document arguments = Document::object(
      {{"formula", "claims ~ bs(age, df = 5) + log(premium + 400) + flag + day + area * grade + brand"},
       {"family", "poisson"},
       {"exposure", "exposure"}});
  const auto model = models::fit_glm(arguments, table, {}, {});
  for (const std::int64_t piece : {1000, 65537, 100000}) {
    SCOPED_TRACE(piece);
    const auto again = models::fit_glm(arguments, coded(table, piece, piece == 1000, 2), {}, {});
    EXPECT_EQ(models::to_document(model), models::to_document(again));
  }
}

TEST(Dataset, UnitesLevelsOfPiecesThatDeclareOthers) {
  data::Dictionary first, second;
  first.labels = {"b", "a"};
  second.labels = {"c", "a"};
  first.declared = second.declared = true;
  data::DatasetBuilder builder;
  builder.append(data::Table({data::make_column("x", {0, 1, -1}, first)}), {});
  builder.append(data::Table({data::make_column("x", {0, 1}, second)}), {});
  const auto levels = data::encode_levels(builder.finish().at("x"));
  EXPECT_EQ(levels.levels.labels, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(levels.codes, (std::vector<std::int32_t>{1, 0, -1, 2, 0}));
}

TEST(Dataset, KeepsColumnsThatChangeTheirKind) {
  data::Column nothing;
  nothing.name = "x";
  nothing.chunks.emplace_back();
  nothing.chunks[0].length = 2;
  data::DatasetBuilder builder;
  builder.append(data::Table({nothing}), {});
  builder.append(data::Table({data::make_column("x", std::vector<double>{1, 2})}), {});
  builder.append(data::Table({data::make_column("x", std::vector<std::string>{"2", "z"})}), {});
  const auto levels = data::encode_levels(builder.finish().at("x"));
  EXPECT_EQ(levels.levels.labels, (std::vector<std::string>{"1", "2", "z"}));
  EXPECT_EQ(levels.codes, (std::vector<std::int32_t>{-1, -1, 0, 1, 1, 2}));
}

TEST(Dataset, RefusesPiecesWithOtherColumns) {
  const data::Table both(
      {data::make_column("x", std::vector<double>{1}), data::make_column("z", std::vector<double>{1})});
  const data::Table one({data::make_column("x", std::vector<double>{1})});
  data::DatasetBuilder fewer, more;
  fewer.append(both, {});
  more.append(one, {});
  const Error missing = error_of([&] { fewer.append(one, {}); }), extra = error_of([&] { more.append(both, {}); });
  for (const Error& error : {missing, extra}) {
    EXPECT_EQ(error.code(), "data.chunk_columns");
    EXPECT_EQ(error.context().find("column")->as_string(), "z");
    EXPECT_EQ(error.context().find("chunk")->as_double(), 2);
  }
}

TEST(Dataset, NamesTheFolderThatCannotBeWritten) {
#if !defined(_WIN32)
  const char* before = std::getenv("TMPDIR");
  const std::string saved = before ? before : "";
  setenv("TMPDIR", "/nowhere", 1);
  const Error error = error_of([] { data::DatasetBuilder builder(true); });
  EXPECT_EQ(error.code(), "io.spool");
  EXPECT_NE(std::string(error.what()).find("/nowhere"), std::string::npos);
  before ? setenv("TMPDIR", saved.c_str(), 1) : unsetenv("TMPDIR");
#endif
}

TEST(Dataset, MayBeEmpty) {
  data::DatasetBuilder builder;
  EXPECT_EQ(builder.finish().rows(), 0);
  data::DatasetBuilder without_rows;
  without_rows.append(data::Table({data::make_column("x", std::vector<double>{})}), {});
  EXPECT_EQ(without_rows.finish().names(), std::vector<std::string>{"x"});
}
