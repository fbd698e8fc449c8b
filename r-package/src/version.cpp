#include <Rcpp.h>

#include "deciban/base/version.hpp"

// [[Rcpp::export(rng = false)]]
std::string core_version() { return deciban::kVersion; }
