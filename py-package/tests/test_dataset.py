"""Coded data and data in chunks: the same bits as with the data themselves."""

import pickle

import numpy as np
import pytest

import deciban

ROWS = 2000
FORMULA = "claim_count ~ area * vehicle_gas + bs(driver_age, df=4) + log(density)"


@pytest.fixture(scope="module")
def policies():
    return {name: np.asarray(values) for name, values in deciban.simulate_portfolio(ROWS, seed=3).items()}


@pytest.fixture(scope="module")
def model(policies):
    return deciban.fit_glm(FORMULA, policies, "poisson", exposure="exposure")


def pieces(data, size):
    return lambda: ({k: v[i : i + size] for k, v in data.items()} for i in range(0, ROWS, size))


def test_a_dataset_gives_the_same_model(policies, model):
    coded = deciban.dataset(policies)
    assert deciban.fit_glm(FORMULA, coded, "poisson", exposure="exposure").to_json() == model.to_json()
    assert len(coded) == ROWS
    assert coded.names == list(policies)
    assert coded.shape == (ROWS, len(policies))
    assert "2,000 rows" in repr(coded)
    assert 0 < coded.nbytes < ROWS * 8 * len(policies)


@pytest.mark.parametrize("size", [1, 37, 1000, ROWS])
def test_chunks_give_the_same_model(policies, model, size):
    again = deciban.fit_glm(FORMULA, pieces(policies, size), "poisson", exposure="exposure")
    assert again.to_json() == model.to_json()


def test_a_source_may_be_an_iterable(policies, model):
    for source in (list(pieces(policies, 300)()), pieces(policies, 300)()):
        assert deciban.fit_glm(FORMULA, source, "poisson", exposure="exposure").to_json() == model.to_json()


