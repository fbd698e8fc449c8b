"""Every data library and storage type gives the same bits; what is missing is missing in all of them."""

import datetime as dt
import decimal

import numpy as np
import pytest
from conftest import FORMULA, MOTOR, bits, fit, library

import deciban


def pandas_frame(motor, index=None, **columns):
    return library("pandas").DataFrame({**motor, **columns}, index=index)


def plain_forms():
    """Name -> function that makes the small portfolio in that form."""

    def structured(motor):
        rows = np.empty(12, dtype=[("age", "i2"), ("area", "U3"), ("claims", "f4"), ("years", "f8")])
        for name in rows.dtype.names:
            rows[name] = motor[name]
        return rows

    def masked(motor):
        return {**motor, "age": np.ma.masked_array(motor["age"], mask=np.zeros(12, dtype=bool))}

    def polars_chunks(motor):
        pl = library("polars")
        frame = pl.DataFrame(MOTOR)
        return pl.concat([frame[:5], frame[5:]], rechunk=False)

    def pyarrow_chunks(motor):
        pa = library("pyarrow")
        table = pa.table(MOTOR)
        return pa.concat_tables([table.slice(0, 5), table.slice(5)])

    def dictionaries_that_differ(motor):
        pa = library("pyarrow")
        table = pyarrow_chunks(motor)
        parts = [chunk.dictionary_encode() for chunk in table["area"].chunks]
        return table.set_column(1, "area", pa.chunked_array([part.cast(parts[0].type) for part in parts]))

    class Stream:  # nothing but the Arrow PyCapsule interface
        def __init__(self, table):
            self.table = table

        def __arrow_c_stream__(self, requested_schema=None):
            return self.table.__arrow_c_stream__(requested_schema)

    return {
        "lists": lambda motor: MOTOR,
        "tuples": lambda motor: {name: tuple(values) for name, values in MOTOR.items()},
        "arrays of text": lambda motor: {**motor, "area": np.asarray(MOTOR["area"])},
        "structured array": structured,
        "masked array": masked,
        "big endian": lambda motor: {**motor, "age": motor["age"].astype(">i4"), "years": motor["years"].astype(">f8")},
        "reversed views": lambda motor: {name: values[::-1].copy()[::-1] for name, values in motor.items()},
        "pandas": pandas_frame,
        "pandas, odd index": lambda motor: pandas_frame(motor, index=range(100, 88, -1)),
        "dict of pandas series": lambda motor: dict(pandas_frame(motor).items()),
        "pandas convert_dtypes": lambda motor: pandas_frame(motor).convert_dtypes(),
        "pandas object": lambda motor: pandas_frame(motor).astype(object),
        "polars": lambda motor: library("polars").DataFrame(MOTOR),
        "polars chunks": polars_chunks,
        "dict of polars series": lambda motor: library("polars").DataFrame(MOTOR).to_dict(),
        "pyarrow": lambda motor: library("pyarrow").table(MOTOR),
        "pyarrow chunks": pyarrow_chunks,
        "pyarrow batch": lambda motor: library("pyarrow").table(MOTOR).to_batches()[0],
        "pyarrow reader": lambda motor: library("pyarrow").table(MOTOR).to_reader(),
        "pyarrow dictionaries that differ": dictionaries_that_differ,
        "dict of pyarrow arrays": lambda motor: {k: library("pyarrow").array(v) for k, v in MOTOR.items()},
        "dict of pyarrow chunks": lambda motor: {k: library("pyarrow").chunked_array([v]) for k, v in MOTOR.items()},
        "Arrow stream": lambda motor: Stream(library("pyarrow").table(MOTOR)),
    }


FORMS = plain_forms()


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_a_data_frame(form, motor, model):
    data = FORMS[form](motor)
    other = fit(data)
    assert other.param_names == model.param_names
    assert bits(other.params) == bits(model.params)
    assert bits(other.bse) == bits(model.bse)
    if form != "pyarrow reader":  # read once
        assert bits(other.resid_deviance) == bits(model.resid_deviance)
        assert bits(other.predict(data)) == bits(model.fittedvalues)


NUMBERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]


@pytest.mark.parametrize("dtype", NUMBERS)
def test_numpy_types(dtype, motor, model):
    assert bits(fit({**motor, "age": motor["age"].astype(dtype)}).params) == bits(model.params)


@pytest.mark.parametrize(
    "dtype", [name.capitalize() if name[0] != "u" else name.replace("ui", "UI") for name in NUMBERS]
)
def test_nullable_pandas_types(dtype, motor, model):
    data = pandas_frame(motor)
    assert bits(fit(data.astype({"age": dtype})).params) == bits(model.params)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_polars_and_arrow_types(dtype, motor, model):
    pa, pl = library("pyarrow"), library("polars")
    table = pa.table(MOTOR)
    table = table.set_column(2, "age", table["age"].cast(getattr(pa, dtype)()))
    assert bits(fit(table).params) == bits(model.params)
    frame = pl.DataFrame(MOTOR).with_columns(pl.col("age").cast(getattr(pl, dtype.title().replace("Ui", "UI"))))
    assert bits(fit(frame).params) == bits(model.params)


@pytest.mark.parametrize(
    "dtype", ["object", "string", "string[python]", "string[pyarrow]", "str", "pyarrow text", "pyarrow dictionary"]
)
def test_text_types_of_pandas(dtype, motor, model):
    pd = library("pandas")
    if "pyarrow" in dtype:
        pa = library("pyarrow")
        dtype = {
            "pyarrow text": lambda: pd.ArrowDtype(pa.string()),
            "pyarrow dictionary": lambda: pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
        }.get(dtype, lambda: dtype)()
    data = pandas_frame(motor)
    data["area"] = data["area"].astype(dtype)
    assert bits(fit(data).params) == bits(model.params)


@pytest.mark.filterwarnings("ignore:.*infer_string")
@pytest.mark.parametrize("infer", [True, False])
def test_the_string_type_that_pandas_infers(infer, model):
    pd = library("pandas")
    try:
        with pd.option_context("future.infer_string", infer):
            data = pd.DataFrame(MOTOR)
    except KeyError:
        pytest.skip("this pandas has no such option")
    assert bits(fit(data).params) == bits(model.params)


@pytest.mark.parametrize("name", ["large_string", "string_view", "string", "dictionary"])
def test_text_types_of_arrow(name, model):
    pa = library("pyarrow")
    if name == "string_view" and not hasattr(pa, name):
        pytest.skip("this pyarrow has no string views")
    table = pa.table(MOTOR)
    # not cast: pyarrow 21 crashes when it exports string views that it has cast
    area = pa.array(MOTOR["area"], None if name == "dictionary" else getattr(pa, name)())
    area = area.dictionary_encode() if name == "dictionary" else area
    assert bits(fit(table.set_column(1, "area", area)).params) == bits(model.params)


@pytest.mark.parametrize("name", ["Categorical", "Enum"])
def test_categories_of_polars(name, model):
    pl = library("polars")
    dtype = pl.Categorical if name == "Categorical" else pl.Enum(["A", "B", "C"])
    data = pl.DataFrame(MOTOR).with_columns(pl.col("area").cast(dtype))
    assert bits(fit(data).params) == bits(model.params)


def test_a_declared_order_counts():
    pd, pl = library("pandas"), library("polars")
    order = ["C", "A", "B", "unused"]
    frames = [
        pd.DataFrame(MOTOR).assign(area=pd.Categorical(MOTOR["area"], categories=order)),
        pl.DataFrame(MOTOR).with_columns(pl.col("area").cast(pl.Enum(order))),
    ]
    models = [fit(frame) for frame in frames]
    for model in models:
        assert model.param_names == ["(Intercept)", "areaA", "areaB", "log(age)"]
        assert bits(model.params) == bits(models[0].params)


