#include "deciban/design/registry.hpp"

#include <cmath>

#include "deciban/math/blocks.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::design {
namespace {

using Kind = FunctionEntry::Kind;

// log_b(x), exact where x is a whole power of b, as C's log10 and log2 are.
void log_to_base(double base, double inverse_log, const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) {
    const double value = math::log(x[i]) * inverse_log, whole = std::nearbyint(value);
    out[i] = std::fabs(value - whole) < 1e-12 && math::pow(base, whole) == x[i] ? whole : value;
  }
}
void log10_block(const double* x, double* out, int n) { log_to_base(10.0, 0.43429448190325182765, x, out, n); }
void log2_block(const double* x, double* out, int n) { log_to_base(2.0, 1.4426950408889634074, x, out, n); }
void sqrt_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::sqrt(x[i]);
}
void abs_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::fabs(x[i]);
}
void floor_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::floor(x[i]);
}
void ceiling_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::ceil(x[i]);
}
void round_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::nearbyint(x[i]);
}
void truncate_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::trunc(x[i]);
}
void copy_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = x[i];
}

// The registry: one line per function.
constexpr FunctionEntry kFunctions[] = {
    {"log", Kind::elementwise, math::log_block},
    {"log10", Kind::elementwise, log10_block},
    {"log2", Kind::elementwise, log2_block},
    {"log1p", Kind::elementwise, math::log1p_block},
    {"exp", Kind::elementwise, math::exp_block},
    {"expm1", Kind::elementwise, math::expm1_block},
    {"sqrt", Kind::elementwise, sqrt_block},
    {"abs", Kind::elementwise, abs_block},
    {"floor", Kind::elementwise, floor_block},
    {"ceiling", Kind::elementwise, ceiling_block},
    {"round", Kind::elementwise, round_block},
    {"as.integer", Kind::elementwise, truncate_block},
    {"as.numeric", Kind::elementwise, copy_block},
    {"I", Kind::expression, nullptr},
    {"pmin", Kind::expression, nullptr},
    {"pmax", Kind::expression, nullptr},
    {"clip", Kind::expression, nullptr},
    {"ifelse", Kind::expression, nullptr},
    {"is.na", Kind::expression, nullptr},
    {"poly", Kind::basis, nullptr},
    {"scale", Kind::basis, nullptr},
    {"center", Kind::basis, nullptr},
    {"bs", Kind::basis, nullptr},
    {"ns", Kind::basis, nullptr},
    {"ms", Kind::basis, nullptr},
    {"factor", Kind::factor, nullptr},
    {"as.factor", Kind::factor, nullptr},
    {"ordered", Kind::factor, nullptr},
    {"C", Kind::factor, nullptr},
    {"cut", Kind::factor, nullptr},
    {"bin", Kind::factor, nullptr},
    {"offset", Kind::offset, nullptr},
    {"s", Kind::smooth, nullptr},
    {"woe", Kind::encoder, nullptr},
    {"te", Kind::encoder, nullptr},
    {"fe", Kind::encoder, nullptr},
};

}  // namespace

const FunctionEntry* find_function(const std::string& name) {
  for (const auto& entry : kFunctions)
    if (name == entry.name) return &entry;
  return nullptr;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& entry : kFunctions) names.push_back(entry.name);
  return names;
}

}  // namespace deciban::design
