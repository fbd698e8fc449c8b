#pragma once
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/splines/learn.hpp"

namespace spline_test {

using deciban::splines::Basis;

inline std::vector<double> evaluate(const Basis& basis, const std::vector<double>& x) {
  std::vector<double> out(x.size() * static_cast<std::size_t>(basis.columns()), -12345.0);
  basis.evaluate(x.data(), static_cast<std::int64_t>(x.size()), out.data());
  return out;
}

inline std::vector<std::int64_t> ones(const std::vector<double>& x) { return std::vector<std::int64_t>(x.size(), 1); }

inline std::vector<double> grid(double from, double to, int n) {
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(from + (to - from) * i / (n - 1));
  return x;
}

template <class F>
std::string code_of(F action) {
  try {
    action();
  } catch (const deciban::Error& error) {
    return error.code();
  }
  return "none";
}

}  // namespace spline_test