@pytest.mark.parametrize("width", ["int8", "int16", "int32"])
def test_codes_of_any_width(width):
    pd = library("pandas")
    levels = [f"level {i:05d}" for i in range({"int8": 3, "int16": 300, "int32": 40000}[width])]
    area = pd.Categorical.from_codes([0, 1, 2, -1, 1, 2], categories=levels)
    assert area.codes.dtype == width
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 9.0, 3.0, 5.0], "area": area})
    model = deciban.fit_glm("y ~ area", data, "gaussian")
    assert model.nobs == 5
    np.testing.assert_allclose(model.params, [1.0, 1.5, 3.5])


@pytest.mark.parametrize("categories", [[10, 2], [2.5, 0.5], [True, False], ["2024-02-01", "2024-01-31"]])
def test_categories_that_are_no_text(categories):
    pd = library("pandas")
    if isinstance(categories[0], str):
        categories = pd.to_datetime(categories)
    f = pd.Categorical([categories[0], categories[1], categories[1]], categories=categories)
    model = deciban.fit_glm("y ~ f", pd.DataFrame({"y": [1.0, 2.0, 4.0], "f": f}), "gaussian")
    label = {10: "2", 2.5: "0.5", True: "FALSE"}.get(categories[0], "2024-01-31 00:00:00")
    assert model.param_names == ["(Intercept)", f"f{label}"]
    np.testing.assert_allclose(model.params, [1.0, 2.0])


def test_intervals_as_categories():
    pd = library("pandas")
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [1, 5, 9, 2]})
    data["f"] = pd.cut(data["x"], [0, 3, 6, 9])
    model = deciban.fit_glm("y ~ f", data.assign(f=data["f"].cat.as_unordered()), "gaussian")
    assert model.param_names == ["(Intercept)", "f(3, 6]", "f(6, 9]"]


MISSING = {
    "None in a list": lambda motor: {**MOTOR, "area": ["B", None, *MOTOR["area"][2:]]},
    "None in an object array": lambda motor: {**motor, "area": np.where(np.arange(12) == 1, None, motor["area"])},
    "NaN in an object array": lambda motor: {**motor, "area": np.where(np.arange(12) == 1, np.nan, motor["area"])},
    "NaN": lambda motor: {**motor, "age": np.where(np.arange(12) == 1, np.nan, motor["age"])},
    "None among ints": lambda motor: {**MOTOR, "age": [18, None, *MOTOR["age"][2:]]},
    "mask": lambda motor: {**motor, "age": np.ma.masked_array(motor["age"], mask=np.arange(12) == 1)},
    "mask on text": lambda motor: {**motor, "area": np.ma.masked_array(MOTOR["area"], mask=np.arange(12) == 1)},
    "pandas Int64": lambda motor: pandas_frame({**MOTOR, "age": [18, None, *MOTOR["age"][2:]]}).convert_dtypes(),
    "pandas text": lambda motor: pandas_frame({**MOTOR, "area": ["B", None, *MOTOR["area"][2:]]}),
    "pandas string": lambda motor: pandas_frame({**MOTOR, "area": ["B", None, *MOTOR["area"][2:]]}).convert_dtypes(),
    "pandas category": lambda motor: pandas_frame({**MOTOR, "area": ["B", None, *MOTOR["area"][2:]]}).astype(
        {"area": "category"}
    ),
    "pandas NA": lambda motor: pandas_frame({**MOTOR, "age": [18, library("pandas").NA, *MOTOR["age"][2:]]}),
    "polars": lambda motor: library("polars").DataFrame({**MOTOR, "age": [18, None, *MOTOR["age"][2:]]}),
    "polars text": lambda motor: library("polars").DataFrame({**MOTOR, "area": ["B", None, *MOTOR["area"][2:]]}),
    "pyarrow": lambda motor: library("pyarrow").table({**MOTOR, "age": [18, None, *MOTOR["age"][2:]]}),
    "pyarrow text": lambda motor: library("pyarrow").table({**MOTOR, "area": ["B", None, *MOTOR["area"][2:]]}),
}


