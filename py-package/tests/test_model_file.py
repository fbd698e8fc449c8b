"""The model file: what comes back is the same, what is damaged is an error by code."""

import json
import os

import numpy as np
import pytest
from conftest import bits, fit, library

import deciban
from deciban import DataError, FormatError, InputError, IoError


def test_a_saved_model_predicts_the_same_bits(model, motor, tmp_path):
    path = tmp_path / "model.json"
    model.save(path)
    deciban.save_model(model, str(tmp_path / "same.json"))
    assert path.read_bytes() == (tmp_path / "same.json").read_bytes()
    assert path.read_text(encoding="utf-8") == model.to_json()
    loaded = deciban.load_model(os.fspath(path))
    assert bits(loaded.predict(motor)) == bits(model.fittedvalues)
    for name in ("params", "bse", "tvalues", "pvalues"):
        assert bits(getattr(loaded, name)) == bits(getattr(model, name))
    assert loaded.to_json() == model.to_json()
    assert str(loaded.summary()) == str(model.summary())
    assert list(tmp_path.iterdir()) and not list(tmp_path.glob("*.tmp*"))


def test_paths_beyond_ascii(model, tmp_path):
    path = tmp_path / "modèle é 日本.json"
    model.save(path)
    assert deciban.load_model(path).to_json() == model.to_json()


def test_tables_of_a_loaded_model_come_in_the_library_at_hand(model):
    loaded = deciban.model_from_json(model.to_json())
    table = loaded.relativities()
    for name in ("pandas", "polars"):
        try:
            expected = library(name).DataFrame
            break
        except BaseException:
            expected = deciban.Table
    assert isinstance(table, expected)


def test_rows_of_a_loaded_model_need_the_data(model, motor, raises):
    loaded = deciban.model_from_json(model.to_json())
    for name in ("fittedvalues", "resid_response", "resid_pearson", "resid_deviance", "resid_working"):
        with raises(DataError, "model.no_data"):
            getattr(loaded, name)
    with raises(DataError, "model.no_data"):
        loaded.predict()
    with raises(DataError, "model.no_data"):
        loaded.predict(exposure=1)
    for kind in ("response", "pearson", "deviance", "working"):
        assert bits(loaded.residuals(kind, data=motor)) == bits(model.residuals(kind))
    with raises(DataError, "model.data_changed"):
        loaded.residuals(data={**motor, "age": motor["age"] + 1})


def test_rows_of_a_loaded_matrix_fit(raises):
    X, y = np.asarray([[1.0, 1.0], [1.0, 2.0], [1.0, 5.0], [1.0, 6.0]]), [1.0, 2.0, 4.0, 9.0]
    weights = [1.0, 2.0, 1.0, 1.0]
    model = deciban.fit_glm_xy(X, y, "gaussian", weights=weights)
    loaded = deciban.model_from_json(deciban.model_to_json(model))
    assert bits(loaded.residuals("pearson", data=X, y=y, weights=weights)) == bits(model.resid_pearson)
    assert bits(loaded.predict(X)) == bits(model.fittedvalues)


def test_every_truncation_is_an_error(model):
    text = model.to_json()
    rng = np.random.default_rng(3)
    for end in {0, 1, len(text) - 2, *rng.integers(2, len(text) - 2, 60).tolist()}:
        with pytest.raises(FormatError) as caught:
            deciban.model_from_json(text[:end])
        assert caught.value.code == "format.json"


def test_foreign_and_newer_files(model, tmp_path, raises):
    document = json.loads(model.to_json())
    for text in ("{}", "[]", '"text"', '{"format": "other"}', "1"):
        with raises(FormatError, "format.foreign"):
            deciban.model_from_json(text)
    newer = {**document["schema_version"], "major": document["schema_version"]["major"] + 1}
    with raises(FormatError, "format.newer"):
        deciban.model_from_json(json.dumps({**document, "schema_version": newer}))
    with raises(FormatError, "format.kind"):
        deciban.model_from_json(json.dumps({**document, "kind": "forest"}))
    del document["coefficients"]
    with raises(FormatError, "format.missing_key"):
        deciban.model_from_json(json.dumps(document))
    path = tmp_path / "model.json"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    with raises(FormatError, "format.json"):
        deciban.load_model(path)


def test_unknown_keys_survive(model):
    document = json.loads(model.to_json())
    document["note"] = {"author": "somebody", "tags": [1, 2.5, None]}
    again = json.loads(deciban.model_from_json(json.dumps(document)).to_json())
    assert again["note"] == document["note"]


def test_files_that_cannot_be_read(tmp_path, raises):
    with raises(IoError, "io.read") as caught:
        deciban.load_model(tmp_path / "none.json")
    assert isinstance(caught.error, OSError)
    assert caught.error.filename == str(tmp_path / "none.json")
    with raises(IoError, "io.read"):
        deciban.load_model(tmp_path)


def test_a_failed_save_leaves_the_old_file(model, tmp_path, raises):
    with raises(IoError, "io.write"):
        model.save(tmp_path / "no folder" / "model.json")
    old = tmp_path / "model.json"
    old.write_text("old")
    with raises(IoError, "io.write"):
        model.save(old / "model.json")
    assert old.read_text() == "old"
    with raises(IoError, "io.write"):
        model.save(tmp_path)


def test_arguments(model, raises):
    with raises(InputError, "input.argument_type"):
        deciban.save_model("model", "path")
    with raises(InputError, "input.argument_type"):
        model.save(3)
    with raises(InputError, "input.argument_type"):
        deciban.load_model(None)
    with raises(InputError, "input.argument_type"):
        deciban.model_from_json(b"{}")


def test_numbers_that_are_not_finite_survive():
    with pytest.warns(deciban.DecibanWarning):
        model = deciban.fit_glm("y ~ x + c", {"y": [1.0, 2.0, 4.0], "x": [1, 2, 3], "c": [7, 7, 7]}, "gaussian")
    again = deciban.model_from_json(model.to_json())
    assert bits(again.params) == bits(model.params)
    assert again.warnings == model.warnings


def test_declared_levels_survive():
    pd = library("pandas")
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 5.0], "f": pd.Categorical(list("abab"), categories=["b", "a"])})
    model = deciban.fit_glm("y ~ f", data, "gaussian")
    again = deciban.model_from_json(model.to_json())
    assert again.param_names == ["(Intercept)", "fa"]
    assert bits(again.predict({"f": ["a", "b", "a", "b"]})) == bits(model.fittedvalues)


def test_fit_on_one_library_and_predict_on_another(model, motor):
    loaded = deciban.model_from_json(model.to_json())
    for name in ("pandas", "polars"):
        frame = library(name).DataFrame({key: list(values) for key, values in motor.items()})
        assert bits(loaded.predict(frame)) == bits(model.fittedvalues)
    assert fit(motor).to_json() == model.to_json()
