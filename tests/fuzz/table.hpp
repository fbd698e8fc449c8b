// Eight rows with every kind of column, for designs and predictions.
#pragma once
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "deciban/data/table.hpp"

namespace fuzz {

inline deciban::data::Column factor(const char* name, std::vector<std::int32_t> codes, std::vector<std::string> labels,
                                    bool ordered) {
  deciban::data::Dictionary dictionary;
  dictionary.labels = std::move(labels);
  dictionary.declared = true;
  dictionary.ordered = ordered;
  return deciban::data::make_column(name, std::move(codes), std::move(dictionary));
}

inline deciban::data::Table rows() {
  using deciban::data::make_column;
  const double missing = std::numeric_limits<double>::quiet_NaN();
  deciban::data::Table table;
  table.add(make_column("y", std::vector<double>{0, 1, 2, 3, 1, 0, 2, 4}));
  table.add(make_column("a", std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}));
  table.add(make_column("b", std::vector<double>{0.5, -1, 2.5, 1e300, 0, -0.0, 7, missing}));
  table.add(factor("c", {0, 1, 2, 0, 1, 2, 0, -1}, {"u", "v", "w"}, false));
  table.add(factor("d", {2, 1, 0, 2, 1, 0, 2, 1}, {"low", "mid", "high"}, true));
  table.add(make_column("x", std::vector<double>{0.25, 4, 1, 2.5, 3, 0.5, 6, 5}));
  table.add(make_column("odd name", std::vector<std::string>{"p", "q", "p", "", "q", "p", "q", "\xC3\xA9"}));
  table.add(make_column("log(x)", std::vector<double>{1, 2, 1, 2, 1, 2, 1, 2}));
  return table;
}

}  // namespace fuzz