@pytest.mark.parametrize("form", MISSING)
def test_missing_values(form, motor):
    expected = fit({name: np.delete(values, 1) for name, values in motor.items()})
    model = fit(MISSING[form](motor))
    assert model.nobs == 11
    assert bits(model.params) == bits(expected.params)
    assert len(model.fittedvalues) == 11


@pytest.mark.parametrize("form", ["bool", "pandas boolean", "object", "polars", "pyarrow", "categorical"])
def test_booleans_are_factors(form):
    flags = [True, False, True, False, False]
    data = {"y": [1.0, 2.0, 4.0, 3.0, 5.0], "new": flags}
    data = {
        "bool": lambda: {**data, "new": np.asarray(flags)},
        "pandas boolean": lambda: library("pandas").DataFrame(data).convert_dtypes(),
        "object": lambda: data,
        "polars": lambda: library("polars").DataFrame(data),
        "pyarrow": lambda: library("pyarrow").table(data),
        "categorical": lambda: {**data, "new": library("pandas").Categorical(flags)},
    }[form]()
    model = deciban.fit_glm("y ~ new", data, "gaussian")
    assert model.param_names == ["(Intercept)", "newTRUE"]
    np.testing.assert_allclose(model.params, [10 / 3, 2.5 - 10 / 3])


DAYS = ["2024-01-01", "1969-12-31", "2024-02-29", "1900-03-01"]
DATES = {
    "numpy days": lambda: np.asarray(DAYS, dtype="M8[D]"),
    "objects": lambda: [dt.date.fromisoformat(day) for day in DAYS],
    "pandas objects": lambda: library("pandas").Series([dt.date.fromisoformat(day) for day in DAYS]),
    "polars": lambda: library("polars").Series([dt.date.fromisoformat(day) for day in DAYS]),
    "pyarrow": lambda: library("pyarrow").array([dt.date.fromisoformat(day) for day in DAYS]),
}


@pytest.mark.parametrize("form", DATES)
def test_dates_are_days(form):
    data = {"y": [1.0, 2.0, 4.0, 3.5], "day": DATES[form]()}
    days = [19723, -1, 19782, -25508]
    expected = deciban.fit_glm("y ~ day", {"y": data["y"], "day": days}, "gaussian")
    assert bits(deciban.fit_glm("y ~ day", data, "gaussian").params) == bits(expected.params)


TIMES = ["2024-01-01T12:00:00.250000", "1969-12-31T23:59:59.999999", "2024-02-29T00:00:00", "1900-03-01T01:02:03"]
DATETIMES = {
    "us": lambda: np.asarray(TIMES, dtype="M8[us]"),
    "ns": lambda: np.asarray(TIMES, dtype="M8[us]").astype("M8[ns]"),
    "big endian": lambda: np.asarray(TIMES, dtype="M8[us]").astype(">M8[us]"),
    "objects": lambda: [dt.datetime.fromisoformat(time) for time in TIMES],
    "aware objects": lambda: [
        dt.datetime.fromisoformat(time).replace(tzinfo=dt.timezone.utc).astimezone(dt.timezone(dt.timedelta(hours=5)))
        for time in TIMES
    ],
    "pandas": lambda: library("pandas").Series(np.asarray(TIMES, dtype="M8[us]")),
    "pandas with a zone": lambda: (
        library("pandas").Series(np.asarray(TIMES, dtype="M8[us]")).dt.tz_localize("UTC").dt.tz_convert("Etc/GMT+7")
    ),
    "pandas index": lambda: library("pandas").DatetimeIndex(np.asarray(TIMES, dtype="M8[us]")),
    "pandas timestamps": lambda: library("pandas").Series(np.asarray(TIMES, dtype="M8[us]")).astype(object),
    "polars": lambda: library("polars").Series([dt.datetime.fromisoformat(time) for time in TIMES]),
    "pyarrow": lambda: library("pyarrow").array(np.asarray(TIMES, dtype="M8[us]")),
}


