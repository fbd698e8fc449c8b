"""The cases of fixtures/covariance for the tests of covariances, hypotheses and influence."""

import json

import numpy as np
from test_fixtures import DATA, FIXTURES, read_data

import deciban

__all__ = ["CASES", "DATA", "fit_case", "read_case", "trouble"]

CASES = sorted(path.stem for path in (FIXTURES / "covariance").glob("*.json"))


def read_case(name):
    return json.loads((FIXTURES / "covariance" / f"{name}.json").read_text(encoding="utf-8"))


def fit_case(case):
    """The model, its data, and vectors that are handed in beside."""
    data = read_data(case["data"])
    vectors = {n: data[value["values_of"]] for n, value in case["arguments"].items() if isinstance(value, dict)}
    arguments = {**case["arguments"], **vectors}
    case["arguments"] = {n: value for n, value in arguments.items() if n not in vectors}
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", deciban.DecibanWarning)
        return deciban.fit_glm(data=data, **arguments), data, vectors


def trouble(got, wanted, scale, what, relative=1e-8):
    """Lines that say which values are further from R's than 1e-8 of the value, or of `scale` where sums cancel."""
    got, wanted = np.asarray(got, dtype=float), np.array([float(v) for v in np.ravel(wanted)])
    scale = np.maximum(np.abs(wanted), np.nan_to_num(np.broadcast_to(scale, wanted.shape)))
    same = (np.isnan(got) & np.isnan(wanted)) | (got == wanted) | (np.abs(got - wanted) <= relative * scale)
    return [f"{what} [{i}]: {got[i]!r}, R has {wanted[i]!r}" for i in np.flatnonzero(~same)]
