"""A small portfolio in every form that the package takes."""

import importlib.util

import numpy as np
import pytest

import deciban

MOTOR = {
    "claims": [0, 1, 3, 2, 0, 1, 4, 2, 1, 0, 2, 5],
    "area": ["B", "A", "C", "B", "A", "A", "C", "C", "B", "A", "B", "C"],
    "age": [18, 25, 31, 44, 52, 60, 23, 37, 48, 29, 35, 66],
    "years": [0.5, 1.0, 1.0, 0.75, 1.0, 0.25, 1.0, 1.0, 0.9, 0.6, 1.0, 1.0],
}
FORMULA = "claims ~ area + log(age)"


def library(name):
    """The library, or a skip where it is not installed."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    return importlib.import_module(name)


def fit(data, formula=FORMULA, family="poisson", exposure="years", **more):
    return deciban.fit_glm(formula, data, family, exposure=exposure, **more)


def bits(values):
    """Values to compare bit by bit: NaN equals NaN, -0 differs from 0."""
    return np.ascontiguousarray(values, dtype=np.float64).view(np.uint64).tolist()


@pytest.fixture(scope="session")
def motor():
    return {name: np.asarray(values, dtype=object if name == "area" else None) for name, values in MOTOR.items()}


@pytest.fixture(scope="session")
def model(motor):
    return fit(motor)


@pytest.fixture
def raises():
    """`with raises(InputError, "data.empty") as caught`: class and code, and the error afterwards."""

    class Raises:
        def __init__(self, kind, code):
            self.kind, self.code = kind, code

        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            assert error is not None, f"no error, expected {self.code}"
            if not isinstance(error, deciban.DecibanError):
                return False
            assert (type(error), error.code) == (self.kind, self.code), str(error)
            self.error = error
            return True

    return Raises
