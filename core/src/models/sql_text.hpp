// Bins as SQL. Internal to models.
#pragma once
#include "deciban/base/config.hpp"

#include <functional>
#include <string>

#include "deciban/binning/bins.hpp"

namespace deciban::models {

/// DuckDB reads a double from text exactly. SQLite rounds decimals of more than 15 digits by an ulp or so: there such a
/// number is written as a product of an integer and powers of two, which is exact.
enum class SqlDialect { duckdb, sqlite };
/// "duckdb" or "sqlite"; InputError `scorecard.dialect`.
SqlDialect make_dialect(const std::string& name);

/// A double that the database reads back to the same bits.
std::string sql_number(double value, SqlDialect dialect);
/// "name" in double quotes.
std::string sql_name(const std::string& name);
/// CASE ... END over the bins of a column; NULL and NaN are missing, as in the model. `value(bin)` is the text of the
/// result, also for -1 (a level that no bin has).
std::string sql_case(const binning::Bins& bins, SqlDialect dialect, const std::function<std::string(int)>& value);

}  // namespace deciban::models
