#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include "columns.hpp"
#include "dataset.hpp"
#include "deciban/base/version.hpp"
#include "design.hpp"
#include "encoding.hpp"
#include "errors.hpp"
#include "fitted.hpp"
#include "model.hpp"
#include "results.hpp"

PYBIND11_MODULE(_core, m) {
  m.attr("__version__") = deciban::kVersion;
  deciban::glue::register_errors();
  deciban::glue::bind_columns(m);
  deciban::glue::bind_dataset(m);
  deciban::glue::bind_results(m);
  deciban::glue::bind_design(m);
  deciban::glue::bind_model(m);
  deciban::glue::bind_fitted(m);
  deciban::glue::bind_portfolio(m);
  deciban::glue::bind_encoding(m);
}
