#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <string>
#include <utility>
#include <vector>

#include "deciban/tables/table.hpp"

namespace deciban::glue {

namespace py = pybind11;

/// A NumPy array that owns the vector's memory; nothing is copied.
template <class T>
py::array_t<T> to_numpy(std::vector<T>&& values) {
  auto* kept = new std::vector<T>(std::move(values));
  const py::capsule owner(kept, [](void* pointer) { delete static_cast<std::vector<T>*>(pointer); });
  return py::array_t<T>(static_cast<py::ssize_t>(kept->size()), kept->data(), owner);
}

/// Columns as a dict in order: text as a list of str; numbers, integers and flags as arrays of float64, int64 and bool;
/// categories as a tuple (codes int32, levels).
py::dict to_python(tables::ResultTable&& table);

void bind_results(py::module_& m);

}  // namespace deciban::glue