@pytest.mark.parametrize("form", DATETIMES)
def test_datetimes_are_seconds_utc(form):
    data = {"y": [1.0, 2.0, 4.0, 3.5], "time": DATETIMES[form]()}
    seconds = [1704110400.25, -0.000001, 1709164800.0, -2203887477.0]
    expected = deciban.fit_glm("y ~ time", {"y": data["y"], "time": seconds}, "gaussian")
    np.testing.assert_allclose(deciban.fit_glm("y ~ time", data, "gaussian").params, expected.params, rtol=1e-12)
    first = deciban.fit_glm("y ~ time", {**data, "time": DATETIMES["us"]()}, "gaussian")
    assert bits(deciban.fit_glm("y ~ time", data, "gaussian").params) == bits(first.params)


def test_nat_is_missing():
    times = np.asarray([*TIMES, "NaT"], dtype="M8[us]")
    data = {"y": [1.0, 2.0, 4.0, 3.5, 9.0], "time": times}
    assert deciban.fit_glm("y ~ time", data, "gaussian").nobs == 4
    days = times.astype("M8[D]")
    assert deciban.fit_glm("y ~ time", {**data, "time": days}, "gaussian").nobs == 4


@pytest.mark.parametrize(
    "values",
    [
        [decimal.Decimal("1.5"), decimal.Decimal(2), None, decimal.Decimal("4.25")],
        [1.5, np.float64(2), None, np.float32(4.25)],
        [1.5, 2, float("nan"), 4.25],
    ],
)
def test_objects_that_are_numbers(values):
    data = {"y": [1.0, 2.0, 3.0, 5.0], "x": np.asarray(values, dtype=object)}
    expected = deciban.fit_glm("y ~ x", {"y": data["y"], "x": [1.5, 2.0, np.nan, 4.25]}, "gaussian")
    assert bits(deciban.fit_glm("y ~ x", data, "gaussian").params) == bits(expected.params)


def test_decimals_of_arrow_are_numbers(motor, model):
    pa = library("pyarrow")
    years = pa.array([decimal.Decimal(str(year)) for year in MOTOR["years"]])
    table = pa.table(MOTOR)
    assert bits(fit(table.set_column(3, "years", years)).params) == bits(model.params)


def test_text_beyond_ascii():
    areas = ["é", "z", "日本", "z", "𝄞", "é", "日本", "z"]
    expected = ["(Intercept)", "areaé", "area日本", "area𝄞"]
    data = {"y": [1.0, 2, 3, 4, 5, 6, 7, 9], "area": areas}
    assert deciban.fit_glm("y ~ area", data, "gaussian").param_names == expected
    pandas = library("pandas").DataFrame(data)
    assert deciban.fit_glm("y ~ area", pandas, "gaussian").param_names == expected


def test_text_in_many_objects(raises):
    # every value an object of its own, more of them than the encoder remembers by address
    areas = ["".join(["level ", str(i % 7)]) for i in range(10000)]
    y = np.arange(10000) % 5
    boxed = deciban.fit_glm("y ~ area", {"y": y, "area": areas}, "gaussian")
    fixed = deciban.fit_glm("y ~ area", {"y": y, "area": np.asarray(areas)}, "gaussian")
    assert len(boxed.param_names) == 7
    assert bits(boxed.params) == bits(fixed.params)
    with raises(deciban.DataError, "data.unseen_level") as caught:
        boxed.predict({"area": [f"level {i}" for i in range(10000)]})
    assert caught.error.context["count"] == 9993


