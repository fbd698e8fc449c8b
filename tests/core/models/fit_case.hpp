// Short ways to make data, arguments and fits for tests.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/data/table.hpp"
#include "deciban/models/glm.hpp"

namespace fit_case {

using deciban::Document;
using Doubles = std::vector<double>;
using Texts = std::vector<std::string>;

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInf = std::numeric_limits<double>::infinity();

/// The Error that a call raises; kind io and code "no error" when it raises none.
template <class Call>
deciban::Error error_of(Call&& call) {
  try {
    call();
  } catch (const deciban::Error& error) {
    return error;
  }
  return deciban::Error(deciban::ErrorKind::io, "no error", "");
}

template <class Call>
std::string code_of(Call&& call) {
  return error_of(std::forward<Call>(call)).code();
}

struct Columns {
  deciban::data::Table table;
  Columns() = default;
  Columns& add(const std::string& name, Doubles values) {
    table.add(deciban::data::make_column(name, std::move(values)));
    return *this;
  }
  Columns& add(const std::string& name, Texts values) {
    table.add(deciban::data::make_column(name, values));
    return *this;
  }
  Columns& add(deciban::data::Column column) {
    table.add(std::move(column));
    return *this;
  }
  /// A factor with declared levels; codes are 0-based, negative for missing.
  Columns& factor(const std::string& name, std::vector<std::int32_t> codes, Texts labels) {
    deciban::data::Dictionary dictionary;
    dictionary.labels = std::move(labels);
    dictionary.declared = true;
    table.add(deciban::data::make_column(name, std::move(codes), std::move(dictionary)));
    return *this;
  }
  /// TRUE and FALSE as bytes.
  Columns& flags(const std::string& name, std::vector<std::int8_t> values) {
    auto owner = std::make_shared<const std::vector<std::int8_t>>(std::move(values));
    deciban::data::ColumnView view;
    view.type = deciban::data::Type::int8;
    view.meaning = deciban::data::Meaning::boolean;
    view.values = owner->data();
    view.length = static_cast<std::int64_t>(owner->size());
    view.stride = 1;
    table.add(deciban::data::Column{name, {view}, owner});
    return *this;
  }
};

/// A column of any arithmetic storage type.
template <class T>
deciban::data::Column stored(const std::string& name, deciban::data::Type type, std::vector<T> values,
                             deciban::data::Meaning meaning = deciban::data::Meaning::number) {
  auto owner = std::make_shared<const std::vector<T>>(std::move(values));
  deciban::data::ColumnView view;
  view.type = type;
  view.meaning = meaning;
  view.values = owner->data();
  view.length = static_cast<std::int64_t>(owner->size());
  view.stride = sizeof(T);
  return deciban::data::Column{name, {view}, owner};
}

inline Document args(std::initializer_list<Document::Member> members) { return Document::object(members); }

inline Document with(Document arguments, const std::string& name, Document value) {
  arguments.set(name, std::move(value));
  return arguments;
}

inline deciban::RunContext threads(int n) {
  deciban::RunContext context;
  context.n_threads = n;
  return context;
}

inline deciban::models::GlmModel fit(const Document& arguments, const deciban::data::Table& data, int n_threads = 1,
                                     const deciban::data::Table& vectors = {}) {
  return deciban::models::fit_glm(arguments, data, vectors, threads(n_threads));
}

inline bool has_warning(const deciban::models::GlmModel& model, const std::string& code) {
  for (const auto& warning : model.warnings)
    if (warning.code == code) return true;
  return false;
}

inline const deciban::Warning& warning_of(const deciban::models::GlmModel& model, const std::string& code) {
  static const deciban::Warning none{"no warning", "", "", Document::object()};
  for (const auto& warning : model.warnings)
    if (warning.code == code) return warning;
  return none;
}

inline bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }
inline bool same_bits(const Doubles& a, const Doubles& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

/// Relative difference, NaN equal to NaN.
inline double difference(double got, double expected) {
  if (std::isnan(got) && std::isnan(expected)) return 0.0;
  if (got == expected) return 0.0;
  const double d = std::fabs(got - expected) / std::max(std::fabs(expected), 1e-300);
  return std::isnan(d) ? kInf : d;
}

inline void expect_near(const Doubles& got, const Doubles& expected, double relative, double absolute = 0.0,
                        const std::string& what = "") {
  ASSERT_EQ(got.size(), expected.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(got[i])) << what << " [" << i << "] is " << got[i];
      continue;
    }
    if (got[i] == expected[i]) continue;
    EXPECT_LE(std::fabs(got[i] - expected[i]), relative * std::fabs(expected[i]) + absolute)
        << what << " [" << i << "] is " << got[i] << ", expected " << expected[i];
  }
}

/// A small fixed generator: tests must not depend on the library's own.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2862933555777941757ull + 3037000493ull) {}
  std::uint64_t bits() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) / 9007199254740992.0; }
  double normal() { return std::sqrt(-2.0 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
  int below(int n) { return static_cast<int>(bits() % static_cast<std::uint64_t>(n)); }
  int poisson(double mean) {
    const double limit = std::exp(-mean);
    int k = 0;
    for (double p = uniform(); p > limit; p *= uniform()) ++k;
    return k;
  }

 private:
  std::uint64_t state_;
};

}  // namespace fit_case
