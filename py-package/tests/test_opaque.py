"""Functions that the formula language does not have: Python evaluates them."""

import gc
import pickle
import weakref

import numpy as np
import pytest
from conftest import MOTOR, bits, library

import deciban
from deciban import FormulaError, InputError

FRAMES = ("dict", "pandas", "polars", "pyarrow", "structured")


def frame(kind, data=MOTOR):
    if kind == "dict":
        return data
    if kind == "pandas":
        return library("pandas").DataFrame(data, index=np.arange(len(data["age"]))[::-1])
    if kind == "polars":
        return library("polars").DataFrame(data)
    if kind == "pyarrow":
        return library("pyarrow").table(data)
    kinds = [(name, "O" if name == "area" else float) for name in data]
    return np.array(list(zip(*data.values())), dtype=kinds)


def halved(x):
    return np.asarray(x) / 2


def computed(formula="claims ~ area + wave", **columns):
    return deciban.fit_glm(formula, {**MOTOR, **columns}, "poisson")


@pytest.mark.parametrize("kind", FRAMES)
def test_numpy_function(kind):
    data = frame(kind)
    model = deciban.fit_glm("claims ~ area + np.sin(age)", data, "poisson")
    expected = computed(wave=np.sin(MOTOR["age"]))
    assert model.param_names == ["(Intercept)", "areaB", "areaC", "sin(age)"]
    assert bits(model.params) == bits(expected.params)
    assert bits(model.predict(data)) == bits(expected.predict())
    assert bits(model.fittedvalues) == bits(expected.fittedvalues)
    assert bits(model.resid_pearson) == bits(expected.resid_pearson)
    new = {"area": ["A", "C"], "age": [20, 70]}
    assert bits(model.predict(new)) == bits(expected.predict({"area": ["A", "C"], "wave": np.sin([20, 70])}))


def test_function_of_the_caller():
    model = deciban.fit_glm("claims ~ halved(age)", MOTOR, "poisson")
    assert model.param_names == ["(Intercept)", "halved(age)"]


def test_local_lambda_and_constant():
    power = 1.5
    raised = {"lambda": lambda x, p: np.asarray(x) ** p}["lambda"]
    model = deciban.fit_glm("claims ~ raised(age, power)", MOTOR, "poisson")
    expected = computed("claims ~ wave", wave=np.asarray(MOTOR["age"]) ** power)
    assert bits(model.params) == bits(expected.params)
    del raised, power  # the model keeps those of the fit
    assert bits(model.predict(MOTOR)) == bits(expected.predict())


def test_the_frame_itself_is_not_kept():
    class Big:
        pass

    def fit_beside():
        big = Big()
        return weakref.ref(big), deciban.fit_glm("claims ~ halved(age)", MOTOR, "poisson")

    kept, model = fit_beside()
    gc.collect()
    assert kept() is None
    assert [set(call.objects) for call in model._calls] == [{"halved"}]


def test_columns_come_before_variables_and_functions_before_columns():
    age = [0] * 12
    assert bits(deciban.fit_glm("claims ~ halved(age)", MOTOR, "poisson").predict()) == bits(
        computed("claims ~ wave", wave=halved(MOTOR["age"])).predict()
    )
    data = {**MOTOR, "halved": MOTOR["age"]}
    assert deciban.model_matrix("~ halved(halved) - 1", data).values[:, 0].tolist() == halved(MOTOR["age"]).tolist()


def test_text_results_are_factors():
    def decade(age):
        return [f"{a // 10}0s" for a in age]

    design = deciban.model_matrix("~ decade(age)", MOTOR)
    assert design.names == ["(Intercept)"] + [f"decade(age){d}0s" for d in (2, 3, 4, 5, 6)]


@pytest.mark.parametrize(
    "formula", ["claims ~ log(halved(age))", "claims ~ bs(halved(age), df = 4)", "halved(claims) ~ age"]
)
def test_inside_of_other_functions(formula):
    model = deciban.fit_glm(formula, MOTOR, "gaussian")
    assert len(model.predict({"age": [20, 30]})) == 2
    assert len(model.resid_response) == 12


@pytest.mark.parametrize("kind", ["dict", "pandas", "polars"])
def test_dot_does_not_take_the_computed_column(kind):
    design = deciban.model_matrix("claims ~ . + np.sin(age)", frame(kind))
    assert design.names == ["(Intercept)", "areaB", "areaC", "age", "years", "sin(age)"]


def test_spellings():
    data = {"odd name": [1.0, 2.0, 3.0], "a.b": [2.0, 3.0, 5.0]}
    design = deciban.model_matrix("~ 0 + halved(`odd name`) + halved(a.b) + halved(`odd name`^2)  # all", data)
    assert design.values.tolist() == [[0.5, 1.0, 0.5], [1.0, 1.5, 2.0], [1.5, 2.5, 4.5]]
    design = deciban.model_matrix("~ 0 + np.where(np.array(a.b) > 2, 1.0, 0.0)", data)
    assert design.values[:, 0].tolist() == [0.0, 1.0, 1.0]
    assert deciban.model_matrix("~ 0 + math.sin(a.b)", data).values[0, 0] == np.sin(2.0)


