#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "../../../core/src/data/decimal.hpp"
#include "deciban/base/error.hpp"
#include "deciban/data/read.hpp"
#include "deciban/data/table.hpp"

using namespace deciban;
using namespace deciban::data;

namespace {

template <class Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::io, "no error", "");
}

template <class T>
ColumnView view_of(const std::vector<T>& values, Type type, Meaning meaning = Meaning::number) {
  ColumnView view;
  view.type = type;
  view.meaning = meaning;
  view.values = values.data();
  view.length = static_cast<std::int64_t>(values.size());
  view.stride = sizeof(T);
  return view;
}

std::vector<double> read_all(const Column& column) {
  std::vector<double> out(static_cast<std::size_t>(column.length()));
  read_doubles(column, 0, column.length(), out.data());
  return out;
}

using Doubles = std::vector<double>;

}  // namespace

TEST(TableOfColumns, ChecksLengthsAndNames) {
  Table table({make_column("a", Doubles{1, 2}), make_column("b", std::vector<std::string>{"x", "y"})});
  EXPECT_EQ(table.rows(), 2);
  EXPECT_EQ(table.names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.find("c"), nullptr);
  EXPECT_EQ(table.at("b").name, "b");
  table.add(make_column("Exposure", Doubles{1, 1}));
  const Error mismatch = error_of([&] { table.add(make_column("c", Doubles{1})); });
  EXPECT_EQ(mismatch.code(), "data.length_mismatch");
  EXPECT_EQ(mismatch.context().at("length").as_int(), 1);
  EXPECT_EQ(error_of([&] { table.add(make_column("a", Doubles{1, 2})); }).code(), "data.duplicate_column");
  EXPECT_EQ(error_of([] {
              Table({make_column("a", Doubles{}), make_column("a", Doubles{})});
            }).code(),
            "data.duplicate_column");
  EXPECT_EQ(error_of([] {
              Table({make_column("a", Doubles{}), make_column("b", Doubles{1})});
            }).code(),
            "data.length_mismatch");
  const Error unknown = error_of([&] { table.at("exposre"); });
  EXPECT_EQ(unknown.code(), "data.unknown_column");
  EXPECT_NE(unknown.hint().find("`Exposure`"), std::string::npos);
  EXPECT_EQ(error_of([] { Table().at("x"); }).code(), "data.unknown_column");
}

TEST(TableOfColumns, HoldsMoreRowsThanAnInt) {
  static const double kOne = 1.5;
  ColumnView view;
  view.type = Type::float64;
  view.values = &kOne;
  view.length = (std::int64_t{1} << 31) + 1;
  view.stride = 0;
  const Table table({Column{"a", {view}, nullptr}, Column{"b", {view, ColumnView{}}, nullptr}});
  EXPECT_EQ(table.rows(), (std::int64_t{1} << 31) + 1);
  Doubles out(3);
  read_doubles(table.at("a"), table.rows() - 3, 3, out.data());
  EXPECT_EQ(out, (Doubles{1.5, 1.5, 1.5}));
}

TEST(ReadDoubles, FollowsStridesOffsetsAndNullCodes) {
  const std::vector<std::int32_t> values = {0, 1, 2, 3, 4, 5, std::numeric_limits<std::int32_t>::min()};
  ColumnView view = view_of(values, Type::int32);
  view.has_null_code = true;
  view.null_code = std::numeric_limits<std::int32_t>::min();
  view.offset = 4;
  view.length = 3;
  Doubles out = read_all(Column{"x", {view}, nullptr});
  EXPECT_EQ(out[0], 4);
  EXPECT_TRUE(std::isnan(out[2]));
  view.offset = 0;
  view.values = &values[5];
  view.stride = -8;
  EXPECT_EQ(read_all(Column{"x", {view}, nullptr}), (Doubles{5, 3, 1}));
  view.stride = 0;
  EXPECT_EQ(read_all(Column{"x", {view}, nullptr}), (Doubles{5, 5, 5}));
  // Unaligned, as in a packed record.
  std::vector<char> packed(28);
  for (int i = 0; i < 3; ++i) {
    const double value = i + 0.5;
    std::memcpy(packed.data() + 1 + i * 9, &value, sizeof value);
  }
  ColumnView record = view_of(packed, Type::float64);
  record.values = packed.data() + 1;
  record.length = 3;
  record.stride = 9;
  EXPECT_EQ(read_all(Column{"x", {record}, nullptr}), (Doubles{0.5, 1.5, 2.5}));
}

TEST(ReadDoubles, TakesFloatsWithNullsAndUnits) {
  const std::vector<double> doubles = {1, -1, 3};
  ColumnView view = view_of(doubles, Type::float64);
  view.has_null_code = true;
  view.null_code = -1;
  EXPECT_TRUE(std::isnan(read_all(Column{"x", {view}, nullptr})[1]));
  const std::vector<std::int64_t> nanos = {1500000000, std::numeric_limits<std::int64_t>::min()};
  ColumnView time = view_of(nanos, Type::int64, Meaning::datetime);
  time.unit = 1000000000;
  time.has_null_code = true;
  time.null_code = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(read_all(Column{"t", {time}, nullptr})[0], 1.5);
  EXPECT_TRUE(std::isnan(read_all(Column{"t", {time}, nullptr})[1]));
}