def test_a_spooled_dataset_gives_the_same_model(policies, model, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    coded = deciban.dataset(pieces(policies, 100), spool=True)
    assert deciban.fit_glm(FORMULA, coded, "poisson", exposure="exposure").to_json() == model.to_json()
    assert not list(tmp_path.iterdir())


def test_rows_are_there_for_results_by_row(policies, model):
    again = deciban.fit_glm(FORMULA, pieces(policies, 300), "poisson", exposure="exposure")
    np.testing.assert_array_equal(again.resid_deviance, model.resid_deviance)
    np.testing.assert_array_equal(again.fittedvalues, model.fittedvalues)
    np.testing.assert_array_equal(model.predict(pieces(policies, 700)), model.predict(policies))
    np.testing.assert_array_equal(model.predict(deciban.dataset(policies)), model.predict(policies))
    np.testing.assert_array_equal(model.residuals("pearson", data=pieces(policies, 7)), model.residuals("pearson"))
    coded = deciban.dataset(policies)
    matrix = deciban.model_matrix(FORMULA, coded)
    np.testing.assert_array_equal(matrix.values, deciban.model_matrix(FORMULA, policies).values)
    expected = deciban.design_info(FORMULA, policies)
    info = deciban.design_info(FORMULA, coded)
    assert all(list(info[name]) == list(expected[name]) for name in expected if name != "bytes")


def test_python_computes_terms_from_whole_columns(policies):
    def centred(x):
        return x - np.mean(x)

    for data in (deciban.dataset(policies), pieces(policies, 300)):
        again = deciban.fit_glm("claim_count ~ centred(driver_age) + np.sin(density)", data, "poisson")
        model = deciban.fit_glm("claim_count ~ centred(driver_age) + np.sin(density)", policies, "poisson")
        assert again.to_json() == model.to_json()


def test_columns_come_back_as_they_were():
    days = np.array(["2024-01-31", "NaT", "1969-12-31"], dtype="datetime64[D]")
    times = np.array(["2024-01-31T12:00:00.250", "NaT", "1969-12-31T23:59:59"], dtype="datetime64[ms]")
    data = {
        "number": np.array([1.5, np.nan, -2.0]),
        "whole": np.array([3, 1, 2], dtype=np.int8),
        "flag": np.array([True, False, True]),
        "some": np.array([True, None, False], dtype=object),
        "text": np.array(["b", None, "a"], dtype=object),
        "day": days,
        "time": times,
    }
    coded = deciban.dataset(data)
    np.testing.assert_array_equal(coded["number"], data["number"])
    np.testing.assert_array_equal(coded["whole"], [3.0, 1.0, 2.0])
    assert coded["flag"].dtype == bool and coded["flag"].tolist() == [True, False, True]
    assert coded["some"].tolist() == [True, None, False]
    assert coded["text"].tolist() == ["b", None, "a"]
    np.testing.assert_array_equal(coded["day"], days)
    np.testing.assert_array_equal(coded["time"], times.astype("datetime64[us]"))
    with pytest.raises(deciban.InputError, match="nothing") as error:
        coded["nothing"]
    assert error.value.code == "data.unknown_column"


def test_columns_can_be_chosen(policies):
    coded = deciban.dataset(policies, columns=["area", "claim_count"])
    assert coded.names == ["area", "claim_count"]
    for data in (policies, pieces(policies, 100)):
        with pytest.raises(deciban.InputError) as error:
            deciban.dataset(data, columns=["area", "are"])
        assert error.value.code == "data.unknown_column"


def test_a_misspelled_column_is_guessed(policies):
    for data in (deciban.dataset(policies, columns=["area", "claim_count"]), pieces(policies, 100)):
        with pytest.raises(deciban.InputError, match="vehicle_gas") as error:
            deciban.fit_glm("claim_count ~ area + vehicle_gass", data, "poisson")
        assert error.value.code == "data.unknown_column"


def test_a_dot_means_all_columns(policies):
    small = {name: policies[name] for name in ("claim_count", "area", "driver_age")}
    expected = deciban.fit_glm("claim_count ~ .", small, "poisson")
    for data in (deciban.dataset(small), pieces(small, 999)):
        assert deciban.fit_glm("claim_count ~ .", data, "poisson").to_json() == expected.to_json()


def test_small_record_batches_are_read_together(policies):
    pa = pytest.importorskip("pyarrow")
    table = pa.table(policies)
    batches = table.to_batches(max_chunksize=7)
    expected = deciban.fit_glm("claim_count ~ area + driver_age", table, "poisson")
    mixed = [*batches[:3], table.slice(21, 30), *table.slice(51).to_batches(max_chunksize=100)]
    for source in (batches, mixed, lambda: iter(batches)):
        assert (deciban.fit_glm("claim_count ~ area + driver_age", source, "poisson").params == expected.params).all()
    # chunks are counted one by one all the same
    for wrong in (batches[0].to_pylist(), batches[0].select(["claim_count", "area"])):
        with pytest.raises(deciban.InputError) as error:
            deciban.fit_glm("claim_count ~ area + driver_age", [*batches[:4], wrong], "poisson")
        assert error.value.context["chunk"] == 5


def test_bad_chunks_are_errors_by_code(policies):
    def code(source, **arguments):
        with pytest.raises(deciban.DecibanError) as error:
            deciban.fit_glm("claim_count ~ area", source, "poisson", **arguments)
        return error.value.code, error.value.context

    one = {name: values[:10] for name, values in policies.items()}
    other = {name: values for name, values in one.items() if name != "area"}
    assert code(list)[0] == "data.no_chunks"
    assert code(iter([]))[0] == "data.no_chunks"
    assert code([one, other]) == ("data.chunk_columns", {"column": "area", "chunk": 2, "missing": True})
    assert code([one, 7]) == ("data.unsupported_type", {"argument": "data", "type": "int", "chunk": 2})
    assert code([1, 2])[0] == "data.unsupported_type"
    assert code([one, {**one, "area": one["area"][:3]}])[0] == "data.length_mismatch"
    assert code([one, one], weights=np.ones(10))[0] == "data.length_mismatch"

    def failing():
        yield one
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        deciban.fit_glm("claim_count ~ area", failing, "poisson")


def test_levels_of_chunks_are_united():
    chunks = [{"y": [1.0, 2.0], "x": ["b", "c"]}, {"y": [3.0, 5.0], "x": ["a", "b"]}]
    model = deciban.fit_glm("y ~ x", chunks, "gaussian")
    assert model.param_names == ["(Intercept)", "xb", "xc"]
    assert model.params.tolist() == pytest.approx([3.0, 0.0, -1.0])


def test_a_dataset_is_not_pickled(policies):
    with pytest.raises(TypeError, match="make it from the data again"):
        pickle.dumps(deciban.dataset(policies))


def test_pandas_and_polars_and_arrow_come_in_chunks(policies, model):
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    frame = pandas.DataFrame(policies)

    def fit(data):
        return deciban.fit_glm(FORMULA, data, "poisson", exposure="exposure")

    by_pandas = fit(lambda: (frame.iloc[i : i + 300] for i in range(0, ROWS, 300)))
    assert by_pandas.to_json() == model.to_json()
    assert isinstance(by_pandas.coef_table(), pandas.DataFrame)
    assert isinstance(by_pandas.fittedvalues, np.ndarray)  # chunks have an index each
    parts = [polars.DataFrame(policies).slice(i, 300) for i in range(0, ROWS, 300)]
    assert isinstance(fit(parts).coef_table(), polars.DataFrame)
    assert fit(parts).to_json() == model.to_json()
    table = pyarrow.table(policies)
    assert fit(table.to_batches(max_chunksize=77)).to_json() == model.to_json()
    assert isinstance(deciban.dataset(frame).names, list)
    matrix = deciban.model_matrix("~ area", deciban.dataset(frame)).to_frame()
    assert list(matrix.index) == list(range(ROWS))


def test_parquet_is_read_by_batches(policies, model, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    dataset = pytest.importorskip("pyarrow.dataset")
    path = tmp_path / "policies.parquet"
    parquet.write_table(pyarrow.table(policies), path, row_group_size=500)
    for source in (dataset.dataset(path), parquet.ParquetFile(path)):
        again = deciban.fit_glm(FORMULA, source, "poisson", exposure="exposure")
        assert again.to_json() == model.to_json()


def test_pandas_categories_keep_their_order_over_chunks():
    pandas = pytest.importorskip("pandas")
    area = pandas.Categorical(["c", "a", "b", "c"], categories=["c", "b", "a"])
    frame = pandas.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "area": area})
    model = deciban.fit_glm("y ~ area", lambda: [frame.iloc[:1], frame.iloc[1:]], "gaussian")
    assert model.param_names == ["(Intercept)", "areab", "areaa"]


def test_a_matrix_may_be_coded():
    data = {"a": [1.0, 2.0, 3.0, 4.0], "b": [0.0, 1.0, 1.0, 0.0]}
    y = [1.0, 3.0, 2.0, 5.0]
    expected = deciban.fit_glm_xy(data, y, "gaussian")
    again = deciban.fit_glm_xy(deciban.dataset(data), y, "gaussian")
    assert again.to_json() == expected.to_json()
    np.testing.assert_array_equal(again.fittedvalues, expected.fittedvalues)
