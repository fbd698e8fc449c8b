"""What is public is typed, documented, and its examples run."""

import doctest
import importlib
import importlib.util
import inspect
import pathlib

import pytest

import deciban

FUNCTIONS = [name for name in deciban.__all__ if inspect.isfunction(getattr(deciban, name))]
MODULES = [
    f"deciban{name}"
    for name in (
        "",
        ".binning",
        ".credibility",
        ".cross_fit",
        ".design",
        ".encoders",
        ".folds",
        ".glm",
        ".result",
        ".metrics",
        ".portfolio",
        ".prediction",
        ".scorecard",
        ".woe",
        "._errors",
        "._matrix",
        "._opaque",
        "._result_covariance",
        "._result_predict",
        "._result_tables",
        "._result_tests",
        "._tables",
    )
]
if importlib.util.find_spec("sklearn") is not None:
    MODULES.append("deciban.sklearn")
CLASSES = [
    *(deciban.GLMResult, deciban.ModelMatrix, deciban.Basis, deciban.Prediction, deciban.Bootstrap),
    *(deciban.Folds, deciban.Credibility, deciban.CrossFit, deciban.Binner, deciban.Scorecard),
    *(deciban.WoeEncoder, deciban.WoePreprocessor),
    *(deciban.TargetEncoder, deciban.FrequencyEncoder, deciban.OrdinalEncoder),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    results = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.failed == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_documented_and_typed(name):
    function = getattr(deciban, name)
    signature = inspect.signature(function)
    assert function.__doc__
    assert signature.return_annotation is not signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not parameter.empty
        assert "Parameters" not in function.__doc__ or parameter.name in function.__doc__


@pytest.mark.parametrize("kind", CLASSES)
def test_results_are_documented(kind):
    for name, member in inspect.getmembers(kind):
        if not name.startswith("_"):
            assert inspect.getdoc(member), name


def test_the_wheel_is_typed():
    folder = pathlib.Path(deciban.__file__).parent
    assert (folder / "py.typed").exists()
    assert (folder / "_core.pyi").exists()


def test_host_files_hold_no_statistics():
    folder = pathlib.Path(deciban.__file__).parent
    words = ("np.exp", "np.log", "np.sum", "np.sqrt", "np.mean", "np.dot", ".sum(", ".mean(", "math.", "print(")
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], path.name