TEST(ReadDoubles, TurnsBooleansIntoZeroAndOne) {
  const std::vector<std::uint8_t> bytes = {0, 1, 255};
  EXPECT_EQ(read_all(Column{"x", {view_of(bytes, Type::uint8, Meaning::boolean)}, nullptr}), (Doubles{0, 1, 1}));
  const std::vector<std::uint8_t> bits = {0xB4};
  ColumnView view = view_of(bits, Type::bit, Meaning::boolean);
  view.offset = 2;
  view.length = 4;
  EXPECT_EQ(read_all(Column{"x", {view}, nullptr}), (Doubles{1, 0, 1, 1}));
}

TEST(ReadDoubles, ReadsDictionariesOfNumbers) {
  Dictionary dictionary;
  dictionary.meaning = Meaning::number;
  dictionary.labels = {"10", "20"};
  dictionary.numbers = {10, 20};
  const Doubles out = read_all(make_column("x", {2, 1, 0, 2}, dictionary, 1));
  EXPECT_EQ(out[0], 20);
  EXPECT_EQ(out[1], 10);
  EXPECT_TRUE(std::isnan(out[2]));
  EXPECT_EQ(error_of([&] { read_all(make_column("x", {3}, dictionary, 1)); }).code(), "data.bad_code");
}

TEST(ReadDoubles, RaisesForTextAndRange) {
  double out[4];
  const Column text = make_column("Region", std::vector<std::string>{"R24", "R11"});
  const Error error = error_of([&] { read_doubles(text, 0, 1, out); });
  EXPECT_EQ(error.code(), "data.not_numeric");
  EXPECT_NE(std::string(error.what()).find("R24"), std::string::npos);
  EXPECT_EQ(error_of([&] { read_doubles(make_column("e", std::vector<std::string>{}), 0, 0, out); }).code(),
            "data.not_numeric");
  Dictionary levels;
  levels.labels = {"a"};
  EXPECT_EQ(error_of([&] { read_doubles(make_column("f", {0}, levels), 0, 1, out); }).code(), "data.not_numeric");
  const Column numbers = make_column("x", Doubles{1, 2});
  EXPECT_EQ(error_of([&] { read_doubles(numbers, 1, 2, out); }).code(), "data.out_of_range");
  EXPECT_EQ(error_of([&] { read_doubles(numbers, -1, 1, out); }).code(), "data.out_of_range");
  EXPECT_EQ(error_of([&] { read_doubles(numbers, 2, 0, out); }).code(), "no error");
}

TEST(ReadDoubles, WalksEmptyChunks) {
  const std::vector<double> values = {1, 2, 3};
  ColumnView empty = view_of(values, Type::float64);
  empty.length = 0;
  const ColumnView full = view_of(values, Type::float64);
  const Column column{"x", {empty, full, empty, full}, nullptr};
  Doubles out(2);
  read_doubles(column, 2, 2, out.data());
  EXPECT_EQ(out, (Doubles{3, 1}));
}

TEST(Decimal128, RoundsToNearest) {
  EXPECT_EQ(decimal_to_double(0, 1, 1), 0.1);
  EXPECT_EQ(decimal_to_double(~std::uint64_t{0}, ~std::uint64_t{0}, 2), -0.01);
  EXPECT_EQ(decimal_to_double(0, 0, 5), 0.0);
  EXPECT_EQ(decimal_to_double(0, 7, -3), 7000.0);
  EXPECT_EQ(decimal_to_double(0, 9007199254740993u, 0), 9007199254740992.0);
  EXPECT_EQ(decimal_to_double(0, 12345678901234567890u, 10), 1234567890.1234567890);
  EXPECT_EQ(decimal_to_double(1, 0, 0), 18446744073709551616.0);
  EXPECT_EQ(decimal_to_double(1, 0, 38), 1.8446744073709551616e-19);
  EXPECT_EQ(decimal_to_double(std::uint64_t{1} << 63, 0, 0), -170141183460469231731687303715884105728.0);
}

TEST(ColumnValue, KnowsItsMeaning) {
  Dictionary dates;
  dates.meaning = Meaning::date;
  dates.labels = {"1970-01-02"};
  dates.numbers = {1};
  Column column = make_column("d", {0}, dates);
  EXPECT_EQ(column.meaning(), Meaning::date);
  EXPECT_TRUE(column.is_categorical());
  EXPECT_FALSE(make_column("x", Doubles{1}).is_categorical());
  EXPECT_TRUE(make_column("x", std::vector<std::string>{"a"}).is_categorical());
  column.chunks.push_back(column.chunks[0]);
  mark_declared(column, true);
  EXPECT_TRUE(column.chunks[0].dictionary->ordered);
  EXPECT_EQ(column.chunks[0].dictionary, column.chunks[1].dictionary);
  EXPECT_EQ((Column{"n", {ColumnView{}}, nullptr}).meaning(), Meaning::number);
}