def test_only_the_columns_that_are_used_are_read(motor, model):
    data = {**motor, "junk": [object()] * 12, "half": np.zeros(12, dtype="f2"), 7: "not a column"}
    assert bits(fit(data).params) == bits(model.params)
    frame = library("pyarrow").table({**MOTOR, "nested": [[1]] * 12})
    assert bits(fit(frame).params) == bits(model.params)


def test_vectors_from_any_library(motor, model):
    pd, pl, pa = library("pandas"), library("polars"), library("pyarrow")
    years = MOTOR["years"]
    for vector in (years, tuple(years), np.asarray(years), pd.Series(years), pl.Series(years), pa.array(years)):
        other = fit(motor, exposure=vector)
        assert bits(other.params) == bits(model.params)
        assert bits(other.resid_pearson) == bits(model.resid_pearson)


def test_the_answer_comes_in_the_library_of_the_data(motor):
    pd, pl, pa = library("pandas"), library("polars"), library("pyarrow")
    model = fit(pandas_frame(motor, index=list("abcdefghijkl")))
    for vector in (model.params, model.bse, model.tvalues, model.pvalues):
        assert isinstance(vector, pd.Series)
        assert list(vector.index) == model.param_names
    assert list(model.conf_int().index) == model.param_names
    assert list(model.conf_int().columns) == ["lower", "upper"]
    assert list(model.cov_params().columns) == model.param_names
    assert list(model.resid_deviance.index) == list("abcdefghijkl")
    assert list(model.predict(pandas_frame(motor, index=range(5, 17))).index) == list(range(5, 17))
    assert isinstance(model.predict(motor), np.ndarray)
    for table in (model.coef_table(), model.relativities(), model.actual_expected()):
        assert isinstance(table, pd.DataFrame)

    model = fit(pl.DataFrame(MOTOR))
    assert isinstance(model.params, np.ndarray)
    for table in (model.coef_table(), model.relativities(), model.conf_int(), model.cov_params()):
        assert isinstance(table, pl.DataFrame)
    assert model.conf_int()["term"].to_list() == model.param_names

    model = fit(pa.table(MOTOR))
    for table in (model.coef_table(), model.relativities(), model.conf_int(), model.cov_params()):
        assert isinstance(table, pa.Table)


def test_rows_kept_carry_their_index(motor):
    data = pandas_frame(motor, index=list("abcdefghijkl"))
    data.loc["c", "age"] = np.nan
    model = fit(data)
    assert list(model.fittedvalues.index) == list("abdefghijkl")
    assert list(fit(data, na_action="exclude").fittedvalues.index) == list("abcdefghijkl")


def test_intercept_only_models_predict_every_row(motor):
    new = {"z": [1, 2, 3]}
    forms = [new, np.zeros(3, dtype=[("z", "f8")])]
    for name in ("pandas", "polars", "pyarrow"):
        if name != "pyarrow":
            forms.append(library(name).DataFrame(new))
        else:
            forms.append(library(name).table(new))
    model = deciban.fit_glm("claims ~ 1", motor, "poisson")
    for form in forms:
        assert bits(model.predict(form)) == bits([model.fittedvalues[0]] * 3)


def test_nothing_is_copied(motor):
    import tracemalloc

    n = 2_000_000
    rng = np.random.default_rng(2)
    data = {"y": rng.random(n), "x": rng.random((n, 3))[:, 1]}
    arguments = {"formula": "y ~ x", "family": "gaussian"}
    tracemalloc.start()
    columns = deciban._convert.columns_of(data, deciban._core.referenced_columns(arguments))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert columns.rows == n
    assert peak < 1_000_000


def test_formula_needs_no_columns_beyond_those_named():
    assert deciban._core.referenced_columns({"formula": FORMULA, "exposure": "years"}) == [
        "claims",
        "area",
        "age",
        "years",
    ]
