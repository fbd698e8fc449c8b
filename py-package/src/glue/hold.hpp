#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace deciban::glue {

namespace py = pybind11;

/// What keeps the memory behind a column alive: Python objects, and a validity bitmap made from a mask.
/// The last copy of a Table may go while the GIL is released, so the destructor takes it.
struct Held {
  std::vector<py::object> objects;
  std::vector<std::uint8_t> validity;

  Held() = default;
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (objects.empty()) return;
    const py::gil_scoped_acquire acquire;
    objects.clear();
  }
};

inline std::shared_ptr<Held> hold(py::object object) {
  auto held = std::make_shared<Held>();
  held->objects.push_back(std::move(object));
  return held;
}

}  // namespace deciban::glue
