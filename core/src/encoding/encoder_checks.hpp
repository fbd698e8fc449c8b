#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/data/table.hpp"

namespace deciban::encoding {

/// InputError `encoder.<argument>` unless the value is one of the choices.
void check_choice(const char* argument, const std::string& value, std::initializer_list<const char*> choices);
/// InputError `encoder.columns` for no column, DataError `data.empty` for no rows.
void check_data(const std::vector<std::string>& terms, const data::Table& data);
/// The columns of "a" or "a:b" (a whole name of a column comes first).
std::vector<std::string> joint_columns(const std::string& label, const data::Table& data);
/// DataError `encoder.unseen_level`: label of the term, rows, some levels.
Error unseen_level(const std::string& term, std::int64_t count, const std::vector<std::string>& levels,
                   const char* hint);
/// FormatError `format.invalid`: what an encoder's file cannot hold.
Error invalid_document(const std::string& key);

}  // namespace deciban::encoding