def test_after_loading_the_column_is_needed(tmp_path, raises):
    model = deciban.fit_glm("claims ~ area + np.sin(age) + log(halved(age))", MOTOR, "poisson")
    model.save(tmp_path / "model.json")
    for loaded in (deciban.load_model(tmp_path / "model.json"), pickle.loads(pickle.dumps(model))):
        with raises(InputError, "predict.opaque_missing"):
            loaded.predict(MOTOR)
        with raises(InputError, "predict.opaque_missing"):
            loaded.model_matrix(MOTOR)
        given = {**MOTOR, "sin(age)": np.sin(MOTOR["age"]), "halved(age)": halved(MOTOR["age"])}
        assert bits(loaded.predict(given)) == bits(model.predict(MOTOR))


def test_text_of_a_file_is_never_evaluated(tmp_path, raises):
    called = []

    def trap(x):
        called.append(x)
        return np.asarray(x)

    model = deciban.fit_glm("claims ~ trap(age)", MOTOR, "poisson")
    loaded = deciban.model_from_json(deciban.model_to_json(model))
    called.clear()
    with raises(InputError, "predict.opaque_missing"):
        loaded.predict(MOTOR)
    assert not called


def test_a_column_of_that_name_is_taken():
    data = {**MOTOR, "sin(age)": MOTOR["age"]}
    assert deciban.model_matrix("~ 0 + np.sin(age)", data).values[:, 0].tolist() == MOTOR["age"]


@pytest.mark.parametrize(
    "formula", ["claims ~ nowhere(age)", "claims ~ nowhere(age[1, ])", "claims ~ log(nowhere(age))"]
)
def test_unknown_function(formula, raises):
    with raises(FormulaError, "formula.unknown_function") as caught:
        deciban.fit_glm(formula, MOTOR, "poisson")
    assert isinstance(caught.error.position, int)


def test_unknown_function_inside(raises):
    with raises(FormulaError, "formula.unknown_function") as caught:
        deciban.fit_glm("claims ~ halved(nowhere(age))", MOTOR, "poisson")
    assert caught.error.context["function"] == "nowhere"


def test_unknown_column(raises):
    with raises(InputError, "data.unknown_column") as caught:
        deciban.fit_glm("claims ~ np.sin(agee)", MOTOR, "poisson")
    assert caught.error.context["column"] == "agee"
    model = deciban.fit_glm("claims ~ np.sin(age)", MOTOR, "poisson")
    with raises(InputError, "data.unknown_column"):
        model.predict({"area": ["A"]})


def test_wrong_shapes(raises):
    with raises(InputError, "data.dimension"):
        deciban.fit_glm("claims ~ np.mean(age)", MOTOR, "poisson")
    with raises(InputError, "data.dimension"):
        deciban.fit_glm("claims ~ np.column_stack([age, age])", MOTOR, "poisson")
    with raises(InputError, "data.length_mismatch"):
        deciban.fit_glm("claims ~ np.diff(age)", MOTOR, "poisson")


def test_errors_of_the_function_come_out_as_they_are():
    def broken(x):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        deciban.fit_glm("claims ~ broken(age)", MOTOR, "poisson")


def test_row_order_is_by_position():
    pandas = library("pandas")
    data = pandas.DataFrame(MOTOR, index=range(12, 0, -1))
    kept = deciban.model_matrix("~ 0 + np.cos(age)", data)
    assert kept.to_frame().index.tolist() == list(range(12, 0, -1))
    assert kept.values[:, 0].tolist() == np.cos(MOTOR["age"]).tolist()


def test_methods_of_a_column_and_a_column_named_as_a_module():
    data = {"age": np.array([18.0, 30.0, 70.0]), "np": np.array([1.0, 2.0, 3.0])}
    assert deciban.model_matrix("~ 0 + age.clip(20, 60)", data).values[:, 0].tolist() == [20.0, 30.0, 60.0]
    assert deciban.model_matrix("~ 0 + np.sign(np)", data).values[:, 0].tolist() == [1.0, 1.0, 1.0]


def test_opaque_formula_of_a_model_matrix_and_of_design_info():
    info = deciban.design_info("~ halved(age)", MOTOR)
    assert list(info["kind"]) == ["intercept", "opaque"]
    model = deciban.fit_glm("claims ~ halved(age)", MOTOR, "poisson")
    assert deciban.model_matrix(model, {"age": [20]}).values.tolist() == [[1.0, 10.0]]
    assert model.residuals("response", data=MOTOR).tolist() == model.resid_response.tolist()
